import type { CachedObject } from './cached-object.js';
import type { RegistryFeed } from './registry-feed.js';
import type { CacheEvent, ResourceCache } from './resource-cache.js';
import type { Selection } from './watch-item.js';
import { eventItems, initialItems } from './watch-session.js';
import type { TooOld, WatchSession, WatchSink, WatchStart } from './watch-session.js';

/** How the views of objects are made before a watcher sees them. False: they cannot be had, and `refused` was called. */
export type PrepareViews = (objects: readonly CachedObject[]) => Promise<boolean>;

/** Changes that wait for their views; a watch with more is cut off, and its client resumes. */
const WAITING_EVENTS_MAX = 5_000;

/** As `startWatchSession`, where objects have to be converted by a webhook first: one batch after the other, in order. */
export function startPreparedSession(
  feed: RegistryFeed,
  cache: ResourceCache,
  selection: Selection,
  start: WatchStart,
  sink: WatchSink,
  prepare: PrepareViews,
): WatchSession | TooOld {
  const skipUpTo = start.type === 'after' ? start.revision : feed.revision;
  let delivered = start.type === 'after' ? start.revision : 0;
  let waiting: CacheEvent[] = [];
  let running = false;
  let open = true;
  const isOpen = (): boolean => open;
  const close = (): void => {
    open = false;
    unlisten();
  };
  const unlisten = cache.listen({
    onEvents(events) {
      waiting.push(...events.filter((event) => event.revision > skipUpTo));
      if (waiting.length <= WAITING_EVENTS_MAX) void run();
      else lose();
    },
    onReset: lose,
  });

  function lose(): void {
    if (!open) return;
    close();
    sink.lost();
  }

  async function run(first?: () => Promise<boolean>): Promise<void> {
    if (running) return;
    running = true;
    if (first !== undefined && !(await first())) close();
    while (isOpen() && waiting.length > 0) {
      const events = waiting;
      waiting = [];
      if (!(await prepare(events.flatMap((event) => objectsOf(event, selection))))) close();
      if (!isOpen()) break;
      const items = eventItems(events, selection) ?? [];
      delivered = Math.max(delivered, events.at(-1)?.revision ?? 0);
      if (items.length > 0) sink.deliver(items);
    }
    running = false;
  }

  if (start.type === 'after') {
    const missed = cache.since(start.revision);
    if (missed === undefined) {
      close();
      return { code: 'too-old', oldestRevision: cache.oldestRevision };
    }
    waiting.push(...missed);
    void run();
  } else {
    const { revision } = feed;
    const objects = [...cache.list(selection.prefix)];
    void run(async () => {
      if (!(await prepare(objects))) return false;
      if (!isOpen()) return true;
      const items = initialItems(revision, objects, selection, start.endBookmark);
      delivered = revision;
      if (items.length > 0) sink.deliver(items);
      return true;
    });
  }
  return {
    get revision() {
      return running || waiting.length > 0 ? delivered : Math.max(delivered, feed.revision);
    },
    close,
  };
}

/** What it was before matters only to whoever selects. */
function objectsOf(event: CacheEvent, selection: Selection): CachedObject[] {
  const { key, current, previous, gone } = event;
  if (!key.startsWith(selection.prefix)) return [];
  const before = selection.matches === undefined ? undefined : previous;
  const last = current === undefined || before !== undefined ? gone : undefined;
  return [current, before, last].filter((each) => each !== undefined);
}
