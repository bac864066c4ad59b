import t from 'tap';
import {
  type ActorMemory,
  type MemoryBooks,
  type MemoryVerdict,
  memoryVerdicts,
} from '../../src/io/thread/memory-blame.js';

const MIB = 2 ** 20;

function actor(id: string, more: Partial<ActorMemory> = {}): ActorMemory {
  return {
    id,
    incarnation: 1,
    beats: 1,
    heapBytes: 10 * MIB,
    bufferBytes: 0,
    heapBytesMax: 64 * MIB,
    buffersBytesMax: 64 * MIB,
    exempt: false,
    ...more,
  };
}

/** Looks at the process; verdicts as `type id`. */
function watch(rssMbMax = 10_000): (rssMb: number, ...actors: ActorMemory[]) => string[] {
  const books: MemoryBooks = new Map();
  return (rssMb, ...actors) =>
    memoryVerdicts(books, { rssBytes: rssMb * MIB, rssBytesMax: rssMbMax * MIB, actors }).map(
      (verdict: MemoryVerdict) => `${verdict.type} ${verdict.actor.id}`,
    );
}

t.test('who holds more heap or buffers than it may, by its own reading, is found', async (t) => {
  const look = watch();
  t.same(look(100, actor('a', { heapBytes: 65 * MIB }), actor('b')), ['over-heap a']);
  t.same(look(100, actor('a', { bufferBytes: 65 * MIB }), actor('b')), ['over-buffers a']);
});

t.test(
  'growth that nobody explains is held against who does not turn, once it was asked',
  async (t) => {
    const look = watch();
    t.same(look(100, actor('a'), actor('b')), []);
    t.same(look(200, actor('a'), actor('b', { beats: 2 })), [], 'within its bounds');
    t.same(look(300, actor('a'), actor('b', { beats: 3 })), ['ask a'], '200 MB since its beat');
    t.same(look(400, actor('a'), actor('b', { beats: 4 })), ['grew-unseen a'], 'no answer');
  },
);

t.test('who answers is cleared', async (t) => {
  const look = watch();
  look(100, actor('a'));
  t.same(look(300, actor('a')), ['ask a']);
  t.same(look(310, actor('a', { beats: 2 })), []);
  t.same(look(320, actor('a', { beats: 2 })), [], 'and what was before is forgotten');
});

t.test('what the others say that they took is not held against it', async (t) => {
  const look = watch();
  look(100, actor('a'), actor('b'));
  const large = actor('b', { beats: 2, heapBytes: 310 * MIB, heapBytesMax: 500 * MIB });
  t.same(look(300, actor('a'), large), []);
});

t.test(
  'of two that do not turn, the one that was silent for longer is ended, and only one',
  async (t) => {
    const look = watch();
    look(100, actor('a'), actor('b'));
    look(150, actor('a'), actor('b', { beats: 2 }));
    t.same(look(400, actor('a'), actor('b', { beats: 2 })), ['ask a', 'ask b']);
    t.same(look(500, actor('a'), actor('b', { beats: 2 })), ['grew-unseen a']);
  },
);

t.test('edges and disk syncs are exempt, and a new life starts anew', async (t) => {
  const look = watch();
  look(100, actor('a', { exempt: true }), actor('b'));
  t.same(look(500, actor('a', { exempt: true }), actor('b', { incarnation: 2 })), []);
});

t.test(
  'near the end of the memory of the machine the largest is ended, if that helps',
  async (t) => {
    const look = watch(1000);
    const large = actor('large', { heapBytes: 300 * MIB, heapBytesMax: 500 * MIB });
    t.same(look(900, actor('a'), large), []);
    t.same(look(1001, actor('a', { beats: 2 }), { ...large, beats: 2 }), ['largest large']);
    t.same(look(1001, actor('a', { beats: 3 }), actor('b')), [], 'none of them is to blame');
  },
);
