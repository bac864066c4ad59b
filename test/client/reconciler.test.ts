import t from 'tap';
import type { ActorContext } from '../../src/actor/index.js';
import { createReconciler } from '../../src/client/index.js';

const DAY_MS = 24 * 3_600_000;

t.test('what is to be looked at again in two months is looked at each hour', async (t) => {
  const timersMs: number[] = [];
  let nowMs = 0;
  const clock = {
    monotonicMs: () => nowMs,
    after: (ms: number) => {
      timersMs.push(ms);
      return { cancel: () => undefined };
    },
  };
  const context = { clock } as unknown as ActorContext;
  let looks = 0;
  const reconciler = createReconciler(context, { name: 'job' }, () => {
    looks++;
    return Promise.resolve({ type: 'again', afterMs: 60 * DAY_MS });
  });
  reconciler.start();
  reconciler.enqueue('default/a');
  await new Promise((resolve) => setImmediate(resolve));
  t.equal(looks, 1);
  t.same(timersMs, [3_600_000], 'a timer of Node would fire at once after 24.9 days');
  nowMs += 3_600_000;
  reconciler.enqueue('default/b');
  await new Promise((resolve) => setImmediate(resolve));
  t.equal(looks, 3, 'that of the hour, and the new one');
});
