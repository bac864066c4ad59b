import type { KubernetesObject } from '../../api/index.js';

/*
 * Priority and fairness as a new cluster has it: which levels there are, and which requests belong to which. They are
 * there to be seen and changed; this API server bounds its requests by their sort alone (in-flight.ts).
 */

const APF = 'flowcontrol.apiserver.k8s.io/v1';
const annotations = { 'apf.kubernetes.io/autoupdate-spec': 'true' };

interface Limits {
  readonly shares: number;
  readonly lendable: number;
  /** Queues, and how many of them a flow may use; absent: what does not fit is rejected. */
  readonly queues?: readonly [count: number, handSize: number];
}

const LEVELS: Readonly<Record<string, Limits>> = {
  'catch-all': { shares: 5, lendable: 0 },
  'global-default': { shares: 20, lendable: 50, queues: [128, 6] },
  'leader-election': { shares: 10, lendable: 0, queues: [16, 4] },
  'node-high': { shares: 40, lendable: 25, queues: [64, 6] },
  system: { shares: 30, lendable: 33, queues: [64, 6] },
  'workload-high': { shares: 40, lendable: 50, queues: [128, 6] },
  'workload-low': { shares: 100, lendable: 90, queues: [128, 6] },
};
const QUEUE_LENGTH_MAX = 50;

const EXEMPT: KubernetesObject = {
  apiVersion: APF,
  kind: 'PriorityLevelConfiguration',
  metadata: { name: 'exempt', annotations },
  spec: { type: 'Exempt', exempt: { nominalConcurrencyShares: 0, lendablePercent: 0 } },
};

export const PRIORITY_LEVELS: readonly KubernetesObject[] = [
  EXEMPT,
  ...Object.entries(LEVELS).map(([name, limits]) => limitedLevel(name, limits)),
];

function limitedLevel(name: string, { shares, lendable, queues }: Limits): KubernetesObject {
  const limitResponse =
    queues === undefined
      ? { type: 'Reject' }
      : {
          type: 'Queue',
          queuing: { queues: queues[0], handSize: queues[1], queueLengthLimit: QUEUE_LENGTH_MAX },
        };
  const limited = { nominalConcurrencyShares: shares, lendablePercent: lendable, limitResponse };
  return {
    apiVersion: APF,
    kind: 'PriorityLevelConfiguration',
    metadata: { name, annotations },
    spec: { type: 'Limited', limited },
  };
}

type Subject = Readonly<Record<string, unknown>>;
type Rule = Readonly<Record<string, unknown>>;

const groupOf = (name: string): Subject => ({ kind: 'Group', group: { name } });
const userOf = (name: string): Subject => ({ kind: 'User', user: { name } });
const accountOf = (name: string): Subject => ({
  kind: 'ServiceAccount',
  serviceAccount: { namespace: 'kube-system', name },
});

/** On resources in all namespaces, unless it is said otherwise. */
function onResources(verbs: string, group: string, resources: string, clusterScope = false): Rule {
  return {
    verbs: verbs.split(' '),
    apiGroups: [group],
    resources: resources.split(' '),
    namespaces: ['*'],
    ...(clusterScope && { clusterScope }),
  };
}

const onPaths = (verbs: string, urls: string): Rule => ({
  verbs: [verbs],
  nonResourceURLs: urls.split(' '),
});

const ANY_RESOURCE = onResources('*', '*', '*', true);
const ANY_PATH = onPaths('*', '*');
const EVERYBODY = [groupOf('system:unauthenticated'), groupOf('system:authenticated')];
const MANAGER = userOf('system:kube-controller-manager');
const SCHEDULER = userOf('system:kube-scheduler');
const LEASES = onResources('get create update', 'coordination.k8s.io', 'leases');

interface Flow {
  readonly level: string;
  readonly precedence: number;
  /** Absent: all requests are one flow. */
  readonly by?: 'ByUser' | 'ByNamespace';
  readonly subjects: readonly Subject[];
  readonly resources?: readonly Rule[];
  readonly paths?: readonly Rule[];
}

const ANYTHING = { resources: [ANY_RESOURCE], paths: [ANY_PATH] };

const FLOWS: Readonly<Record<string, Flow>> = {
  exempt: { level: 'exempt', precedence: 1, subjects: [groupOf('system:masters')], ...ANYTHING },
  probes: {
    level: 'exempt',
    precedence: 2,
    subjects: EVERYBODY,
    paths: [onPaths('get', '/healthz /readyz /livez')],
  },
  'system-leader-election': {
    level: 'leader-election',
    precedence: 100,
    by: 'ByUser',
    subjects: [MANAGER, SCHEDULER, accountOf('*')],
    resources: [LEASES],
  },
  'endpoint-controller': {
    level: 'workload-high',
    precedence: 150,
    by: 'ByUser',
    subjects: [
      MANAGER,
      accountOf('endpoint-controller'),
      accountOf('endpointslicemirroring-controller'),
    ],
    resources: [onResources('get create update', '', 'endpoints')],
  },
  'workload-leader-election': {
    level: 'leader-election',
    precedence: 200,
    by: 'ByUser',
    subjects: [accountOf('*')],
    resources: [onResources('get create update', '', 'endpoints configmaps'), LEASES],
  },
  'system-node-high': {
    level: 'node-high',
    precedence: 400,
    by: 'ByUser',
    subjects: [groupOf('system:nodes')],
    resources: [
      onResources('*', '', 'nodes nodes/status', true),
      onResources('*', 'coordination.k8s.io', 'leases'),
    ],
  },
  'system-nodes': {
    level: 'system',
    precedence: 500,
    by: 'ByUser',
    subjects: [groupOf('system:nodes')],
    ...ANYTHING,
  },
  'kube-controller-manager': {
    level: 'workload-high',
    precedence: 800,
    by: 'ByNamespace',
    subjects: [MANAGER],
    ...ANYTHING,
  },
  'kube-scheduler': {
    level: 'workload-high',
    precedence: 800,
    by: 'ByNamespace',
    subjects: [SCHEDULER],
    ...ANYTHING,
  },
  'kube-system-service-accounts': {
    level: 'workload-high',
    precedence: 900,
    by: 'ByNamespace',
    subjects: [accountOf('*')],
    ...ANYTHING,
  },
  'service-accounts': {
    level: 'workload-low',
    precedence: 9_000,
    by: 'ByUser',
    subjects: [groupOf('system:serviceaccounts')],
    ...ANYTHING,
  },
  'global-default': {
    level: 'global-default',
    precedence: 9_900,
    by: 'ByUser',
    subjects: EVERYBODY,
    ...ANYTHING,
  },
  'catch-all': {
    level: 'catch-all',
    precedence: 10_000,
    by: 'ByUser',
    subjects: EVERYBODY,
    ...ANYTHING,
  },
};

/** `now` is RFC 3339. */
export function flowSchemas(now: string): KubernetesObject[] {
  return Object.entries(FLOWS).map(([name, { level, precedence, by, ...rules }]) => ({
    apiVersion: APF,
    kind: 'FlowSchema',
    metadata: { name, annotations },
    spec: {
      priorityLevelConfiguration: { name: level },
      matchingPrecedence: precedence,
      ...(by !== undefined && { distinguisherMethod: { type: by } }),
      rules: [
        {
          subjects: rules.subjects,
          ...(rules.resources !== undefined && { resourceRules: rules.resources }),
          ...(rules.paths !== undefined && { nonResourceRules: rules.paths }),
        },
      ],
    },
    status: {
      conditions: [
        {
          type: 'Dangling',
          status: 'False',
          lastTransitionTime: now,
          reason: 'Found',
          message: `This FlowSchema references the PriorityLevelConfiguration object named "${level}" and it exists`,
        },
      ],
    },
  }));
}
