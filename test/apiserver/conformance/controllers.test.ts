import { MERGE, STRATEGIC, itemsOf, namesOf, withControllers } from './harness.js';
import type { Api } from './harness.js';
import type { Json } from '../api-world.js';

const KUBELET = { client: { commonName: 'system:node:n', organizations: ['system:nodes'] } };

function template(app: string): object {
  return { metadata: { labels: { app } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } };
}

/** A ReplicationController whose pods have all been made. */
async function controllerOfPods(api: Api, name: string, replicas: number): Promise<Json> {
  const url = api.in('replicationcontrollers');
  const made = await api.expect(201, 'POST', url, {
    apiVersion: 'v1',
    kind: 'ReplicationController',
    metadata: { name },
    spec: { replicas, selector: { app: name }, template: template(name) },
  });
  await api.eventually(`${name} has its pods`, async () => {
    const { status } = await api.expect(200, 'GET', `${url}/${name}`);
    return (status as { replicas: number }).replicas === replicas;
  });
  return made;
}

const podsOf = async (api: Api): Promise<Json[]> =>
  itemsOf(await api.expect(200, 'GET', api.in('pods')));

const isThere = async (api: Api, url: string): Promise<boolean> =>
  (await api.world.http('GET', url)).status === 200;

function deletion(propagationPolicy: string, { metadata }: Json): object {
  const preconditions = { uid: metadata?.uid };
  return { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy, preconditions };
}

/** Binds a pod to the node `n`, as a scheduler does: only that node's kubelet may end it then. */
async function bind(api: Api, name: string): Promise<void> {
  const target = { kind: 'Node', name: 'n' };
  const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name }, target };
  await api.expect(201, 'POST', `${api.in('pods')}/${name}/binding`, binding);
}

/** What the kubelet of the node does with pods that are to end. */
async function endPods(api: Api): Promise<void> {
  for (const { metadata } of await podsOf(api))
    if (metadata?.deletionTimestamp !== undefined)
      await api.world.http(
        'DELETE',
        `${api.in('pods')}/${metadata.name ?? ''}`,
        { kind: 'DeleteOptions', apiVersion: 'v1', gracePeriodSeconds: 0 },
        KUBELET,
      );
}

withControllers(
  '[sig-api-machinery] Garbage collector should delete pods created by rc when not orphaning',
  async (t, api) => {
    const rc = await controllerOfPods(api, 'rc', 4);
    t.equal((await podsOf(api)).length, 4);
    await api.expect(
      200,
      'DELETE',
      `${api.in('replicationcontrollers')}/rc`,
      deletion('Background', rc),
    );
    await api.eventually('the pods are gone', async () => (await podsOf(api)).length === 0);
  },
);

withControllers(
  '[sig-api-machinery] Garbage collector should orphan pods created by rc if delete options say so',
  async (t, api) => {
    const rc = await controllerOfPods(api, 'rc', 4);
    const url = `${api.in('replicationcontrollers')}/rc`;
    await api.expect(200, 'DELETE', url, deletion('Orphan', rc));
    await api.eventually('the controller is gone', async () => !(await isThere(api, url)));
    await api.world.advance(30_000);
    const pods = await podsOf(api);
    t.equal(pods.length, 4);
    for (const { metadata } of pods) {
      t.equal(metadata?.deletionTimestamp, undefined);
      t.same(metadata?.ownerReferences ?? [], []);
    }
  },
);

withControllers('[sig-apps] Job should delete a job', async (t, api) => {
  const url = api.in('batch/jobs');
  const spec = { restartPolicy: 'OnFailure', containers: [{ name: 'c', image: 'busybox' }] };
  const job = await api.expect(201, 'POST', url, {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'foo' },
    spec: { parallelism: 2, completions: 4, template: { spec } },
  });
  await api.eventually('its pods are there', async () => {
    const { status } = await api.expect(200, 'GET', `${url}/foo`);
    return (status as { active?: number }).active === 2;
  });
  t.equal((await podsOf(api)).length, 2);
  await api.expect(200, 'DELETE', `${url}/foo`, deletion('Background', job));
  await api.eventually('job and pods are gone', async () => {
    return !(await isThere(api, `${url}/foo`)) && (await podsOf(api)).length === 0;
  });
});

withControllers(
  '[sig-api-machinery] Garbage collector should keep the rc around until all its pods are deleted if the deleteOptions says so',
  async (t, api) => {
    const rc = await controllerOfPods(api, 'rc', 4);
    for (const name of namesOf({ items: await podsOf(api) })) await bind(api, name);
    const url = `${api.in('replicationcontrollers')}/rc`;
    await api.expect(200, 'DELETE', url, deletion('Foreground', rc));
    await api.eventually('all pods are to end', async () =>
      (await podsOf(api)).every(({ metadata }) => metadata?.deletionTimestamp !== undefined),
    );
    await api.world.advance(10_000);
    t.equal((await podsOf(api)).length, 4);
    const waiting = await api.expect(200, 'GET', url);
    t.match(waiting.metadata?.finalizers, ['foregroundDeletion']);
    await endPods(api);
    await api.eventually('the controller is gone', async () => !(await isThere(api, url)));
    t.same(await podsOf(api), []);
  },
);

withControllers(
  "[sig-api-machinery] Garbage collector should not delete dependents that have both valid owner and owner that's waiting for dependents to be deleted",
  async (t, api) => {
    const doomed = await controllerOfPods(api, 'doomed', 4);
    const stays = await controllerOfPods(api, 'stays', 0);
    const { name, uid } = stays.metadata ?? {};
    const reference = { apiVersion: 'v1', kind: 'ReplicationController', name, uid };
    const shared = namesOf({ items: await podsOf(api) }).slice(0, 2);
    for (const pod of shared) {
      const patch = { metadata: { ownerReferences: [reference] } };
      await api.expect(200, 'PATCH', `${api.in('pods')}/${pod}`, patch, STRATEGIC);
    }
    const url = `${api.in('replicationcontrollers')}/doomed`;
    await api.expect(200, 'DELETE', url, deletion('Foreground', doomed));
    await api.eventually('the one is gone', async () => !(await isThere(api, url)));
    const left = await podsOf(api);
    t.same(namesOf({ items: left }).sort(), shared.sort());
    for (const { metadata } of left) {
      t.equal(metadata?.deletionTimestamp, undefined);
      t.match(metadata?.ownerReferences, [{ name: 'stays' }]);
      t.equal(metadata?.ownerReferences?.length, 1);
    }
  },
);

withControllers(
  '[sig-api-machinery] Garbage collector should not be blocked by dependency circle',
  async (t, api) => {
    const uids = new Map<string, string>();
    const names = ['pod1', 'pod2', 'pod3'];
    for (const name of names) {
      const pod = { apiVersion: 'v1', kind: 'Pod', ...template('circle'), metadata: { name } };
      const made = await api.expect(201, 'POST', api.in('pods'), pod);
      uids.set(name, made.metadata?.uid ?? '');
    }
    for (const [at, name] of names.entries()) {
      const owner = names[(at + 2) % 3] ?? '';
      const reference = { apiVersion: 'v1', kind: 'Pod', name: owner, uid: uids.get(owner) };
      const ownerReferences = [{ ...reference, controller: true, blockOwnerDeletion: true }];
      const url = `${api.in('pods')}/${name}`;
      await api.expect(200, 'PATCH', url, { metadata: { ownerReferences } }, STRATEGIC);
    }
    const first = { metadata: { name: 'pod1', uid: uids.get('pod1') } } as Json;
    await api.expect(200, 'DELETE', `${api.in('pods')}/pod1`, deletion('Foreground', first));
    await api.eventually('all are gone', async () => (await podsOf(api)).length === 0);
    t.pass();
  },
);

/** A Deployment that has its ReplicaSet. */
async function deployment(api: Api): Promise<Json> {
  const made = await api.expect(201, 'POST', api.in('apps/deployments'), {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'd' },
    spec: { replicas: 2, selector: { matchLabels: { app: 'd' } }, template: template('d') },
  });
  await api.eventually('there is a ReplicaSet', async () => (await replicaSets(api)).length === 1);
  return made;
}

const replicaSets = async (api: Api): Promise<Json[]> =>
  itemsOf(await api.expect(200, 'GET', api.in('apps/replicasets')));

withControllers(
  '[sig-api-machinery] Garbage collector should delete RS created by deployment when not orphaning',
  async (t, api) => {
    const made = await deployment(api);
    const url = `${api.in('apps/deployments')}/d`;
    await api.expect(200, 'DELETE', url, deletion('Background', made));
    t.notOk(await isThere(api, url));
    await api.eventually('all is gone', async () =>
      [await replicaSets(api), await podsOf(api)].every((left) => left.length === 0),
    );
  },
);

withControllers(
  '[sig-api-machinery] Garbage collector should orphan RS created by deployment when deleteOptions.PropagationPolicy is Orphan',
  async (t, api) => {
    const made = await deployment(api);
    const url = `${api.in('apps/deployments')}/d`;
    await api.expect(200, 'DELETE', url, deletion('Orphan', made));
    await api.eventually('the Deployment is gone', async () => !(await isThere(api, url)));
    await api.world.advance(30_000);
    const left = await replicaSets(api);
    t.equal(left.length, 1);
    t.same(left[0]?.metadata?.ownerReferences ?? [], []);
    t.equal((await podsOf(api)).length, 2);
  },
);

withControllers(
  '[sig-api-machinery] Namespaces [Serial] should ensure that all pods are removed when a namespace is deleted',
  async (t, api) => {
    const pod = { apiVersion: 'v1', kind: 'Pod', ...template('x'), metadata: { name: 'a' } };
    await api.expect(201, 'POST', api.in('pods'), pod);
    await bind(api, 'a');
    const url = `/api/v1/namespaces/${api.namespace}`;
    await api.expect(200, 'DELETE', url);
    await api.world.advance(5_000);
    t.match(await api.expect(200, 'GET', url), { status: { phase: 'Terminating' } });
    t.ok((await podsOf(api))[0]?.metadata?.deletionTimestamp, 'its kubelet is waited for');
    await api.expect(403, 'POST', api.in('pods'), { ...pod, metadata: { name: 'b' } });
    await endPods(api);
    await api.eventually('the namespace is gone', async () => !(await isThere(api, url)));
    const again = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: api.namespace } };
    await api.expect(201, 'POST', '/api/v1/namespaces', again);
    t.same(await podsOf(api), []);
  },
);

withControllers(
  '[sig-api-machinery] Namespaces [Serial] should ensure that all services are removed when a namespace is deleted',
  async (t, api) => {
    await api.expect(201, 'POST', api.in('services'), {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 's' },
      spec: { selector: { app: 'x' }, ports: [{ port: 80 }] },
    });
    const url = `/api/v1/namespaces/${api.namespace}`;
    await api.expect(200, 'DELETE', url);
    await api.eventually('the namespace is gone', async () => !(await isThere(api, url)));
    const again = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: api.namespace } };
    await api.expect(201, 'POST', '/api/v1/namespaces', again);
    t.same(itemsOf(await api.expect(200, 'GET', api.in('services'))), []);
  },
);

withControllers(
  '[sig-auth] ServiceAccounts should guarantee kube-root-ca.crt exist in any namespace',
  async (t, api) => {
    const url = `${api.in('configmaps')}/kube-root-ca.crt`;
    const ca = { data: { 'ca.crt': 'the CA' } };
    await api.eventually('it is there', () => isThere(api, url));
    t.match(await api.expect(200, 'GET', url), ca);
    await api.expect(200, 'DELETE', url);
    await api.eventually('it is there again', () => isThere(api, url));
    t.match(await api.expect(200, 'GET', url), ca);
    await api.expect(200, 'PATCH', url, { data: { 'ca.crt': 'another' } }, MERGE);
    await api.eventually('it is as it was', async () => {
      const { data } = await api.expect(200, 'GET', url);
      return (data as Record<string, string>)['ca.crt'] === 'the CA';
    });
  },
);

/** A pod that runs, as its kubelet would say. */
async function runningPod(
  api: Api,
  name: string,
  labels: object,
  ports: object[],
  podIP: string,
): Promise<void> {
  const containers = [{ name: 'c', image: 'nginx', ports }];
  const spec = { nodeName: 'n', containers };
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name, labels }, spec };
  await api.expect(201, 'POST', api.in('pods'), pod);
  const status = {
    phase: 'Running',
    podIP,
    podIPs: [{ ip: podIP }],
    conditions: [{ type: 'Ready', status: 'True' }],
  };
  await api.expect(200, 'PATCH', `${api.in('pods')}/${name}/status`, { status }, STRATEGIC);
}

async function service(
  api: Api,
  name: string,
  selector: object,
  targetPort: unknown,
): Promise<void> {
  const ports = [{ name: 'http', port: 80, targetPort }];
  const body = { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { selector, ports } };
  await api.expect(201, 'POST', api.in('services'), body);
}

const slicesOf = async (api: Api, service: string): Promise<Json[]> => {
  const url = `${api.in('discovery.k8s.io/endpointslices')}?labelSelector=kubernetes.io%2Fservice-name%3D${service}`;
  return itemsOf(await api.expect(200, 'GET', url));
};

/** `10.0.0.1:3000`, sorted, as the slices have it, and as the Endpoints do. */
async function addressesOf(
  api: Api,
  service: string,
): Promise<{ slices: string[]; old: string[] }> {
  interface Port {
    readonly port: number;
  }
  const slices = (await slicesOf(api, service)).flatMap((slice) => {
    const endpoints = (slice['endpoints'] ?? []) as { addresses: string[] }[];
    const ports = (slice['ports'] ?? []) as Port[];
    return endpoints.flatMap(({ addresses }) => addresses.flatMap((ip) => places(ip, ports)));
  });
  const { body } = await api.world.http('GET', `${api.in('endpoints')}/${service}`);
  const subsets = (body['subsets'] ?? []) as { addresses?: { ip: string }[]; ports: Port[] }[];
  const old = subsets.flatMap(({ addresses = [], ports }) =>
    addresses.flatMap(({ ip }) => places(ip, ports)),
  );
  return { slices: slices.sort(), old: old.sort() };
}

const places = (ip: string, ports: readonly { port: number }[]): string[] =>
  ports.map(({ port }) => `${ip}:${String(port)}`);

withControllers(
  '[sig-network] EndpointSlice should create and delete Endpoints and EndpointSlices for a Service with a selector specified',
  async (t, api) => {
    await service(api, 'empty', { matches: 'nothing' }, 80);
    const endpoints = `${api.in('endpoints')}/empty`;
    await api.eventually('there are Endpoints', () => isThere(api, endpoints));
    await api.eventually('there is a slice', async () => (await slicesOf(api, 'empty')).length > 0);
    const [slice] = await slicesOf(api, 'empty');
    t.equal(
      slice?.metadata?.labels?.['endpointslice.kubernetes.io/managed-by'],
      'endpointslice-controller.k8s.io',
    );
    t.same(slice?.['endpoints'] ?? [], []);
    await api.expect(200, 'DELETE', `${api.in('services')}/empty`);
    await api.eventually('the Endpoints are gone', async () => !(await isThere(api, endpoints)));
    await api.eventually(
      'so is the slice',
      async () => (await slicesOf(api, 'empty')).length === 0,
    );
  },
);

withControllers(
  '[sig-network] EndpointSlice should create Endpoints and EndpointSlices for Pods matching a Service',
  async (t, api) => {
    const named = (containerPort: number) => ({ name: 'named', containerPort });
    await runningPod(api, 'pod1', { one: 'on', both: 'on' }, [named(3000)], '10.0.0.1');
    const other = { name: 'other', containerPort: 3002 };
    await runningPod(api, 'pod2', { two: 'on', both: 'on' }, [named(3001), other], '10.0.0.2');
    await service(api, 'number', { one: 'on' }, 3000);
    await service(api, 'name', { both: 'on' }, 'named');
    await service(api, 'none', { three: 'on' }, 8080);
    const expected = {
      number: ['10.0.0.1:3000'],
      name: ['10.0.0.1:3000', '10.0.0.2:3001'],
      none: [],
    };
    const settled = async (): Promise<void> => {
      for (const [name, places] of Object.entries(expected))
        await api.eventually(`the endpoints of ${name}`, async () => {
          const { slices, old } = await addressesOf(api, name);
          return [slices, old].every((each) => each.join() === places.join());
        });
    };
    await settled();
    // Ports that differ are in slices of their own.
    t.equal((await slicesOf(api, 'name')).length, 2);
    t.equal((await slicesOf(api, 'none')).length, 1);
    await api.expect(
      200,
      'DELETE',
      `${api.in('discovery.k8s.io/endpointslices')}?labelSelector=kubernetes.io%2Fservice-name%3Dname`,
    );
    await settled();
    t.equal((await slicesOf(api, 'name')).length, 2);
  },
);

withControllers(
  '[sig-network] EndpointSliceMirroring should mirror a custom Endpoints resource through create update and delete',
  async (t, api) => {
    const ports = [{ name: 'example', port: 80 }];
    const custom = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'custom' } };
    await api.expect(201, 'POST', api.in('services'), { ...custom, spec: { ports } });
    const endpoints = (ip: string, port: number) => ({
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { name: 'custom', labels: { by: 'hand' } },
      subsets: [{ addresses: [{ ip }], ports: [{ port }] }],
    });
    const mirrors = (place: string) => async (): Promise<boolean> => {
      const { slices } = await addressesOf(api, 'custom');
      return slices.join() === place;
    };
    await api.expect(201, 'POST', api.in('endpoints'), endpoints('10.1.2.3', 80));
    await api.eventually('they are mirrored', mirrors('10.1.2.3:80'));
    t.match(await slicesOf(api, 'custom'), [
      {
        metadata: {
          labels: {
            by: 'hand',
            'endpointslice.kubernetes.io/managed-by': 'endpointslicemirroring-controller.k8s.io',
          },
          ownerReferences: [{ kind: 'Endpoints', name: 'custom' }],
        },
        addressType: 'IPv4',
        endpoints: [{ conditions: { ready: true } }],
      },
    ]);
    const url = `${api.in('endpoints')}/custom`;
    await api.expect(200, 'PUT', url, endpoints('10.2.3.4', 9090));
    await api.eventually('the change is mirrored', mirrors('10.2.3.4:9090'));
    t.equal((await slicesOf(api, 'custom')).length, 1);
    await api.expect(200, 'DELETE', url);
    await api.eventually('nothing is', async () => (await slicesOf(api, 'custom')).length === 0);
  },
);

/** A pod of a RuntimeClass, bound by the scheduler. */
async function scheduled(api: Api, more: object): Promise<Json> {
  const name = `${api.namespace}-class`;
  const runtimeClass = { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name } };
  const classes = '/apis/node.k8s.io/v1/runtimeclasses';
  await api.expect(201, 'POST', classes, { ...runtimeClass, handler: 'runc', ...more });
  const allocatable = { cpu: '4', memory: '1Gi', pods: '10' };
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: `node-of-${name}` } };
  const conditions = [{ type: 'Ready', status: 'True', reason: 'KubeletReady' }];
  const status = { capacity: allocatable, allocatable, conditions };
  await api.expect(201, 'POST', '/api/v1/nodes', { ...node, status });
  const spec = { runtimeClassName: name, containers: [{ name: 'c', image: 'nginx' }] };
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec };
  await api.expect(201, 'POST', api.in('pods'), pod);
  const url = `${api.in('pods')}/a`;
  let made: Json = {};
  await api.eventually('the pod has a node', async () => {
    made = await api.expect(200, 'GET', url);
    return (made['spec'] as { nodeName?: string }).nodeName !== undefined;
  });
  await api.expect(200, 'DELETE', `/api/v1/nodes/node-of-${name}`);
  return made;
}

withControllers(
  '[sig-node] RuntimeClass should schedule a Pod requesting a RuntimeClass without PodOverhead [NodeConformance]',
  async (t, api) => {
    t.equal(((await scheduled(api, {}))['spec'] as Json)['overhead'], undefined);
  },
);

withControllers(
  '[sig-node] RuntimeClass should schedule a Pod requesting a RuntimeClass and initialize its Overhead [NodeConformance]',
  async (t, api) => {
    const overhead = { podFixed: { cpu: '10m', memory: '1Mi' } };
    const made = await scheduled(api, { overhead });
    t.same((made['spec'] as Json)['overhead'], overhead.podFixed);
  },
);
