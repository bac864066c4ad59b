import t from 'tap';
import { createApiWorld } from '../api-world.js';
import type { ApiWorld } from '../api-world.js';
import { pod, PODS } from '../manifests.js';

const WEBSOCKET = {
  headers: { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' },
};
const SPDY = { headers: { connection: 'Upgrade', upgrade: 'SPDY/3.1' }, accept: '*/*' };

async function withPods(): Promise<ApiWorld> {
  const world = createApiWorld();
  await world.start();
  const addresses = [
    { type: 'InternalIP', address: '172.16.0.1' },
    { type: 'ExternalIP', address: '8.8.8.8' },
  ];
  await world.http('POST', '/api/v1/nodes', {
    metadata: { name: 'node-1' },
    status: { addresses, daemonEndpoints: { kubeletEndpoint: { Port: 10_250 } } },
  });
  const containers = [
    { name: 'a', image: 'a' },
    { name: 'b', image: 'b' },
  ];
  for (const [name, spec] of [
    ['one', { nodeName: 'node-1' }],
    ['two', { nodeName: 'node-1', containers }],
    ['waiting', {}],
    ['lost', { nodeName: 'gone' }],
  ] as const)
    t.equal((await world.http('POST', PODS, pod(name, { spec }))).status, 201);
  return world;
}

t.test('a stream to a pod fails as where the kubelet cannot be reached', async (t) => {
  const world = await withPods();
  const refused = {
    status: 500,
    body: {
      kind: 'Status',
      message: 'error dialing backend: dial tcp 172.16.0.1:10250: connect: connection refused',
      reason: undefined,
      code: 500,
    },
  };
  const exec = `${PODS}/one/exec?command=ls&stdout=true`;
  t.match(await world.http('GET', exec, undefined, WEBSOCKET), refused);
  t.match(await world.http('POST', exec, undefined, SPDY), refused);
  t.match(await world.http('POST', `${PODS}/two/portforward`, undefined, SPDY), refused);
  t.match(await world.http('POST', `${PODS}/two/attach?container=b`, undefined, SPDY), refused);
  t.match(await world.http('POST', exec), {
    status: 400,
    body: { message: 'Upgrade request required' },
  });
});

t.test('a stream to what is not there, or not meant, is refused before', async (t) => {
  const world = await withPods();
  for (const [path, status, message] of [
    ['nope/exec', 404, 'pods "nope" not found'],
    ['two/exec', 400, 'a container name must be specified for pod two, choose one of: [a b]'],
    ['two/exec?container=c', 400, 'container c is not valid for pod two'],
    ['waiting/portforward', 400, 'pod waiting does not have a host assigned'],
    ['lost/attach', 500, 'nodes "gone" not found'],
  ] as const)
    t.match(
      await world.http('POST', `${PODS}/${path}`, undefined, SPDY),
      { status, body: { message } },
      path,
    );
});

t.test('who may only read pods gets no stream by a WebSocket’s GET', async (t) => {
  const world = await withPods();
  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  await world.http('POST', `${rbac}/clusterroles`, {
    metadata: { name: 'reader' },
    rules: [{ apiGroups: [''], resources: ['pods/exec'], verbs: ['get'] }],
  });
  await world.http('POST', `${rbac}/clusterrolebindings`, {
    metadata: { name: 'reader' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'reader' },
    subjects: [{ kind: 'User', name: 'jane', apiGroup: 'rbac.authorization.k8s.io' }],
  });
  const jane = { ...WEBSOCKET, client: { commonName: 'jane', organizations: [] } };
  t.match(await world.http('GET', `${PODS}/one/exec`, undefined, jane), {
    status: 403,
    body: { message: /cannot create resource "pods\/exec"/ },
  });
});
