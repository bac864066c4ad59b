import { assert } from '../base/index.js';
import type { Log, LogIndex } from '../base/index.js';
import { entriesSizeBytes, limitSize } from './entry-size.js';
import type { Entry, Snapshot } from './message.js';
import type { Storage } from './storage.js';
import {
  newUnstable,
  restoreUnstable,
  truncateAndAppend,
  unstableLastIndex,
  unstableSlice,
  unstableTerm,
} from './unstable.js';
import type { EntryId, Unstable } from './unstable.js';

/**
 * The whole log: storage, and what is on its way there. `applied <= applying <= committed`; entries
 * between `applied` and `applying` have been handed to the state machine and not been acknowledged
 * yet.
 */
export interface RaftLog {
  readonly storage: Storage;
  readonly unstable: Unstable;
  committed: number;
  applying: number;
  applied: number;
  readonly logger: Log;
  /** Bytes of entries that may be with the state machine at once. */
  readonly maxApplyingBytes: number;
  applyingBytes: number;
  /** True until the state machine acknowledges some of what it has. */
  applyingPaused: boolean;
}

/** Entries of a MsgApp: those after `prev`, as a leader of `term` has them. */
export interface LogSlice {
  readonly prev: EntryId;
  readonly entries: readonly Entry[];
}

export function newLog(storage: Storage, logger: Log, maxApplyingBytes: number): RaftLog {
  const compacted = storage.firstIndex() - 1;
  return {
    storage,
    unstable: newUnstable(storage.lastIndex() + 1, logger),
    committed: compacted,
    applying: compacted,
    applied: compacted,
    logger,
    maxApplyingBytes,
    applyingBytes: 0,
    applyingPaused: false,
  };
}

export function describeLog(log: RaftLog): string {
  const { unstable } = log;
  return (
    `committed=${log.committed}, applied=${log.applied}, applying=${log.applying}, ` +
    `unstable.offset=${unstable.offset}, ` +
    `unstable.offsetInProgress=${unstable.offsetInProgress}, ` +
    `len(unstable.Entries)=${unstable.entries.length}`
  );
}

export function firstIndex(log: RaftLog): number {
  const snapshot = log.unstable.snapshot;
  return snapshot === null ? log.storage.firstIndex() : snapshot.metadata.index + 1;
}

export function lastIndex(log: RaftLog): number {
  return unstableLastIndex(log.unstable) ?? log.storage.lastIndex();
}

/** The term of the entry at an index, or undefined where it is compacted away or not there yet. */
export function termAt(log: RaftLog, index: number): number | undefined {
  const term = unstableTerm(log.unstable, index);
  if (term !== undefined) return term;
  // The term of the entry before the first one is still known: the snapshot holds it.
  if (index + 1 < firstIndex(log) || index > lastIndex(log)) return undefined;
  const stored = log.storage.term(index as LogIndex);
  return stored.ok ? stored.value : undefined;
}

export function matchTerm(log: RaftLog, id: EntryId): boolean {
  return termAt(log, id.index) === id.term;
}

export function lastEntryId(log: RaftLog): EntryId {
  const index = lastIndex(log);
  const term = termAt(log, index);
  assert(term !== undefined, 'unexpected error when getting the last term');
  return { term, index };
}

/** Whether a log that ends like this is at least as new as this one (Raft §5.4.1). */
export function isUpToDate(log: RaftLog, theirs: EntryId): boolean {
  const own = lastEntryId(log);
  return theirs.term > own.term || (theirs.term === own.term && theirs.index >= own.index);
}

/**
 * Appends a leader's entries where they connect (Raft §5.3). The last index of them, or null where
 * they do not.
 */
export function maybeAppend(log: RaftLog, slice: LogSlice, leaderCommit: number): number | null {
  if (!matchTerm(log, slice.prev)) return null;
  const last = slice.prev.index + slice.entries.length;
  const conflict = findConflict(log, slice.entries);
  if (conflict !== 0) {
    assert(conflict > log.committed, 'an entry conflicts with a committed entry');
    append(log, slice.entries.slice(conflict - slice.prev.index - 1));
  }
  commitTo(log, Math.min(leaderCommit, last));
  return last;
}

/** Appends consecutive entries, over what may be there; committed ones never change. */
export function append(log: RaftLog, entries: readonly Entry[]): void {
  const [first] = entries;
  if (first === undefined) return;
  assert(first.index > log.committed, 'an append would overwrite committed entries');
  truncateAndAppend(log.unstable, entries);
}

/** The index of the first entry that is new here, or differs in its term; 0 where all are here. */
function findConflict(log: RaftLog, entries: readonly Entry[]): number {
  for (const entry of entries) {
    if (matchTerm(log, entry)) continue;
    if (entry.index <= lastIndex(log)) {
      log.logger.info(
        `found conflict at index ${entry.index} ` +
          `[existing term: ${termAt(log, entry.index) ?? 0}, conflicting term: ${entry.term}]`,
      );
    }
    return entry.index;
  }
  return 0;
}

/**
 * The best guess of where this log ends to agree with another of which one entry is known: the
 * largest index up to `index` whose term is at most `term`, or is not known (then 0 is its term).
 * Terms only rise along a log, so that nothing above can match, and a follower whose tail diverged
 * is found in one probe a term (Raft §5.3, end).
 *
 * Worked example: leader terms 1 3 3 3 5 5 5 5 5, follower terms 1 1 1 1 2 2. The follower answers
 * a probe at 9 with (6, term 2); the leader's entries 2 to 6 have higher terms than 2, so that it
 * probes at 1 next.
 */
export function findConflictByTerm(log: RaftLog, index: number, term: number): EntryId {
  for (let at = index; at > 0; at--) {
    const own = termAt(log, at);
    if (own === undefined) return { index: at, term: 0 };
    if (own <= term) return { index: at, term: own };
  }
  return { index: 0, term: 0 };
}

/**
 * Never goes back. Beyond the last index it would say that entries were lost: that crashes the
 * replica.
 */
export function commitTo(log: RaftLog, index: number): void {
  if (index <= log.committed) return;
  assert(
    index <= lastIndex(log),
    'tocommit is out of range [lastIndex]. Was the raft log corrupted, truncated, or lost?',
  );
  log.committed = index;
}

/**
 * Commits up to an entry that a quorum has, if it is of the given term (Raft §5.4.2). True where
 * that is progress.
 */
export function maybeCommitTo(log: RaftLog, at: EntryId): boolean {
  if (at.term === 0 || at.index <= log.committed || !matchTerm(log, at)) return false;
  commitTo(log, at.index);
  return true;
}

/** The state machine has everything up to `index`; `bytes` of entries came back from it. */
export function appliedTo(log: RaftLog, index: number, bytes: number): void {
  assert(index <= log.committed, 'applied is beyond the committed index');
  assert(index >= log.applied, 'applied goes back');
  log.applied = index;
  log.applying = Math.max(log.applying, index);
  log.applyingBytes = Math.max(0, log.applyingBytes - bytes);
  log.applyingPaused = log.applyingBytes >= log.maxApplyingBytes;
}

/** Entries up to `index`, of so many bytes, have been handed to the state machine. */
export function acceptApplying(
  log: RaftLog,
  index: number,
  bytes: number,
  allowUnstable: boolean,
): void {
  assert(index <= log.committed, 'applying is beyond the committed index');
  log.applying = index;
  log.applyingBytes += bytes;
  // Fewer than could be applied were handed out: the next one would break the limit.
  const cutShort = index < maxAppliableIndex(log, allowUnstable);
  log.applyingPaused = log.applyingBytes >= log.maxApplyingBytes || cutShort;
}

/**
 * The last committed index that may be applied: with `allowUnstable` even before it is on this
 * node's own disk.
 */
function maxAppliableIndex(log: RaftLog, allowUnstable: boolean): number {
  return allowUnstable ? log.committed : Math.min(log.committed, log.unstable.offset - 1);
}

export function hasNextCommitted(log: RaftLog, allowUnstable: boolean): boolean {
  // A snapshot that is on its way is applied first, alone.
  if (log.applyingPaused || log.unstable.snapshot !== null) return false;
  return log.applying < maxAppliableIndex(log, allowUnstable);
}

/** Committed entries that the state machine has not been given, within its limit of bytes. */
export function nextCommitted(log: RaftLog, allowUnstable: boolean): readonly Entry[] {
  if (!hasNextCommitted(log, allowUnstable)) return [];
  const budget = log.maxApplyingBytes - log.applyingBytes;
  assert(budget > 0, 'applying entry size is not positive');
  const entries = slice(log, log.applying + 1, maxAppliableIndex(log, allowUnstable) + 1, budget);
  assert(entries !== null, 'unexpected error when getting unapplied entries');
  return entries;
}

/**
 * Entries from `index` on, within the limit but at least one where there is one; null where they
 * are compacted away.
 */
export function entriesFrom(
  log: RaftLog,
  index: number,
  maxBytes: number,
): readonly Entry[] | null {
  const last = lastIndex(log);
  return index > last ? [] : slice(log, index, last + 1, maxBytes);
}

/**
 * Entries [lo, hi), as many as `maxBytes` allows but at least one; null where `lo` is compacted
 * away.
 */
export function slice(
  log: RaftLog,
  lo: number,
  hi: number,
  maxBytes: number,
): readonly Entry[] | null {
  assert(lo <= hi, 'invalid slice of the log');
  if (lo < firstIndex(log)) return null;
  assert(hi <= lastIndex(log) + 1, 'a slice of the log is out of bounds');
  if (lo === hi) return [];
  const { unstable } = log;
  if (lo >= unstable.offset) return limitSize(unstableSlice(unstable, lo, hi), maxBytes);

  const cut = Math.min(hi, unstable.offset);
  const stored = storedEntries(log, lo, cut, maxBytes);
  // Fewer than were asked for: the limit is reached.
  if (stored === null || hi <= unstable.offset || stored.length < cut - lo) return stored;
  const bytes = entriesSizeBytes(stored);
  if (bytes >= maxBytes) return stored;
  const rest = limitSize(unstableSlice(unstable, unstable.offset, hi), maxBytes - bytes);
  // The one entry that `limitSize` always grants may be too much on top of the stored ones.
  if (rest.length === 1 && bytes + entriesSizeBytes(rest) > maxBytes) return stored;
  return [...stored, ...rest];
}

function storedEntries(
  log: RaftLog,
  lo: number,
  hi: number,
  maxBytes: number,
): readonly Entry[] | null {
  const stored = log.storage.entries(lo as LogIndex, hi as LogIndex, maxBytes);
  if (stored.ok) return stored.value;
  assert(stored.error.code === 'compacted', 'entries are unavailable from storage');
  return null;
}

/** Visits entries [lo, hi) a page at a time until `visit` returns true; whether it did. */
export function scan(
  log: RaftLog,
  lo: number,
  hi: number,
  pageBytes: number,
  visit: (entries: readonly Entry[]) => boolean,
): boolean {
  for (let at = lo; at < hi; ) {
    const page = slice(log, at, hi, pageBytes);
    assert(page !== null && page.length > 0, 'error scanning unapplied entries');
    if (visit(page)) return true;
    at += page.length;
  }
  return false;
}

/** The snapshot replaces the log. */
export function restoreLog(log: RaftLog, snapshot: Snapshot): void {
  const { index, term } = snapshot.metadata;
  log.logger.info(
    `log [${describeLog(log)}] starts to restore snapshot [index: ${index}, term: ${term}]`,
  );
  log.committed = index;
  restoreUnstable(log.unstable, snapshot);
}
