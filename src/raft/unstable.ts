import { assert, assertDefined } from '../base/index.js';
import type { Log } from '../base/index.js';
import type { Entry, Snapshot } from './message.js';

/**
 * The part of the log that storage does not hold for certain: a snapshot and entries on their way
 * to it. They stay here after they were handed out, until storage is known to have them. Entry
 * `entries[i]` has index `offset + i`; `offset` can be below storage's last index, which then is
 * about to be overwritten.
 */
export interface Unstable {
  snapshot: Snapshot | null;
  snapshotInProgress: boolean;
  entries: Entry[];
  offset: number;
  /** Entries below this index are being written. At least `offset`. */
  offsetInProgress: number;
  readonly logger: Log;
}

export interface EntryId {
  readonly term: number;
  readonly index: number;
}

export function newUnstable(offset: number, logger: Log): Unstable {
  return {
    snapshot: null,
    snapshotInProgress: false,
    entries: [],
    offset,
    offsetInProgress: offset,
    logger,
  };
}

/** The last index here, or undefined where storage knows it. */
export function unstableLastIndex(unstable: Unstable): number | undefined {
  const count = unstable.entries.length;
  return count > 0 ? unstable.offset + count - 1 : unstable.snapshot?.metadata.index;
}

/** The term at an index, or undefined where it is not here. */
export function unstableTerm(unstable: Unstable, index: number): number | undefined {
  if (index >= unstable.offset) return unstable.entries[index - unstable.offset]?.term;
  const metadata = unstable.snapshot?.metadata;
  return metadata?.index === index ? metadata.term : undefined;
}

export function hasNextEntries(unstable: Unstable): boolean {
  return unstable.offset + unstable.entries.length > unstable.offsetInProgress;
}

/** Entries that are not being written yet. */
export function nextEntries(unstable: Unstable): readonly Entry[] {
  if (!hasNextEntries(unstable)) return [];
  return unstable.entries.slice(unstable.offsetInProgress - unstable.offset);
}

/** The snapshot, where it is not being written yet. */
export function nextSnapshot(unstable: Unstable): Snapshot | null {
  return unstable.snapshotInProgress ? null : unstable.snapshot;
}

/** All that is here has been handed out to be written. */
export function acceptInProgress(unstable: Unstable): void {
  if (unstable.entries.length > 0) {
    unstable.offsetInProgress = unstable.offset + unstable.entries.length;
  }
  if (unstable.snapshot !== null) unstable.snapshotInProgress = true;
}

/**
 * Storage has everything up to this entry, and no write under way will overwrite it. Ignored where
 * the entry is not, or no longer, the one at that index here.
 */
export function stableTo(unstable: Unstable, id: EntryId): void {
  const { index, term } = id;
  const own = unstableTerm(unstable, index);
  if (own === undefined) {
    unstable.logger.info(`entry at index ${index} missing from unstable log; ignoring`);
    return;
  }
  if (index < unstable.offset) {
    unstable.logger.info(`entry at index ${index} matched unstable snapshot; ignoring`);
    return;
  }
  if (own !== term) {
    unstable.logger.info(
      `entry at (index,term)=(${index},${term}) mismatched with ` +
        `entry at (${index},${own}) in unstable log; ignoring`,
    );
    return;
  }
  unstable.entries = unstable.entries.slice(index + 1 - unstable.offset);
  unstable.offset = index + 1;
  unstable.offsetInProgress = Math.max(unstable.offsetInProgress, unstable.offset);
}

export function stableSnapshotTo(unstable: Unstable, index: number): void {
  if (unstable.snapshot?.metadata.index !== index) return;
  unstable.snapshot = null;
  unstable.snapshotInProgress = false;
}

/** The snapshot replaces all entries. */
export function restoreUnstable(unstable: Unstable, snapshot: Snapshot): void {
  unstable.offset = snapshot.metadata.index + 1;
  unstable.offsetInProgress = unstable.offset;
  unstable.entries = [];
  unstable.snapshot = snapshot;
  unstable.snapshotInProgress = false;
}

/**
 * Appends consecutive entries; those that are here from their first index on give way (Raft §5.3).
 */
export function truncateAndAppend(unstable: Unstable, entries: readonly Entry[]): void {
  const from = assertDefined(entries[0], 'entry to append').index;
  const end = unstable.offset + unstable.entries.length;
  assert(from <= end, 'entries are missing before those to append to the unstable log');
  if (from === end) {
    for (const entry of entries) unstable.entries.push(entry);
  } else if (from <= unstable.offset) {
    unstable.logger.info(`replace the unstable entries from index ${from}`);
    unstable.entries = [...entries];
    unstable.offset = from;
    unstable.offsetInProgress = from;
  } else {
    unstable.logger.info(`truncate the unstable entries before index ${from}`);
    unstable.entries = [...unstable.entries.slice(0, from - unstable.offset), ...entries];
    unstable.offsetInProgress = Math.min(unstable.offsetInProgress, from);
  }
}

/** Entries [lo, hi), which must all be here. */
export function unstableSlice(unstable: Unstable, lo: number, hi: number): readonly Entry[] {
  assert(lo <= hi, 'invalid unstable.slice');
  assert(lo >= unstable.offset, 'unstable.slice begins before the unstable log');
  assert(
    hi <= unstable.offset + unstable.entries.length,
    'unstable.slice ends after the unstable log',
  );
  return unstable.entries.slice(lo - unstable.offset, hi - unstable.offset);
}
