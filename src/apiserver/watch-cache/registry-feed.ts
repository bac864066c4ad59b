import { assert } from '../../base/index.js';
import type { ActorContext } from '../../actor/index.js';
import { prefixEnd } from '../storage/store-port.js';
import type { KeyValue, StoreEvent, StorePort } from '../storage/store-port.js';
import { ResourceCache } from './resource-cache.js';

export const REGISTRY_PREFIX = '/registry/';
/** Where kube-apiserver notes the revision up to which it has compacted. */
export const COMPACT_REVISION_KEY = 'compact_rev_key';
/**
 * The watch covers what is not the registry's, too, though nothing is kept of it: so each revision of the store comes
 * by at once, and whoever waits for one does not wait in vain because it was somebody else's.
 */
const ALL_KEYS = { key: '\0', rangeEnd: '\0' } as const;
const LIST_PAGE = 2_000;
const RETRY_MS_MIN = 20;
const RETRY_MS_MAX = 1_000;
const REPLAY_MS_MAX = 5_000;

/** `/registry/example.com/widgets/`: the groups of custom resources have a dot, and no built-in prefix has one there. */
const CUSTOM_PREFIX = /^\/registry\/[^/]*\.[^/]*\/[^/]+\/$/;

export interface FeedOptions {
  /** Prefixes of the resources, each ending in `/`. */
  readonly prefixes: readonly string[];
  readonly historyEventsMax: number;
  /** How many revisions before the newest a new life replays, so that watches resume over a restart. */
  readonly replayRevisionsMax: number;
}

/**
 * All caches, fed by one watch. One watch means that there is one revision up to which every cache is
 * complete, so that waiting for a revision is a comparison, and a write to pods also moves on the cache of secrets.
 */
export class RegistryFeed {
  readonly #context: ActorContext;
  readonly #store: StorePort;
  readonly #options: FeedOptions;
  readonly #caches = new Map<string, ResourceCache>();
  readonly #waiters = new Set<{
    readonly revision: number;
    readonly done: (arrived: boolean) => void;
  }>();
  #revision = 0;
  #filledAt = 0;
  #ready: Promise<void> | undefined;
  #watch: { cancel(): void } | undefined;
  #stopped = false;

  constructor(context: ActorContext, store: StorePort, options: FeedOptions) {
    this.#context = context;
    this.#store = store;
    this.#options = options;
    for (const prefix of options.prefixes) {
      this.#caches.set(prefix, new ResourceCache(prefix, options.historyEventsMax));
    }
  }

  /** Everything up to this revision is in the caches; 0 before the first listing. */
  get revision(): number {
    return this.#revision;
  }

  cache(prefix: string): ResourceCache {
    const cache = this.#caches.get(prefix) ?? this.#openCache(prefix);
    assert(cache !== undefined, `no cache for ${prefix}`);
    return cache;
  }

  /**
   * Custom resources have their caches from the first object on, whether their definition is known yet or not: so
   * nothing has to be listed anew when it comes.
   */
  #openCache(prefix: string): ResourceCache | undefined {
    if (!CUSTOM_PREFIX.test(prefix)) return undefined;
    const cache = new ResourceCache(prefix, this.#options.historyEventsMax);
    cache.replace([], this.#filledAt);
    this.#caches.set(prefix, cache);
    return cache;
  }

  /** Lets go of a resource that is no more. Its watches end. */
  drop(prefix: string): void {
    const cache = this.#caches.get(prefix);
    if (cache === undefined || !CUSTOM_PREFIX.test(prefix)) return;
    this.#caches.delete(prefix);
    cache.replace([], this.#revision);
  }

  caches(): IterableIterator<ResourceCache> {
    return this.#caches.values();
  }

  /** Resolves when the caches are filled; keeps trying for as long as the store cannot be read. */
  start(): Promise<void> {
    this.#ready ??= this.#fill(true);
    return this.#ready;
  }

  stop(): void {
    this.#stopped = true;
    this.#watch?.cancel();
  }

  /** True once the caches are at `revision` or later; false when that takes longer than `timeoutMs`. */
  waitFor(revision: number, timeoutMs: number): Promise<boolean> {
    if (this.#revision >= revision && this.#revision > 0) return Promise.resolve(true);
    return new Promise((resolve) => {
      const done = (arrived: boolean): void => {
        timer.cancel();
        this.#waiters.delete(waiter);
        resolve(arrived);
      };
      const waiter = { revision, done };
      const timer = this.#context.clock.after(timeoutMs, () => {
        done(false);
      });
      this.#waiters.add(waiter);
    });
  }

  /** `replay`: list a little of the past and live through it again. Only while nobody can read the caches yet. */
  async #fill(replay: boolean): Promise<void> {
    let delayMs = RETRY_MS_MIN;
    while (!this.#stopped) {
      if (await this.#tryFill(replay)) return;
      await this.#context.sleep(delayMs);
      delayMs = Math.min(RETRY_MS_MAX, delayMs * 2);
    }
  }

  async #tryFill(replay: boolean): Promise<boolean> {
    const newest = await this.#store.range({ key: COMPACT_REVISION_KEY });
    if (!newest.ok) return false;
    const current = Number(newest.value.header.revision);
    const compacted = Number(new TextDecoder().decode(newest.value.kvs[0]?.value) || '0');
    const past = Math.max(compacted, current - this.#options.replayRevisionsMax, 1);
    const replayed = replay && past < current ? await this.#listAll(past) : undefined;
    const base = replayed ?? (await this.#listAll(current));
    if (base === undefined) return false;
    this.#replaceAll(base.kvs, base.revision);
    this.#follow(base.revision + 1);
    if (base.revision >= current) this.#advance(base.revision);
    return this.waitFor(current, REPLAY_MS_MAX);
  }

  async #listAll(revision: number): Promise<{ kvs: KeyValue[]; revision: number } | undefined> {
    const kvs: KeyValue[] = [];
    let key = REGISTRY_PREFIX;
    for (;;) {
      const page = await this.#store.range({
        key,
        rangeEnd: prefixEnd(REGISTRY_PREFIX),
        limit: LIST_PAGE,
        revision,
      });
      if (!page.ok) return undefined;
      kvs.push(...page.value.kvs);
      const last = page.value.kvs.at(-1);
      if (!page.value.more || last === undefined) return { kvs, revision };
      key = `${last.key}\0`;
    }
  }

  #replaceAll(kvs: readonly KeyValue[], revision: number): void {
    this.#filledAt = revision;
    const byPrefix = this.#byPrefix(kvs, (kv) => kv.key);
    for (const [prefix, cache] of this.#caches) cache.replace(byPrefix.get(prefix) ?? [], revision);
  }

  #follow(startRevision: number): void {
    this.#watch?.cancel();
    this.#watch = this.#store.watch(
      { ...ALL_KEYS, startRevision, progressNotify: true },
      {
        onBatch: (batch) => {
          this.#take(batch.events, Number(batch.revision));
        },
        onEnd: (end) => {
          if (end.code === 'compacted') this.#refill();
        },
      },
    );
  }

  /** The past is lost (compacted while we were behind): list anew, and let every watch start anew. */
  #refill(): void {
    if (this.#stopped) return;
    this.#context.log.warn('the watch of the store fell behind a compaction; listing anew', {
      revision: this.#revision,
    });
    this.#ready = this.#fill(false);
    this.#ready.catch((error: unknown) => {
      this.#context.crash(error instanceof Error ? error : new Error(String(error)));
    });
  }

  #take(events: readonly StoreEvent[], revision: number): void {
    const byPrefix = this.#byPrefix(events, (event) => event.kv.key);
    for (const [prefix, changes] of byPrefix) this.cache(prefix).apply(changes);
    this.#advance(revision);
  }

  #advance(revision: number): void {
    this.#revision = Math.max(this.#revision, revision);
    for (const waiter of [...this.#waiters])
      if (waiter.revision <= this.#revision) waiter.done(true);
  }

  #byPrefix<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
    const byPrefix = new Map<string, T[]>();
    for (const item of items) {
      const prefix = this.#prefixOf(keyOf(item));
      if (prefix === undefined) continue;
      const group = byPrefix.get(prefix);
      if (group === undefined) byPrefix.set(prefix, [item]);
      else group.push(item);
    }
    return byPrefix;
  }

  /** `/registry/pods/default/web-1` → `/registry/pods/`; `/registry/services/specs/…` has one more segment. */
  #prefixOf(key: string): string | undefined {
    const third = key.indexOf('/', REGISTRY_PREFIX.length);
    if (third < 0) return undefined;
    const short = key.slice(0, third + 1);
    if (this.#caches.has(short)) return short;
    const fourth = key.indexOf('/', third + 1);
    if (fourth < 0) return undefined;
    const long = key.slice(0, fourth + 1);
    if (this.#caches.has(long)) return long;
    return this.#openCache(long) === undefined ? undefined : long;
  }
}
