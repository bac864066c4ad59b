import type { LogIndex, Result, Term } from '../base/index.js';
import type { ConfState, Entry, HardState, Snapshot } from './message.js';

/**
 * The closed set of what storage can answer instead. Anything worse is thrown, and crashes the
 * replica.
 */
export const StorageErrorCode = {
  compacted: 'compacted',
  unavailable: 'unavailable',
  snapshotOutOfDate: 'snapshot-out-of-date',
  snapshotTemporarilyUnavailable: 'snapshot-temporarily-unavailable',
} as const;
export type StorageErrorCode = (typeof StorageErrorCode)[keyof typeof StorageErrorCode];

export interface StorageError {
  readonly code: StorageErrorCode;
  readonly message: string;
}

/** The index is at or before the last compaction. */
export const COMPACTED: StorageError = {
  code: 'compacted',
  message: 'requested index is unavailable due to compaction',
};
/** The index is past the end of the log. */
export const UNAVAILABLE: StorageError = {
  code: 'unavailable',
  message: 'requested entry at index is unavailable',
};
export const SNAPSHOT_OUT_OF_DATE: StorageError = {
  code: 'snapshot-out-of-date',
  message: 'requested index is older than the existing snapshot',
};
/** A snapshot is being made: the leader asks again. */
export const SNAPSHOT_TEMPORARILY_UNAVAILABLE: StorageError = {
  code: 'snapshot-temporarily-unavailable',
  message: 'snapshot is temporarily unavailable',
};

/**
 * What is durable, as the engine reads it. It never writes: the host writes what `Ready` says. All
 * calls are synchronous, and what they return must not be changed by anyone.
 */
export interface Storage {
  /** Read once, at start. */
  initialState(): { readonly hardState: HardState; readonly confState: ConfState };
  /**
   * Entries [lo, hi), as many from `lo` on as `maxSizeBytes` allows (`entriesSizeBytes`), but at
   * least one. `compacted` where `lo` is gone, `unavailable` where the range is not all there.
   */
  entries(lo: LogIndex, hi: LogIndex, maxSizeBytes: number): Result<readonly Entry[], StorageError>;
  /**
   * The term of an entry in [firstIndex - 1, lastIndex]. That of firstIndex - 1 stays known after a
   * compaction.
   */
  term(index: LogIndex): Result<Term, StorageError>;
  /** The first entry that is still there, or would be: the last snapshot's index + 1. */
  firstIndex(): LogIndex;
  /** firstIndex - 1 where the log is empty. */
  lastIndex(): LogIndex;
  /** The newest snapshot, or `snapshot-temporarily-unavailable`. */
  snapshot(): Result<Snapshot, StorageError>;
}
