import t from 'tap';
import { DEATHS_MAX, PERIOD_MS, verdict, type DaemonExit } from '../../src/heart/verdict.js';

function exit(change: Partial<DaemonExit>): DaemonExit {
  return { code: null, signal: null, wasReady: true, atMs: 0, ...change };
}

t.test('a daemon that aborted is started again', async (t) => {
  for (const signal of ['SIGABRT', 'SIGSEGV', 'SIGKILL'] as const)
    t.same(verdict([exit({ signal })], false), { type: 'restart' });
});

t.test('a daemon that met a bug of its own is started again', async (t) => {
  t.same(verdict([exit({ code: 70 })], false), { type: 'restart' });
});

t.test('a daemon that ended by itself has ended, with its own code', async (t) => {
  for (const code of [0, 1, 2]) t.same(verdict([exit({ code })], false), { type: 'exit', code });
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
    t.same(verdict(deaths(PERIOD_MS), false), { type: 'restart' });
  },
);
