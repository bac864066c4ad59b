import t from 'tap';
import type { V1Pod, V1StatefulSetSpec } from '../../../src/api/index.js';
import type { StatefulAction } from '../../../src/controllers/statefulset/plan.js';
import { planStatefulSet } from '../../../src/controllers/statefulset/plan.js';
import { statefulPod } from '../../../src/controllers/statefulset/pod.js';
import { statefulSetStatus } from '../../../src/controllers/statefulset/status.js';
import { NOW_MS, pod, state, statefulSet } from './objects.js';

const PARALLEL = { podManagementPolicy: 'Parallel' };

function words(action: StatefulAction): string {
  switch (action.type) {
    case 'create':
      return `create ${String(action.ordinal)} ${action.revision.metadata?.name ?? ''}`;
    case 'create-claims':
      return `create-claims ${String(action.ordinal)}`;
    default:
      return `${action.type} ${action.pod.metadata?.name ?? ''}`;
  }
}

function planned(replicas: number, pods: V1Pod[], spec: Partial<V1StatefulSetSpec> = {}): string[] {
  const plan = planStatefulSet(state(statefulSet(replicas, spec), pods));
  return [...plan.replicas, ...plan.condemned, ...plan.updates].map(words);
}

const rolling = (partition: number, maxUnavailable?: number | string) => ({
  updateStrategy: {
    type: 'RollingUpdate',
    rollingUpdate: { partition, ...(maxUnavailable !== undefined && { maxUnavailable }) },
  },
});

t.test('a pod has a name, a host name and labels of its own', (t) => {
  const { metadata, spec } = statefulPod(
    statefulSet(3),
    2,
    { metadata: { labels: { a: 'b' } } },
    'r',
  );
  t.match(metadata, {
    name: 'db-2',
    labels: {
      a: 'b',
      'statefulset.kubernetes.io/pod-name': 'db-2',
      'apps.kubernetes.io/pod-index': '2',
      'controller-revision-hash': 'r',
    },
    ownerReferences: [{ kind: 'StatefulSet', name: 'db', controller: true }],
  });
  t.match(spec, { hostname: 'db-2', subdomain: 'db' });
  t.end();
});

t.test('pods come in order, each when those before it are available', (t) => {
  const cases: [string, V1Pod[], Partial<V1StatefulSetSpec>, string[]][] = [
    ['the first', [], {}, ['create 0 new']],
    ['none while the first is pending', [pod('0', 'pending')], {}, []],
    ['none while it starts', [pod('0', 'starting')], {}, []],
    ['the next', [pod('0')], {}, ['create 1 new']],
    ['none before minReadySeconds', [pod('0', 'fresh')], { minReadySeconds: 30 }, []],
    ['a gap is filled first', [pod('0'), pod('2')], {}, ['create 1 new']],
    ['one that goes is waited for', [pod('0', 'going'), pod('1')], {}, []],
    ['one that ended is deleted', [pod('0', 'failed')], {}, ['delete db-0']],
    ['and waited for', [pod('0', 'failed', 'going')], {}, []],
    ['ordinals have a start', [], { ordinals: { start: 5 } }, ['create 5 new']],
    ['all are there', [pod('0'), pod('1'), pod('2')], {}, []],
  ];
  for (const [what, pods, spec, wanted] of cases) t.same(planned(3, pods, spec), wanted, what);
  t.end();
});

t.test('pods go in the opposite order, one at a time', (t) => {
  const cases: [string, V1Pod[], string[]][] = [
    ['the highest', [pod('0'), pod('1'), pod('2')], ['delete db-2']],
    ['the next when it is gone', [pod('0'), pod('1'), pod('2', 'going')], []],
    ['the next', [pod('0'), pod('1')], ['delete db-1']],
    ['not while one that stays is unavailable', [pod('0', 'starting'), pod('1')], []],
    [
      'not while a lower one that goes is',
      [pod('0'), pod('1', 'starting'), pod('2')],
      ['delete db-2'],
    ],
    ['one that is broken itself goes', [pod('0'), pod('1', 'starting')], ['delete db-1']],
    [
      'two are broken: the highest waits for the lower one',
      [pod('0'), pod('1', 'starting'), pod('2', 'starting')],
      [],
    ],
    ['those below a new start go, too', [pod('0')], []],
  ];
  for (const [what, pods, wanted] of cases) t.same(planned(1, pods), wanted, what);
  t.same(planned(1, [pod('0'), pod('3')], { ordinals: { start: 3 } }), ['delete db-0']);
  t.end();
});

t.test('in parallel all come and go at once', (t) => {
  t.same(planned(3, [], PARALLEL), ['create 0 new', 'create 1 new', 'create 2 new']);
  t.same(planned(1, [pod('0', 'starting'), pod('1'), pod('2')], PARALLEL), [
    'delete db-2',
    'delete db-1',
  ]);
  t.same(planned(3, [pod('0', 'failed')], PARALLEL), [
    'delete db-0',
    'create 1 new',
    'create 2 new',
  ]);
  t.end();
});

t.test('an update goes from the highest ordinal to the partition', (t) => {
  const old = [pod('0/old'), pod('1/old'), pod('2/old')];
  const [o0, o1] = old as [V1Pod, V1Pod];
  const cases: [string, V1Pod[], Partial<V1StatefulSetSpec>, string[]][] = [
    ['the highest', old, {}, ['delete db-2']],
    ['not the next before it is back', [o0, o1, pod('2', 'starting')], PARALLEL, []],
    ['the next', [o0, o1, pod('2')], {}, ['delete db-1']],
    ['not below the partition', [o0, o1, pod('2')], rolling(2), []],
    ['nothing', old, { updateStrategy: { type: 'OnDelete' } }, []],
    [
      'one that is old and broken, too',
      [o0, o1, pod('2/old', 'starting')],
      PARALLEL,
      ['delete db-2'],
    ],
    ['as many as may be missed', old, rolling(0, 2), ['delete db-2', 'delete db-1']],
    ['percentages are rounded up', old, rolling(0, '34%'), ['delete db-2', 'delete db-1']],
    [
      'what is missed already is counted',
      [o0, o1, pod('2', 'starting')],
      { ...rolling(0, 2), ...PARALLEL },
      ['delete db-1'],
    ],
    [
      'but an old one that is broken costs nothing',
      [o0, o1, pod('2/old', 'starting')],
      { ...rolling(0, 2), ...PARALLEL },
      ['delete db-2', 'delete db-1'],
    ],
  ];
  for (const [what, pods, spec, wanted] of cases) t.same(planned(3, pods, spec), wanted, what);
  t.end();
});

t.test('while an update is on its way, what is below the partition comes back as it was', (t) => {
  t.same(planned(3, [pod('0/old'), pod('2')], rolling(2)), ['create 1 old']);
  t.same(planned(3, [pod('0/old'), pod('1/old')], rolling(2)), ['create 2 new']);
  t.same(planned(3, [], { updateStrategy: { type: 'OnDelete' } }), ['create 0 new']);
  t.end();
});

t.test('a pod that has lost its label gets it back', (t) => {
  const lost = pod('0');
  lost.metadata = { ...lost.metadata, labels: { app: 'db', 'controller-revision-hash': 'new' } };
  t.same(planned(1, [lost]), ['repair db-0']);
  t.end();
});

t.test('a set that is being deleted is left to the garbage collector', (t) => {
  const set = statefulSet(3);
  set.metadata = { ...set.metadata, deletionTimestamp: '2026-01-01T11:59:00Z' };
  t.same(planStatefulSet(state(set, [])), { replicas: [], condemned: [], updates: [] });
  t.end();
});

t.test('the status counts what is there, by revision', (t) => {
  const observed = {
    currentRevision: 'old',
    updateRevision: 'new',
    collisionCount: 0,
    leaving: [],
  };
  const pods = [pod('0/old'), pod('1/old', 'starting'), pod('2', 'fresh'), pod('3', 'going')];
  t.same(statefulSetStatus(statefulSet(4, { minReadySeconds: 30 }), pods, observed, NOW_MS), {
    replicas: 4,
    readyReplicas: 3,
    availableReplicas: 2,
    currentReplicas: 2,
    updatedReplicas: 1,
    currentRevision: 'old',
    updateRevision: 'new',
    observedGeneration: 1,
    collisionCount: 0,
  });
  const done = statefulSetStatus(statefulSet(2), [pod('0'), pod('1')], observed, NOW_MS);
  t.match(done, { currentRevision: 'new', currentReplicas: 2, updatedReplicas: 2 });
  const leaving = [pods[0] as V1Pod];
  t.match(statefulSetStatus(statefulSet(4), pods, { ...observed, leaving }, NOW_MS), {
    currentReplicas: 1,
  });
  t.end();
});
