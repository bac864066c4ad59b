import t from 'tap';
import { ok } from '../../src/base/index.js';
import { LifeCalls } from '../../src/io/thread/life-calls.js';

const never = new Promise<never>(() => undefined);

t.test('nothing is kept of a call that has ended, however it did', async (t) => {
  const calls = new LifeCalls('a');
  for (let n = 0; n < 1000; n++) t.same(await calls.run(60_000, async () => ok(n)), ok(n));
  t.match(await calls.run(60_000, () => Promise.reject(new Error('no'))), {
    ok: false,
    error: { code: 'failed', message: 'no' },
  });
  t.match(await calls.run(1, () => never), {
    ok: false,
    error: { code: 'timeout', message: 'a did not answer within 1 ms' },
  });
  t.equal(calls.waiting, 0);
});

t.test('the end of the thread ends what waits, and what is called later', async (t) => {
  const calls = new LifeCalls('a');
  const both = [calls.run(60_000, () => never), calls.run(60_000, () => never)];
  t.equal(calls.waiting, 2);
  calls.end();
  for (const result of await Promise.all(both))
    t.match(result, { ok: false, error: { code: 'actor-down', message: 'a died' } });
  t.match(await calls.run(60_000, () => never), {
    ok: false,
    error: { code: 'actor-down', message: 'a is down' },
  });
  t.equal(calls.waiting, 0);
});
