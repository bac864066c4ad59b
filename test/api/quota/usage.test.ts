import t from 'tap';
import { quotaEvaluatorOf, usageIn } from '../../../src/api/index.js';
import type { KubernetesObject, QuotaEvaluator } from '../../../src/api/index.js';
import { formatQuantity } from '../../../src/api/quantity.js';

const NOW_MS = Date.UTC(2026, 0, 1);

function evaluator(resource: string, group = ''): QuotaEvaluator {
  const found = quotaEvaluatorOf({ group, resource });
  if (found === undefined) throw new Error(`${resource} is not counted`);
  return found;
}

/** What an object uses, but for what it uses nothing of. */
function usage(resource: string, object: object, group = ''): Record<string, string> {
  const used = evaluator(resource, group).usage(object as KubernetesObject, NOW_MS);
  const texts = [...used].map(([name, amount]) => [name, formatQuantity(amount)] as const);
  return Object.fromEntries(texts.filter(([, text]) => text !== '0'));
}

const asks = (requests: object, limits: object = {}, more: object = {}): object => ({
  name: 'c',
  resources: { requests, limits },
  ...more,
});

const PODS: readonly (readonly [string, object, Record<string, string>])[] = [
  ['that asks for nothing', { spec: { containers: [asks({})] } }, { pods: '1' }],
  [
    'whose containers run together',
    {
      spec: {
        containers: [
          asks({ cpu: '100m', memory: '1Gi' }, { cpu: '1' }),
          asks({ cpu: '200m', 'ephemeral-storage': '1G' }, { memory: '2Gi' }),
        ],
      },
    },
    {
      pods: '1',
      cpu: '300m',
      'requests.cpu': '300m',
      'limits.cpu': '1',
      memory: '1Gi',
      'requests.memory': '1Gi',
      'limits.memory': '2Gi',
      'ephemeral-storage': '1G',
      'requests.ephemeral-storage': '1G',
    },
  ],
  [
    'whose init container asks for more than all that comes after',
    { spec: { initContainers: [asks({ cpu: '2' })], containers: [asks({ cpu: '1' })] } },
    { pods: '1', cpu: '2', 'requests.cpu': '2' },
  ],
  [
    'with a sidecar, which runs beside what comes after it',
    {
      spec: {
        initContainers: [
          asks({ cpu: '3' }),
          asks({ cpu: '1' }, {}, { restartPolicy: 'Always' }),
          asks({ cpu: '3' }),
        ],
        containers: [asks({ cpu: '1' })],
      },
    },
    { pods: '1', cpu: '4', 'requests.cpu': '4' },
  ],
  [
    'with an overhead, which is no limit where there is none',
    {
      spec: {
        overhead: { cpu: '250m', memory: '64Mi' },
        containers: [asks({ cpu: '1' }, { cpu: '1' })],
      },
    },
    {
      pods: '1',
      cpu: '1250m',
      'requests.cpu': '1250m',
      'limits.cpu': '1250m',
      memory: '64Mi',
      'requests.memory': '64Mi',
    },
  ],
  [
    'that speaks for all its containers',
    {
      spec: {
        resources: { requests: { cpu: '500m' }, limits: { cpu: '1' } },
        containers: [asks({ cpu: '2', memory: '1Mi' })],
      },
    },
    {
      pods: '1',
      cpu: '500m',
      'requests.cpu': '500m',
      'limits.cpu': '1',
      memory: '1Mi',
      'requests.memory': '1Mi',
    },
  ],
  [
    'with devices and huge pages',
    {
      spec: {
        containers: [
          asks({ 'example.com/gpu': '2', 'hugepages-2Mi': '4Mi', 'kubernetes.io/x': '1' }),
        ],
      },
    },
    {
      pods: '1',
      'requests.example.com/gpu': '2',
      'hugepages-2Mi': '4Mi',
      'requests.hugepages-2Mi': '4Mi',
    },
  ],
  [
    'that has ended',
    { spec: { containers: [asks({ cpu: '1' })] }, status: { phase: 'Failed' } },
    {},
  ],
  [
    'that should have ended',
    {
      metadata: { deletionTimestamp: '2025-12-31T23:59:00Z', deletionGracePeriodSeconds: 30 },
      spec: { containers: [asks({})] },
    },
    {},
  ],
  [
    'that is about to end',
    {
      metadata: { deletionTimestamp: '2025-12-31T23:59:00Z', deletionGracePeriodSeconds: 60 },
      spec: { containers: [asks({})] },
    },
    { pods: '1' },
  ],
];

for (const [what, pod, expected] of PODS)
  void t.test(`a pod ${what}`, (t) => {
    t.same(usage('pods', pod), { 'count/pods': '1', ...expected });
    t.end();
  });

const ports = [{ port: 1 }, { port: 2, nodePort: 30_000 }];
const SERVICES: readonly (readonly [object, Record<string, string>])[] = [
  [{ type: 'ClusterIP', ports }, {}],
  [{ type: 'NodePort', ports }, { 'services.nodeports': '2' }],
  [
    { type: 'LoadBalancer', ports },
    { 'services.nodeports': '2', 'services.loadbalancers': '1' },
  ],
  [
    { type: 'LoadBalancer', ports, allocateLoadBalancerNodePorts: false },
    { 'services.nodeports': '1', 'services.loadbalancers': '1' },
  ],
];

void t.test('services use ports of nodes, and load balancers', (t) => {
  for (const [spec, more] of SERVICES)
    t.same(usage('services', { spec }), { 'count/services': '1', services: '1', ...more });
  t.end();
});

void t.test('claims use storage, in all and of their class', (t) => {
  const one = { 'count/persistentvolumeclaims': '1', persistentvolumeclaims: '1' };
  const resources = { requests: { storage: '1Gi' } };
  const ofGold = {
    'gold.storageclass.storage.k8s.io/persistentvolumeclaims': '1',
    'gold.storageclass.storage.k8s.io/requests.storage': '1Gi',
  };
  t.same(usage('persistentvolumeclaims', { spec: { resources } }), {
    ...one,
    'requests.storage': '1Gi',
  });
  const gold = { spec: { resources, storageClassName: 'gold' } };
  t.same(usage('persistentvolumeclaims', gold), { ...one, ...ofGold, 'requests.storage': '1Gi' });
  const annotations = { 'volume.beta.kubernetes.io/storage-class': 'gold' };
  t.match(
    usage('persistentvolumeclaims', { metadata: { annotations }, spec: { resources } }),
    ofGold,
  );
  const half = { spec: { resources: { requests: { storage: '1500m' } } } };
  t.match(usage('persistentvolumeclaims', half), { 'requests.storage': '2' });
  const shrinking = { ...gold, status: { allocatedResources: { storage: '3Gi' } } };
  t.match(usage('persistentvolumeclaims', shrinking), { 'requests.storage': '3Gi' });
  t.end();
});

void t.test('claims of devices use those of each class, of several that would do the most', (t) => {
  const requests = [
    { name: 'a', exactly: { deviceClassName: 'gpu', count: 2 } },
    { name: 'b', exactly: { deviceClassName: 'nic', allocationMode: 'All' } },
    {
      name: 'c',
      firstAvailable: [
        { name: 'x', deviceClassName: 'gpu', count: 1 },
        { name: 'y', deviceClassName: 'gpu', count: 3 },
        { name: 'z', deviceClassName: 'tpu' },
      ],
    },
  ];
  t.same(usage('resourceclaims', { spec: { devices: { requests } } }, 'resource.k8s.io'), {
    'count/resourceclaims.resource.k8s.io': '1',
    'gpu.deviceclass.resource.k8s.io/devices': '5',
    'nic.deviceclass.resource.k8s.io/devices': '32',
    'tpu.deviceclass.resource.k8s.io/devices': '1',
  });
  t.end();
});

void t.test('all else is counted, some of it by its old name too; events are not', (t) => {
  t.same(usage('configmaps', {}), { 'count/configmaps': '1', configmaps: '1' });
  t.same(usage('deployments', {}, 'apps'), { 'count/deployments.apps': '1' });
  t.same(usage('secrets', {}, 'example.com'), { 'count/secrets.example.com': '1' });
  t.equal(quotaEvaluatorOf({ group: '', resource: 'events' }), undefined);
  t.equal(quotaEvaluatorOf({ group: 'events.k8s.io', resource: 'events' }), undefined);
  t.end();
});

void t.test('which names are whose', (t) => {
  const whose = (name: string): string[] =>
    ['pods', 'services', 'persistentvolumeclaims', 'configmaps'].filter((resource) =>
      evaluator(resource).measures(name),
    );
  for (const name of ['cpu', 'limits.memory', 'requests.hugepages-2Mi', 'requests.a.com/b', 'pods'])
    t.same(whose(name), ['pods'], name);
  for (const name of ['requests.storage', 'x.storageclass.storage.k8s.io/requests.storage'])
    t.same(whose(name), ['persistentvolumeclaims'], name);
  t.same(whose('services.nodeports'), ['services']);
  t.same(whose('count/configmaps'), ['configmaps']);
  for (const name of ['a.com/b', 'requests.kubernetes.io/x', 'count/x.y', 'limits.a.com/b'])
    t.same(whose(name), [], name);
  t.end();
});

const term = (more: object): object => ({ topologyKey: 'zone', ...more });
const required = (kind: string, more: object): object => ({
  affinity: { [kind]: { requiredDuringSchedulingIgnoredDuringExecution: [term(more)] } },
});
const SCOPES: readonly (readonly [string, object, readonly string[]])[] = [
  ['a plain pod', {}, ['NotTerminating', 'BestEffort', 'NoClass', 'NotGold']],
  [
    'one with a deadline',
    { activeDeadlineSeconds: 0, containers: [asks({ cpu: '1' })] },
    ['Terminating', 'NotBestEffort', 'NoClass', 'NotGold'],
  ],
  [
    'one of a class',
    { priorityClassName: 'gold' },
    ['NotTerminating', 'BestEffort', 'PriorityClass', 'Gold'],
  ],
  [
    'one of another class, which looks at other namespaces',
    { priorityClassName: 'tin', ...required('podAntiAffinity', { namespaceSelector: {} }) },
    ['NotTerminating', 'BestEffort', 'PriorityClass', 'NotGold', 'CrossNamespacePodAffinity'],
  ],
  [
    'one that prefers others of its own namespace',
    {
      affinity: {
        podAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [{ podAffinityTerm: term({}) }],
        },
      },
    },
    ['NotTerminating', 'BestEffort', 'NoClass', 'NotGold'],
  ],
];
const ofClass = (operator: string, values?: string[]): object => ({
  scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator, values }] },
});
const SELECTORS: Readonly<Record<string, object>> = {
  ...Object.fromEntries(
    [
      'Terminating',
      'NotTerminating',
      'BestEffort',
      'NotBestEffort',
      'PriorityClass',
      'CrossNamespacePodAffinity',
      'VolumeAttributesClass',
    ].map((scope) => [scope, { scopes: [scope] }]),
  ),
  NoClass: ofClass('DoesNotExist'),
  Gold: ofClass('In', ['gold']),
  NotGold: ofClass('NotIn', ['gold']),
};

for (const [what, spec, expected] of SCOPES)
  void t.test(`the scopes of ${what}`, (t) => {
    const pod = { spec: { containers: [], ...spec } } as KubernetesObject;
    const pods = evaluator('pods');
    const matching = Object.entries(SELECTORS).filter(([, scope]) => {
      const quota = { spec: { hard: { pods: '1' }, ...scope } };
      return usageIn(quota, pods, [pod], NOW_MS).get('pods')?.unscaled === 1n;
    });
    t.same(matching.map(([name]) => name).sort(), [...expected].sort());
    t.end();
  });

void t.test('claims have a scope, too: their class of volume attributes', (t) => {
  const claims = evaluator('persistentvolumeclaims');
  const counts = (operator: string, claim: object): boolean => {
    const scope = { scopeName: 'VolumeAttributesClass', operator, values: ['fast'] };
    return claims.isInScope(scope, claim as KubernetesObject);
  };
  t.ok(counts('In', { spec: { volumeAttributesClassName: 'fast' } }));
  t.ok(counts('In', { spec: {}, status: { currentVolumeAttributesClassName: 'fast' } }));
  t.notOk(counts('In', { spec: { volumeAttributesClassName: 'slow' } }));
  t.ok(counts('Exists', { spec: { volumeAttributesClassName: 'slow' } }));
  t.notOk(counts('Exists', { spec: {} }));
  const other = { scopeName: 'BestEffort', operator: 'Exists' };
  t.notOk(claims.isInScope(other, {}));
  t.notOk(evaluator('configmaps').isInScope(other, {}));
  t.end();
});
