import fc from 'fast-check';
import t from 'tap';
import {
  createMvccStore,
  createWatchHub,
  FRAGMENT_BYTES,
  prefixEnd,
} from '../../src/mvcc/index.js';
import type {
  EventBatch,
  KeyRange,
  MvccStore,
  WatchEvent,
  WatchHandle,
  WatchHub,
  WatchOptions,
} from '../../src/mvcc/index.js';
import { keyRange, txnRequest } from './arbitrary.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

interface Watcher {
  readonly options: WatchOptions;
  readonly batches: EventBatch[];
  readonly handle: WatchHandle;
  readonly compacted: number | undefined;
  canceled: boolean;
}

/** Opens a watcher whose sink is full after every `takes` batches. */
function open(hub: WatchHub, options: WatchOptions, takes = Infinity): Watcher {
  const batches: EventBatch[] = [];
  const state: { compacted: number | undefined } = { compacted: undefined };
  const handle = hub.watch(options, {
    onBatch: (batch) => batches.push(batch) % takes !== 0,
    onCompacted: (at) => {
      state.compacted = at;
    },
  });
  return {
    options,
    batches,
    handle,
    canceled: false,
    get compacted() {
      return state.compacted;
    },
  };
}

const eventsOf = (watcher: Watcher): WatchEvent[] =>
  watcher.batches.flatMap((batch) => batch.events);
const revisionsOf = (watcher: Watcher): number[] =>
  eventsOf(watcher).map((event) => event.kv.modRevision);

function setup(): {
  store: MvccStore;
  hub: WatchHub;
  behind: () => number;
  put: (key: string, value?: string) => void;
} {
  const store = createMvccStore();
  let calls = 0;
  const hub = createWatchHub(store.events, () => calls++);
  const put = (key: string, value = 'v'): void => {
    const written = store.put({ key, value: bytes(value) });
    if (written.ok) hub.applied(written.value.changed);
  };
  return { store, hub, behind: () => calls, put };
}

t.test(
  'a synced watcher of a key gets each revision as it is applied, the first batch being empty',
  (t) => {
    const { hub, put, behind } = setup();
    put('a');
    const watcher = open(hub, { key: 'a' });
    put('a');
    put('b');
    put('a');
    t.same(
      watcher.batches.map((batch) => [batch.revision, batch.events.length]),
      [
        [2, 0],
        [3, 1],
        [5, 1],
      ],
    );
    t.equal(behind(), 0);
    watcher.handle.cancel();
    put('a');
    t.equal(watcher.batches.length, 3);
    t.equal(hub.watchers, 0);
    t.end();
  },
);

t.test('a watcher from the past catches up in slices and then goes on', (t) => {
  const { hub, put, behind } = setup();
  for (let i = 0; i < 10; i++) put('a');
  const watcher = open(hub, { key: 'a', startRevision: 4 });
  t.equal(behind(), 1);
  t.same(watcher.batches, [{ events: [], revision: 3 }]);
  let slices = 0;
  while (hub.catchUp(3)) slices++;
  t.equal(slices, 2);
  put('a');
  t.same(revisionsOf(watcher), [4, 5, 6, 7, 8, 9, 10, 11, 12]);
  t.end();
});

t.test('a watcher from the future waits, and is not told of what is before', (t) => {
  const { hub, put } = setup();
  const watcher = open(hub, { key: 'a', startRevision: 4, progressNotify: true });
  for (let i = 0; i < 3; i++) put('a');
  hub.notifyProgress();
  t.same(
    watcher.batches.map((batch) => [batch.revision, batch.events.length]),
    [
      [1, 0],
      [4, 1],
      [4, 0],
    ],
  );
  t.end();
});

t.test('a full watcher is not called until it has room, and then misses nothing', (t) => {
  const { hub, put } = setup();
  const watcher = open(hub, { key: 'a' }, 2);
  put('a');
  put('a');
  put('a');
  t.same(revisionsOf(watcher), [2]);
  t.equal(hub.catchUp(100), false);
  watcher.handle.resume();
  t.equal(hub.catchUp(100), false);
  t.same(revisionsOf(watcher), [2, 3, 4]);
  put('a');
  t.same(revisionsOf(watcher), [2, 3, 4, 5]);
  t.end();
});

t.test('a compacted start is told at once, one overtaken by a compaction when it goes on', (t) => {
  const { store, hub, put } = setup();
  const slow = open(hub, { key: 'a' }, 1);
  for (let i = 0; i < 9; i++) put('a');
  store.compact(8);
  const old = open(hub, { key: 'a', startRevision: 7 });
  t.equal(old.compacted, 8);
  t.same(old.batches, []);
  const border = open(hub, { key: 'a', startRevision: 8 });
  t.equal(slow.compacted, undefined);
  slow.handle.resume();
  while (hub.catchUp(2)) t.pass('more');
  t.equal(slow.compacted, 8);
  t.same(revisionsOf(border), [8, 9, 10]);
  t.equal(hub.watchers, 1);
  t.end();
});

t.test('events of one revision are never split, whatever the slice', (t) => {
  const { store, hub } = setup();
  for (let round = 0; round < 4; round++) {
    const success = Array.from({ length: 100 }, (_, at) => ({
      type: 'put' as const,
      key: `k${String(at)}`,
      value: bytes('v'),
    }));
    store.txn({ compare: [], success, failure: [] });
  }
  const watcher = open(hub, { key: 'k', rangeEnd: 'l', startRevision: 2 });
  while (hub.catchUp(7)) t.pass('more');
  t.same(
    watcher.batches.slice(1).map((batch) => [batch.revision, batch.events.length]),
    [
      [2, 100],
      [3, 100],
      [4, 100],
      [5, 100],
    ],
  );
  const other = open(hub, { key: 'k', rangeEnd: 'l', startRevision: 2 });
  hub.catchUp(10_000);
  t.same(
    other.batches.slice(1).map((batch) => [batch.revision, batch.events.length]),
    [
      [4, 300],
      [5, 100],
    ],
  );
  t.end();
});

t.test('a callback may cancel and open watchers', (t) => {
  const { hub, put } = setup();
  const seen: string[] = [];
  const second: { handle?: WatchHandle } = {};
  hub.watch(
    { key: 'a' },
    {
      onBatch: (batch) => {
        if (batch.events.length === 0) return true;
        second.handle?.cancel();
        hub.watch(
          { key: 'a' },
          {
            onBatch: (inner) => (seen.push(`inner ${String(inner.revision)}`), true),
            onCompacted: () => undefined,
          },
        );
        return true;
      },
      onCompacted: () => undefined,
    },
  );
  second.handle = hub.watch(
    { key: 'a' },
    {
      onBatch: (batch) => (seen.push(`second ${String(batch.revision)}`), true),
      onCompacted: () => undefined,
    },
  );
  put('a');
  t.same(seen, ['second 1', 'inner 2']);
  t.end();
});

t.test('filters leave events out, while the watcher goes on to every revision', (t) => {
  const { store, hub, put } = setup();
  const early = open(hub, { key: 'a', filters: ['noput'] });
  put('a');
  const gone = store.deleteRange({ key: 'a' });
  if (gone.ok) hub.applied(gone.value.changed);
  put('a');
  const late = open(hub, { key: 'a', startRevision: 2, filters: ['nodelete'] });
  hub.catchUp(100);
  const both = open(hub, { key: 'a', startRevision: 2, filters: ['noput', 'nodelete'] });
  hub.catchUp(100);
  put('a');
  t.same(
    eventsOf(early).map((event) => [event.type, event.kv.modRevision]),
    [['delete', 3]],
  );
  t.same(
    eventsOf(late).map((event) => [event.type, event.kv.modRevision]),
    [
      ['put', 2],
      ['put', 4],
      ['put', 5],
    ],
  );
  t.same(eventsOf(both), []);
  t.end();
});

t.test('a progress request is answered at once, or when the watcher has caught up', (t) => {
  const { hub, put } = setup();
  for (let i = 0; i < 5; i++) put('a');
  const synced = open(hub, { key: 'b' });
  synced.handle.requestProgress();
  t.same(synced.batches.at(-1), { events: [], revision: 6 });
  const behind = open(hub, { key: 'a', startRevision: 2 });
  behind.handle.requestProgress();
  t.equal(behind.batches.length, 1, 'not before it has had its events');
  hub.catchUp(2);
  hub.catchUp(100);
  t.same(revisionsOf(behind), [2, 3, 4, 5, 6]);
  t.same(behind.batches.at(-1), { events: [], revision: 6 });
  const full = open(hub, { key: 'b' }, 1);
  full.handle.requestProgress();
  t.equal(full.batches.length, 1);
  put('c');
  full.handle.resume();
  hub.catchUp(100);
  t.same(full.batches.at(-1), { events: [], revision: 7 });
  put('b');
  t.same(revisionsOf(synced), [8]);
  t.end();
});

t.test('a large batch comes in fragments to whom asked for them, and whole to others', (t) => {
  const { store, hub } = setup();
  const whole = open(hub, { key: 'k', rangeEnd: 'l' });
  const pieces = open(hub, { key: 'k', rangeEnd: 'l', fragment: true }, 1);
  const success = Array.from({ length: 5 }, (_, at) => ({
    type: 'put' as const,
    key: `k${String(at)}`,
    value: new Uint8Array(FRAGMENT_BYTES * 0.4),
  }));
  pieces.handle.resume();
  const written = store.txn({ compare: [], success, failure: [] });
  if (written.ok) hub.applied(written.value.changed);
  t.same(
    whole.batches.map((batch) => [batch.revision, batch.events.length, batch.fragment]),
    [
      [1, 0, undefined],
      [2, 5, undefined],
    ],
  );
  t.same(
    pieces.batches.map((batch) => [batch.revision, batch.events.length, batch.fragment]),
    [
      [1, 0, undefined],
      [1, 2, true],
      [1, 2, true],
      [2, 1, undefined],
    ],
  );
  t.same(
    eventsOf(pieces).map((event) => event.kv.key),
    ['k0', 'k1', 'k2', 'k3', 'k4'],
  );
  t.end();
});

t.test('5,000 watchers, a third of them slow, each get what they watch and hold no one up', (t) => {
  const { hub, put } = setup();
  const key = (at: number): string => `/registry/pods/ns-${String(at % 1000)}/pod-${String(at)}`;
  const watchers = Array.from({ length: 5000 }, (_, at) => {
    const single = at % 5 > 0;
    const prefix = `/registry/pods/ns-${String(at % 1000)}/`;
    const range = single ? { key: key(at) } : { key: prefix, rangeEnd: prefixEnd(prefix) };
    return open(hub, range, at % 3 === 0 ? 1 : Infinity);
  });
  for (let round = 0; round < 2; round++) for (let at = 0; at < 5000; at += 5) put(key(at));
  const fast = watchers.filter((_, at) => at % 3 > 0 && at % 5 === 0);
  const slow = watchers.filter((_, at) => at % 3 === 0 && at % 5 === 0);
  t.ok(fast.length > 600 && slow.length > 300);
  t.ok(
    fast.every((watcher) => eventsOf(watcher).length > 0),
    'the fast ones have had theirs',
  );
  t.ok(
    slow.every((watcher) => watcher.batches.length === 1),
    'nothing is kept for the slow ones',
  );
  for (let again = true; again; ) {
    const before = slow.reduce((sum, watcher) => sum + watcher.batches.length, 0);
    for (const watcher of slow) watcher.handle.resume();
    while (hub.catchUp(100_000));
    again = slow.reduce((sum, watcher) => sum + watcher.batches.length, 0) > before;
  }
  t.ok(
    slow.every((watcher) => eventsOf(watcher).length > 0),
    'and the slow ones catch up from history',
  );
  t.end();
});

type Step =
  | { readonly type: 'txn'; readonly request: Parameters<MvccStore['txn']>[0] }
  | {
      readonly type: 'watch';
      readonly range: KeyRange;
      readonly back: number;
      readonly prevKv: boolean;
      readonly takes: number;
    }
  | { readonly type: 'resume' | 'cancel'; readonly at: number }
  | { readonly type: 'catchUp'; readonly recordsMax: number }
  | { readonly type: 'compact' };

const watchStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: txnRequest.map((request): Step => ({ type: 'txn', request })) },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('watch' as const),
      range: keyRange,
      back: fc.integer({ min: -2, max: 10 }),
      prevKv: fc.boolean(),
      takes: fc.constantFrom(1, 2, 3, 1000),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constantFrom('resume' as const, 'resume' as const, 'cancel' as const),
      at: fc.nat(5),
    }),
  },
  {
    weight: 3,
    arbitrary: fc
      .integer({ min: 1, max: 6 })
      .map((recordsMax): Step => ({ type: 'catchUp', recordsMax })),
  },
  { weight: 2, arbitrary: fc.constant<Step>({ type: 'compact' }) },
);

function matches(range: KeyRange, key: string): boolean {
  if (range.rangeEnd === undefined || range.rangeEnd === '') return key === range.key;
  return key >= range.key && (range.rangeEnd === '\0' || key < range.rangeEnd);
}

/** Ordered, unique, reliable and atomic: what was delivered is a gapless beginning of what happened, in whole revisions. */
function check(
  watcher: Watcher,
  happened: readonly WatchEvent[],
  finished: boolean,
): string | undefined {
  const [first, ...rest] = watcher.batches;
  if (first === undefined) return watcher.compacted === undefined ? 'no first batch' : undefined;
  if (first.events.length > 0) return 'the first batch has events';
  const from = watcher.options.startRevision ?? 0;
  let reached: number = first.revision;
  for (const batch of rest) {
    if (batch.revision <= reached)
      return `batch ${String(batch.revision)} after ${String(reached)}`;
    if (
      batch.events.some(
        (event) => event.kv.modRevision <= reached || event.kv.modRevision > batch.revision,
      )
    )
      return 'an event outside of its batch';
    reached = batch.revision;
  }
  const due = happened.filter(
    (event) => event.kv.modRevision >= from && matches(watcher.options, event.kv.key),
  );
  const expected = finished ? due : due.filter((event) => event.kv.modRevision <= reached);
  const text = (events: readonly WatchEvent[]): string =>
    events.map(({ type, kv }) => `${type} ${kv.key} ${String(kv.modRevision)}`).join();
  if (text(eventsOf(watcher)) !== text(expected))
    return `got ${text(eventsOf(watcher))}, expected ${text(expected)}`;
  return eventsOf(watcher).some((event) => event.prevKv !== undefined) &&
    watcher.options.prevKv !== true
    ? 'a prevKv unasked'
    : undefined;
}

t.test('watches are ordered, unique, reliable and atomic, however slow, and resumable', (t) => {
  fc.assert(
    fc.property(fc.array(watchStep, { maxLength: 60, size: 'max' }), (steps) => {
      const store = createMvccStore();
      const hub = createWatchHub(store.events, () => undefined);
      const watchers: Watcher[] = [];
      const happened: WatchEvent[] = [];
      for (const step of steps) {
        if (step.type === 'txn') {
          const written = store.txn(step.request);
          if (!written.ok) continue;
          happened.push(
            ...written.value.changed.map((version) => store.events.event(version, false)),
          );
          hub.applied(written.value.changed);
        } else if (step.type === 'watch') {
          const startRevision = Math.max(1, store.currentRevision + 1 - step.back);
          watchers.push(
            open(hub, { ...step.range, startRevision, prevKv: step.prevKv }, step.takes),
          );
        } else if (step.type === 'catchUp') hub.catchUp(step.recordsMax);
        else if (step.type === 'compact') {
          store.compact(store.currentRevision);
          store.sweep(1000);
        } else {
          const watcher = watchers[step.at];
          if (watcher === undefined) continue;
          watcher.handle[step.type]();
          if (step.type === 'cancel') watcher.canceled = true;
        }
      }
      for (let again = true; again; ) {
        const before = watchers.reduce((sum, watcher) => sum + watcher.batches.length, 0);
        for (const watcher of watchers) watcher.handle.resume();
        again =
          hub.catchUp(3) ||
          watchers.reduce((sum, watcher) => sum + watcher.batches.length, 0) > before;
      }
      for (const watcher of watchers) {
        const found = check(
          watcher,
          happened,
          !watcher.canceled && watcher.compacted === undefined,
        );
        if (found !== undefined) throw new Error(found);
      }
      const alive = watchers.filter(
        (watcher) => !watcher.canceled && watcher.compacted === undefined,
      ).length;
      if (hub.watchers !== alive) throw new Error('watchers leak');
    }),
    { numRuns: 300 },
  );
  t.end();
});
