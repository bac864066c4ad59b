import t from 'tap';
import type { V1Pod, V1ReplicaSet } from '../../../src/api/index.js';
import {
  deletionOrder,
  planReplicas,
  replicaSetStatus,
} from '../../../src/controllers/replicaset/plan.js';
import { slowStartBatches } from '../../../src/controllers/slow-start.js';

const NOW_MS = Date.UTC(2026, 0, 1, 1);

interface PodShape {
  readonly node?: string;
  readonly phase?: string;
  readonly readyFor?: number;
  readonly ageSeconds?: number;
  readonly cost?: string;
  readonly restarts?: number;
  readonly deleting?: boolean;
}

function pod(name: string, shape: PodShape = {}): V1Pod {
  const {
    node = 'a',
    phase = 'Running',
    readyFor,
    ageSeconds = 60,
    cost,
    restarts = 0,
    deleting = false,
  } = shape;
  const at = (secondsAgo: number): string => new Date(NOW_MS - secondsAgo * 1_000).toISOString();
  const conditions =
    readyFor === undefined
      ? []
      : [{ type: 'Ready', status: 'True', lastTransitionTime: at(readyFor) }];
  const containerStatuses = [
    { name: 'c', image: 'i', imageID: '', ready: true, restartCount: restarts },
  ];
  return {
    metadata: {
      name,
      creationTimestamp: at(ageSeconds),
      ...(cost === undefined
        ? {}
        : { annotations: { 'controller.kubernetes.io/pod-deletion-cost': cost } }),
      ...(deleting ? { deletionTimestamp: at(0) } : {}),
    },
    spec: { containers: [], ...(node === '' ? {} : { nodeName: node }) },
    status: { phase, conditions, containerStatuses },
  };
}

const replicaSet = (replicas: number, minReadySeconds = 0): V1ReplicaSet => ({
  metadata: { generation: 3 },
  spec: { replicas, minReadySeconds, selector: {} },
});

void t.test('of two pods the one that is worth less goes first', (t) => {
  const cases: [string, PodShape, PodShape][] = [
    ['not on a node', { node: '' }, {}],
    ['pending', { phase: 'Pending' }, { phase: 'Running' }],
    ['not ready', {}, { readyFor: 10 }],
    ['cheaper', { readyFor: 10, cost: '-5' }, { readyFor: 10 }],
    ['on the fuller node', { readyFor: 10, node: 'full' }, { readyFor: 10, node: 'a' }],
    ['ready for less long', { readyFor: 10 }, { readyFor: 20 }],
    ['restarted more often', { readyFor: 10, restarts: 3 }, { readyFor: 10 }],
    ['younger', { readyFor: 10, ageSeconds: 20 }, { readyFor: 10, ageSeconds: 60 }],
  ];
  for (const [name, worse, better] of cases) {
    const order = deletionOrder(
      [pod('better', better), pod('worse', worse)],
      new Map([['full', 3]]),
    );
    t.equal(order[0]?.metadata?.name, 'worse', name);
  }
  t.end();
});

void t.test('what is missing is made, what is over is deleted, in bounded bursts', (t) => {
  t.same(
    planReplicas(replicaSet(3), [
      pod('a'),
      pod('b', { deleting: true }),
      pod('c', { phase: 'Failed' }),
    ]),
    { type: 'create', count: 2 },
  );
  t.same(planReplicas(replicaSet(1), [pod('a')]), { type: 'none' });
  t.match(planReplicas(replicaSet(1), [pod('a', { readyFor: 5 }), pod('b')]), {
    type: 'delete',
    pods: [{ metadata: { name: 'b' } }],
  });
  t.same(planReplicas(replicaSet(9_000), []), { type: 'create', count: 500 });
  t.same(slowStartBatches(10), [1, 2, 4, 3]);
  t.end();
});

void t.test(
  'the status counts pods that are ready, and those that have been for long enough',
  (t) => {
    const pods = [
      pod('a', { readyFor: 60 }),
      pod('b', { readyFor: 5 }),
      pod('c'),
      pod('d', { readyFor: 60, deleting: true }),
    ];
    t.match(replicaSetStatus(replicaSet(3, 30), pods, undefined, NOW_MS, 'now'), {
      replicas: 3,
      readyReplicas: 2,
      availableReplicas: 1,
      observedGeneration: 3,
    });
    t.match(
      replicaSetStatus(replicaSet(3), [], { reason: 'FailedCreate', message: 'no' }, NOW_MS, 'now'),
      {
        conditions: [
          { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'no' },
        ],
      },
    );
    t.end();
  },
);
