import t from 'tap';
import {
  type ChildSpec,
  type ChildState,
  isCrashLooping,
  type RestartStrategy,
  type RestartType,
  type SupervisorSpec,
} from '../../src/actor/index.js';
import { actorId } from '../../src/base/index.js';
import { childSpec as child, drive, supervisorSpec } from './supervisor-world.js';

const NAMES = ['a', 'b', 'c'] as const;

function spec(
  more: Partial<SupervisorSpec> = {},
  children: readonly ChildSpec[] = NAMES.map((name) => child(name)),
): SupervisorSpec {
  return supervisorSpec(children, more);
}

t.test('children start in parallel, and the supervisor is ready when all are', async (t) => {
  const driver = drive(spec());
  t.same(driver.happen({ type: 'start' }), ['spawn a1', 'spawn b1', 'spawn c1']);
  t.same(driver.ready('c'), []);
  t.same(driver.ready('a'), []);
  t.same(driver.ready('b'), ['ready']);
});

t.test('in sequential order each child waits for the one before it', async (t) => {
  const driver = drive(spec({ startOrder: 'sequential' }));
  t.same(driver.happen({ type: 'start' }), ['spawn a1']);
  t.same(driver.ready('a'), ['spawn b1']);
  t.same(driver.ready('b'), ['spawn c1']);
  t.same(driver.ready('c'), ['ready']);
});

t.test('children stop in reverse, one after another', async (t) => {
  const driver = drive(spec()).start();
  t.same(driver.happen({ type: 'stop' }), ['shutdown c1']);
  t.same(driver.exit('c', 'normal'), ['died c1 normal undefined', 'shutdown b1']);
  t.same(driver.exit('b', 'normal'), ['died b1 normal undefined', 'shutdown a1']);
  t.same(driver.exit('a', 'normal'), ['died a1 normal undefined', 'ended']);
});

t.test('restart type × exit', async (t) => {
  const grid: readonly (readonly [RestartType, 'crash' | 'normal' | 'kill', string[], string])[] = [
    ['permanent', 'crash', ['died b1 crash 0', 'spawn b2'], 'starting'],
    ['permanent', 'normal', ['died b1 normal 0', 'spawn b2'], 'starting'],
    ['permanent', 'kill', ['died b1 chaos 0', 'spawn b2'], 'starting'],
    ['transient', 'crash', ['died b1 crash 0', 'spawn b2'], 'starting'],
    ['transient', 'normal', ['died b1 normal undefined'], 'stopped'],
    ['transient', 'kill', ['died b1 chaos 0', 'spawn b2'], 'starting'],
    ['temporary', 'crash', ['died b1 crash undefined'], 'failed'],
    ['temporary', 'normal', ['died b1 normal undefined'], 'stopped'],
    ['temporary', 'kill', ['died b1 chaos 0', 'spawn b2'], 'starting'],
  ];
  for (const [restart, how, effects, phase] of grid) {
    const driver = drive(spec({}, [child('a'), child('b', { restart }), child('c')])).start();
    if (how === 'kill') t.same(driver.kill('b'), ['kill b1']);
    t.same(driver.exit('b', how === 'normal' ? 'normal' : 'crash'), effects, `${restart} ${how}`);
    t.same(driver.phases(), ['running', phase, 'running'], `${restart} ${how}`);
  }
});

t.test('strategy × child that crashed: who is stopped, and who starts', async (t) => {
  const grid: readonly (readonly [RestartStrategy, string, string[], string[]])[] = [
    ['one_for_one', 'a', [], ['a2']],
    ['one_for_one', 'c', [], ['c2']],
    ['one_for_all', 'a', ['c1', 'b1'], ['a2', 'b2', 'c2']],
    ['one_for_all', 'b', ['c1', 'a1'], ['a2', 'b2', 'c2']],
    ['one_for_all', 'c', ['b1', 'a1'], ['a2', 'b2', 'c2']],
    ['rest_for_one', 'a', ['c1', 'b1'], ['a2', 'b2', 'c2']],
    ['rest_for_one', 'b', ['c1'], ['b2', 'c2']],
    ['rest_for_one', 'c', [], ['c2']],
  ];
  for (const [strategy, crashed, stopped, started] of grid) {
    for (const how of ['crash', 'kill']) {
      const driver = drive(spec({ strategy })).start();
      if (how === 'kill') driver.kill(crashed);
      const seen = driver.exit(crashed);
      for (const life of stopped) seen.push(...driver.exit(life.slice(0, 1), 'normal'));
      t.same(
        seen.filter((each) => each.startsWith('shutdown')),
        stopped.map((life) => `shutdown ${life}`),
        `${strategy} ${crashed}`,
      );
      t.same(
        seen.filter((each) => each.startsWith('spawn')),
        started.map((life) => `spawn ${life}`),
        `${strategy} ${crashed}`,
      );
      t.equal(
        seen.findIndex((each) => each.startsWith('spawn')),
        seen.length - started.length,
        'all stops come before the starts',
      );
    }
  }
});

t.test(
  'the first crash restarts at once, repeated ones after growing delays up to a bound',
  async (t) => {
    const driver = drive(spec({ intensity: 100 })).start();
    for (const delayMs of [0, 100, 200, 400, 800, 1000, 1000]) {
      const life = driver.lifeOf('a');
      t.equal(driver.exit('a')[0], `died a${String(life)} crash ${String(delayMs)}`);
      if (delayMs > 0) {
        t.same(driver.pass(delayMs - 1), []);
        t.same(driver.pass(1), [`spawn a${String(life + 1)}`]);
      }
      driver.ready('a');
    }
    driver.pass(10_001);
    t.equal(driver.exit('a')[0], 'died a8 crash 0', 'a quiet period starts the count anew');
  },
);

t.test('jitter takes a share off the delay', async (t) => {
  const driver = drive(
    spec({ backoff: { minMs: 100, maxMs: 1000, factor: 2, jitter: 0.5 } }),
  ).start();
  driver.exit('a');
  driver.ready('a');
  t.equal(driver.exit('a', 'crash', 0.5)[0], 'died a2 crash 75');
});

t.test(
  'more crashes than the intensity within the period: it gives up, edges first, the rest in reverse',
  async (t) => {
    const edge = child('e', { kind: 'edge' });
    const driver = drive(
      spec({ intensity: 1 }, [child('a'), edge, child('b'), child('c')]),
    ).start();
    driver.exit('b');
    driver.ready('b');
    t.same(driver.exit('b'), ['died b2 crash undefined', 'shutdown e1']);
    t.same(driver.exit('e', 'normal'), ['died e1 normal undefined', 'shutdown c1']);
    t.same(driver.exit('c', 'normal'), ['died c1 normal undefined', 'shutdown a1']);
    t.same(driver.exit('a', 'normal'), [
      'died a1 normal undefined',
      'ended: 2 crashes within 10 s, the last of b: oops',
    ]);
  },
);

t.test('crashes further apart than the period never add up', async (t) => {
  const driver = drive(spec({ intensity: 1 })).start();
  for (let i = 0; i < 5; i++) {
    t.equal(driver.exit('a')[0], `died a${String(i + 1)} crash 0`);
    driver.ready('a');
    driver.pass(10_001);
  }
});

t.test('kills on purpose count for nothing and are not delayed', async (t) => {
  const driver = drive(spec({ intensity: 0 })).start();
  for (let life = 1; life <= 20; life++) {
    t.same(driver.kill('b'), [`kill b${String(life)}`]);
    t.same(driver.exit('b'), [`died b${String(life)} chaos 0`, `spawn b${String(life + 1)}`]);
    driver.ready('b');
  }
});

t.test(
  'a restart delay holds for crashes and kills alike, where nothing longer does',
  async (t) => {
    const delayed = child('a', { restartDelayMs: 150 });
    const driver = drive(
      spec({ backoff: { minMs: 1000, maxMs: 1000, factor: 1, jitter: 0 } }, [delayed]),
    ).start();
    driver.kill('a');
    t.same(driver.exit('a'), ['died a1 chaos 150']);
    t.same(driver.pass(150), ['spawn a2']);
    driver.ready('a');
    t.same(driver.exit('a'), ['died a2 crash 150']);
    t.same(driver.pass(150), ['spawn a3']);
    t.same(driver.exit('a'), ['died a3 crash 1000']);
  },
);

t.test('a hold keeps a child down until its time is over or it is released', async (t) => {
  const driver = drive(spec()).start();
  driver.kill('b', 5000);
  t.same(driver.exit('b'), ['died b1 chaos 5000']);
  t.same(driver.phases(), ['running', 'held', 'running']);
  t.same(driver.pass(4999), []);
  t.same(driver.pass(1), ['spawn b2']);
  driver.ready('b');
  driver.kill('b', Infinity);
  driver.exit('b');
  t.same(driver.pass(1_000_000), []);
  t.same(driver.happen({ type: 'release', id: actorId('b') }), ['spawn b3']);
});

t.test('rest_for_one: a held child is not started by the restart of an earlier one', async (t) => {
  const driver = drive(spec({ strategy: 'rest_for_one' })).start();
  driver.kill('b', Infinity);
  driver.exit('b');
  driver.exit('c', 'normal');
  t.same(driver.phases(), ['running', 'held', 'restarting']);
  t.same(driver.exit('a'), ['died a1 crash 0', 'spawn a2', 'spawn c2']);
  t.same(driver.happen({ type: 'release', id: actorId('b') }), ['spawn b2']);
});

t.test('a start that takes too long is ended and counts as a crash', async (t) => {
  const driver = drive(spec()).start();
  driver.exit('a');
  t.same(driver.pass(5000), ['kill a2']);
  t.same(driver.exit('a', 'crash'), ['died a2 crash 100']);
});

t.test('a stalled child is ended and counts as a crash', async (t) => {
  const driver = drive(spec()).start();
  t.same(driver.happen({ type: 'doomed', id: actorId('a'), incarnation: 1, message: 'stalled' }), [
    'kill a1',
  ]);
  t.same(
    driver.happen({ type: 'doomed', id: actorId('a'), incarnation: 1, message: 'stalled' }),
    [],
    'once',
  );
  t.same(driver.exit('a'), ['died a1 crash 0', 'spawn a2']);
  t.equal(driver.state.crashTimesMs.length, 1);
});

t.test('a crash before the first ready fails the start, unless the child may retry', async (t) => {
  const strict = drive(spec());
  strict.happen({ type: 'start' });
  t.same(strict.exit('b'), ['died b1 crash undefined', 'shutdown c1']);
  strict.exit('c', 'normal');
  t.same(strict.exit('a', 'normal'), ['died a1 normal undefined', 'ended: b did not start: oops']);

  const patient = drive(spec({}, [child('a'), child('b', { startFailure: 'restart' })]));
  patient.happen({ type: 'start' });
  t.same(patient.exit('b'), ['died b1 crash 0', 'spawn b2']);
});

t.test('what comes from an earlier life, or late, means nothing', async (t) => {
  const driver = drive(spec()).start();
  driver.exit('a');
  t.same(
    driver.happen({
      type: 'exited',
      id: actorId('a'),
      incarnation: 1,
      exit: { kind: 'normal' },
      draw: 0,
    }),
    [],
  );
  t.same(driver.happen({ type: 'ready', id: actorId('a'), incarnation: 1 }), []);
  t.same(driver.happen({ type: 'doomed', id: actorId('a'), incarnation: 1, message: 'late' }), []);
  t.same(driver.phases(), ['starting', 'running', 'running']);
});

t.test('a child that dies while the supervisor stops is not restarted', async (t) => {
  const driver = drive(spec()).start();
  driver.happen({ type: 'stop' });
  t.same(driver.exit('a'), ['died a1 crash undefined']);
  t.same(driver.kill('b'), []);
  driver.exit('c', 'normal');
  t.same(driver.exit('b', 'normal'), ['died b1 normal undefined', 'ended']);
});

t.test('one_for_all: a second crash during the regroup joins it', async (t) => {
  const driver = drive(spec({ strategy: 'one_for_all' })).start();
  t.same(driver.exit('a'), ['died a1 crash 0', 'shutdown c1']);
  t.same(driver.exit('b'), ['died b1 crash 0']);
  t.same(driver.exit('c', 'normal'), ['spawn a2', 'spawn b2', 'spawn c2']);
});

t.test('a permanent child that ends by itself again and again counts, as in OTP', async (t) => {
  const driver = drive(spec({ intensity: 2 })).start();
  t.same(driver.exit('a', 'normal'), ['died a1 normal 0', 'spawn a2']);
  driver.ready('a');
  t.same(driver.exit('a', 'normal'), ['died a2 normal 100']);
  driver.pass(100);
  driver.ready('a');
  t.same(driver.exit('a', 'normal'), ['died a3 normal undefined', 'shutdown c1']);
});

t.test(
  'a crash loop is told apart from a hold, and kills on purpose are no part of it',
  async (t) => {
    const driver = drive(spec({ intensity: 100 })).start();
    const a = (): ChildState | undefined => driver.state.children[0];
    const looping = (): boolean => {
      const child = a();
      return child !== undefined && isCrashLooping(child);
    };
    driver.exit('a');
    driver.ready('a');
    t.equal(a()?.crashesInRow, 1);
    driver.exit('a');
    t.match(a(), { phase: 'restarting', crashesInRow: 2, dueMs: 100 });
    t.ok(looping());
    driver.pass(100);
    t.notOk(looping(), 'it is tried again');
    driver.ready('a');
    driver.kill('a', 5000);
    driver.exit('a');
    t.match(a(), { phase: 'held', crashesInRow: 2, dueMs: 5100 });
    t.notOk(looping(), 'held is not looping');
    driver.pass(5000);
    driver.ready('a');
    driver.exit('a');
    t.match(a(), { crashesInRow: 3 }, 'and a kill does not end the row');
  },
);
