import t from 'tap';
import { IN_NAMESPACE, created, updated } from './cases.js';
import type { Fields } from './cases.js';

const TEMPLATE = {
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'a', image: 'nginx:1' }] },
};
const SELECTOR = { matchLabels: { app: 'web' } };

function workload(spec: Fields): Fields {
  return { metadata: IN_NAMESPACE, spec: { selector: SELECTOR, template: TEMPLATE, ...spec } };
}

void t.test('a deployment and a replica set are valid', (t) => {
  t.same(created('apps/deployments', workload({})), []);
  t.same(created('apps/replicasets', workload({})), []);
  t.end();
});

void t.test('a deployment is refused in Kubernetes words', (t) => {
  const cases: readonly (readonly [Fields, readonly string[]])[] = [
    [{ replicas: -1 }, ['spec.replicas: Invalid value: -1: must be greater than or equal to 0']],
    [{ selector: undefined }, ['spec.selector: Required value']],
    [
      { selector: {} },
      ['spec.selector: Invalid value: {}: empty selector is invalid for deployment'],
    ],
    [
      { selector: { matchLabels: { app: 'db' } } },
      [
        'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
      ],
    ],
    [
      { selector: { matchExpressions: [{ key: 'app', operator: 'Like' }] } },
      [
        'spec.selector.matchExpressions[0].operator: Invalid value: "Like": not a valid selector operator',
        'spec.selector: Invalid value: {"matchExpressions":[{"key":"app","operator":"Like"}]}: invalid label selector',
      ],
    ],
    [
      { template: { ...TEMPLATE, spec: { ...TEMPLATE.spec, restartPolicy: 'Never' } } },
      ['spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"'],
    ],
    [
      { template: { metadata: TEMPLATE.metadata, spec: { containers: [{ name: 'a' }] } } },
      ['spec.template.spec.containers[0].image: Required value'],
    ],
    [
      { strategy: { type: 'Recreate', rollingUpdate: {} } },
      [
        "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'",
      ],
    ],
    [
      { strategy: { type: 'Blue' } },
      [
        'spec.strategy.type: Unsupported value: "Blue": supported values: "Recreate", "RollingUpdate"',
      ],
    ],
    [
      { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: '0%' } } },
      [
        'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "0%": may not be 0 when `maxSurge` is 0',
      ],
    ],
    [
      { strategy: { rollingUpdate: { maxUnavailable: '120%' } } },
      [
        'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "120%": must not be greater than 100%',
      ],
    ],
    [
      { strategy: { rollingUpdate: { maxSurge: 'x' } } },
      [
        'spec.strategy.rollingUpdate.maxSurge: Invalid value: "x": a valid percent string must be a numeric string followed ' +
          "by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
      ],
    ],
    [
      { minReadySeconds: 600 },
      ['spec.progressDeadlineSeconds: Invalid value: 600: must be greater than minReadySeconds'],
    ],
  ];
  for (const [spec, expected] of cases) {
    t.same(created('apps/deployments', workload(spec)), expected, JSON.stringify(spec));
  }
  t.end();
});

void t.test('the selector cannot change', (t) => {
  const selector = { matchLabels: { app: 'web', tier: 'x' } };
  const template = { ...TEMPLATE, metadata: { labels: { app: 'web', tier: 'x' } } };
  const expected = [
    'spec.selector: Invalid value: {"matchLabels":{"app":"web","tier":"x"}}: field is immutable',
  ];
  t.same(updated('apps/deployments', workload({ selector, template }), workload({})), expected);
  t.same(updated('apps/replicasets', workload({ selector, template }), workload({})), expected);
  t.same(updated('apps/deployments', workload({ replicas: 5, template }), workload({})), []);
  t.end();
});

void t.test('the counts of a status fit together', (t) => {
  const status = { replicas: 1, readyReplicas: 2, availableReplicas: 3 };
  t.same(updated('apps/replicasets', { ...workload({}), status }, workload({}), 'status'), [
    'status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas',
    'status.availableReplicas: Invalid value: 3: cannot be greater than status.replicas',
    'status.availableReplicas: Invalid value: 3: cannot be greater than readyReplicas',
  ]);
  t.end();
});
