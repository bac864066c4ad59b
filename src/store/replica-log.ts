import { assert, refusesWrites } from '../base/index.js';
import type { LogIndex } from '../base/index.js';
import { EMPTY_BYTES, MemoryStorage } from '../raft/index.js';
import type { Entry, HardState, Ready, SnapshotMetadata } from '../raft/index.js';
import type { LogEnd, RepairMark } from './wal-payload.js';
import { logReaches } from './wal-payload.js';
import type { Wal } from './wal.js';

/** What stays of the log before a snapshot: of so many entries as many as have so few bytes. */
export interface KeptEntries {
  readonly keptEntries: number;
  readonly keptBytes: number;
}

/** The replica's log: the WAL, and in memory what Raft reads of it. Both change together. */
export class ReplicaLog {
  readonly wal: Wal;
  readonly storage: MemoryStorage;
  #hardState: HardState;
  #repair: RepairMark | undefined;
  #purgeIndex = 0 as LogIndex;

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

  /** A snapshot of this replica's own state is durable: entries before it can go, but for those kept for slow followers. */
  snapshotTaken(metadata: SnapshotMetadata, safeIndex: LogIndex, kept: KeptEntries): void {
    const made = this.storage.createSnapshot(metadata.index, metadata.confState, EMPTY_BYTES);
    if (!made.ok) return;
    const before = this.#beforeKept(metadata.index, kept);
    if (before >= this.storage.firstIndex()) this.storage.compact(before);
    this.#purgeIndex = Math.min(safeIndex, metadata.index) as LogIndex;
  }

  /**
   * Makes durable what is committed, which `persist` leaves for the next entries: after a change of the members, so that a
   * replica that comes back does not wait for the vote of one whose files are gone.
   */
  persistCommit(index: LogIndex): void {
    if (this.wal.durableCommit < index) this.#writeDown();
  }

  /** Goes on letting go of files that no snapshot needs behind it. True: there is more to let go of, in a later turn. */
  purge(): boolean {
    return this.wal.purge(this.#purgeIndex);
  }

  /** Says durably that state and log are wrong, and what they must be brought back to. */
  dropAtNextStart(reason: string): void {
    const mark = { hardState: this.#hardState, ...this.end, file: 'snap', offset: 0, reason };
    this.wal.beginRepair({ ...mark, dropState: true });
  }

  /** Writes down the newest commit index, which `persist` leaves out, and closes the files. */
  close(): void {
    try {
      this.#writeDown();
    } finally {
      this.wal.close();
    }
  }

  /** Losing it is harmless, and what a full disk refuses no crash. */
  #writeDown(): void {
    try {
      this.wal.append({ hardState: this.#hardState, entries: [] });
    } catch (error) {
      if (!refusesWrites(error)) throw error;
    }
  }

  /** The last entry up to `index` that is not kept. */
  #beforeKept(index: LogIndex, { keptEntries, keptBytes }: KeptEntries): LogIndex {
    const lowest = Math.max(this.storage.firstIndex(), index - keptEntries + 1);
    const entries = this.storage.entries(lowest as LogIndex, (index + 1) as LogIndex, Infinity);
    if (!entries.ok) return (lowest - 1) as LogIndex;
    let bytes = 0;
    const beyond = entries.value.findLast(({ data }) => (bytes += data.length) > keptBytes);
    return beyond?.index ?? ((lowest - 1) as LogIndex);
  }

  #endRepairIfMended(): void {
    if (this.#repair === undefined || !logReaches(this.end, this.#repair)) return;
    this.wal.endRepair();
    this.#repair = undefined;
  }
}
