import { assert } from '../base/index.js';
import type { LogIndex } from '../base/index.js';
import { EMPTY_BYTES, MemoryStorage } from '../raft/index.js';
import type { Entry, HardState, Ready, SnapshotMetadata } from '../raft/index.js';
import type { LogEnd, RepairMark } from './wal-payload.js';
import { logReaches } from './wal-payload.js';
import type { Wal } from './wal.js';

/** The replica's log: the WAL, and in memory what Raft reads of it. Both change together. */
export class ReplicaLog {
  readonly wal: Wal;
  readonly storage: MemoryStorage;
  #hardState: HardState;
  #repair: RepairMark | undefined;

  constructor(
    wal: Wal,
    hardState: HardState,
    base: SnapshotMetadata,
    entries: readonly Entry[],
    repair: RepairMark | undefined,
  ) {
    this.wal = wal;
    this.storage = new MemoryStorage();
    this.storage.applySnapshot({ metadata: base, data: EMPTY_BYTES });
    this.storage.append(entries);
    this.#hardState = hardState;
    this.storage.setHardState(hardState);
    this.#repair = repair;
    this.#endRepairIfMended();
  }

  /** What is durable now (`commit` may be newer in memory than on disk: losing it is harmless). */
  get hardState(): HardState {
    return this.#hardState;
  }

  /** Set while the log is being mended: until then the replica must not vote. */
  get repair(): RepairMark | undefined {
    return this.#repair;
  }

  get end(): LogEnd {
    const lastIndex = this.storage.lastIndex();
    const term = this.storage.term(lastIndex);
    assert(term.ok, 'the term of the last entry is known');
    return { lastIndex, lastTerm: term.value };
  }

  /** Makes durable what must be (one write, one sync), then lets Raft read it. */
  persist(ready: Ready): void {
    const hardState = ready.hardState ?? this.#hardState;
    if (ready.mustSync || ready.snapshot !== undefined) {
      this.wal.append({ hardState, entries: ready.entries, snapshot: ready.snapshot?.metadata });
    }
    this.#hardState = hardState;
    this.storage.setHardState(hardState);
    if (ready.snapshot !== undefined) {
      const applied = this.storage.applySnapshot(ready.snapshot);
      assert(applied.ok, 'a snapshot that Raft takes is newer than the last');
    }
    this.storage.append(ready.entries);
    this.#endRepairIfMended();
  }

  /** A snapshot of this replica's own state is durable: entries before it can go, but for `keptEntries`. */
  snapshotTaken(metadata: SnapshotMetadata, safeIndex: LogIndex, keptEntries: number): void {
    const made = this.storage.createSnapshot(metadata.index, metadata.confState, EMPTY_BYTES);
    if (!made.ok) return;
    const kept = (metadata.index - keptEntries) as LogIndex;
    if (kept >= this.storage.firstIndex()) this.storage.compact(kept);
    this.wal.purge(Math.min(safeIndex, metadata.index) as LogIndex);
  }

  /** Writes down the newest commit index, which `persist` leaves out, and closes the files. */
  close(): void {
    this.wal.append({ hardState: this.#hardState, entries: [] });
    this.wal.close();
  }

  #endRepairIfMended(): void {
    if (this.#repair === undefined || !logReaches(this.end, this.#repair)) return;
    this.wal.endRepair();
    this.#repair = undefined;
  }
}
