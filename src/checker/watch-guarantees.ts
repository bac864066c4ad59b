import { inRange } from './store-operation.js';
import type { StoredKey, StoreRange } from './store-operation.js';
import { stateAt } from './store-state.js';
import type { StoreState } from './store-state.js';

/** All that one watcher was given, over all breaks of its streams that its client mended. */
export interface WatchRecord {
  readonly name: string;
  readonly range: StoreRange;
  /** The first revision that was asked for; 0: what came after the first batch. */
  readonly startRevision: number;
  readonly batches: readonly WatchedBatch[];
}

/** `revision` is a bookmark: everything up to it has been delivered. */
export interface WatchedBatch {
  readonly revision: number;
  readonly events: readonly WatchedEvent[];
}

export interface WatchedEvent {
  /** Null: deleted. */
  readonly value: string | null;
  readonly key: string;
  readonly createRevision: number;
  readonly modRevision: number;
  readonly version: number;
  /** Null: the key was not there, or what it was has been compacted. Absent: it was not asked for. */
  readonly previous?: StoredKey | null | undefined;
}

/** etcd's names (api_guarantees), and two more: an event says what happened, and what was there before. */
export type WatchGuarantee =
  | 'ordered'
  | 'unique'
  | 'reliable'
  | 'atomic'
  | 'resumable'
  | 'bookmarkable'
  | 'genuine'
  | 'previous-value';

export interface WatchViolation {
  readonly guarantee: WatchGuarantee;
  readonly text: string;
}

/** The first thing that a watcher of this store could not have been given, or undefined. `state` is that at the end. */
export function checkWatch(record: WatchRecord, state: StoreState): WatchViolation | undefined {
  const [guarantee, text] = misplacedEvent(record) ?? wrongBatch(record, state) ?? [];
  if (guarantee === undefined || text === undefined) return undefined;
  return { guarantee, text: `${record.name}: ${text}` };
}

type Wrong = readonly [WatchGuarantee, string];

/** What the events alone tell, whatever happened in the store. */
function misplacedEvent(record: WatchRecord): Wrong | undefined {
  const seen = new Set<string>();
  let bookmark = 0;
  let last = 0;
  for (const batch of record.batches) {
    let lastOfBatch = 0;
    for (const event of batch.events) {
      const name = nameOf(event);
      const { modRevision } = event;
      if (seen.has(name)) return ['unique', `${name} came twice`];
      if (modRevision < last) return ['ordered', `${name} came after revision ${String(last)}`];
      if (modRevision === last && lastOfBatch !== last)
        return ['atomic', `${name} came in another batch than the rest of its revision`];
      if (modRevision <= bookmark)
        return ['bookmarkable', `${name} came after the bookmark ${String(bookmark)}`];
      if (modRevision < record.startRevision)
        return ['resumable', `${name} is before the start at ${String(record.startRevision)}`];
      seen.add(name);
      last = modRevision;
      lastOfBatch = modRevision;
    }
    bookmark = Math.max(bookmark, batch.revision);
  }
  return undefined;
}

function wrongBatch(record: WatchRecord, state: StoreState): Wrong | undefined {
  const expected = expectedEvents(record.range, state);
  let nextRevision = record.startRevision;
  for (const batch of record.batches) {
    if (nextRevision === 0) nextRevision = batch.revision + 1;
    const wrong = compareEvents(batch, expected, nextRevision, state);
    if (wrong !== undefined) return wrong;
    nextRevision = Math.max(nextRevision, batch.revision + 1);
  }
  return undefined;
}

/** A batch is just the events of the revisions from the last bookmark to its own. */
function compareEvents(
  batch: WatchedBatch,
  expected: readonly ExpectedEvent[],
  nextRevision: number,
  state: StoreState,
): Wrong | undefined {
  const wanted = expected
    .slice(firstFrom(expected, nextRevision), firstFrom(expected, batch.revision + 1))
    .sort(byPlace);
  const got = [...batch.events].sort(byPlace);
  for (const [place, want] of wanted.entries()) {
    const event = got[place];
    if (event === undefined || byPlace(event, want) > 0)
      return [
        'reliable',
        `${nameOf(want)} never came, as the bookmark ${String(batch.revision)} shows`,
      ];
    if (byPlace(event, want) < 0) return ['genuine', `${nameOf(event)} did not happen`];
    if (event.value !== want.value || event.version !== want.version)
      return ['genuine', `${nameOf(event)} was ${String(want.value)}, not ${String(event.value)}`];
    if (event.createRevision !== want.createRevision)
      return ['genuine', `${nameOf(event)} was created at ${String(want.createRevision)}`];
    const wrong = wrongPrevious(event, want, state);
    if (wrong !== undefined) return ['previous-value', wrong];
  }
  const extra = got[wanted.length];
  return extra === undefined ? undefined : ['genuine', `${nameOf(extra)} did not happen`];
}

/** Only what has been compacted may be left out. */
function wrongPrevious(
  event: WatchedEvent,
  want: ExpectedEvent,
  state: StoreState,
): string | undefined {
  const { previous } = event;
  if (previous === undefined) return undefined;
  if (previous === null) {
    const compacted = event.modRevision - 1 < state.compactRevision;
    return want.previous === undefined || compacted
      ? undefined
      : `${nameOf(event)} came without what was there before`;
  }
  const same =
    previous.value === want.previous?.value && previous.modRevision === want.previous.modRevision;
  return same
    ? undefined
    : `${nameOf(event)} followed ${want.previous?.value ?? 'nothing'}, not ${previous.value}`;
}

interface ExpectedEvent {
  readonly key: string;
  readonly value: string | null;
  readonly createRevision: number;
  readonly modRevision: number;
  readonly version: number;
  readonly previous: StoredKey | undefined;
}

/** In order of revision. */
function expectedEvents(range: StoreRange, end: StoreState): readonly ExpectedEvent[] {
  const events: ExpectedEvent[] = [];
  for (let state = end; state.before !== undefined; state = state.before) {
    for (const { key, value } of state.changes) {
      if (!inRange(range, key)) continue;
      const kv = value === null ? undefined : state.keys.get(key);
      events.push({
        key,
        value,
        createRevision: kv?.createRevision ?? 0,
        modRevision: state.revision,
        version: kv?.version ?? 0,
        previous: stateAt(state.before, state.revision - 1).keys.get(key),
      });
    }
  }
  return events.reverse();
}

/** The place of the first event of this revision or a later one. */
function firstFrom(events: readonly ExpectedEvent[], revision: number): number {
  let [low, high] = [0, events.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((events[middle]?.modRevision ?? Infinity) < revision) low = middle + 1;
    else high = middle;
  }
  return low;
}

interface Placed {
  readonly key: string;
  readonly modRevision: number;
}

function byPlace(a: Placed, b: Placed): number {
  if (a.modRevision !== b.modRevision) return a.modRevision - b.modRevision;
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}

function nameOf({ key, modRevision }: Placed): string {
  return `${key}@${String(modRevision)}`;
}
