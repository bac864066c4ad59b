import t from 'tap';
import { actorId } from '../../src/base/index.js';
import type { ActorId, Clock } from '../../src/base/index.js';
import { SecondOpinion } from '../../src/store/second-opinion.js';

const [OLD, NEW] = [actorId('store-0'), actorId('store-1')];

/** Time that the test moves on. */
function timedClock(): { clock: Clock; pass: (ms: number) => Promise<void> } {
  let nowMs = 0;
  let timers: { dueMs: number; run: () => void }[] = [];
  return {
    clock: {
      monotonicMs: () => nowMs,
      wallMs: () => nowMs,
      after: (delayMs, run) => {
        timers.push({ dueMs: nowMs + delayMs, run });
        return { cancel: () => undefined };
      },
    },
    async pass(ms) {
      const endMs = nowMs + ms;
      while (nowMs < endMs) {
        nowMs++;
        const due = timers.filter(({ dueMs }) => dueMs <= nowMs);
        timers = timers.filter(({ dueMs }) => dueMs > nowMs);
        for (const { run } of due) run();
        for (let i = 0; i < 5; i++) await Promise.resolve();
      }
    },
  };
}

t.test(
  'who waits long asks the others, once for all that wait, until one of them leads',
  async (t) => {
    const { clock, pass } = timedClock();
    const seen: { leader?: ActorId } = {};
    let questions = 0;
    const opinion = new SecondOpinion({
      clock,
      leaderBeside: (asked) => {
        t.equal(asked, OLD);
        questions++;
        return Promise.resolve(seen.leader);
      },
    });
    const ended: string[] = [];
    for (let i = 0; i < 3; i++)
      opinion.waits(OLD, { sinceMs: 0, moved: (to) => ended.push(`moved to ${to}`) });
    await pass(99);
    t.equal(questions, 0);
    await pass(101);
    t.equal(questions, 3, 'at 100, 150 and 200 ms');
    seen.leader = NEW;
    await pass(50);
    t.same(ended, Array(3).fill('moved to store-1'));
    await pass(1000);
    t.equal(questions, 4, 'nobody waits any more');
  },
);

t.test('an answer that comes in time is just that', async (t) => {
  const { clock, pass } = timedClock();
  const opinion = new SecondOpinion({
    clock,
    leaderBeside: () => {
      throw new Error('asked for nothing');
    },
  });
  for (let i = 0; i < 20; i++) {
    const waiting = { sinceMs: clock.monotonicMs(), moved: () => t.fail('moved') };
    opinion.waits(OLD, waiting);
    await pass(40);
    opinion.answered(OLD, waiting);
    await pass(40);
  }
});
