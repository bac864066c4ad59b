import t from 'tap';
import { createApiWorld } from '../api-world.js';
import {
  deployment,
  DEPLOYMENTS,
  MERGE_PATCH,
  pod,
  PODS,
  service,
  SERVICES,
} from '../manifests.js';

t.test('binding: a pod is assigned once', async (t) => {
  const world = createApiWorld();
  await world.start();
  await world.http('POST', PODS, pod('a'));
  const binding = {
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { name: 'a' },
    target: { kind: 'Node', name: 'node-1' },
  };
  t.match(await world.http('POST', `${PODS}/a/binding`, binding), {
    status: 201,
    body: { kind: 'Status', status: 'Success' },
  });
  const { body } = await world.http('GET', `${PODS}/a`);
  t.match(body, {
    metadata: { generation: 1 },
    spec: { nodeName: 'node-1' },
    status: { conditions: [{ type: 'PodScheduled', status: 'True' }] },
  });
  const again = await world.http('POST', '/api/v1/namespaces/default/bindings', {
    ...binding,
    target: { kind: 'Node', name: 'node-2' },
  });
  t.match(again, {
    status: 409,
    body: {
      message:
        'Operation cannot be fulfilled on pods/binding "a": pod a is already assigned to node "node-1"',
    },
  });
  const waiting = pod('gated', { spec: { schedulingGates: [{ name: 'wait' }] } });
  t.match(await world.http('POST', PODS, waiting), {
    body: { status: { conditions: [{ type: 'PodScheduled', reason: 'SchedulingGated' }] } },
  });
  const gated = await world.http('POST', `${PODS}/gated/binding`, {
    ...binding,
    metadata: { name: 'gated' },
  });
  t.match(gated, {
    status: 409,
    body: {
      message:
        'Operation cannot be fulfilled on pods/binding "gated": pod gated has non-empty .spec.schedulingGates',
    },
  });
  const none = await world.http('POST', `${PODS}/nope/binding`, {
    ...binding,
    metadata: { name: 'nope' },
  });
  t.match(none, { status: 404, body: { message: 'pods "nope" not found' } });
});

t.test('log: the kubelet of the node is named, and a container is chosen', async (t) => {
  const world = createApiWorld();
  await world.start();
  const containers = [
    { name: 'main', image: 'a' },
    { name: 'side', image: 'b' },
  ];
  await world.http('POST', PODS, pod('two', { spec: { nodeName: 'node-1', containers } }));
  await world.http('POST', PODS, pod('one', { spec: { nodeName: 'node-1' } }));
  await world.http('POST', PODS, pod('nowhere'));
  const log = await world.http('GET', `${PODS}/one/log?follow=true&tailLines=5&timestamps=true`);
  t.same(log.reply, {
    type: 'logs',
    actor: 'kubelet-node-1',
    request: {
      namespace: 'default',
      pod: 'one',
      container: 'main',
      follow: true,
      previous: false,
      timestamps: true,
      tailLines: 5,
    },
  });
  const cases = [
    ['two/log', 'a container name must be specified for pod two, choose one of: [main side]'],
    ['two/log?container=x', 'container x is not valid for pod two'],
    ['nowhere/log', 'pod nowhere does not have a host assigned'],
  ] as const;
  for (const [url, message] of cases)
    t.match(await world.http('GET', `${PODS}/${url}`), { status: 400, body: { message } });
  t.match(await world.http('GET', `${PODS}/one/log?tailLines=-1`), {
    status: 422,
    body: { message: /PodLogOptions "" is invalid: tailLines: Invalid value: -1/ },
  });
});

t.test('scale: another face of the replicas', async (t) => {
  const world = createApiWorld();
  await world.start();
  await world.http('POST', DEPLOYMENTS, deployment('web', 2));
  const got = await world.http('GET', `${DEPLOYMENTS}/web/scale`);
  t.match(got.body, {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    spec: { replicas: 2 },
    status: { replicas: 0, selector: 'app=web' },
  });
  const put = await world.http('PUT', `${DEPLOYMENTS}/web/scale`, {
    ...got.body,
    spec: { replicas: 5 },
  });
  t.match(put, { status: 200, body: { kind: 'Scale', spec: { replicas: 5 } } });
  const patched = await world.http(
    'PATCH',
    `${DEPLOYMENTS}/web/scale`,
    { spec: { replicas: 3 } },
    MERGE_PATCH,
  );
  t.match(patched, { status: 200, body: { spec: { replicas: 3 } } });
  t.match((await world.http('GET', `${DEPLOYMENTS}/web`)).body, {
    spec: { replicas: 3 },
    metadata: { generation: 3 },
  });
  const stale = await world.http('PUT', `${DEPLOYMENTS}/web/scale`, {
    ...got.body,
    spec: { replicas: 9 },
  });
  t.match(stale, { status: 409, body: { reason: 'Conflict' } });
  const negative = await world.http(
    'PATCH',
    `${DEPLOYMENTS}/web/scale`,
    { spec: { replicas: -1 } },
    MERGE_PATCH,
  );
  t.match(negative, {
    status: 422,
    body: {
      message:
        'Scale.autoscaling "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    },
  });
});

t.test('services: addresses come from the range, and nobody gets what another has', async (t) => {
  const world = createApiWorld();
  await world.start();
  const made = await Promise.all(
    [1, 2, 3].map((i) => world.http('POST', SERVICES, service(`s${String(i)}`))),
  );
  const ips = made.map((each) => (each.body['spec'] as { clusterIP: string }).clusterIP);
  t.equal(new Set(ips).size, 3);
  for (const ip of ips) t.match(ip, /^10\.(9[6-9]|10\d|11[01])\./);
  const taken = await world.http('POST', SERVICES, service('taken', { clusterIP: ips[0] }));
  t.match(taken, {
    status: 422,
    body: {
      message: `Service "taken" is invalid: spec.clusterIPs: Invalid value: ["${ips[0] ?? ''}"]: failed to allocate IP ${ips[0] ?? ''}: provided IP is already allocated`,
    },
  });
  const outside = await world.http(
    'POST',
    SERVICES,
    service('outside', { clusterIP: '192.168.0.1' }),
  );
  t.match(outside, {
    status: 422,
    body: {
      message:
        /the provided IP \(192\.168\.0\.1\) is not in the valid range\. The range of valid IPs is 10\.96\.0\.0\/12/,
    },
  });
  await world.http('DELETE', `${SERVICES}/s1`);
  t.equal(
    (await world.http('POST', SERVICES, service('heir', { clusterIP: ips[0] }))).status,
    201,
    'a freed address can be had',
  );
  t.match((await world.http('POST', SERVICES, service('headless', { clusterIP: 'None' }))).body, {
    spec: { clusterIP: 'None', clusterIPs: ['None'] },
  });
});

t.test('services: node ports are drawn, checked, kept and given back', async (t) => {
  const world = createApiWorld();
  await world.start();
  const drawn = await world.http('POST', SERVICES, service('a', { type: 'NodePort' }));
  const spec = drawn.body['spec'] as { ports: { nodePort: number }[] };
  const port = spec.ports[0]?.nodePort ?? 0;
  t.ok(port >= 30_000 && port <= 32_767);
  const taken = await world.http(
    'POST',
    SERVICES,
    service('b', { type: 'NodePort', ports: [{ port: 80, nodePort: port }] }),
  );
  t.match(taken, {
    status: 422,
    body: {
      message: `Service "b" is invalid: spec.ports[0].nodePort: Invalid value: ${String(port)}: provided port is already allocated`,
    },
  });
  const wrong = await world.http(
    'POST',
    SERVICES,
    service('c', { type: 'NodePort', ports: [{ port: 80, nodePort: 80 }] }),
  );
  t.match(wrong, {
    status: 422,
    body: {
      message: /provided port is not in the valid range\. The range of valid ports is 30000-32767/,
    },
  });
  const kept = await world.http('PUT', `${SERVICES}/a`, service('a', { type: 'NodePort' }));
  t.match(kept.body, { spec: { ports: [{ nodePort: port }] } });
  const plain = await world.http(
    'PATCH',
    `${SERVICES}/a`,
    { spec: { type: 'ClusterIP' } },
    MERGE_PATCH,
  );
  t.equal((plain.body['spec'] as typeof spec).ports[0]?.nodePort, undefined);
  t.equal(
    (
      await world.http(
        'POST',
        SERVICES,
        service('d', { type: 'NodePort', ports: [{ port: 80, nodePort: port }] }),
      )
    ).status,
    201,
  );
});
