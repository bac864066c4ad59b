import t from 'tap';
import fc from 'fast-check';
import { createWorkQueue } from '../../src/client/index.js';

void t.test('a key that is added twice is worked on once', (t) => {
  const queue = createWorkQueue();
  queue.add('a');
  queue.add('a');
  t.equal(queue.take(0), 'a');
  t.equal(queue.take(0), undefined);
  t.end();
});

void t.test('a key that is added while it is worked on comes again after done', (t) => {
  const queue = createWorkQueue();
  queue.add('a');
  queue.take(0);
  queue.add('a');
  t.equal(queue.take(0), undefined);
  queue.done('a');
  t.equal(queue.take(0), 'a');
  t.end();
});

void t.test('failures double the delay up to the bound, and forget resets it', (t) => {
  const queue = createWorkQueue({ firstDelayMs: 5, delayMsMax: 30 });
  const delays: number[] = [];
  for (let now = 0, i = 0; i < 5; i++) {
    queue.addRateLimited('a', now);
    const due = queue.nextDueMs() ?? 0;
    delays.push(due - now);
    t.equal(queue.take(due - 1), undefined);
    t.equal(queue.take(due), 'a');
    queue.done('a');
    now = due;
  }
  t.same(delays, [5, 10, 20, 30, 30]);
  queue.forget('a');
  queue.addRateLimited('a', 0);
  t.equal(queue.nextDueMs(), 5);
  t.end();
});

void t.test('of several delays the earliest counts', (t) => {
  const queue = createWorkQueue();
  queue.addAfter('a', 100, 0);
  queue.addAfter('a', 10, 0);
  queue.addAfter('a', 50, 0);
  t.equal(queue.take(10), 'a');
  queue.done('a');
  t.equal(queue.take(1_000), undefined);
  t.end();
});

void t.test('no added key is lost, and none is worked on twice at a time', (t) => {
  const step = fc.oneof(
    fc.record({ type: fc.constant('add' as const), key: fc.integer({ min: 0, max: 4 }) }),
    fc.record({ type: fc.constant('after' as const), key: fc.integer({ min: 0, max: 4 }) }),
    fc.record({ type: fc.constant('take' as const), key: fc.constant(0) }),
    fc.record({ type: fc.constant('done' as const), key: fc.integer({ min: 0, max: 4 }) }),
  );
  const seed = Math.floor(Math.random() * 2 ** 31);
  t.comment(`seed ${String(seed)}`);
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const queue = createWorkQueue();
      const owed = new Set<string>();
      const working = new Set<string>();
      steps.forEach(({ type, key }, now) => {
        const name = `k${String(key)}`;
        if (type === 'add') queue.add(name);
        if (type === 'after') queue.addAfter(name, 3, now);
        if (type === 'add' || type === 'after') owed.add(name);
        const taken = type === 'take' ? queue.take(now) : undefined;
        if (taken !== undefined) {
          if (working.has(taken)) throw new Error('worked on twice');
          working.add(taken);
          owed.delete(taken);
        }
        if (type === 'done' && working.delete(name)) queue.done(name);
      });
      for (const name of working) queue.done(name);
      for (let key = queue.take(1e6); key !== undefined; key = queue.take(1e6)) owed.delete(key);
      return owed.size === 0;
    }),
    { seed },
  );
  t.end();
});
