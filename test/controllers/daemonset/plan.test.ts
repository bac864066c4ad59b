import t from 'tap';
import type { V1DaemonSet, V1DaemonSetSpec, V1Node, V1Pod } from '../../../src/api/index.js';
import { createFailedPodBackoff } from '../../../src/controllers/daemonset/failed-pod-backoff.js';
import { placementOn } from '../../../src/controllers/daemonset/placement.js';
import { planDaemons } from '../../../src/controllers/daemonset/plan.js';
import { daemonPod, targetNodeOf } from '../../../src/controllers/daemonset/pod.js';
import { planRollingUpdate } from '../../../src/controllers/daemonset/rolling.js';
import { daemonSetStatus } from '../../../src/controllers/daemonset/status.js';
import { daemonSet, node, pod, state } from './objects.js';

const names = (pods: readonly V1Pod[]): string[] => pods.map((each) => each.metadata?.name ?? '');
const rolling = (maxUnavailable: number | string, maxSurge: number | string = 0) => ({
  updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable, maxSurge } },
});

t.test('a pod demands its node by name, whatever the template demands', (t) => {
  const set = daemonSet();
  const affinity = {
    podAffinity: {},
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'Exists' }] }],
      },
    },
  };
  if (set.spec?.template.spec !== undefined) set.spec.template.spec.affinity = affinity;
  const made = daemonPod(set, 'n1', 'h1');
  t.same(made.spec?.affinity, {
    podAffinity: {},
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [
          { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n1'] }] },
        ],
      },
    },
  });
  t.equal(targetNodeOf(made), 'n1');
  t.match(made.metadata, {
    generateName: 'agent-',
    labels: { app: 'agent', 'controller-revision-hash': 'h1' },
    ownerReferences: [{ kind: 'DaemonSet', name: 'agent', controller: true }],
  });
  t.equal(made.spec?.tolerations?.length, 6);
  t.end();
});

t.test('it has the label of the template generation where the set has the annotation', (t) => {
  const set = daemonSet();
  set.metadata = {
    ...set.metadata,
    annotations: { 'deprecated.daemonset.template.generation': '3' },
  };
  t.equal(daemonPod(set, 'n1', 'h').metadata?.labels?.['pod-template-generation'], '3');
  t.end();
});

t.test('a node should have a pod by its name, its labels and its taints', (t) => {
  const taint = (effect: string, key = 'a') => [{ key, effect }];
  const selecting = daemonSet();
  if (selecting.spec?.template.spec !== undefined)
    selecting.spec.template.spec.nodeSelector = { disk: 'ssd' };
  const cases: [string, V1DaemonSet, V1Node, boolean, boolean][] = [
    ['a plain node', daemonSet(), node('n'), true, true],
    ['NoSchedule keeps new ones away', daemonSet(), node('n', taint('NoSchedule')), false, true],
    ['NoExecute drives them out', daemonSet(), node('n', taint('NoExecute')), false, false],
    [
      'PreferNoSchedule is no matter',
      daemonSet(),
      node('n', taint('PreferNoSchedule')),
      true,
      true,
    ],
    [
      'a cordoned node is one like others',
      daemonSet(),
      node('n', taint('NoSchedule', 'node.kubernetes.io/unschedulable')),
      true,
      true,
    ],
    [
      'so is an unreachable one',
      daemonSet(),
      node('n', taint('NoExecute', 'node.kubernetes.io/unreachable')),
      true,
      true,
    ],
    ['another label', selecting, node('n', [], { disk: 'hdd' }), false, false],
    ['the wanted label', selecting, node('n', [], { disk: 'ssd' }), true, true],
  ];
  for (const [what, set, on, shouldRun, mayStay] of cases)
    t.same(placementOn(set, on), { shouldRun, mayStay }, what);
  t.end();
});

t.test('each node gets one pod, and keeps one', (t) => {
  const cases: [string, V1Pod[], { create?: string[]; delete?: string[]; ended?: string[] }][] = [
    ['none is there', [], { create: ['n1'] }],
    ['one is there', [pod('n1/new')], {}],
    ['one is on its way', [pod('n1/new', 'waiting')], {}],
    ['one is going: its successor waits', [pod('n1/new', 'going')], {}],
    ['one that ended is going', [pod('n1/new', 'going', 'failed')], { create: ['n1'] }],
    ['one failed', [pod('n1/new', 'failed')], { ended: ['n1-new-failed'] }],
    ['one succeeded', [pod('n1/new', 'succeeded')], { ended: ['n1-new-succeeded'] }],
    ['two: the older stays', [pod('n1/new', 'young'), pod('n1/new')], { delete: ['n1-new-young'] }],
    [
      'two: that on the node stays',
      [pod('n1/new', 'waiting'), pod('n1/new', 'young')],
      { delete: ['n1-new-waiting'] },
    ],
    [
      'one waits for a node that is gone',
      [pod('n1/new'), pod('n9/new', 'waiting')],
      { delete: ['n9-new-waiting'] },
    ],
  ];
  for (const [what, pods, wanted] of cases) {
    const plan = planDaemons(state(daemonSet(), ['n1'], pods));
    t.same(plan.create, wanted.create ?? [], what);
    t.same(names(plan.delete), wanted.delete ?? [], what);
    t.same(names(plan.ended.map((each) => each.pod)), wanted.ended ?? [], what);
  }
  t.end();
});

t.test('with a surge a node keeps an old and a new pod until the new one is available', (t) => {
  const set = daemonSet(rolling(0, 1));
  const doomed = (...pods: V1Pod[]): string[] =>
    names(planDaemons(state(set, ['n1'], pods)).delete);
  t.same(doomed(pod('n1/old'), pod('n1/new', 'starting')), []);
  t.same(doomed(pod('n1/old'), pod('n1/new')), ['n1-old']);
  t.same(doomed(pod('n1/old', 'starting'), pod('n1/new', 'starting')), ['n1-old-starting']);
  t.same(doomed(pod('n1/old'), pod('n1/older', 'young'), pod('n1/new', 'starting')), [
    'n1-older-young',
  ]);
  t.end();
});

t.test('a rolling update takes so many nodes that no more than maxUnavailable are without', (t) => {
  const nodes = ['n1', 'n2', 'n3', 'n4'];
  const old = nodes.map((name) => pod(`${name}/old`));
  const [, o2, o3, o4] = old as [V1Pod, V1Pod, V1Pod, V1Pod];
  const cases: [string, Partial<V1DaemonSetSpec>, V1Pod[], string[]][] = [
    ['one at a time', rolling(1), old, ['n1-old']],
    ['half of them', rolling('50%'), old, ['n1-old', 'n2-old']],
    ['percentages are rounded up', rolling('1%'), old, ['n1-old']],
    ['a pod that goes is counted', rolling(1), [pod('n1/old', 'going'), o2, o3, o4], []],
    ['a new one that starts is counted', rolling(1), [pod('n1/new', 'starting'), o2, o3, o4], []],
    ['a node without any is counted', rolling(1), [o2, o3, o4], []],
    ['then comes the next', rolling(1), [pod('n1/new'), o2, o3, o4], ['n2-old']],
    [
      'old ones that are unavailable go anyway',
      rolling(1),
      [pod('n1/new', 'starting'), o2, pod('n3/old', 'starting'), o4],
      ['n3-old-starting'],
    ],
    [
      'fresh ones are not available yet',
      { ...rolling(1), minReadySeconds: 30 },
      [pod('n1/new', 'fresh'), o2, o3, o4],
      [],
    ],
    ['all are new', rolling(1), nodes.map((name) => pod(`${name}/new`)), []],
  ];
  for (const [what, spec, pods, wanted] of cases) {
    const plan = planRollingUpdate(state(daemonSet(spec), nodes, pods));
    t.same(names(plan.delete), wanted, what);
    t.same(plan.create, [], what);
  }
  t.end();
});

t.test('with a surge new pods come beside maxSurge old ones, and beside broken ones', (t) => {
  const nodes = ['n1', 'n2', 'n3'];
  const [o1, o2, o3] = nodes.map((name) => pod(`${name}/old`)) as [V1Pod, V1Pod, V1Pod];
  const cases: [string, V1Pod[], string[], string[]][] = [
    ['one beside the first', [o1, o2, o3], ['n1'], []],
    ['a new one that starts fills the surge', [o1, pod('n1/new', 'starting'), o2, o3], [], []],
    ['one that is available lets the old one go', [o1, pod('n1/new'), o2, o3], ['n2'], ['n1-old']],
    [
      'a broken old one does not count',
      [o1, pod('n1/new', 'starting'), o2, pod('n3/old', 'starting')],
      ['n3'],
      [],
    ],
  ];
  for (const [what, pods, create, doomed] of cases) {
    const plan = planRollingUpdate(state(daemonSet(rolling(0, 1)), nodes, pods));
    t.same(plan.create, create, what);
    t.same(names(plan.delete), doomed, what);
  }
  t.end();
});

t.test('the status counts nodes, each by its oldest pod', (t) => {
  const pods = [
    pod('n1/old'),
    pod('n1/new', 'young'),
    pod('n2/new', 'fresh'),
    pod('n3/new', 'starting'),
    pod('n5/new'),
  ];
  const seen = state(daemonSet({ minReadySeconds: 30 }), ['n1', 'n2', 'n3', 'n4'], pods);
  const tainted = node('n5', [{ key: 'a', effect: 'NoSchedule' }]);
  const all = { ...seen, nodes: [...seen.nodes, tainted] };
  t.same(daemonSetStatus(all, { generation: 7, collisionCount: 0 }), {
    currentNumberScheduled: 3,
    desiredNumberScheduled: 4,
    numberMisscheduled: 1,
    numberReady: 2,
    numberAvailable: 1,
    numberUnavailable: 3,
    updatedNumberScheduled: 2,
    observedGeneration: 7,
  });
  t.end();
});

t.test('failed pods of a node are deleted ever less often', (t) => {
  const backoff = createFailedPodBackoff();
  t.equal(backoff.waitMs('n1', 0), 0);
  t.equal(backoff.waitMs('n1', 400), 600);
  t.equal(backoff.waitMs('n2', 400), 0, 'each node on its own');
  t.equal(backoff.waitMs('n1', 1_000), 0);
  t.equal(backoff.waitMs('n1', 1_000), 2_000);
  t.equal(backoff.waitMs('n1', 3_000), 0);
  t.equal(backoff.waitMs('n1', 3_000), 4_000);
  t.equal(backoff.waitMs('n1', 3_600_000), 0);
  t.equal(backoff.waitMs('n1', 3_600_000), 1_000, 'forgotten after so long');
  t.end();
});
