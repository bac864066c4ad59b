import t from 'tap';
import { realClock } from '../../src/io/thread/index.js';
import { aheadMs } from '../../src/io/thread/clock-origin.js';
import { afterSeen } from '../../src/io/thread/seen-time.js';
import { TIMER_MS_MAX, timerStep } from '../../src/io/thread/timer-step.js';

t.test('a delay is one timer, or as many as it takes', async (t) => {
  const cases = [
    [-5, 0, true],
    [0, 0, true],
    [0.2, 1, true],
    [1000, 1000, true],
    [TIMER_MS_MAX, TIMER_MS_MAX, true],
    [TIMER_MS_MAX + 0.5, TIMER_MS_MAX, false],
    [TIMER_MS_MAX + 1, TIMER_MS_MAX, false],
    [Infinity, TIMER_MS_MAX, false],
  ] as const;
  for (const [delayMs, stepMs, isLast] of cases)
    t.same(timerStep(delayMs), { stepMs, isLast }, `${delayMs} ms`);
});

t.test('what is due in more than 24.8 days does not fire now', async (t) => {
  const warnings: Error[] = [];
  const warned = (warning: Error): void => void warnings.push(warning);
  process.on('warning', warned);
  t.teardown(() => process.off('warning', warned));
  const fired: string[] = [];
  const after = (delayMs: number) => realClock.after(delayMs, () => fired.push(`${delayMs}`));
  const far = [TIMER_MS_MAX + 1, 2 ** 40, Infinity].map(after);
  const canceled = after(1);
  canceled.cancel();
  // Timers fire in the order of their time: when the last of these has, those that fire at once have, too.
  for (const delayMs of [1, 10, 20])
    await new Promise<void>((resolve) => realClock.after(delayMs, resolve));
  for (const timer of far) timer.cancel();
  t.same(fired, []);
  t.same(warnings, [], 'Node cut no delay short');
});

t.test('time that a thread did not see pass is none of its patience', async (t) => {
  const fired: string[] = [];
  const ended = new Promise<void>((resolve) => {
    afterSeen(600, () => {
      fired.push('600 ms seen');
      resolve();
    });
  });
  afterSeen(Infinity, () => fired.push('never')).cancel();
  afterSeen(20, () => fired.push('canceled')).cancel();
  // The thread stands still.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 700);
  await new Promise<void>((resolve) => {
    afterSeen(20, () => {
      fired.push('20 ms seen');
      resolve();
    });
  });
  t.same(fired, ['20 ms seen']);
  await ended;
  t.same(fired, ['20 ms seen', '600 ms seen']);
});

t.test('of two clocks the readings that lie closest together tell the difference', (t) => {
  // Held up for so long before each reading; three readings make a try.
  const holdsMs = [0, 25, 0, 0, 0.4, 0, 3, 0, 0];
  let realMs = 0;
  let readings = 0;
  const hold = (): void => {
    realMs += holdsMs[readings++] ?? 1;
  };
  const ahead = aheadMs(
    () => {
      hold();
      return realMs + 1000;
    },
    () => {
      hold();
      return realMs;
    },
  );
  t.equal(Math.round(ahead * 1000), 1e6, 'the third try was not held up in between');
  t.equal(readings, holdsMs.length, 'and nothing is gained by another one');
  t.end();
});
