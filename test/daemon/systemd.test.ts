import t from 'tap';
import { loadConfig, type ClusterConfig, type ClusterStatus } from '../../src/daemon/index.js';
import { reloadPlan } from '../../src/daemon/config/index.js';
import { raftProgresses } from '../../src/daemon/systemd/index.js';
import { watchdogMs } from '../../src/daemon/systemd/notify.js';

type Store = ClusterStatus['store'];

function store(
  leader: string | null,
  commitIndex: number,
  replicas: readonly (readonly [
    role: Store['replicas'][number]['role'],
    term: number,
    last: number,
  ])[],
): Store {
  return {
    leader,
    term: 5,
    commitIndex,
    replicas: replicas.map(([role, term, lastIndex], i) => ({
      id: `store-${i}`,
      role,
      state: 'running',
      term,
      lastIndex,
      appliedIndex: commitIndex,
      etcdEndpoint: null,
      problem: null,
    })),
  };
}

t.test('a quorum works while it has a leader, and commits what the leader takes', async (t) => {
  const idle = store('store-0', 9, [
    ['leader', 5, 9],
    ['follower', 5, 9],
    [null, 0, 0],
  ]);
  const behind = { ...idle, replicas: idle.replicas.map((each) => ({ ...each, lastIndex: 12 })) };
  const cases = [
    ['idle', idle, idle, true],
    ['at first sight', undefined, behind, true],
    ['busy', idle, { ...behind, commitIndex: 10 }, true],
    ['nothing is committed', behind, behind, false],
    ['no leader', idle, { ...idle, leader: null }, false],
    [
      'a leader alone',
      idle,
      store('store-0', 9, [
        ['leader', 5, 9],
        [null, 0, 0],
        [null, 0, 0],
      ]),
      false,
    ],
    [
      'a leader of a term of its own',
      idle,
      store('store-0', 9, [
        ['leader', 5, 9],
        ['follower', 6, 9],
        ['candidate', 6, 9],
      ]),
      false,
    ],
  ] as const;
  for (const [name, before, now, expected] of cases)
    t.equal(raftProgresses(before, now), expected, name);
});

t.test('the watchdog is on for the process that systemd means', async (t) => {
  t.equal(watchdogMs({ WATCHDOG_USEC: '60000000' }, 7), 60_000);
  t.equal(watchdogMs({ WATCHDOG_USEC: '60000000', WATCHDOG_PID: '7' }, 7), 60_000);
  t.equal(watchdogMs({ WATCHDOG_USEC: '60000000', WATCHDOG_PID: '8' }, 7), undefined);
  for (const WATCHDOG_USEC of [undefined, '0', 'soon'])
    t.equal(watchdogMs({ WATCHDOG_USEC }, 7), undefined);
});

t.test('a reload takes over the named settings, and names those that must wait', async (t) => {
  const configOf = (...set: string[]): ClusterConfig => {
    const loaded = loadConfig({ set, environment: {} });
    if (!loaded.ok) throw new Error(loaded.error.join());
    return loaded.value.config;
  };
  t.same(reloadPlan(configOf(), configOf()), { applied: [], needRestart: [] });
  t.same(
    reloadPlan(
      configOf(),
      configOf('log.level=debug', 'backup.keep=3', 'nodes.count=5', 'apiServer.extraNames=[a]'),
    ),
    {
      applied: ['backup.keep', 'log.level'],
      needRestart: ['apiServer.extraNames', 'nodes.count'],
    },
  );
});
