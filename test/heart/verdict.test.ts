import t from 'tap';
import { DEATHS_MAX, PERIOD_MS, verdict, type DaemonExit } from '../../src/heart/verdict.js';

function exit(change: Partial<DaemonExit>): DaemonExit {
  return { code: null, signal: null, wasReady: true, stalled: false, atMs: 0, ...change };
}

t.test('a daemon that aborted is started again', async (t) => {
  for (const signal of ['SIGABRT', 'SIGSEGV', 'SIGKILL'] as const)
    t.same(verdict([exit({ signal })], false), { type: 'restart', death: signal });
  t.same(verdict([exit({ signal: 'SIGKILL', stalled: true })], false), {
    type: 'restart',
    death: 'a stall of its main thread',
  });
});

t.test('a daemon that met a bug of its own is started again', async (t) => {
  t.same(verdict([exit({ code: 70 })], false), { type: 'restart', death: 'a bug of its own' });
});

t.test('a daemon that ended by itself has ended, with its own code', async (t) => {
  for (const code of [0, 1, 2]) t.same(verdict([exit({ code })], false), { type: 'exit', code });
});

t.test('a daemon that asked for it is started again, as often as it asks', async (t) => {
  const asked = exit({ code: 75 });
  t.same(verdict([asked], false), { type: 'restart' });
  t.same(
    verdict(
      Array.from({ length: 20 }, () => asked),
      false,
    ),
    { type: 'restart' },
  );
  const aborted = exit({ signal: 'SIGABRT' });
  const history = [...Array.from({ length: 20 }, () => asked), aborted];
  t.same(verdict(history, false), { type: 'restart', death: 'SIGABRT' }, 'it counts for no death');
  t.same(verdict([asked], true), { type: 'exit', code: 0 }, 'unless it is to stop');
});

t.test('while it stops, a death is the end', async (t) => {
  t.same(verdict([exit({ signal: 'SIGABRT' })], true), { type: 'exit', code: 0 });
});

t.test('a daemon that was never ready is not started again', async (t) => {
  t.match(verdict([exit({ signal: 'SIGABRT', wasReady: false })], false), {
    type: 'exit',
    code: 1,
    reason: /before it was ready/,
  });
});

t.test(
  'too many deaths within a minute end the heart, spread over hours they do not',
  async (t) => {
    const deaths = (gapMs: number): DaemonExit[] =>
      Array.from({ length: DEATHS_MAX + 1 }, (_, i) =>
        exit({ signal: 'SIGABRT', atMs: i * gapMs }),
      );
    t.match(verdict(deaths(1), false), { type: 'exit', code: 1 });
    t.match(verdict(deaths(PERIOD_MS), false), { type: 'restart' });
  },
);
