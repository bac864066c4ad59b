import t from 'tap';
import { checkStoreHistory } from '../../src/checker/index.js';
import type {
  StoredKey,
  StoreHistory,
  StoreInput,
  StoreOperation,
  StoreOutput,
  StoreVerdict,
  WatchedBatch,
  WatchedEvent,
} from '../../src/checker/index.js';

const ALL = { key: 'a', rangeEnd: 'z' };

function kv(
  key: string,
  value: string,
  modRevision: number,
  more: Partial<StoredKey> = {},
): StoredKey {
  return { key, value, createRevision: modRevision, modRevision, version: 1, ...more };
}
function answered(at: number, input: StoreInput, output: StoreOutput): StoreOperation {
  return { client: 'c', begun: at, input, outcome: { type: 'answered', ended: at + 1, output } };
}
const putOf = (...pairs: [string, string][]): StoreInput => ({
  type: 'txn',
  compare: [],
  success: pairs.map(([key, value]) => ({ type: 'put', key, value })),
  failure: [],
});
function put(at: number, revision: number, ...pairs: [string, string][]): StoreOperation {
  const results = pairs.map(() => ({ type: 'put' as const }));
  return answered(at, putOf(...pairs), { type: 'txn', revision, succeeded: true, results });
}
function remove(at: number, revision: number, key: string): StoreOperation {
  const input: StoreInput = {
    type: 'txn',
    compare: [],
    success: [{ type: 'delete', key }],
    failure: [],
  };
  const results = [{ type: 'delete' as const, deleted: 1 }];
  return answered(at, input, { type: 'txn', revision, succeeded: true, results });
}
function unanswered(at: number, ...pairs: [string, string][]): StoreOperation {
  return { client: 'u', begun: at, input: putOf(...pairs), outcome: { type: 'unknown' } };
}
function readAll(at: number, revision: number, ...kvs: StoredKey[]): StoreOperation {
  return answered(at, { type: 'range', ...ALL }, { type: 'range', revision, kvs });
}
function swap(
  at: number,
  expected: number,
  value: string,
  succeeded: boolean,
  revision: number,
): StoreOperation {
  const input: StoreInput = {
    type: 'txn',
    compare: [{ key: 'a', target: 'mod', result: '=', value: expected }],
    success: [{ type: 'put', key: 'a', value }],
    failure: [{ type: 'range', key: 'a' }],
  };
  const results = succeeded ? [{ type: 'put' as const }] : [];
  return answered(at, input, { type: 'txn', revision, succeeded, results });
}
const check = (...operations: StoreOperation[]): StoreVerdict =>
  checkStoreHistory({ operations, serializableReads: [], watches: [] });

t.test('revisions order writes to all keys', (t) => {
  t.equal(check(put(0, 2, ['a', '1']), put(2, 3, ['b', '1'])).verdict, 'ok');
  t.equal(
    check(put(0, 3, ['a', '1']), put(2, 2, ['b', '1'])).verdict,
    'illegal',
    'fine for each key alone',
  );
  t.equal(
    check(put(0, 2, ['a', '1']), put(0, 2, ['b', '1'])).verdict,
    'illegal',
    'a revision twice',
  );
  t.equal(
    check(put(0, 2, ['a', '1']), put(2, 4, ['b', '1'])).verdict,
    'illegal',
    'a revision of nobody',
  );
  t.end();
});

t.test('a transaction is seen whole or not at all', (t) => {
  const both = put(0, 2, ['a', '1'], ['b', '1']);
  t.equal(check(both, readAll(2, 2, kv('a', '1', 2), kv('b', '1', 2))).verdict, 'ok');
  t.equal(check(both, readAll(2, 2, kv('a', '1', 2))).verdict, 'illegal');
  t.end();
});

t.test('of two swaps from the same revision one succeeds', (t) => {
  const first = put(0, 2, ['a', '1']);
  t.equal(
    check(first, swap(2, 2, 'x', true, 3), swap(2, 2, 'y', true, 4)).verdict,
    'illegal',
    'lost update',
  );
  t.end();
});

t.test('an unanswered write fills the revision that nobody was given', (t) => {
  const first = put(0, 2, ['a', '1']);
  const late = put(10, 4, ['b', '1']);
  t.equal(check(first, unanswered(2, ['a', '2']), late).verdict, 'ok');
  const seen = readAll(12, 4, kv('a', '2', 3, { createRevision: 2, version: 2 }), kv('b', '1', 4));
  t.equal(
    check(first, unanswered(2, ['c', '1']), unanswered(2, ['a', '2']), late, seen).verdict,
    'ok',
  );
  t.equal(check(first, unanswered(2, ['c', '1']), late, seen).verdict, 'illegal');
  t.end();
});

t.test('many unanswered writes do not make the search long', (t) => {
  const open = Array.from({ length: 60 }, (_, at) =>
    unanswered(1, [`k${String(at)}`, `v${String(at)}`]),
  );
  // Between any two that were answered one of the unanswered took effect.
  const writes = Array.from({ length: 60 }, (_, at) =>
    put(10 + at * 2, 4 + at * 2, ['a', String(at)]),
  );
  const verdict = check(put(0, 2, ['a', 'first']), ...open, ...writes);
  t.equal(verdict.verdict, 'ok');
  t.ok(verdict.verdict === 'ok' && verdict.steps < 5000, JSON.stringify(verdict));
  t.end();
});

t.test('reads of the past, compaction and what is refused', (t) => {
  const writes = [put(0, 2, ['a', '1']), put(2, 3, ['a', '2']), put(4, 4, ['a', '3'])];
  const at = (revision: number, output: StoreOutput): StoreOperation =>
    answered(10, { type: 'range', key: 'a', revision }, output);
  const past: StoreOutput = {
    type: 'range',
    revision: 4,
    kvs: [kv('a', '2', 3, { createRevision: 2, version: 2 })],
  };
  t.equal(check(...writes, at(3, past)).verdict, 'ok');
  t.equal(check(...writes, at(2, past)).verdict, 'illegal');
  t.equal(check(...writes, at(9, { type: 'refused', code: 'future-revision' })).verdict, 'ok');
  const compacted = answered(6, { type: 'compact', revision: 4 }, { type: 'compact' });
  t.equal(check(...writes, compacted, at(3, past)).verdict, 'illegal');
  t.equal(check(...writes, compacted, at(3, { type: 'refused', code: 'compacted' })).verdict, 'ok');
  t.end();
});

t.test('unanswered compactions are placed behind whatever they would have made impossible', (t) => {
  const values = ['1', '2', '3', '4', '5', '6', '7', '8'];
  const writes = values.map((value, at) => put(2 * at, at + 2, ['a', value]));
  const compactions = [9, 8, 7, 6, 5, 4].map((revision): StoreOperation => {
    const input: StoreInput = { type: 'compact', revision };
    return { client: 'u', begun: 18, input, outcome: { type: 'unknown' } };
  });
  const gone = answered(
    20,
    { type: 'range', key: 'a', revision: 3 },
    {
      type: 'refused',
      code: 'compacted',
    },
  );
  const others = ['b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'];
  const open = others.map((key) => unanswered(22, [key, 'same']));
  const present = kv('a', '8', 9, { createRevision: 2, version: 8 });
  const reads = others.map((_, at) =>
    answered(
      24 + 2 * at,
      { type: 'range', key: 'a' },
      {
        type: 'range',
        revision: 10 + at,
        kvs: [present],
      },
    ),
  );
  const past = kv('a', '3', 4, { createRevision: 2, version: 3 });
  const pastRead = (revision: number): StoreOperation =>
    answered(
      50,
      { type: 'range', key: 'a', revision },
      {
        type: 'range',
        revision: 17,
        kvs: [past],
      },
    );
  const before = [...writes, ...compactions, gone, ...open, ...reads];
  const verdict = check(...before, pastRead(4));
  t.equal(verdict.verdict, 'ok');
  t.ok(verdict.verdict === 'ok' && verdict.steps < 1000, JSON.stringify(verdict));
  t.equal(check(...before, pastRead(3)).verdict, 'illegal');
  t.end();
});

t.test('a serializable read sees the past, but nothing that never was', (t) => {
  const operations = [put(0, 2, ['a', '1']), put(2, 3, ['a', '2'])];
  const read = (revision: number, ...kvs: StoredKey[]): StoreVerdict =>
    checkStoreHistory({
      operations,
      serializableReads: [{ client: 's', range: { key: 'a' }, revision, kvs }],
      watches: [],
    });
  t.equal(read(2, kv('a', '1', 2)).verdict, 'ok');
  t.match(read(3, kv('a', '1', 2)), { verdict: 'illegal', guarantee: 'serializable' });
  t.match(read(4, kv('a', '2', 3)), { verdict: 'illegal', guarantee: 'serializable' });
  t.end();
});

const event = (
  key: string,
  value: string | null,
  modRevision: number,
  more: Partial<WatchedEvent> = {},
): WatchedEvent => ({
  key,
  value,
  modRevision,
  createRevision: value === null ? 0 : modRevision,
  version: value === null ? 0 : 1,
  ...more,
});
/** a=1 and b=1 at 2, a deleted at 3, c=1 at 4. */
const WATCHED: readonly StoreOperation[] = [
  put(0, 2, ['a', '1'], ['b', '1']),
  remove(2, 3, 'a'),
  put(4, 4, ['c', '1']),
];
const a2 = event('a', '1', 2);
const b2 = event('b', '1', 2);
const a3 = event('a', null, 3);
const c4 = event('c', '1', 4);

function watched(
  batches: readonly WatchedBatch[],
  startRevision = 1,
  more: Partial<StoreHistory> = {},
): string {
  const verdict = checkStoreHistory({
    operations: WATCHED,
    serializableReads: [],
    watches: [{ name: 'w', range: ALL, startRevision, batches }],
    ...more,
  });
  return verdict.verdict === 'illegal' ? verdict.guarantee : verdict.verdict;
}
const batch = (revision: number, ...events: WatchedEvent[]): WatchedBatch => ({ revision, events });

t.test('a watch is held to each of its guarantees', (t) => {
  t.equal(watched([batch(1), batch(2, a2, b2), batch(3, a3), batch(4, c4)]), 'ok');
  t.equal(watched([batch(4, a2, b2, a3, c4)]), 'ok', 'many revisions in a batch');
  t.equal(watched([batch(3), batch(4, c4)], 0), 'ok', 'from now on');
  t.equal(watched([batch(4, c4)], 4), 'ok', 'from a revision on');
  t.equal(watched([batch(2, a2, b2), batch(4, c4, a3)]), 'ordered');
  t.equal(watched([batch(2, a2, b2), batch(4, a2, a3, c4)]), 'unique');
  t.equal(watched([batch(2, a2, b2), batch(4, c4)]), 'reliable');
  t.equal(watched([batch(2, a2), batch(4, b2, a3, c4)]), 'atomic');
  t.equal(watched([batch(3, a2, b2), batch(4, a3, c4)]), 'bookmarkable');
  t.equal(watched([batch(4, a3, c4)], 4), 'resumable');
  t.equal(watched([batch(4, a2, b2, a3, event('c', '2', 4))]), 'genuine');
  t.equal(watched([batch(4, a2, b2, a3, c4), batch(5, event('d', '1', 5))]), 'genuine');
  t.end();
});

t.test('a watcher that asks for it is given what was there before', (t) => {
  const seen = (previous: StoredKey | null): string =>
    watched([batch(4, a2, b2, { ...a3, previous }, c4)]);
  t.equal(seen(kv('a', '1', 2)), 'ok');
  t.equal(seen(kv('a', '0', 2)), 'previous-value');
  t.equal(seen(null), 'previous-value');
  t.end();
});
