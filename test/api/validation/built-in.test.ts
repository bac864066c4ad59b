import t from 'tap';
import { IN_NAMESPACE, created, updated } from './cases.js';
import type { Fields } from './cases.js';

const TEMPLATE = {
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'a', image: 'nginx:1' }] },
};
const ONCE = { ...TEMPLATE, spec: { ...TEMPLATE.spec, restartPolicy: 'Never' } };
const SELECTED = { selector: { matchLabels: { app: 'web' } }, template: TEMPLATE };
const OF_CLUSTER = { name: 'x' };

/** For each resource: a spec that is valid, and what is said of changes of it. */
interface Cases {
  readonly key: string;
  readonly clusterWide?: true;
  readonly valid: Fields;
  readonly refused: readonly (readonly [Fields, ...string[]])[];
}

const CLAIM = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
const VOLUME = {
  accessModes: ['ReadWriteOnce'],
  capacity: { storage: '1Gi' },
  hostPath: { path: '/a' },
};
const BACKEND = { service: { name: 'x', port: { number: 80 } } };
const path = (fields: Fields): Fields => ({
  rules: [{ http: { paths: [{ path: '/', pathType: 'Prefix', backend: BACKEND, ...fields }] } }],
});

const CASES: readonly Cases[] = [
  {
    key: 'apps/daemonsets',
    valid: SELECTED,
    refused: [
      [
        { selector: {} },
        'spec.selector: Invalid value: {}: empty selector is invalid for daemonset',
      ],
      [
        { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0 } } },
        'spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0',
      ],
      [
        { template: { ...TEMPLATE, spec: { ...TEMPLATE.spec, activeDeadlineSeconds: 5 } } },
        'spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in DaemonSet is not Supported',
      ],
    ],
  },
  {
    key: 'apps/statefulsets',
    valid: { ...SELECTED, serviceName: 'web' },
    refused: [
      [
        { podManagementPolicy: 'Wild' },
        "spec.podManagementPolicy: Invalid value: \"Wild\": must be 'OrderedReady' or 'Parallel'",
      ],
      [{ replicas: -1 }, 'spec.replicas: Invalid value: -1: must be greater than or equal to 0'],
    ],
  },
  {
    key: 'replicationcontrollers',
    valid: { template: TEMPLATE },
    refused: [
      [
        { selector: { app: 'db' } },
        'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
      ],
      [{ template: undefined }, 'spec.selector: Required value', 'spec.template: Required value'],
    ],
  },
  {
    key: 'batch/jobs',
    valid: { selector: SELECTED.selector, template: ONCE },
    refused: [
      [
        { template: TEMPLATE },
        'spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
      ],
      [
        { completionMode: 'Indexed', parallelism: 2 },
        'spec.completions: Required value: when completion mode is Indexed',
      ],
      [
        { backoffLimit: -2 },
        'spec.backoffLimit: Invalid value: -2: must be greater than or equal to 0',
      ],
    ],
  },
  {
    key: 'batch/cronjobs',
    valid: { schedule: '*/5 1-3 * jan mon-fri', jobTemplate: { spec: { template: ONCE } } },
    refused: [
      [{ schedule: '' }, 'spec.schedule: Required value'],
      [
        { schedule: '* * *' },
        'spec.schedule: Invalid value: "* * *": expected exactly 5 fields, found 3: [* * *]',
      ],
      [
        { schedule: '61 * * * *' },
        'spec.schedule: Invalid value: "61 * * * *": end of range (61) above maximum (59): 61',
      ],
      [
        { timeZone: 'Local' },
        'spec.timeZone: Invalid value: "Local": timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones',
      ],
      [
        { timeZone: 'Mars/Base' },
        'spec.timeZone: Invalid value: "Mars/Base": unknown time zone Mars/Base',
      ],
    ],
  },
  {
    key: 'persistentvolumeclaims',
    valid: CLAIM,
    refused: [
      [{ accessModes: [] }, 'spec.accessModes: Required value: at least 1 access mode is required'],
      [{ resources: {} }, 'spec.resources[storage]: Required value'],
      [
        { accessModes: ['ReadWriteOncePod', 'ReadOnlyMany'] },
        'spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes',
      ],
    ],
  },
  {
    key: 'persistentvolumes',
    clusterWide: true,
    valid: VOLUME,
    refused: [
      [{ hostPath: undefined }, 'spec: Required value: must specify a volume type'],
      [
        { nfs: { server: 'a', path: '/b' } },
        'spec.nfs: Forbidden: may not specify more than 1 volume type',
      ],
    ],
  },
  {
    key: 'networking.k8s.io/ingresses',
    valid: path({}),
    refused: [
      [
        { rules: [] },
        'spec: Invalid value: []: either `defaultBackend` or `rules` must be specified',
      ],
      [
        path({ path: 'a//b' }),
        'spec.rules[0].http.paths[0].path: Invalid value: "a//b": must be an absolute path',
        'spec.rules[0].http.paths[0].path: Invalid value: "a//b": must not contain \'//\'',
      ],
      [
        path({ pathType: undefined }),
        'spec.rules[0].http.paths[0].pathType: Required value: pathType must be specified',
      ],
      [
        path({ backend: { service: { name: 'x' } } }),
        'spec.rules[0].http.paths[0].backend.service.port: Required value: port name or number is required',
      ],
    ],
  },
  {
    key: 'networking.k8s.io/networkpolicies',
    valid: { podSelector: {}, ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 80 }] }] },
    refused: [
      [
        { ingress: [{ from: [{}] }] },
        'spec.ingress[0].from[0]: Required value: must specify a peer',
      ],
      [
        { egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['11.0.0.0/16'] } }] }] },
        'spec.egress[0].to[0].ipBlock.except[0]: Invalid value: "11.0.0.0/16": must be a strict subset of `cidr`',
      ],
    ],
  },
  {
    key: 'policy/poddisruptionbudgets',
    valid: { minAvailable: '50%' },
    refused: [
      [
        { minAvailable: '150%' },
        'spec.minAvailable: Invalid value: "150%": must not be greater than 100%',
      ],
    ],
  },
  {
    key: 'autoscaling/horizontalpodautoscalers',
    valid: { maxReplicas: 3, scaleTargetRef: { kind: 'Deployment', name: 'web' } },
    refused: [
      [
        { minReplicas: 5 },
        'spec.maxReplicas: Invalid value: 3: must be greater than or equal to `minReplicas`',
      ],
      [
        { metrics: [{ type: 'Resource' }] },
        'spec.metrics[0].resource: Required value: must populate information for the given metric source',
      ],
    ],
  },
  {
    key: 'resourcequotas',
    valid: { hard: { pods: '5', 'requests.cpu': '2' } },
    refused: [
      [
        { hard: { pods: '-1' } },
        'spec.hard[pods]: Invalid value: "-1": must be greater than or equal to 0',
      ],
      [{ scopes: ['Best'] }, 'spec.scopes: Invalid value: ["Best"]: unsupported scope'],
      [
        { scopes: ['BestEffort'] },
        'spec.scopes: Invalid value: ["BestEffort"]: unsupported scope applied to resource',
      ],
      [
        { scopes: ['Terminating', 'NotTerminating'] },
        'spec.scopes: Invalid value: ["Terminating","NotTerminating"]: conflicting scopes',
      ],
      [
        {
          scopeSelector: {
            matchExpressions: [
              { scopeName: 'PriorityClass', operator: 'In' },
              { scopeName: 'PriorityClass', operator: 'Exists', values: ['a'] },
              { scopeName: 'NotBestEffort', operator: 'DoesNotExist' },
            ],
          },
        },
        "spec.scopeSelector.matchExpressions.values: Required value: must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
        "spec.scopeSelector.matchExpressions.values: Invalid value: [\"a\"]: must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector",
        'spec.scopeSelector.matchExpressions.operator: Invalid value: "DoesNotExist": must be \'Exists\' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity',
      ],
    ],
  },
  {
    key: 'limitranges',
    valid: { limits: [{ type: 'Container', max: { cpu: '2' }, min: { cpu: '1' } }] },
    refused: [
      [
        { limits: [{ type: 'Pod', max: { cpu: '1' }, min: { cpu: '2' } }] },
        'spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1',
      ],
    ],
  },
];

for (const { key, clusterWide, valid, refused } of CASES) {
  void t.test(`${key} are refused in Kubernetes words`, (t) => {
    const metadata = clusterWide === true ? OF_CLUSTER : IN_NAMESPACE;
    t.same(created(key, { metadata, spec: valid }), []);
    for (const [change, ...errors] of refused)
      t.same(created(key, { metadata, spec: { ...valid, ...change } }), errors);
    t.end();
  });
}

void t.test('what may not change', (t) => {
  const job = (spec: Fields): Fields => ({
    metadata: IN_NAMESPACE,
    spec: { selector: SELECTED.selector, template: ONCE, ...spec },
  });
  t.same(updated('batch/jobs', job({ completions: 3 }), job({ completions: 2 })), [
    'spec.completions: Invalid value: 3: field is immutable',
  ]);
  const set = (spec: Fields): Fields => ({
    metadata: IN_NAMESPACE,
    spec: { ...SELECTED, ...spec },
  });
  t.same(updated('apps/statefulsets', set({ replicas: 3 }), set({ replicas: 2 })), []);
  t.match(updated('apps/statefulsets', set({ serviceName: 'b' }), set({ serviceName: 'a' })), [
    /^spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals'/,
  ]);
  const claim = (storage: string): Fields => ({
    metadata: IN_NAMESPACE,
    spec: { ...CLAIM, resources: { requests: { storage } } },
  });
  t.match(updated('persistentvolumeclaims', claim('2Gi'), claim('1Gi')), [
    /^spec: Forbidden: spec is immutable after creation except/,
  ]);
  const storageClass = (fields: Fields): Fields => ({
    metadata: OF_CLUSTER,
    provisioner: 'a.io/b',
    ...fields,
  });
  t.same(
    updated(
      'storage.k8s.io/storageclasses',
      storageClass({ parameters: { a: 'c' } }),
      storageClass({ parameters: { a: 'b' } }),
    ),
    ['parameters: Forbidden: updates to parameters are forbidden.'],
  );
  const priority = (value: number): Fields => ({ metadata: OF_CLUSTER, value });
  t.same(updated('scheduling.k8s.io/priorityclasses', priority(2), priority(1)), [
    'value: Forbidden: may not be changed in an update.',
  ]);
  t.match(created('scheduling.k8s.io/priorityclasses', priority(2e9)), [
    /^value: Forbidden: maximum allowed value of a user defined priority is 1000000000$/,
  ]);
  t.end();
});
