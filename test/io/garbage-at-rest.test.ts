import { getHeapStatistics } from 'node:v8';
import t from 'tap';
import { GarbageAtRest } from '../../src/io/thread/garbage-at-rest.js';
import { collectGarbage } from '../../src/io/thread/live-heap.js';

const MIB = 2 ** 20;
const LOOK_MS = 300_000;

t.test('a thread at rest collects once its heap has grown, and not before', async (t) => {
  const garbage = new GarbageAtRest(0);
  const look = (nowMs: number, heapMb: number, activeMs = 0): boolean =>
    garbage.isDue({ nowMs, activeMs, heapBytes: heapMb * MIB });
  t.equal(look(LOOK_MS - 1, 10), false, 'it has just begun');
  t.equal(look(LOOK_MS, 10), true, 'what its start left behind');
  garbage.collected(8 * MIB);
  t.equal(look(LOOK_MS + 1, 20), false, 'looked a moment ago');
  t.equal(look(2 * LOOK_MS, 9), false, 'grown by an eighth');
  t.equal(look(3 * LOOK_MS, 9.5), true, 'grown by more');
});

t.test('one that works, or has a large heap, leaves it to V8', async (t) => {
  const garbage = new GarbageAtRest(0);
  const heapBytes = 20 * MIB;
  const activeMs = 0.1 * LOOK_MS;
  t.equal(garbage.isDue({ nowMs: LOOK_MS, activeMs, heapBytes }), false, 'a tenth of the time');
  t.equal(
    garbage.isDue({ nowMs: 2 * LOOK_MS, activeMs, heapBytes: 200 * MIB }),
    false,
    'a large heap',
  );
  t.equal(garbage.isDue({ nowMs: 3 * LOOK_MS, activeMs, heapBytes }), true, 'at rest since');
});

t.test('what nobody holds goes', async (t) => {
  const used = (): number => getHeapStatistics().used_heap_size;
  collectGarbage();
  const before = used();
  // Old enough that only a full collection finds it.
  let kept: number[][] | undefined = Array.from(
    { length: 200 },
    (_, n) => new Array(10_000).fill(n) as number[],
  );
  collectGarbage();
  t.ok(used() > before + 8 * MIB, 'held');
  kept = undefined;
  collectGarbage();
  t.ok(used() < before + 4 * MIB, 'gone');
  t.equal(kept, undefined);
});
