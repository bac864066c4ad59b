import fc from 'fast-check';
import t from 'tap';
import { createHistory } from '../../src/mvcc/history.js';
import { createMvccStore } from '../../src/mvcc/index.js';
import type { MvccStore } from '../../src/mvcc/index.js';
import { makeVersion } from '../../src/mvcc/mvcc-state.js';
import { createShardedMap, shardOf } from '../../src/mvcc/sharded-map.js';
import { createHasher } from '../../src/mvcc/state-hash.js';
import { revision } from '../../src/base/index.js';

const VALUE = new Uint8Array(3);

function overwritten(keys: number, puts: number): MvccStore {
  const store = createMvccStore();
  for (let n = 0; n < puts; n++) store.put({ key: `k${n % keys}`, value: VALUE });
  return store;
}

function hashOf(store: MvccStore): string {
  const hasher = createHasher();
  store.hash(hasher);
  return hasher.digest();
}

t.test('a history over several blocks is read from any revision, and to any length', (t) => {
  const history = createHistory();
  for (let n = 1; n <= 2500; n++)
    history.push(makeVersion('k', revision(2), revision(2 * n), n, VALUE, 0n));
  t.equal(history.length, 2500);
  t.equal(history.at(1024)?.version, 1025);
  t.equal(history.at(2500), undefined);
  for (const [from, place] of [
    [0, 0],
    [2, 0],
    [2048, 1023],
    [2049, 1024],
    [2050, 1024],
    [5001, 2500],
  ] as const)
    t.equal(history.indexFrom(from), place, `from ${from}`);
  const seen: number[] = [];
  let last = false;
  history.scan(1000, (version, next) => {
    seen.push(version.version);
    last = next === undefined;
    return true;
  });
  t.same(seen.length, 1500);
  t.same([seen[0], seen.at(-1), last], [1001, 2500, true]);
  t.end();
});

t.test('a sharded map is a map', (t) => {
  const operation = fc.tuple(fc.constantFrom('set', 'delete'), fc.string({ maxLength: 3 }));
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 200 }), (operations) => {
      const [map, model] = [createShardedMap<number>(), new Map<string, number>()];
      for (const [n, [type, key]] of operations.entries()) {
        if (type === 'set') {
          map.set(key, n);
          model.set(key, n);
        } else {
          map.delete(key);
          model.delete(key);
        }
        if (map.size !== model.size || map.get(key) !== model.get(key)) return false;
      }
      return [...model].every(([key, value]) => map.get(key) === value);
    }),
  );
  t.end();
});

t.test('no shard has much more than its share of keys as Kubernetes names them', (t) => {
  const spellings: readonly ((n: number) => string)[] = [
    (n) => `/registry/pods/default/web-${n}`,
    (n) => `/registry/leases/namespace-${String(n).padStart(6, '0')}/lock`,
    (n) => `/bench/${String(n).padStart(8, '0')}`,
    (n) => `/registry/events/default/web-7d4b9c.${(n * 0x9e3779b1).toString(16)}`,
  ];
  for (const spelling of spellings) {
    const counts = new Array<number>(256).fill(0);
    for (let n = 0; n < 25_600; n++) {
      const shard = shardOf(spelling(n));
      counts[shard] = (counts[shard] ?? 0) + 1;
    }
    t.ok(Math.max(...counts) < 2 * 100, `${spelling(1)}: ${Math.max(...counts)} of 100 on average`);
  }
  t.end();
});

t.test('a compaction does not wait for the sweep before it, and is swept after it', (t) => {
  const store = overwritten(10, 1000);
  const other = overwritten(10, 1000);
  store.compact(600);
  t.equal(store.sweep(100), true);
  store.compact(800);
  store.compact(990);
  t.ok(store.records > 800, 'nothing was taken in one go');
  t.match(store.range({ key: 'k1', revision: 980 }), { ok: false, error: { code: 'compacted' } });
  store.verify();
  other.compact(990);
  t.equal(hashOf(store), hashOf(other), 'what is still to be swept is not part of the state');
  for (let n = 0; store.sweep(50); n++) {
    store.put({ key: `k${n % 10}`, value: VALUE });
    other.put({ key: `k${n % 10}`, value: VALUE });
    store.verify();
  }
  other.sweep(1e6);
  other.verify();
  t.equal(hashOf(store), hashOf(other));
  t.equal(store.records, other.records);
  t.equal(store.sizeBytes, other.sizeBytes);
  t.end();
});

t.test('a sweep ends although more is written than it looks at', (t) => {
  const store = overwritten(10, 600);
  store.compact(600);
  let turns = 0;
  for (; store.sweep(10); turns++)
    for (let n = 0; n < 100; n++) store.put({ key: `k${n % 10}`, value: VALUE });
  t.ok(turns < 1000, `${turns} turns`);
  store.verify();
  t.end();
});

t.test('a digest of bytes tells every byte and the length', (t) => {
  const digest = (bytes: readonly number[]): string => {
    const hasher = createHasher();
    hasher.bytes(Uint8Array.from(bytes));
    return hasher.digest();
  };
  const base = [1, 2, 3, 4, 5, 6, 7];
  const digests = new Set([digest(base), digest([...base, 0]), digest(base.slice(0, 6))]);
  for (let at = 0; at < base.length; at++)
    digests.add(digest(base.map((byte, place) => (place === at ? byte ^ 0x80 : byte))));
  t.equal(digests.size, 3 + base.length);
  t.end();
});
