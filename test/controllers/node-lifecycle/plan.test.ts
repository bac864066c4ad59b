import t from 'tap';
import type { V1Node, V1Pod, V1Taint, V1Toleration } from '../../../src/api/index.js';
import { createHeartbeats } from '../../../src/controllers/node-lifecycle/heartbeats.js';
import {
  silentConditions,
  staysMs,
  wantedTaints,
} from '../../../src/controllers/node-lifecycle/plan.js';

const node = (ready: string | undefined, more: V1Node = {}): V1Node => ({
  ...more,
  status: { conditions: ready === undefined ? [] : [{ type: 'Ready', status: ready }] },
});
const keys = (taints: readonly V1Taint[]): string[] =>
  taints.map(({ key, effect }) => `${key.replace('node.kubernetes.io/', '')}:${effect}`);

void t.test('taints follow the conditions, and leave those of others alone', (t) => {
  const own: V1Taint = { key: 'dedicated', value: 'db', effect: 'NoSchedule' };
  const unreachable: V1Taint = { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' };
  t.same(keys(wantedTaints(node('False'), 'now')), ['not-ready:NoSchedule', 'not-ready:NoExecute']);
  t.same(keys(wantedTaints(node('Unknown'), 'now')), [
    'unreachable:NoSchedule',
    'unreachable:NoExecute',
  ]);
  t.same(keys(wantedTaints(node('True', { spec: { taints: [own, unreachable] } }), 'now')), [
    'dedicated:NoSchedule',
  ]);
  t.same(keys(wantedTaints(node('True', { spec: { unschedulable: true } }), 'now')), [
    'unschedulable:NoSchedule',
  ]);
  t.match(wantedTaints(node('Unknown'), 'now')[1], { timeAdded: 'now' });
  t.end();
});

void t.test('a silent node loses what only its kubelet knows', (t) => {
  const conditions = silentConditions(node('True'), 'now');
  t.same(
    conditions.map(({ type, status }) => [type, status]),
    [
      ['Ready', 'Unknown'],
      ['MemoryPressure', 'Unknown'],
      ['DiskPressure', 'Unknown'],
      ['PIDPressure', 'Unknown'],
    ],
  );
  t.same(
    conditions.map(({ reason }) => reason),
    [
      'NodeStatusUnknown',
      'NodeStatusNeverUpdated',
      'NodeStatusNeverUpdated',
      'NodeStatusNeverUpdated',
    ],
  );
  t.equal(silentConditions({ status: { conditions: [...conditions] } }, 'later').length, 4);
  t.end();
});

void t.test('how long a pod stays is by its shortest toleration', (t) => {
  const lost: V1Taint = { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' };
  const custom: V1Taint = { key: 'drain', value: 'yes', effect: 'NoExecute' };
  const toleration = (tolerationSeconds?: number): V1Toleration => ({
    key: lost.key,
    operator: 'Exists',
    effect: 'NoExecute',
    ...(tolerationSeconds === undefined ? {} : { tolerationSeconds }),
  });
  const cases: [string, V1Toleration[], V1Taint[], number][] = [
    ['no taint', [], [], Infinity],
    ['says nothing about a lost node', [], [lost], 300_000],
    ['says ten seconds', [toleration(10)], [lost], 10_000],
    ['tolerates for ever', [toleration()], [lost], Infinity],
    ['tolerates everything', [{ operator: 'Exists' }], [lost, custom], Infinity],
    ['a taint of somebody else', [], [custom], 0],
    ['another value', [{ key: 'drain', value: 'no' }], [custom], 0],
    ['NoSchedule evicts nobody', [], [{ key: 'a', effect: 'NoSchedule' }], Infinity],
  ];
  for (const [name, tolerations, taints, expected] of cases) {
    const pod: V1Pod = { spec: { containers: [], tolerations } };
    t.equal(staysMs(pod, taints, 300_000), expected, name);
  }
  t.end();
});

void t.test('silence counts from the last change that was seen, or from a restart', (t) => {
  const heartbeats = createHeartbeats();
  heartbeats.observe('a', '1', 0);
  heartbeats.observe('b', '1', 0);
  heartbeats.observe('a', '1', 20_000);
  t.equal(heartbeats.silenceMs('a', 30_000), 30_000);
  t.ok(heartbeats.allSilentFor(15_000, 30_000));
  heartbeats.observe('b', '2', 30_000);
  t.notOk(heartbeats.allSilentFor(15_000, 30_000));
  heartbeats.restart(40_000);
  t.equal(heartbeats.silenceMs('a', 50_000), 10_000);
  t.equal(heartbeats.silenceMs('stranger', 50_000), undefined);
  t.end();
});
