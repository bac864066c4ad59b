import { assert, revision } from '../base/index.js';
import type { Revision } from '../base/index.js';
import { boundsOf, withinBounds } from './key-range.js';
import type { KeyRange, KeyValue, WatchEvent } from './request.js';
import type { EventSource } from './watch-event.js';
import { createWatcherIndex } from './watcher-index.js';

/** Events of whole revisions. Everything of the watcher up to `revision` has been delivered. */
export interface EventBatch {
  readonly events: readonly WatchEvent[];
  readonly revision: Revision;
}

export interface WatchOptions extends KeyRange {
  /** The first revision to deliver; 0 or absent: what comes after now. */
  readonly startRevision?: number | undefined;
  readonly prevKv?: boolean | undefined;
  readonly progressNotify?: boolean | undefined;
}

export interface WatchHandlers {
  /**
   * Called synchronously. False: the sink is full; the batch was taken, and the next comes after `resume`. Nothing is
   * buffered meanwhile: history is the buffer, and compaction its bound.
   */
  onBatch(batch: EventBatch): boolean;
  /** The watcher is over: what it would deliver next has been compacted. */
  onCompacted(compactRevision: Revision): void;
}

export interface WatchHandle {
  /** No callback comes after this. */
  cancel(): void;
  /** The sink has room again. */
  resume(): void;
}

/**
 * Delivers events to watchers: in order, each once, all events of a revision together. A watcher that is up to date is
 * "synced" and gets each revision as it is applied; one that starts in the past, or was full, is "behind" and catches up
 * from history in slices.
 */
export interface WatchHub {
  readonly watchers: number;
  /** Calls `onBatch` with an empty batch that says from where it starts, or `onCompacted`, before it returns. */
  watch(options: WatchOptions, handlers: WatchHandlers): WatchHandle;
  /** To be called after each write that changed something, before the next one. */
  applied(changed: readonly KeyValue[]): void;
  /** Looks at about `recordsMax` records for watchers that are behind. True: there is more to do. */
  catchUp(recordsMax: number): boolean;
  /** Empty batches for the synced watchers that asked for them. */
  notifyProgress(): void;
  /** The store was replaced by a newer one. */
  replaced(source: EventSource): void;
}

/** A batch of the past is closed at the first end of a revision at or after this many events. */
export const CATCH_UP_BATCH_EVENTS = 256;
/** Records that one watcher may look at before the next has its turn. */
const SLICE_RECORDS = 1024;

interface Watcher {
  readonly range: KeyRange;
  readonly prevKv: boolean;
  readonly progressNotify: boolean;
  readonly handlers: WatchHandlers;
  state: 'synced' | 'behind' | 'full' | 'ended';
  /** What comes before it is not to be delivered (any more). Of a synced watcher it may lag. */
  nextRevision: number;
}

/** `onBehind` is called when there begins to be something to catch up. */
export function createWatchHub(initialSource: EventSource, onBehind: () => void): WatchHub {
  let source = initialSource;
  const all = new Set<Watcher>();
  const synced = createWatcherIndex<Watcher>();
  const behind = new Set<Watcher>();

  const enter = (watcher: Watcher): void => {
    if (watcher.nextRevision > source.currentRevision) {
      watcher.state = 'synced';
      synced.add(watcher);
      return;
    }
    watcher.state = 'behind';
    behind.add(watcher);
    if (behind.size === 1) onBehind();
  };
  const leave = (watcher: Watcher, state: 'full' | 'ended' | 'behind'): void => {
    if (watcher.state === 'synced') synced.remove(watcher);
    if (watcher.state === 'behind') behind.delete(watcher);
    watcher.state = state;
    if (state === 'ended') all.delete(watcher);
  };
  /** False: the watcher takes no more, or is over. */
  const deliver = (watcher: Watcher, events: readonly WatchEvent[], upTo: number): boolean => {
    assert(upTo >= watcher.nextRevision - 1, 'a watch does not go back');
    watcher.nextRevision = Math.max(watcher.nextRevision, upTo + 1);
    const taken = watcher.handlers.onBatch({ events, revision: revision(upTo) });
    if (!taken && watcher.state !== 'ended') leave(watcher, 'full');
    return taken && watcher.state !== 'ended';
  };
  const endCompacted = (watcher: Watcher): void => {
    leave(watcher, 'ended');
    watcher.handlers.onCompacted(source.compactRevision);
  };
  /** One slice for a watcher that is behind. Returns the records that it looked at. */
  const catchUpWatcher = (watcher: Watcher, recordsMax: number): number => {
    if (watcher.nextRevision < source.compactRevision) {
      endCompacted(watcher);
      return 1;
    }
    const bounds = boundsOf(watcher.range);
    let events: WatchEvent[] = [];
    let seen = 0;
    let open = true;
    source.scan(watcher.nextRevision, (version, lastOfRevision) => {
      seen++;
      if (withinBounds(bounds, version.key)) events.push(source.event(version, watcher.prevKv));
      if (!lastOfRevision) return true;
      if (events.length >= CATCH_UP_BATCH_EVENTS || (seen >= recordsMax && events.length > 0)) {
        const batch = events;
        events = [];
        open = deliver(watcher, batch, version.modRevision);
      } else if (seen >= recordsMax) {
        watcher.nextRevision = version.modRevision + 1;
      }
      return open && seen < recordsMax;
    });
    if (!open) return seen;
    if (events.length > 0 && !deliver(watcher, events, source.currentRevision)) return seen;
    if (watcher.nextRevision > source.currentRevision || seen < recordsMax) {
      watcher.nextRevision = Math.max(watcher.nextRevision, source.currentRevision + 1);
      leave(watcher, 'behind');
      enter(watcher);
    }
    return seen;
  };

  return {
    get watchers() {
      return all.size;
    },
    watch(options, handlers) {
      const { startRevision = 0, prevKv = false, progressNotify = false, key, rangeEnd } = options;
      const nextRevision = startRevision > 0 ? startRevision : source.currentRevision + 1;
      const watcher: Watcher = { range: { key, rangeEnd }, prevKv, progressNotify, handlers, state: 'full', nextRevision };
      all.add(watcher);
      if (nextRevision < source.compactRevision) {
        endCompacted(watcher);
      } else {
        enter(watcher);
        const from = Math.min(nextRevision - 1, source.currentRevision);
        if (!handlers.onBatch({ events: [], revision: revision(from) }) && isOpen(watcher)) leave(watcher, 'full');
      }
      return {
        cancel() {
          if (watcher.state !== 'ended') leave(watcher, 'ended');
        },
        resume() {
          if (watcher.state === 'full') enter(watcher);
        },
      };
    },
    applied(changed) {
      const first = changed[0];
      if (first === undefined) return;
      assert(first.modRevision === source.currentRevision, 'the revision that was just applied');
      const batches = new Map<Watcher, WatchEvent[]>();
      for (const version of changed) gather(synced, source, version, batches);
      for (const [watcher, events] of batches) {
        if (watcher.state === 'synced') deliver(watcher, events, first.modRevision);
      }
    },
    catchUp(recordsMax) {
      let left = recordsMax;
      while (left > 0) {
        const watcher = behind.values().next().value;
        if (watcher === undefined) break;
        left -= Math.max(1, catchUpWatcher(watcher, Math.min(left, SLICE_RECORDS)));
        if (behind.delete(watcher)) behind.add(watcher);
      }
      return behind.size > 0;
    },
    notifyProgress() {
      for (const watcher of [...all]) {
        if (watcher.state === 'synced' && watcher.progressNotify && watcher.nextRevision <= source.currentRevision + 1) {
          deliver(watcher, [], source.currentRevision);
        }
      }
    },
    replaced(newSource) {
      assert(newSource.currentRevision >= source.currentRevision, 'the store is replaced by a newer one');
      const reached = source.currentRevision;
      source = newSource;
      for (const watcher of [...all]) {
        if (watcher.state !== 'synced') continue;
        watcher.nextRevision = Math.max(watcher.nextRevision, reached + 1);
        leave(watcher, 'behind');
        enter(watcher);
      }
    },
  };
}

function isOpen(watcher: Watcher): boolean {
  return watcher.state !== 'ended';
}

function gather(
  synced: { visit(key: string, visitor: (watcher: Watcher) => void): void }, source: EventSource, version: KeyValue,
  batches: Map<Watcher, WatchEvent[]>,
): void {
  let plain: WatchEvent | undefined;
  let withPrevKv: WatchEvent | undefined;
  synced.visit(version.key, (watcher) => {
    if (version.modRevision < watcher.nextRevision) return;
    const event = watcher.prevKv
      ? (withPrevKv ??= source.event(version, true))
      : (plain ??= source.event(version, false));
    const events = batches.get(watcher);
    if (events === undefined) batches.set(watcher, [event]);
    else events.push(event);
  });
}
