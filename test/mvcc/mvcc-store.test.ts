import fc from 'fast-check';
import t from 'tap';
import {
  createHasher,
  createMvccLoader,
  createMvccStore,
  MvccErrorCode,
} from '../../src/mvcc/index.js';
import type {
  MvccError,
  MvccStore,
  Operation,
  PutRequest,
  TxnRequest,
} from '../../src/mvcc/index.js';
import type { Result } from '../../src/base/index.js';
import { step, txnRequest } from './arbitrary.js';
import type { Step } from './arbitrary.js';
import {
  currentRevision,
  LEASE_TTL_SECONDS,
  naiveModel,
  naiveRange,
  naiveRevoke,
  naiveTxn,
} from './naive-model.js';
import type { NaiveModel } from './naive-model.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const putOf = (key: string, more: Partial<PutRequest> = {}): Operation => ({
  type: 'put',
  key,
  value: bytes('v'),
  ...more,
});
const txnOf = (...success: Operation[]): TxnRequest => ({ compare: [], success, failure: [] });
const codeOf = (result: Result<unknown, MvccError>): string =>
  result.ok ? 'ok' : result.error.code;

function hashOf(store: MvccStore): string {
  const hasher = createHasher();
  store.hash(hasher);
  return hasher.digest();
}

/** A copy by way of an image, as a snapshot makes it. */
function copyOf(store: MvccStore): MvccStore {
  const image = store.image();
  const loader = createMvccLoader(image);
  for (let at = 0; at < image.historyLength; at++) {
    const version = image.history.at(at);
    if (version !== undefined) loader.append(version);
  }
  return createMvccStore(loader.finish());
}

const plain = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_key, part: unknown) =>
      part instanceof Uint8Array ? [...part] : typeof part === 'bigint' ? String(part) : part,
    ),
  );

/** Runs a step on both and says where they differ. */
function difference(store: MvccStore, model: NaiveModel, taken: Step): string | undefined {
  switch (taken.type) {
    case 'txn': {
      const result = store.txn(taken.request);
      if (!result.ok && result.error.code === MvccErrorCode.duplicateKey) return undefined;
      const expected = naiveTxn(model, taken.request);
      const got = result.ok ? result.value.response : result.error.code;
      return same(got, expected) ?? same(store.currentRevision, currentRevision(model));
    }
    case 'range': {
      const at = taken.back === undefined ? 0 : Math.max(0, currentRevision(model) - taken.back);
      const request = { ...taken.request, revision: at };
      const result = store.range(request);
      return same(result.ok ? result.value : result.error.code, naiveRange(model, request));
    }
    case 'compact': {
      const at = currentRevision(model) - taken.back;
      const valid = at > model.compactRevision && at <= currentRevision(model);
      if (valid) model.compactRevision = at;
      return same(store.compact(at).ok, valid);
    }
    case 'sweep':
      store.sweep(taken.recordsMax);
      return undefined;
    case 'grant': {
      const known = model.leases.has(taken.lease);
      if (!known) model.leases.set(taken.lease, LEASE_TTL_SECONDS);
      return same(store.leaseGrant(taken.lease, LEASE_TTL_SECONDS).ok, !known);
    }
    case 'revoke': {
      const known = model.leases.has(taken.lease);
      if (known) naiveRevoke(model, taken.lease);
      return (
        same(store.leaseRevoke(taken.lease).ok, known) ??
        same(store.currentRevision, currentRevision(model))
      );
    }
    case 'checkpoint': {
      const known = model.leases.has(taken.lease);
      const left = Math.min(LEASE_TTL_SECONDS, taken.remainingTtlSeconds);
      if (known) model.leases.set(taken.lease, left);
      return same(store.leaseCheckpoint(taken.lease, taken.remainingTtlSeconds), known);
    }
  }
}

/** The leases and the keys that each holds must be the model's. */
function leaseDifference(store: MvccStore, model: NaiveModel): string | undefined {
  const keys = [...(model.states[currentRevision(model)]?.values() ?? [])];
  const expected = [...model.leases]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, left]) => [
      id,
      left,
      keys
        .filter((kv) => kv.lease === id)
        .map((kv) => kv.key)
        .sort(),
    ]);
  const got = store
    .leases()
    .map((lease) => [lease.id, lease.remainingTtlSeconds, [...lease.keys].sort()]);
  return same(got, expected);
}

function same(got: unknown, expected: unknown): string | undefined {
  const [a, b] = [JSON.stringify(plain(got)), JSON.stringify(plain(expected))];
  return a === b ? undefined : `got ${a}, expected ${b}`;
}

/** The history as events from the compaction on must be the model's. */
function eventDifference(store: MvccStore, model: NaiveModel): string | undefined {
  const from = Math.max(1, model.compactRevision);
  const got: unknown[] = [];
  store.events.scan(from, (version) => got.push(store.events.event(version, true)) > 0);
  const expected = model.events
    .filter((event) => event.kv.modRevision >= from)
    .map(({ prevKv, ...event }) =>
      prevKv && event.kv.modRevision > model.compactRevision ? { ...event, prevKv } : event,
    );
  return same(got, expected);
}

t.test('the store does what a copy of everything for every revision does', (t) => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 50, size: 'max' }), (steps) => {
      const store = createMvccStore();
      const model = naiveModel();
      for (const taken of steps) {
        const found = difference(store, model, taken);
        const wrong = found ?? leaseDifference(store, model);
        if (wrong !== undefined) throw new Error(`${taken.type}: ${wrong}`);
        store.verify();
      }
      const found = eventDifference(store, model);
      if (found !== undefined) throw new Error(found);
      const copy = copyOf(store);
      copy.verify();
      if (hashOf(copy) !== hashOf(store)) throw new Error('a copy has another hash');
      store.sweep(1000);
      copy.sweep(1000);
      if (hashOf(copy) !== hashOf(store)) throw new Error('sweeping changes the hash');
      if (copy.sizeBytes !== store.sizeBytes || copy.keys !== store.keys)
        throw new Error('a copy is counted differently');
      store.verify();
      copy.verify();
    }),
    { numRuns: 300 },
  );
  t.end();
});

t.test("errors are etcd's, in its words", (t) => {
  const store = createMvccStore();
  t.same(store.range({ key: '' }), {
    ok: false,
    error: { code: 'empty-key', message: 'etcdserver: key is not provided' },
  });
  t.same(store.range({ key: 'a', revision: 9 }), {
    ok: false,
    error: {
      code: 'future-revision',
      message: 'etcdserver: mvcc: required revision is a future revision',
    },
  });
  t.equal(codeOf(store.range({ key: 'a', sortTarget: 'size' as never })), 'invalid-sort');
  t.equal(codeOf(store.put({ key: '', value: bytes('') })), 'empty-key');
  t.equal(codeOf(store.deleteRange({ key: '' })), 'empty-key');
  t.equal(codeOf(store.put({ key: 'a', value: bytes('x'), ignoreValue: true })), 'value-provided');
  t.equal(
    codeOf(store.put({ key: 'a', value: bytes(''), ignoreLease: true, lease: 1n })),
    'lease-provided',
  );
  t.equal(codeOf(store.put({ key: 'a', value: bytes(''), ignoreValue: true })), 'key-not-found');
  t.equal(codeOf(store.put({ key: 'a', value: bytes(''), lease: 4n })), 'lease-not-found');
  t.equal(codeOf(store.leaseGrant(0n, 5)), 'lease-not-found');
  t.equal(codeOf(store.leaseGrant(1n, 9_000_000_001)), 'lease-ttl-too-large');
  t.equal(codeOf(store.leaseGrant(1n, 5)), 'ok');
  t.equal(codeOf(store.leaseGrant(1n, 5)), 'lease-exists');
  t.equal(codeOf(store.compact(2)), 'future-revision');
  t.equal(store.currentRevision, 1, 'nothing was written');
  t.end();
});

t.test('a transaction puts a key once, and never puts what it deletes', (t) => {
  const store = createMvccStore();
  const nested = (success: Operation[], failure: Operation[]): Operation => ({
    type: 'txn',
    compare: [],
    success,
    failure,
  });
  const all: Operation = { type: 'deleteRange', key: 'a', rangeEnd: '\0' };
  const cases: [string, TxnRequest, string][] = [
    ['twice', txnOf(putOf('a'), putOf('a')), 'duplicate-key'],
    ['put and deleted', txnOf(putOf('b'), all), 'duplicate-key'],
    ['deleted and put', txnOf(all, putOf('b')), 'duplicate-key'],
    ['in a nested one', txnOf(putOf('a'), nested([putOf('a')], [])), 'duplicate-key'],
    [
      'in two nested ones',
      txnOf(nested([putOf('a')], []), nested([], [putOf('a')])),
      'duplicate-key',
    ],
    [
      'in the branch that does not run',
      { compare: [], success: [], failure: [putOf('a'), putOf('a')] },
      'duplicate-key',
    ],
    ['in both branches', { compare: [], success: [putOf('a')], failure: [putOf('a')] }, 'ok'],
    ['in both branches of a nested one', txnOf(nested([putOf('c')], [putOf('c')])), 'ok'],
    ['deleted twice', txnOf(all, all), 'ok'],
  ];
  for (const [name, request, code] of cases) t.equal(codeOf(store.txn(request)), code, name);
  store.verify();
  t.end();
});

t.test('at most 128 operations, those of nested transactions counted in', (t) => {
  const store = createMvccStore();
  const puts = (count: number): Operation[] =>
    Array.from({ length: count }, (_, at) => putOf(`k${String(at)}`));
  t.equal(codeOf(store.txn(txnOf(...puts(128)))), 'ok');
  t.equal(store.currentRevision, 2, 'one revision');
  t.equal(codeOf(store.txn(txnOf(...puts(129)))), 'too-many-ops');
  const inner = (count: number): Operation => ({ type: 'txn', ...txnOf(...puts(count)) });
  t.equal(codeOf(store.txn(txnOf(inner(127)))), 'ok');
  t.equal(codeOf(store.txn(txnOf(inner(128)))), 'too-many-ops');
  t.end();
});

t.test('a transaction reads its own writes, and its comparisons the state before it', (t) => {
  const store = createMvccStore();
  const inner: Operation = {
    type: 'txn',
    compare: [{ key: 'a', target: 'version', result: '=', value: 0 }],
    success: [putOf('b')],
    failure: [putOf('c')],
  };
  const result = store.txn(txnOf(putOf('a'), { type: 'range', key: 'a' }, inner));
  t.match(result, {
    ok: true,
    value: {
      response: { responses: [{}, { count: 1, kvs: [{ modRevision: 2 }] }, { succeeded: true }] },
    },
  });
  t.end();
});

t.test('a transaction that fails at its last operation has written nothing', (t) => {
  const store = createMvccStore();
  const before = hashOf(store);
  t.equal(
    codeOf(store.txn(txnOf(putOf('a'), { type: 'range', key: 'a', revision: 50 }))),
    'future-revision',
  );
  t.equal(codeOf(store.txn(txnOf(putOf('a'), putOf('b', { lease: 3n })))), 'lease-not-found');
  t.equal(hashOf(store), before);
  t.end();
});

t.test(
  'a comparison with a value of the wrong type counts as with none, and does not throw',
  (t) => {
    const store = createMvccStore();
    store.put({ key: 'a', value: bytes('x') });
    for (const compare of [
      { key: 'a', target: 'version', result: '>', value: bytes('1') },
      { key: 'a', target: 'value', result: '>', value: 7 },
      { key: 'a', target: 'lease', result: '=', value: 0 },
    ] as const) {
      t.match(store.txn({ compare: [compare], success: [], failure: [] }), {
        value: { response: { succeeded: true } },
      });
    }
    t.end();
  },
);

t.test('leases follow the newest version of a key', (t) => {
  const store = createMvccStore();
  store.leaseGrant(1n, 5);
  store.leaseGrant(2n, 5);
  for (const key of ['c', 'a', 'b']) store.put({ key, value: bytes('x'), lease: 1n });
  store.put({ key: 'a', value: bytes('y'), lease: 2n });
  store.put({ key: 'b', value: bytes(''), ignoreValue: true });
  store.deleteRange({ key: 'c' });
  t.same([store.lease(1n)?.keys.size, store.lease(2n)?.keys.size], [0, 1]);
  store.put({ key: 'z', value: bytes('x'), lease: 2n });
  const at = store.currentRevision;
  const revoked = store.leaseRevoke(2n);
  t.ok(revoked.ok && revoked.value.revision === at + 1);
  t.same(revoked.ok && revoked.value.changed.map((version) => version.key), ['a', 'z']);
  t.equal(codeOf(store.leaseRevoke(2n)), 'lease-not-found');
  t.match(store.range({ key: 'b' }), { value: { kvs: [{ value: bytes('x'), version: 2 }] } });
  store.verify();
  copyOf(store).verify();
  t.end();
});

t.test("the store keeps a copy of a value, not the request's bytes", (t) => {
  const store = createMvccStore();
  const value = bytes('abc');
  store.put({ key: 'a', value });
  value[0] = 0;
  t.match(store.range({ key: 'a' }), { value: { kvs: [{ value: bytes('abc') }] } });
  t.end();
});

t.test('an image stays whole while writes, compaction and sweeps go on', (t) => {
  const store = createMvccStore();
  for (let i = 0; i < 20; i++) store.put({ key: `k${String(i % 3)}`, value: bytes(String(i)) });
  const hash = hashOf(store);
  const image = store.image();
  store.deleteRange({ key: 'k', rangeEnd: 'l' });
  store.compact(store.currentRevision);
  t.equal(store.sweep(5), true);
  t.equal(store.sweep(1000), false);
  store.put({ key: 'k0', value: bytes('new') });
  t.equal(store.keys, 1);
  const loader = createMvccLoader(image);
  for (let at = 0; at < image.historyLength; at++) {
    const version = image.history.at(at);
    if (version !== undefined) loader.append(version);
  }
  t.equal(hashOf(createMvccStore(loader.finish())), hash);
  t.end();
});

t.test('the hash of the keys at a revision is the same however far each replica is', (t) => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 40, size: 'max' }),
      fc.array(txnRequest, { maxLength: 10 }),
      fc.nat(4),
      fc.integer({ min: 1, max: 200 }),
      (steps, later, back, slice) => {
        const store = createMvccStore();
        const model = naiveModel();
        for (const taken of steps) difference(store, model, taken);
        const copy = copyOf(store);
        copy.sweep(1000);
        const at = Math.max(1, store.compactRevision, store.currentRevision - back);
        const expected = keyHashOf(copy, at, Number.MAX_SAFE_INTEGER);
        const hash = store.hashKeys(at);
        if (!hash.ok) throw new Error(hash.error.message);
        for (const request of later) {
          hash.value.step(slice);
          store.txn(request);
          store.sweep(3);
        }
        while (hash.value.step(slice) === 'more');
        if (hash.value.digest() !== expected) throw new Error('slices give another hash');
        const newer = store.currentRevision > at;
        if (newer && keyHashOf(store, 0, 1000) === expected)
          throw new Error('a newer revision has the same hash');
      },
    ),
    { numRuns: 200 },
  );
  t.end();
});

t.test('a compaction overtakes a hash that is under way', (t) => {
  const store = createMvccStore();
  for (let i = 0; i < 10; i++) store.put({ key: `k${String(i)}`, value: bytes('v') });
  const hash = store.hashKeys(0);
  t.ok(hash.ok && hash.value.step(1) === 'more');
  store.compact(5);
  t.ok(hash.ok && hash.value.step(1) === 'overtaken');
  t.equal(codeOf(store.hashKeys(4)), 'compacted');
  t.equal(codeOf(store.hashKeys(99)), 'future-revision');
  t.end();
});

function keyHashOf(store: MvccStore, at: number, slice: number): string {
  const hash = store.hashKeys(at);
  if (!hash.ok) throw new Error(hash.error.message);
  while (hash.value.step(slice) === 'more');
  return hash.value.digest();
}
