import BTreeModule from 'sorted-btree';
import { assert, RingBuffer } from '../../base/index.js';
import { cachedObject, goneObject } from './cached-object.js';
import type { CachedObject } from './cached-object.js';

/** One change of one key. `gone` is the previous state under this event's revision. */
export interface CacheEvent {
  readonly key: string;
  readonly revision: number;
  readonly current: CachedObject | undefined;
  readonly previous: CachedObject | undefined;
  readonly gone: CachedObject | undefined;
}

export interface CacheListener {
  /** All changes of this resource in one revision or more, in order. */
  onEvents(events: readonly CacheEvent[]): void;
  /** The cache lost its continuity with the store: whoever follows it must start anew. */
  onReset(): void;
}

export interface StoreChange {
  readonly type: 'put' | 'delete';
  readonly kv: { readonly key: string; readonly modRevision: number; readonly value: Uint8Array };
}

const BTree = BTreeModule.default;

/** The newest state of all objects below one prefix, and the newest changes that led to it. */
export class ResourceCache {
  readonly prefix: string;
  readonly #historyEventsMax: number;
  #objects = new BTree<string, CachedObject>(undefined, compareKeys);
  #history: RingBuffer<CacheEvent>;
  /** All changes after this revision are in the history. */
  #historyFloor = 0;
  readonly #listeners = new Set<CacheListener>();

  constructor(prefix: string, historyEventsMax: number) {
    this.prefix = prefix;
    this.#historyEventsMax = historyEventsMax;
    this.#history = new RingBuffer(historyEventsMax);
  }

  get size(): number {
    return this.#objects.size;
  }

  /** Forgets everything and starts from a listing at `revision`. */
  replace(kvs: readonly StoreChange['kv'][], revision: number): void {
    this.#objects = new BTree<string, CachedObject>(undefined, compareKeys);
    for (const kv of kvs) this.#objects.set(kv.key, cachedObject(kv.key, kv.modRevision, kv.value));
    this.#history = new RingBuffer(this.#historyEventsMax);
    this.#historyFloor = revision;
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    for (const listener of listeners) listener.onReset();
  }

  /** Takes in the changes of a batch, and tells the listeners. */
  apply(changes: readonly StoreChange[]): void {
    const events: CacheEvent[] = [];
    for (const change of changes) {
      const event = this.#applyOne(change);
      if (event !== undefined) events.push(event);
    }
    if (events.length === 0) return;
    for (const listener of [...this.#listeners]) listener.onEvents(events);
  }

  #applyOne(change: StoreChange): CacheEvent | undefined {
    const { key, modRevision } = change.kv;
    assert(key.startsWith(this.prefix), `key ${key} is not below ${this.prefix}`);
    const previous = this.#objects.get(key);
    if (previous !== undefined && previous.revision >= modRevision) return undefined;
    const current =
      change.type === 'put' ? cachedObject(key, modRevision, change.kv.value) : undefined;
    if (current !== undefined) this.#objects.set(key, current);
    else if (!this.#objects.delete(key)) return undefined;
    const gone = previous === undefined ? undefined : goneObject(previous, modRevision);
    const event = { key, revision: modRevision, current, previous, gone };
    const dropped = this.#history.pushDroppingOldest(event);
    if (dropped !== undefined) this.#historyFloor = dropped.revision;
    return event;
  }

  get(key: string): CachedObject | undefined {
    return this.#objects.get(key);
  }

  /** The objects whose keys begin with `prefix` (which lies below this cache's own), in key order, from `start` on. */
  *list(prefix: string, start = prefix): IterableIterator<CachedObject> {
    for (const [key, object] of this.#objects.entries(start)) {
      if (!key.startsWith(prefix)) return;
      yield object;
    }
  }

  /** The changes after `revision`; undefined where some of them are no longer known. */
  since(revision: number): readonly CacheEvent[] | undefined {
    if (revision < this.#historyFloor) return undefined;
    const events: CacheEvent[] = [];
    for (let offset = this.#history.length - 1; offset >= 0; offset--) {
      const event = this.#history.at(offset);
      if (event === undefined || event.revision <= revision) break;
      events.push(event);
    }
    return events.reverse();
  }

  /** The oldest revision after which a watch can start. */
  get oldestRevision(): number {
    return this.#historyFloor;
  }

  listen(listener: CacheListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** Byte order: keys are strings of bytes. */
function compareKeys(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
