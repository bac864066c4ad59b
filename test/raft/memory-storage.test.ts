import t from 'tap';
import type { LogIndex, Term } from '../../src/base/index.js';
import {
  EMPTY_BYTES,
  EMPTY_CONF_STATE,
  entry,
  entrySizeBytes,
  EntryType,
  MemoryStorage,
} from '../../src/raft/index.js';
import type { Entry } from '../../src/raft/index.js';

const at = (index: number): LogIndex => index as LogIndex;
const entries = (...positions: readonly (readonly [number, number])[]): Entry[] =>
  positions.map(([term, index]) => entry(EntryType.normal, EMPTY_BYTES, term, index));

/** Compacted up to 3, with entries 4 to 6. */
function filled(): MemoryStorage {
  const storage = new MemoryStorage();
  storage.append(entries([1, 1], [1, 2], [3, 3], [4, 4], [5, 5], [6, 6]));
  storage.compact(at(3));
  return storage;
}

t.test('terms are known from the compacted entry on', (t) => {
  const storage = filled();
  t.match(storage.term(at(2)), { ok: false, error: { code: 'compacted' } });
  t.match(storage.term(at(3)), { ok: true, value: 3 });
  t.match(storage.term(at(6)), { ok: true, value: 6 });
  t.match(storage.term(at(7)), { ok: false, error: { code: 'unavailable' } });
  t.equal(storage.firstIndex(), 4);
  t.equal(storage.lastIndex(), 6);
  t.end();
});

t.test('entries are cut at the limit, but never to none', (t) => {
  const storage = filled();
  const get = (lo: number, hi: number, max: number) => storage.entries(at(lo), at(hi), max);
  const one = entrySizeBytes(entry(EntryType.normal, EMPTY_BYTES, 4, 4));
  t.match(get(3, 7, Infinity), { ok: false, error: { code: 'compacted' } });
  t.match(get(4, 7, Infinity), { ok: true, value: entries([4, 4], [5, 5], [6, 6]) });
  t.match(get(4, 7, 2 * one), { ok: true, value: entries([4, 4], [5, 5]) });
  t.match(get(4, 7, 0), { ok: true, value: entries([4, 4]) });
  t.throws(() => get(4, 8, Infinity));
  t.end();
});

t.test('an append replaces what is there from its first index on', (t) => {
  const storage = filled();
  storage.append(entries([7, 5]));
  t.equal(storage.lastIndex(), 5);
  t.match(storage.term(at(5)), { ok: true, value: 7 });
  storage.append(entries([1, 1], [1, 2]));
  t.equal(storage.lastIndex(), 5, 'what is compacted is left out');
  storage.append(entries([3, 3], [4, 4]));
  t.equal(storage.lastIndex(), 4);
  t.throws(() => {
    storage.append(entries([9, 9]));
  }, 'no gap');
  t.end();
});

t.test('snapshots only go forward', (t) => {
  const storage = filled();
  t.match(storage.createSnapshot(at(5), EMPTY_CONF_STATE, EMPTY_BYTES), {
    ok: true,
    value: { metadata: { index: 5, term: 5 } },
  });
  t.match(storage.createSnapshot(at(5), null, EMPTY_BYTES), {
    ok: false,
    error: { code: 'snapshot-out-of-date' },
  });
  const newer = {
    metadata: { index: at(9), term: 9 as Term, confState: EMPTY_CONF_STATE },
    data: EMPTY_BYTES,
  };
  t.ok(storage.applySnapshot(newer).ok);
  t.equal(storage.firstIndex(), 10);
  t.match(storage.applySnapshot(newer), { ok: false, error: { code: 'snapshot-out-of-date' } });
  t.match(storage.compact(at(9)), { ok: false, error: { code: 'compacted' } });
  t.match(storage.entries(at(10), at(10), 0), { ok: false, error: { code: 'unavailable' } });
  t.end();
});
