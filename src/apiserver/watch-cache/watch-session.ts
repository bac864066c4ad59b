import type { CachedObject } from './cached-object.js';
import type { RegistryFeed } from './registry-feed.js';
import type { CacheEvent, ResourceCache } from './resource-cache.js';
import { isSelected, watchItemOf } from './watch-item.js';
import type { Selection, WatchItem } from './watch-item.js';

/** From where a watch begins. */
export type WatchStart =
  /** All selected objects as ADDED, and then what changes. `endBookmark`: a bookmark says where they end (KEP-3157). */
  | { readonly type: 'initial-events'; readonly endBookmark: boolean }
  /** What changes after this revision. */
  | { readonly type: 'after'; readonly revision: number };

export interface WatchSink {
  deliver(items: readonly WatchItem[]): void;
  /** The cache lost its continuity: the client has to list anew. Called at most once, and last. */
  lost(): void;
}

export interface WatchSession {
  /** Everything up to this revision was delivered to the sink, or did not concern it. */
  readonly revision: number;
  close(): void;
}

/** The revision asked for is older than what the cache remembers; the oldest that would do. */
export interface TooOld {
  readonly code: 'too-old';
  readonly oldestRevision: number;
}

/** Starts a watch: the beginning is delivered within this call, and all later changes as they come. */
export function startWatchSession(
  feed: RegistryFeed,
  cache: ResourceCache,
  selection: Selection,
  start: WatchStart,
  sink: WatchSink,
): WatchSession | TooOld {
  const skipUpTo = start.type === 'after' ? start.revision : feed.revision;
  const beginning =
    start.type === 'after'
      ? eventItems(cache.since(start.revision), selection)
      : initialItems(feed.revision, cache.list(selection.prefix), selection, start.endBookmark);
  if (beginning === undefined) return { code: 'too-old', oldestRevision: cache.oldestRevision };
  let revision = Math.max(skipUpTo, feed.revision);
  const unlisten = cache.listen({
    onEvents(events) {
      const items =
        eventItems(
          events.filter((event) => event.revision > skipUpTo),
          selection,
        ) ?? [];
      revision = Math.max(revision, events.at(-1)?.revision ?? 0);
      if (items.length > 0) sink.deliver(items);
    },
    onReset() {
      sink.lost();
    },
  });
  if (beginning.length > 0) sink.deliver(beginning);
  return {
    get revision() {
      return Math.max(revision, feed.revision);
    },
    close: unlisten,
  };
}

export function eventItems(
  events: readonly CacheEvent[] | undefined,
  selection: Selection,
): WatchItem[] | undefined {
  if (events === undefined) return undefined;
  const items: WatchItem[] = [];
  for (const event of events) {
    const item = watchItemOf(event, selection);
    if (item !== undefined) items.push(item);
  }
  return items;
}

export function initialItems(
  revision: number,
  objects: Iterable<CachedObject>,
  selection: Selection,
  endBookmark: boolean,
): WatchItem[] {
  const items: WatchItem[] = [];
  for (const cached of objects) {
    const object = selection.view?.(cached) ?? cached;
    if (isSelected(selection, object))
      items.push({ type: 'ADDED', object, resumeAfter: undefined });
  }
  if (endBookmark) items.push({ type: 'BOOKMARK', resumeAfter: revision, initialEventsEnd: true });
  return items;
}
