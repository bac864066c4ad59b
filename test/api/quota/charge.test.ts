import t from 'tap';
import { chargeQuotas, quotaEvaluatorOf, quotaStatus } from '../../../src/api/index.js';
import type { KubernetesObject, V1ResourceQuota } from '../../../src/api/index.js';
import { readAmounts } from '../../../src/api/quota/resource-amounts.js';

type Amounts = Record<string, string>;

function quota(name: string, hard: Amounts, used: Amounts, spec: object = {}): V1ResourceQuota {
  return { metadata: { name }, spec: { hard, ...spec }, status: { hard, used } };
}

function pod(requests: Amounts, names: readonly string[] = ['c']): KubernetesObject {
  const containers = names.map((name) => ({ name, resources: { requests } }));
  return { spec: { containers } };
}

/** What is used afterwards, by the name of each quota that changes; or the refusal. */
function charge(
  quotas: readonly V1ResourceQuota[],
  resource: string,
  object: KubernetesObject,
  old?: KubernetesObject,
): Record<string, Amounts | undefined> | string {
  const evaluator = quotaEvaluatorOf({ group: '', resource });
  if (evaluator === undefined) throw new Error(`${resource} is not counted`);
  const charged = chargeQuotas(quotas, { evaluator, object, old, wallMs: 0 });
  if (!charged.ok) return charged.error;
  return Object.fromEntries(
    charged.value.map(({ metadata, status }) => [metadata?.name ?? '', status?.used]),
  );
}

void t.test('a pod is charged to each quota that counts it, for what that limits', (t) => {
  const quotas = [
    quota('a', { pods: '3', 'requests.cpu': '1' }, { pods: '1', 'requests.cpu': '250m' }),
    quota('b', { cpu: '2', secrets: '1' }, { cpu: '0', secrets: '1' }),
    quota('c', { services: '1' }, { services: '1' }),
    quota('d', { pods: '0' }, { pods: '0' }, { scopes: ['BestEffort'] }),
  ];
  t.same(charge(quotas, 'pods', pod({ cpu: '500m' })), {
    a: { pods: '2', 'requests.cpu': '750m' },
    b: { cpu: '500m', secrets: '1' },
  });
  t.end();
});

void t.test('a limit may be reached, and not passed', (t) => {
  const quotas = [
    quota('a', { pods: '2', memory: '1Gi', cpu: '1' }, { pods: '1', memory: '1Gi', cpu: '800m' }),
  ];
  t.same(charge(quotas, 'pods', pod({ memory: '0', cpu: '200m' })), {
    a: { pods: '2', memory: '1Gi', cpu: '1' },
  });
  t.equal(
    charge(quotas, 'pods', pod({ memory: '1Mi', cpu: '201m' })),
    'exceeded quota: a, requested: cpu=201m,memory=1Mi, used: cpu=800m,memory=1Gi, limited: cpu=1,memory=1Gi',
  );
  t.end();
});

void t.test('a quota that is exceeded already forbids only what needs more of it', (t) => {
  const quotas = [quota('a', { pods: '5', cpu: '1' }, { pods: '1', cpu: '2' })];
  t.same(charge(quotas, 'pods', pod({ cpu: '0' })), { a: { pods: '2', cpu: '2' } });
  t.match(charge(quotas, 'pods', pod({ cpu: '1m' })), 'exceeded quota: a, requested: cpu=1m');
  t.end();
});

void t.test('what is limited must be said by each container', (t) => {
  const hard = { 'limits.cpu': '1', memory: '1Gi', 'requests.ephemeral-storage': '1Gi', pods: '9' };
  const quotas = [quota('a', hard, hard)];
  const text = 'failed quota: a: must specify limits.cpu for: c,d; memory for: c,d';
  t.equal(charge(quotas, 'pods', pod({ cpu: '1' }, ['d', 'c'])), text);
  const spoken = pod({});
  spoken['spec'] = { ...(spoken['spec'] as object), resources: { limits: { cpu: '1m' } } };
  t.match(charge(quotas, 'pods', spoken), 'exceeded quota');
  t.end();
});

void t.test('a limit holds from when it is known what is used', (t) => {
  const unknown = { metadata: { name: 'a' }, spec: { hard: { pods: '0' } } };
  t.same(charge([unknown], 'pods', pod({})), {});
  t.equal(
    charge([quota('a', { pods: '1', cpu: '1' }, { pods: '0' })], 'pods', pod({ cpu: '1' })),
    'status unknown for quota: a, resources: cpu,pods',
  );
  t.end();
});

void t.test('an update is charged for what it uses more, and never pays back', (t) => {
  const hard = { services: '1', 'services.nodeports': '2' };
  const full = [quota('a', hard, { services: '1', 'services.nodeports': '0' })];
  const service = (type: string, ports: number): KubernetesObject => ({
    spec: { type, ports: Array.from({ length: ports }, (_, port) => ({ port })) },
  });
  t.same(charge(full, 'services', service('NodePort', 2), service('ClusterIP', 2)), {
    a: { services: '1', 'services.nodeports': '2' },
  });
  t.match(charge(full, 'services', service('NodePort', 3), service('ClusterIP', 3)), 'exceeded');
  t.same(charge(full, 'services', service('ClusterIP', 1), service('NodePort', 1)), {});
  t.end();
});

void t.test('a negative amount is refused', (t) => {
  const quotas = [quota('a', { cpu: '1' }, { cpu: '0' })];
  t.equal(
    charge(quotas, 'pods', pod({ cpu: '-1' })),
    'quota usage is negative for resource(s): cpu,requests.cpu',
  );
  t.end();
});

void t.test('the status says what is limited, and how much of it was found', (t) => {
  const spec = { hard: { pods: '2', cpu: '1', 'count/widgets.example.com': '1' } };
  const found = readAmounts({ pods: '1', cpu: '500m', memory: '1Gi' });
  const status = { hard: spec.hard, used: { pods: '1', cpu: '500m' } };
  t.same(quotaStatus({ spec }, found), status);
  t.equal(quotaStatus({ spec, status }, found), undefined, 'as it is');
  t.equal(
    quotaStatus({ spec, status: { ...status, used: { pods: '1', cpu: '0.5' } } }, found),
    undefined,
  );
  const older = { hard: { pods: '1' }, used: { pods: '1', secrets: '7' } };
  t.same(
    quotaStatus({ spec, status: older }, found),
    status,
    'what is limited no more is left out',
  );
  const kept = { hard: spec.hard, used: { pods: '9', cpu: '1' } };
  const partly = quotaStatus({ spec, status: kept }, readAmounts({ pods: '1' }));
  t.same(partly?.used, { pods: '1', cpu: '1' }, 'what could not be measured stays');
  t.end();
});
