import { MERGE, withControllers } from './harness.js';
import type { Api } from './harness.js';
import type { Json } from '../api-world.js';

type Amounts = Readonly<Record<string, string>>;

/** What the conformance tests limit. */
const HARD: Amounts = {
  pods: '5',
  services: '10',
  'services.nodeports': '1',
  'services.loadbalancers': '1',
  replicationcontrollers: '10',
  resourcequotas: '1',
  cpu: '1',
  memory: '500Mi',
  configmaps: '10',
  secrets: '10',
  persistentvolumeclaims: '10',
  'requests.storage': '10Gi',
  'ephemeral-storage': '50Gi',
  'gold.storageclass.storage.k8s.io/persistentvolumeclaims': '10',
  'gold.storageclass.storage.k8s.io/requests.storage': '10Gi',
  'count/replicasets.apps': '5',
  'requests.example.com/dongle': '3',
};

async function quota(api: Api, name: string, hard: Amounts, more: object = {}): Promise<void> {
  const body = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name } };
  await api.expect(201, 'POST', api.in('resourcequotas'), { ...body, spec: { hard, ...more } });
  await api.eventually(`${name} is counted`, async () => (await usedOf(api, name)) !== undefined);
}

async function usedOf(api: Api, name = 'test'): Promise<Amounts | undefined> {
  const read = await api.expect(200, 'GET', `${api.in('resourcequotas')}/${name}`);
  return (read['status'] as { used?: Amounts }).used;
}

/** What of these is used. */
async function used(api: Api, names: readonly string[], quotaName = 'test'): Promise<Amounts> {
  const all = (await usedOf(api, quotaName)) ?? {};
  return Object.fromEntries(names.map((name) => [name, all[name] ?? 'unknown']));
}

async function becomes(api: Api, wanted: Amounts, name = 'test'): Promise<void> {
  await api.eventually(`${name} has used ${JSON.stringify(wanted)}`, async () => {
    const is = await used(api, Object.keys(wanted), name);
    return Object.entries(wanted).every(([resource, amount]) => is[resource] === amount);
  });
}

const messageOf = (refusal: Json): unknown => refusal['message'];

withControllers(
  '[sig-api-machinery] ResourceQuota should create a ResourceQuota and ensure its status is promptly calculated.',
  async (t, api) => {
    await quota(api, 'test', HARD);
    const { status } = await api.expect(200, 'GET', `${api.in('resourcequotas')}/test`);
    const { hard, used: counted } = status as { hard: Amounts; used: Amounts };
    t.same(hard, HARD);
    t.same(Object.keys(counted).sort(), Object.keys(HARD).sort());
    t.match(counted, { pods: '0', resourcequotas: '1', cpu: '0', 'count/replicasets.apps': '0' });
  },
);

function service(name: string, type: string): object {
  const spec = { type, ports: [{ port: 80, targetPort: 80 }] };
  return { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec };
}

withControllers(
  '[sig-api-machinery] ResourceQuota should create a ResourceQuota and capture the life of a service.',
  async (t, api) => {
    await quota(api, 'test', HARD);
    const url = api.in('services');
    const names = ['services', 'services.nodeports', 'services.loadbalancers'];
    await api.expect(201, 'POST', url, service('cluster', 'ClusterIP'));
    await api.expect(201, 'POST', url, service('node', 'NodePort'));
    const charged = { services: '2', 'services.nodeports': '1', 'services.loadbalancers': '0' };
    t.same(await used(api, names), charged, 'in the same write');
    t.equal(
      messageOf(await api.expect(403, 'POST', url, service('balanced', 'LoadBalancer'))),
      'services "balanced" is forbidden: exceeded quota: test, requested: services.nodeports=1, used: services.nodeports=1, limited: services.nodeports=1',
    );
    // Another type uses more, or less.
    const spec = { type: 'NodePort', ports: [{ port: 80 }] };
    await api.expect(403, 'PATCH', `${url}/cluster`, { spec }, MERGE);
    await api.expect(200, 'PATCH', `${url}/node`, { spec: { type: 'ClusterIP' } }, MERGE);
    await becomes(api, { 'services.nodeports': '0' });
    await api.expect(200, 'PATCH', `${url}/cluster`, { spec }, MERGE);
    t.same(await used(api, names), charged);
    for (const name of ['cluster', 'node']) await api.expect(200, 'DELETE', `${url}/${name}`);
    await becomes(api, { services: '0', 'services.nodeports': '0' });
  },
);

for (const [what, kind] of [
  ['secret', 'Secret'],
  ['configMap', 'ConfigMap'],
] as const)
  withControllers(
    `[sig-api-machinery] ResourceQuota should create a ResourceQuota and capture the life of a ${what}.`,
    async (t, api) => {
      const resource = `${kind.toLowerCase()}s`;
      await api.world.advance(1_000);
      await quota(api, 'test', HARD);
      const before = (await used(api, [resource]))[resource] ?? '';
      const body = { apiVersion: 'v1', kind, metadata: { name: 'x' }, data: { a: 'YQ==' } };
      await api.expect(201, 'POST', api.in(resource), body);
      t.same(await used(api, [resource]), { [resource]: String(Number(before) + 1) });
      await api.expect(200, 'DELETE', `${api.in(resource)}/x`);
      await becomes(api, { [resource]: before });
    },
  );

function pod(name: string, requests: Amounts, more: object = {}, limits: Amounts = {}): object {
  const containers = [{ name: 'pause', image: 'pause', resources: { requests, limits } }];
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers, ...more } };
}

withControllers(
  '[sig-api-machinery] ResourceQuota should create a ResourceQuota and capture the life of a pod.',
  async (t, api) => {
    await quota(api, 'test', HARD);
    const url = api.in('pods');
    const dongle = 'example.com/dongle';
    const requests = {
      cpu: '500m',
      memory: '252Mi',
      'ephemeral-storage': '30Gi',
      [dongle]: '2',
    };
    await api.expect(201, 'POST', url, pod('a', requests, {}, { [dongle]: '2' }));
    const charged = {
      pods: '1',
      cpu: '500m',
      memory: '252Mi',
      'ephemeral-storage': '30Gi',
      'requests.example.com/dongle': '2',
    };
    t.same(await used(api, Object.keys(charged)), charged);
    const refusal = await api.expect(403, 'POST', url, pod('b', { cpu: '600m', memory: '100Mi' }));
    t.match(refusal, {
      reason: 'Forbidden',
      message:
        'pods "b" is forbidden: exceeded quota: test, requested: cpu=600m, used: cpu=500m, limited: cpu=1',
    });
    const more = pod('b', { cpu: '100m', memory: '100Mi', [dongle]: '2' }, {}, { [dongle]: '2' });
    t.match(
      messageOf(await api.expect(403, 'POST', url, more)),
      'requested: requests.example.com/dongle=2, used: requests.example.com/dongle=2, limited: requests.example.com/dongle=3',
    );
    t.equal(
      messageOf(await api.expect(403, 'POST', url, pod('b', { cpu: '100m' }))),
      'pods "b" is forbidden: failed quota: test: must specify memory for: pause',
    );
    await api.expect(201, 'POST', `${url}?dryRun=All`, pod('b', { cpu: '1m', memory: '1Mi' }));
    await api.expect(200, 'PATCH', `${url}/a`, { metadata: { labels: { x: 'y' } } }, MERGE);
    t.same(await used(api, Object.keys(charged)), charged, 'a dry run and a label cost nothing');
    const status = { status: { phase: 'Succeeded' } };
    await api.expect(200, 'PATCH', `${url}/a/status`, status, MERGE);
    await becomes(api, { pods: '0', cpu: '0', memory: '0', 'requests.example.com/dongle': '0' });
    await api.expect(201, 'POST', url, pod('c', { cpu: '1', memory: '10Mi' }));
    await api.expect(200, 'DELETE', `${url}/c`);
    await becomes(api, { pods: '0', cpu: '0' });
  },
);

for (const [what, resource, apiVersion, kind, name] of [
  [
    'replication controller',
    'replicationcontrollers',
    'v1',
    'ReplicationController',
    'replicationcontrollers',
  ],
  ['replica set', 'apps/replicasets', 'apps/v1', 'ReplicaSet', 'count/replicasets.apps'],
] as const)
  withControllers(
    `[sig-api-machinery] ResourceQuota should create a ResourceQuota and capture the life of a ${what}.`,
    async (t, api) => {
      await quota(api, 'test', HARD);
      const labels = { app: 'x' };
      const containers = [{ name: 'c', image: 'nginx' }];
      const selector = apiVersion === 'v1' ? labels : { matchLabels: labels };
      await api.expect(201, 'POST', api.in(resource), {
        apiVersion,
        kind,
        metadata: { name: 'x' },
        spec: { replicas: 0, selector, template: { metadata: { labels }, spec: { containers } } },
      });
      t.same(await used(api, [name]), { [name]: '1' });
      await api.expect(200, 'DELETE', `${api.in(resource)}/x`);
      await becomes(api, { [name]: '0' });
    },
  );

withControllers(
  '[sig-api-machinery] ResourceQuota should verify ResourceQuota with terminating scopes.',
  async (t, api) => {
    const hard = {
      pods: '5',
      'requests.cpu': '1',
      'requests.memory': '500Mi',
      'limits.cpu': '2',
      'limits.memory': '1Gi',
    };
    await quota(api, 'terminating', hard, { scopes: ['Terminating'] });
    await quota(api, 'running', hard, { scopes: ['NotTerminating'] });
    const requests = { cpu: '500m', memory: '200Mi' };
    const limits = { cpu: '1', memory: '400Mi' };
    const none = { pods: '0', 'requests.cpu': '0', 'requests.memory': '0', 'limits.cpu': '0' };
    const one = {
      pods: '1',
      'requests.cpu': '500m',
      'requests.memory': '200Mi',
      'limits.cpu': '1',
    };
    for (const [counts, other, more] of [
      ['running', 'terminating', {}],
      ['terminating', 'running', { activeDeadlineSeconds: 3600 }],
    ] as const) {
      await api.expect(201, 'POST', api.in('pods'), pod('a', requests, more, limits));
      t.same(await used(api, Object.keys(one), counts), one);
      t.same(await used(api, Object.keys(one), other), none);
      await api.expect(200, 'DELETE', `${api.in('pods')}/a`);
      await becomes(api, none, counts);
    }
  },
);

withControllers(
  '[sig-api-machinery] ResourceQuota should verify ResourceQuota with best effort scope.',
  async (t, api) => {
    await quota(api, 'best', { pods: '5' }, { scopes: ['BestEffort'] });
    await quota(api, 'other', { pods: '5' }, { scopes: ['NotBestEffort'] });
    for (const [counts, other, requests] of [
      ['best', 'other', {}],
      ['other', 'best', { cpu: '500m', memory: '200Mi' }],
    ] as const) {
      await api.expect(201, 'POST', api.in('pods'), pod('a', requests));
      t.same(await used(api, ['pods'], counts), { pods: '1' });
      t.same(await used(api, ['pods'], other), { pods: '0' });
      await api.expect(200, 'DELETE', `${api.in('pods')}/a`);
      await becomes(api, { pods: '0' }, counts);
    }
  },
);

interface Failing {
  readonly replicas?: number;
  readonly conditions?: readonly {
    type: string;
    status: string;
    reason: string;
    message: string;
  }[];
}

withControllers(
  '[sig-apps] ReplicationController should surface a failure condition on a common issue like exceeded quota',
  async (t, api) => {
    await quota(api, 'condition-test', { pods: '2' });
    const url = `${api.in('replicationcontrollers')}/condition-test`;
    await api.expect(201, 'POST', api.in('replicationcontrollers'), {
      apiVersion: 'v1',
      kind: 'ReplicationController',
      metadata: { name: 'condition-test' },
      spec: {
        replicas: 3,
        selector: { app: 'x' },
        template: {
          metadata: { labels: { app: 'x' } },
          spec: { containers: [{ name: 'c', image: 'nginx' }] },
        },
      },
    });
    const status = async (): Promise<Failing> =>
      (await api.expect(200, 'GET', url))['status'] as Failing;
    await api.eventually('the failure is told', async () => {
      return ((await status()).conditions ?? []).length > 0;
    });
    const [condition] = (await status()).conditions ?? [];
    t.match(condition, { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate' });
    t.match(condition?.message, 'exceeded quota: condition-test, requested: pods=1, used: pods=2');
    t.same(await used(api, ['pods'], 'condition-test'), { pods: '2' });
    await api.expect(200, 'PATCH', `${url}/scale`, { spec: { replicas: 2 } }, MERGE);
    await api.eventually('it is no more', async () => {
      const { replicas, conditions = [] } = await status();
      return replicas === 2 && conditions.length === 0;
    });
  },
);
