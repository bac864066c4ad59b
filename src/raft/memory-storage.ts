import { assert, assertDefined, failed, ok } from '../base/index.js';
import type { LogIndex, Result, Term } from '../base/index.js';
import { limitSize } from './entry-size.js';
import { EMPTY_HARD_STATE, EMPTY_SNAPSHOT } from './message.js';
import type { ConfState, Entry, HardState, Snapshot } from './message.js';
import { COMPACTED, SNAPSHOT_OUT_OF_DATE, UNAVAILABLE } from './storage.js';
import type { Storage, StorageError } from './storage.js';

/**
 * A log in memory: the newest snapshot and the entries after `offset`. A host that has a WAL writes
 * both.
 */
export class MemoryStorage implements Storage {
  #hardState: HardState = EMPTY_HARD_STATE;
  #snapshot: Snapshot = EMPTY_SNAPSHOT;
  /**
   * Index and term of the entry before the first that is here: the last one that was compacted
   * away.
   */
  #offset = 0;
  #offsetTerm: Term = 0 as Term;
  #entries: Entry[] = [];

  initialState(): { readonly hardState: HardState; readonly confState: ConfState } {
    return { hardState: this.#hardState, confState: this.#snapshot.metadata.confState };
  }

  setHardState(state: HardState): void {
    this.#hardState = state;
  }

  entries(
    lo: LogIndex,
    hi: LogIndex,
    maxSizeBytes: number,
  ): Result<readonly Entry[], StorageError> {
    if (lo <= this.#offset) return failed(COMPACTED);
    assert(hi <= this.lastIndex() + 1, 'entries are asked for beyond the last index');
    if (this.#entries.length === 0) return failed(UNAVAILABLE);
    return ok(
      limitSize(this.#entries.slice(lo - this.#offset - 1, hi - this.#offset - 1), maxSizeBytes),
    );
  }

  term(index: LogIndex): Result<Term, StorageError> {
    if (index < this.#offset) return failed(COMPACTED);
    if (index === this.#offset) return ok(this.#offsetTerm);
    const entry = this.#entries[index - this.#offset - 1];
    return entry === undefined ? failed(UNAVAILABLE) : ok(entry.term);
  }

  firstIndex(): LogIndex {
    return (this.#offset + 1) as LogIndex;
  }

  lastIndex(): LogIndex {
    return (this.#offset + this.#entries.length) as LogIndex;
  }

  snapshot(): Result<Snapshot, StorageError> {
    return ok(this.#snapshot);
  }

  /**
   * Replaces everything by the snapshot. `snapshot-out-of-date` where it is not newer than the one
   * that is here.
   */
  applySnapshot(snapshot: Snapshot): Result<void, StorageError> {
    const current = this.#snapshot.metadata.index;
    // A host may start with a configuration alone, in a snapshot of index 0.
    if (current !== 0 && current >= snapshot.metadata.index) return failed(SNAPSHOT_OUT_OF_DATE);
    this.#snapshot = snapshot;
    this.#offset = snapshot.metadata.index;
    this.#offsetTerm = snapshot.metadata.term;
    this.#entries = [];
    return ok(undefined);
  }

  /** Makes a snapshot at `index`, which must be applied. The log stays until `compact`. */
  createSnapshot(
    index: LogIndex,
    confState: ConfState | null,
    data: Uint8Array,
  ): Result<Snapshot, StorageError> {
    if (index <= this.#snapshot.metadata.index) return failed(SNAPSHOT_OUT_OF_DATE);
    assert(index <= this.lastIndex(), 'a snapshot is asked for beyond the last index');
    const term = this.term(index);
    if (!term.ok) return term;
    const metadata = {
      confState: confState ?? this.#snapshot.metadata.confState,
      index,
      term: term.value,
    };
    this.#snapshot = { metadata, data };
    return ok(this.#snapshot);
  }

  /** Forgets the entries up to and with `index`, which must be applied. */
  compact(index: LogIndex): Result<void, StorageError> {
    if (index <= this.#offset) return failed(COMPACTED);
    assert(index <= this.lastIndex(), 'a compaction is asked for beyond the last index');
    const last = assertDefined(this.#entries[index - this.#offset - 1], 'entry to compact to');
    this.#entries = this.#entries.slice(index - this.#offset);
    this.#offset = index;
    this.#offsetTerm = last.term;
    return ok(undefined);
  }

  /**
   * Appends; what is here from the first new index on is replaced, what is compacted already is
   * left out.
   */
  append(entries: readonly Entry[]): void {
    const first = entries[0];
    if (first === undefined) return;
    const skipped = Math.max(0, this.firstIndex() - first.index);
    if (skipped >= entries.length) return;
    const keep = first.index + skipped - this.#offset - 1;
    assert(keep <= this.#entries.length, 'entries are missing before those to append');
    this.#entries.length = keep;
    for (let at = skipped; at < entries.length; at++) {
      this.#entries.push(assertDefined(entries[at], 'entry to append'));
    }
  }
}
