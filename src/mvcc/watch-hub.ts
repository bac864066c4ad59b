import { assert, revision } from '../base/index.js';
import type { Revision } from '../base/index.js';
import { boundsOf, withinBounds } from './key-range.js';
import type { KeyRange, KeyValue, WatchEvent } from './request.js';
import { eventType } from './watch-event.js';
import type { EventSource } from './watch-event.js';
import { eventBytes, FRAGMENT_BYTES, fragmentsOf } from './watch-fragment.js';
import { createWatcherIndex } from './watcher-index.js';
import type { WatcherIndex } from './watcher-index.js';

/** Events of whole revisions. Everything of the watcher up to `revision` has been delivered. */
export interface EventBatch {
  readonly events: readonly WatchEvent[];
  readonly revision: Revision;
  /**
   * A piece of a batch that was too large, and not the last: the next piece follows at once. Its events are beyond
   * `revision`, which moves with the last piece.
   */
  readonly fragment?: true;
}

/** Events that a watcher does not want, by etcd's names. */
export type WatchFilter = 'noput' | 'nodelete';

export interface WatchOptions extends KeyRange {
  /** The first revision to deliver; 0 or absent: what comes after now. */
  readonly startRevision?: number | undefined;
  readonly prevKv?: boolean | undefined;
  readonly progressNotify?: boolean | undefined;
  readonly filters?: readonly WatchFilter[] | undefined;
  /** Batches may come in pieces, so that none is much larger than `FRAGMENT_BYTES`. */
  readonly fragment?: boolean | undefined;
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
  /** An empty batch that says how far the watcher has come: at once where it is up to date, else as soon as it is. */
  requestProgress(): void;
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

/** A batch of the past is closed at the first end of a revision at or after this many events, or bytes. */
export const CATCH_UP_BATCH_EVENTS = 256;
const CATCH_UP_BATCH_BYTES = 1024 * 1024;
/** Records that one watcher may look at before the next has its turn. */
const SLICE_RECORDS = 1024;

interface Watcher {
  readonly range: KeyRange;
  readonly prevKv: boolean;
  readonly progressNotify: boolean;
  readonly fragment: boolean;
  readonly unwanted: ReadonlySet<WatchEvent['type']>;
  readonly handlers: WatchHandlers;
  progressRequested: boolean;
  state: 'synced' | 'behind' | 'full' | 'ended';
  /** What comes before it is not to be delivered (any more). It lags while a synced watcher sees no event. */
  nextRevision: number;
}

interface Hub {
  source: EventSource;
  readonly onBehind: () => void;
  readonly all: Set<Watcher>;
  readonly synced: WatcherIndex<Watcher>;
  /** In the order of their turns. */
  readonly behind: Set<Watcher>;
}

/** `onBehind` is called when there begins to be something to catch up. */
export function createWatchHub(source: EventSource, onBehind: () => void): WatchHub {
  const hub: Hub = {
    source,
    onBehind,
    all: new Set(),
    synced: createWatcherIndex(),
    behind: new Set(),
  };
  return {
    get watchers() {
      return hub.all.size;
    },
    watch: (options, handlers) => watch(hub, options, handlers),
    applied: (changed) => {
      applied(hub, changed);
    },
    catchUp: (recordsMax) => catchUp(hub, recordsMax),
    notifyProgress: () => {
      notifyProgress(hub);
    },
    replaced: (newSource) => {
      replaced(hub, newSource);
    },
  };
}

function watch(hub: Hub, options: WatchOptions, handlers: WatchHandlers): WatchHandle {
  const { currentRevision } = hub.source;
  const watcher = makeWatcher(options, handlers, currentRevision);
  const { nextRevision } = watcher;
  hub.all.add(watcher);
  if (nextRevision < hub.source.compactRevision) {
    endCompacted(hub, watcher);
  } else {
    enter(hub, watcher);
    const from = revision(Math.min(nextRevision - 1, currentRevision));
    const taken = handlers.onBatch({ events: [], revision: from });
    if (!taken && isOpen(watcher)) leave(hub, watcher, 'full');
  }
  return {
    cancel() {
      if (isOpen(watcher)) leave(hub, watcher, 'ended');
    },
    resume() {
      if (watcher.state === 'full') enter(hub, watcher);
    },
    requestProgress() {
      watcher.progressRequested = true;
      if (watcher.state === 'synced') answerProgress(hub, watcher);
    },
  };
}

function makeWatcher(
  options: WatchOptions,
  handlers: WatchHandlers,
  currentRevision: Revision,
): Watcher {
  const { startRevision = 0, key, rangeEnd, filters = [] } = options;
  return {
    range: { key, rangeEnd },
    prevKv: options.prevKv === true,
    progressNotify: options.progressNotify === true,
    fragment: options.fragment === true,
    unwanted: new Set(filters.map((filter) => (filter === 'noput' ? 'put' : 'delete'))),
    handlers,
    progressRequested: false,
    state: 'full',
    nextRevision: startRevision > 0 ? startRevision : currentRevision + 1,
  };
}

/** Gives a watcher that can take something its place: with the synced ones, or with those behind. */
function enter(hub: Hub, watcher: Watcher): void {
  if (watcher.nextRevision > hub.source.currentRevision) {
    watcher.state = 'synced';
    hub.synced.add(watcher);
    if (watcher.progressRequested) answerProgress(hub, watcher);
    return;
  }
  watcher.state = 'behind';
  hub.behind.add(watcher);
  if (hub.behind.size === 1) hub.onBehind();
}

function leave(hub: Hub, watcher: Watcher, state: 'full' | 'ended'): void {
  if (watcher.state === 'synced') hub.synced.remove(watcher);
  if (watcher.state === 'behind') hub.behind.delete(watcher);
  watcher.state = state;
  if (state === 'ended') hub.all.delete(watcher);
}

function endCompacted(hub: Hub, watcher: Watcher): void {
  leave(hub, watcher, 'ended');
  watcher.handlers.onCompacted(hub.source.compactRevision);
}

/** False: the watcher takes no more, or is over. */
function deliver(hub: Hub, watcher: Watcher, events: readonly WatchEvent[], upTo: number): boolean {
  assert(upTo >= watcher.nextRevision - 1, 'a watch does not go back');
  const rest = watcher.fragment ? deliverFragments(watcher, events) : events;
  if (!isOpen(watcher)) return false;
  watcher.nextRevision = upTo + 1;
  const taken = watcher.handlers.onBatch({ events: rest, revision: revision(upTo) });
  if (!taken && isOpen(watcher)) leave(hub, watcher, 'full');
  return taken && isOpen(watcher);
}

/** All pieces but the last, which is returned. A sink that is full meanwhile takes them all the same: they are one batch. */
function deliverFragments(watcher: Watcher, events: readonly WatchEvent[]): readonly WatchEvent[] {
  const pieces = fragmentsOf(events, FRAGMENT_BYTES);
  const last = pieces.pop();
  for (const piece of pieces) {
    if (!isOpen(watcher)) break;
    const reached = revision(watcher.nextRevision - 1);
    watcher.handlers.onBatch({ events: piece, revision: reached, fragment: true });
  }
  return last ?? [];
}

/** The watcher is synced. One from the future keeps its start. */
function answerProgress(hub: Hub, watcher: Watcher): void {
  watcher.progressRequested = false;
  const { currentRevision } = hub.source;
  watcher.nextRevision = Math.max(watcher.nextRevision, currentRevision + 1);
  const taken = watcher.handlers.onBatch({ events: [], revision: currentRevision });
  if (!taken && isOpen(watcher)) leave(hub, watcher, 'full');
}

function applied(hub: Hub, changed: readonly KeyValue[]): void {
  const first = changed[0];
  if (first === undefined) return;
  assert(first.modRevision === hub.source.currentRevision, 'the revision that was just applied');
  if (hub.all.size === 0) return;
  const batches = new Map<Watcher, WatchEvent[]>();
  for (const version of changed) gather(hub, version, batches);
  for (const [watcher, events] of batches) {
    if (watcher.state === 'synced') deliver(hub, watcher, events, first.modRevision);
  }
}

/** Adds a version's event to the batch of every synced watcher of its key. All share one event object, or two with prevKv. */
function gather(hub: Hub, version: KeyValue, batches: Map<Watcher, WatchEvent[]>): void {
  let plain: WatchEvent | undefined;
  let withPrevKv: WatchEvent | undefined;
  const type = eventType(version);
  hub.synced.visit(version.key, (watcher) => {
    if (version.modRevision < watcher.nextRevision || watcher.unwanted.has(type)) return;
    const event = watcher.prevKv
      ? (withPrevKv ??= hub.source.event(version, true))
      : (plain ??= hub.source.event(version, false));
    const events = batches.get(watcher);
    if (events === undefined) batches.set(watcher, [event]);
    else events.push(event);
  });
}

function catchUp(hub: Hub, recordsMax: number): boolean {
  let left = recordsMax;
  while (left > 0) {
    const [watcher] = hub.behind;
    if (watcher === undefined) break;
    left -= Math.max(1, catchUpWatcher(hub, watcher, Math.min(left, SLICE_RECORDS)));
    // To the end of the queue, if it is still in it.
    if (hub.behind.delete(watcher)) hub.behind.add(watcher);
  }
  return hub.behind.size > 0;
}

/** One slice, cut at the end of a revision. Returns the records that it looked at. */
function catchUpWatcher(hub: Hub, watcher: Watcher, recordsMax: number): number {
  if (watcher.nextRevision < hub.source.compactRevision) {
    endCompacted(hub, watcher);
    return 1;
  }
  const bounds = boundsOf(watcher.range);
  let events: WatchEvent[] = [];
  let bytes = 0;
  let seen = 0;
  let upTo = watcher.nextRevision - 1;
  hub.source.scan(watcher.nextRevision, (version, lastOfRevision) => {
    seen++;
    if (withinBounds(bounds, version.key) && !watcher.unwanted.has(eventType(version))) {
      const event = hub.source.event(version, watcher.prevKv);
      events.push(event);
      bytes += eventBytes(event);
    }
    if (!lastOfRevision) return true;
    upTo = version.modRevision;
    if (events.length >= CATCH_UP_BATCH_EVENTS || bytes >= CATCH_UP_BATCH_BYTES) {
      const batch = events;
      events = [];
      bytes = 0;
      if (!deliver(hub, watcher, batch, upTo)) return false;
    }
    return seen < recordsMax;
  });
  if (watcher.state !== 'behind') return seen;
  if (events.length > 0 && !deliver(hub, watcher, events, upTo)) return seen;
  watcher.nextRevision = upTo + 1;
  if (seen < recordsMax || upTo === hub.source.currentRevision) becomeSynced(hub, watcher);
  return seen;
}

function becomeSynced(hub: Hub, watcher: Watcher): void {
  hub.behind.delete(watcher);
  watcher.nextRevision = Math.max(watcher.nextRevision, hub.source.currentRevision + 1);
  enter(hub, watcher);
}

function notifyProgress(hub: Hub): void {
  for (const watcher of [...hub.all]) {
    const upToDate =
      watcher.state === 'synced' && watcher.nextRevision <= hub.source.currentRevision + 1;
    if (upToDate && watcher.progressNotify) deliver(hub, watcher, [], hub.source.currentRevision);
  }
}

function replaced(hub: Hub, newSource: EventSource): void {
  const reached = hub.source.currentRevision;
  assert(newSource.currentRevision >= reached, 'the store is replaced by a newer one');
  hub.source = newSource;
  for (const watcher of [...hub.all]) {
    if (watcher.state !== 'synced') continue;
    hub.synced.remove(watcher);
    watcher.nextRevision = Math.max(watcher.nextRevision, reached + 1);
    enter(hub, watcher);
  }
}

/** A call, since a callback may have ended the watcher unseen by the compiler. */
function isOpen(watcher: Watcher): boolean {
  return watcher.state !== 'ended';
}
