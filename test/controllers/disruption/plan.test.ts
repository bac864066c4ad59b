import t from 'tap';
import type { V1Pod, V1PodDisruptionBudget } from '../../../src/api/index.js';
import {
  budgetStatus,
  disruptedOf,
  expectedOf,
  failedStatus,
} from '../../../src/controllers/disruption/plan.js';

const NOW_MS = Date.UTC(2026, 0, 1);
const NOW = '2026-01-01T00:00:00Z';

function pod(name: string, ready: boolean, more: object = {}): V1Pod {
  const conditions = [{ type: 'Ready', status: ready ? 'True' : 'False' }];
  return { metadata: { name, ...more }, status: { conditions } };
}

const budget = (spec: object, status: object = {}): V1PodDisruptionBudget => ({
  metadata: { name: 'b', generation: 3 },
  spec,
  status,
});

const SCALES = [
  { uid: 'a', replicas: 5 },
  { uid: 'b', replicas: 2 },
  { uid: 'a', replicas: 5 },
];
const EXPECTED: readonly (readonly [object, number, number])[] = [
  [{ minAvailable: 2 }, 3, 2],
  [{ minAvailable: '50%' }, 7, 4],
  [{ minAvailable: 0 }, 3, 0],
  [{ maxUnavailable: 1 }, 7, 6],
  [{ maxUnavailable: '30%' }, 7, 4],
  [{ maxUnavailable: 9 }, 7, 0],
];

void t.test('how many pods there should be, and be healthy', (t) => {
  const pods = ['x', 'y', 'z'].map((name) => pod(name, true));
  for (const [spec, expectedPods, desiredHealthy] of EXPECTED)
    t.same(expectedOf(budget(spec), pods, SCALES), { expectedPods, desiredHealthy });
  t.end();
});

void t.test('healthy is what is ready, and is not about to go', (t) => {
  const pods = [
    pod('a', true),
    pod('b', true),
    pod('c', false),
    pod('d', true, { deletionTimestamp: NOW }),
    pod('e', true),
  ];
  const disruptedPods = { d: NOW, e: '2025-12-31T23:59:00Z', a: '2025-12-31T23:50:00Z', gone: NOW };
  const own = budget({ minAvailable: 1 }, { disruptedPods });
  const disrupted = disruptedOf(own, pods, NOW_MS);
  t.same(disrupted, { pods: { e: '2025-12-31T23:59:00Z' }, recheckMs: 60_000 });
  const expected = { expectedPods: 5, desiredHealthy: 1 };
  t.same(budgetStatus(own, pods, expected, disrupted, NOW), {
    disruptedPods: disrupted.pods,
    currentHealthy: 2,
    desiredHealthy: 1,
    expectedPods: 5,
    disruptionsAllowed: 1,
    observedGeneration: 3,
    conditions: [
      {
        type: 'DisruptionAllowed',
        status: 'True',
        reason: 'SufficientPods',
        message: '',
        observedGeneration: 3,
        lastTransitionTime: NOW,
      },
    ],
  });
  t.end();
});

void t.test('without pods, with too few, and with who knows how many nothing is allowed', (t) => {
  const own = budget({ minAvailable: 0 }, { expectedPods: 9 });
  const none = { pods: {}, recheckMs: undefined };
  const insufficient = [{ status: 'False', reason: 'InsufficientPods' }];
  for (const [expectedPods, desiredHealthy] of [
    [0, 0],
    [1, 2],
  ] as const) {
    const status = budgetStatus(own, [pod('a', true)], { expectedPods, desiredHealthy }, none, NOW);
    t.match(status, { disruptionsAllowed: 0, conditions: insufficient });
  }
  const message = 'found no controllers for pod "a"';
  t.match(failedStatus(own, message, NOW), {
    expectedPods: 9,
    disruptionsAllowed: 0,
    conditions: [{ status: 'False', reason: 'SyncFailed', message }],
  });
  t.end();
});
