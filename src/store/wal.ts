import { assert, assertDefined, failed, ok, RingBuffer } from '../base/index.js';
import type { Clock, Disk, DiskFile, LogIndex, Result, Term } from '../base/index.js';
import type { Entry, HardState, SnapshotMetadata } from '../raft/index.js';
import { encodeBatch, encodeSyncedMark, SYNCED_MARK_BYTES } from './wal-batch.js';
import type { BatchRecords } from './wal-batch.js';
import { encodeSegmentHeader, WAL_FORMAT_VERSION } from './wal-payload.js';
import type { DurableState, LogEnd, RepairMark, WalIdentity } from './wal-payload.js';
import { readRepairMark, writeRepairMark } from './repair-mark.js';
import { joinMarks, newerState, readLog } from './wal-recovery.js';
import type { LogReading, LogTail, WalRefusal } from './wal-recovery.js';
import { RecordType } from './wal-record.js';
import { logEnd } from './wal-scan.js';
import { makeDurableFolder } from './durable-folder.js';
import { listWalFolder, repairPath, segmentPath, sparePath, temporaryPath } from './wal-segment.js';
import type { KnownSegment } from './wal-segment.js';

export interface WalOptions {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly folder: string;
  readonly identity: WalIdentity;
  /** A segment that has reached this size is followed by a new one. Default 16 MiB. */
  readonly segmentBytes?: number | undefined;
  /** Files grow by this much at a time, so that most syncs need not write the file's size. Default 1 MiB. */
  readonly growBytes?: number | undefined;
}

/**
 * A snapshot frees several segments at once, and as many are filled until the next one. A new file has to grow: a MiB of zeros
 * and a sync of its size, again and again. A spare has its size already.
 */
const SPARES_MAX = 4;

/**
 * So much of a file is kept free behind the last batch: on a full disk elections, and what makes room, need no new space for a
 * long while.
 */
const ROOM_BYTES = 64 * 1024;
/** A file grows of its own accord only where the disk has space for so many such steps: others use it too. */
const SPARE_GROWTHS = 8;

/** What is to be durable when `append` returns. */
export interface WalBatch {
  readonly hardState: HardState;
  readonly entries: readonly Entry[];
  /** The log begins anew behind this snapshot; `entries` follow it. */
  readonly snapshot?: SnapshotMetadata | undefined;
}

/** What a restarted replica finds. */
export interface RecoveredLog {
  readonly hardState: HardState;
  /** The entry before `entries[0]`: a snapshot must reach at least this far. */
  readonly offset: LogEnd;
  readonly entries: readonly Entry[];
  /** Set: the log was damaged. Until it reaches this end again the replica must not vote. */
  readonly repair: RepairMark | undefined;
}

export interface WalStats {
  readonly segments: number;
  readonly bytes: number;
  readonly syncs: number;
  readonly syncP50Ms: number;
  readonly syncP99Ms: number;
}

/**
 * The write-ahead log. Each `append` is one write and one sync; what it throws is the disk's error, after which nothing
 * may be assumed and the replica must crash (a sync that failed once may falsely succeed when it is tried again).
 */
export class Wal {
  readonly #options: WalOptions;
  readonly #segmentBytes: number;
  readonly #growBytes: number;
  readonly #roomBytes: number;
  #segments: KnownSegment[] = [];
  #spares: string[] = [];
  #file: DiskFile | undefined;
  #position = 0;
  #allocated = 0;
  #crc = 0;
  /** As the newest batch says it. */
  #commit = 0 as LogIndex;
  #end: LogEnd = { lastIndex: 0 as LogIndex, lastTerm: 0 as Term };
  #syncs = 0;
  readonly #syncMs = new RingBuffer<number>(1024);

  private constructor(options: WalOptions) {
    this.#options = options;
    this.#segmentBytes = options.segmentBytes ?? 16 * 1024 * 1024;
    this.#growBytes = Math.min(options.growBytes ?? 1024 * 1024, this.#segmentBytes);
    this.#roomBytes = Math.min(ROOM_BYTES, this.#growBytes / 4);
  }

  /** Opens or makes the log. A torn tail is cut; damage is marked for repair; a log that cannot be used is refused. */
  static open(options: WalOptions): Result<{ wal: Wal; recovered: RecoveredLog }, WalRefusal> {
    const { disk, folder, identity } = options;
    makeDurableFolder(disk, folder);
    const found = listWalFolder(disk, folder);
    const mark = readRepairMark(disk, folder);
    if (!mark.ok) return mark;
    const dropped = mark.value?.dropState === true ? found.segments : [];
    for (const { path } of dropped) disk.remove(path);
    const kept = found.segments.slice(dropped.length);
    const read = readLog(disk, kept, identity);
    if (!read.ok) return failed(read.error);
    const wal = new Wal(options);
    wal.#spares = [...found.spares];
    const repair = joinMarks(read.value.damage, mark.value);
    if (read.value.damage !== undefined && repair !== undefined)
      writeRepairMark(disk, folder, repair);
    const hardState = newerState(read.value.image.state, repair);
    try {
      wal.#resume(read.value, found.segments.at(-1)?.sequence ?? 0, hardState);
    } catch (error) {
      wal.close();
      throw error;
    }
    const { offset, entries } = read.value.image;
    return ok({ wal, recovered: { hardState, offset, entries, repair } });
  }

  /** Up to here the log on disk says what is committed. */
  get durableCommit(): LogIndex {
    return this.#commit;
  }

  append(batch: WalBatch): void {
    if (this.#position >= this.#segmentBytes && this.#mayRotate()) this.#rotate(batch.hardState);
    const commit = commitBefore(batch, this.#commit);
    this.#commit = commit;
    this.#end = endAfter(this.#end, batch);
    this.#write({
      state: { hardState: { ...batch.hardState, commit }, ...this.#end },
      snapshot: batch.snapshot,
      entries: batch.entries,
    });
  }

  /** Says durably that the log must not be trusted until it reaches `mark` again. */
  beginRepair(mark: RepairMark): void {
    writeRepairMark(this.#options.disk, this.#options.folder, mark);
  }

  /** The log is whole again. */
  endRepair(): void {
    this.#options.disk.remove(repairPath(this.#options.folder));
    this.#options.disk.syncFolder(this.#options.folder);
  }

  /**
   * Lets go of segments that hold only entries up to `index`. A few of them are kept as spares; of the others one goes at a
   * time, as that takes milliseconds. True: there is more to let go of, in a later turn.
   */
  purge(index: LogIndex): boolean {
    const { disk, folder } = this.#options;
    let [changed, removed] = [false, false];
    while (!removed) {
      const [oldest, next] = this.#segments;
      if (oldest === undefined || next === undefined || next.firstIndex > index + 1) break;
      if (this.#spares.length < SPARES_MAX) {
        const spare = sparePath(folder, oldest.sequence);
        disk.rename(oldest.path, spare);
        this.#spares.push(spare);
      } else {
        disk.remove(oldest.path);
        removed = true;
      }
      this.#segments.shift();
      changed = true;
    }
    if (changed) disk.syncFolder(folder);
    return removed;
  }

  /** What can be appended though the disk is full. */
  get roomBytes(): number {
    return Math.max(0, this.#allocated - this.#position - SYNCED_MARK_BYTES);
  }

  stats(): WalStats {
    const sorted = [...this.#syncMs].sort((a, b) => a - b);
    const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
    const closed = Math.max(0, this.#segments.length - 1);
    return {
      segments: this.#segments.length,
      bytes: closed * this.#segmentBytes + this.#position,
      syncs: this.#syncs,
      syncP50Ms: at(0.5),
      syncP99Ms: at(0.99),
    };
  }

  close(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  #resume(read: LogReading, newestSequence: number, hardState: HardState): void {
    const { disk, folder } = this.#options;
    this.#end = logEnd(read.image);
    this.#commit = hardState.commit;
    for (const segment of [...read.unusable].reverse()) disk.remove(segment.path);
    if (read.unusable.length > 0) disk.syncFolder(folder);
    if (read.tail === undefined) {
      this.#create(newestSequence + 1, hardState);
      return;
    }
    this.#segments = [...read.usable];
    this.#openTail(read.tail, read.zeroBehindTail, hardState);
    // A damaged log goes on with the hard state that the damage must not take back.
    if (read.damage !== undefined) this.append({ hardState, entries: [] });
  }

  #openTail(tail: LogTail, zeroBehind: boolean, hardState: HardState): void {
    const file = this.#options.disk.open(tail.path, 'write');
    this.#file = file;
    this.#position = tail.position;
    this.#allocated = Math.max(file.size(), tail.position);
    this.#crc = tail.crc;
    const behind = this.#allocated - tail.position;
    if (zeroBehind && behind > 0) file.pwritev([new Uint8Array(behind)], tail.position);
    // Where there is no space for it the replica does not begin: it would end with its first vote.
    if (this.roomBytes < this.#roomBytes / 2) this.#grow(file);
    // What was read may be in the page cache only: a crash of the process alone leaves it there.
    this.#sync(file);
    this.#markSynced(file, { hardState, ...this.#end });
  }

  #grow(file: DiskFile): void {
    file.pwritev([new Uint8Array(this.#growBytes)], this.#allocated);
    this.#allocated += this.#growBytes;
  }

  /** A segment may be longer than it should: on a full disk it goes on until there is space for the next. */
  #mayRotate(): boolean {
    return this.#spares.length > 0 || this.#mayGrow();
  }

  #mayGrow(): boolean {
    const { disk, folder } = this.#options;
    const { freeBytes, readOnly } = disk.space(folder);
    return !readOnly && freeBytes >= SPARE_GROWTHS * this.#growBytes;
  }

  #rotate(hardState: HardState): void {
    const last = assertDefined(this.#segments.at(-1), 'the last segment');
    this.close();
    this.#create(last.sequence + 1, hardState);
  }

  /** tmp → header → datasync → rename → sync of the folder: a segment that has its name has its header. */
  #create(sequence: number, hardState: HardState): void {
    const { disk, folder, identity } = this.#options;
    const temporary = temporaryPath(folder, sequence);
    const spare = this.#spares.pop();
    if (spare !== undefined) disk.rename(spare, temporary);
    const file = disk.open(temporary, spare === undefined ? 'create' : 'write');
    const firstIndex = this.#end.lastIndex + 1;
    const header = encodeSegmentHeader({
      ...identity,
      formatVersion: WAL_FORMAT_VERSION,
      sequence,
      firstIndex,
      previousCrc: this.#crc,
    });
    this.#file = file;
    this.#position = 0;
    this.#allocated = file.size();
    const path = segmentPath(folder, sequence);
    this.#segments.push({ sequence, path, firstIndex });
    const lead = { type: RecordType.segment, data: header };
    this.#write({ lead, state: { hardState, ...this.#end }, entries: [] });
    disk.rename(temporary, path);
    disk.syncFolder(folder);
  }

  #write(records: BatchRecords): void {
    const file = assertDefined(this.#file, 'an open segment');
    const segment = assertDefined(this.#segments.at(-1), 'the last segment').sequence;
    const { bytes, crc } = encodeBatch(records, segment, this.#position, this.#crc);
    const end = this.#position + bytes.length;
    const wanted = end + SYNCED_MARK_BYTES + this.#roomBytes;
    const fits = end + SYNCED_MARK_BYTES <= this.#allocated;
    const parts = [bytes];
    if (wanted > this.#allocated && (!fits || this.#mayGrow())) {
      this.#allocated = Math.ceil(wanted / this.#growBytes) * this.#growBytes;
      parts.push(new Uint8Array(this.#allocated - end));
    }
    file.pwritev(parts, this.#position);
    this.#sync(file);
    this.#position = end;
    this.#crc = crc;
    this.#markSynced(file, records.state);
  }

  /** What stands before the position is durable. The mark itself need not be: without it the last batch may count as torn. */
  #markSynced(file: DiskFile, state: DurableState): void {
    const segment = assertDefined(this.#segments.at(-1), 'the last segment').sequence;
    file.pwritev([encodeSyncedMark(state, segment, this.#position, this.#crc)], this.#position);
  }

  #sync(file: DiskFile): void {
    const before = this.#options.clock.monotonicMs();
    file.datasync();
    this.#syncs++;
    this.#syncMs.pushDroppingOldest(this.#options.clock.monotonicMs() - before);
  }
}

/**
 * What a batch's hard state may say is committed: nothing of the batch itself, as a torn one may leave its hard state and none
 * of its entries, and then others stand in their places. The next batch says the rest; who loses that learns it from the leader.
 */
function commitBefore(batch: WalBatch, before: LogIndex): LogIndex {
  const { hardState, entries, snapshot } = batch;
  if (snapshot !== undefined) return Math.min(hardState.commit, before) as LogIndex;
  const first = entries[0]?.index;
  return first === undefined
    ? hardState.commit
    : (Math.min(hardState.commit, first - 1) as LogIndex);
}

function endAfter(before: LogEnd, batch: WalBatch): LogEnd {
  const last = batch.entries.at(-1);
  if (last !== undefined) return { lastIndex: last.index, lastTerm: last.term };
  if (batch.snapshot === undefined) return before;
  assert(batch.snapshot.index >= 0, 'a snapshot has an index');
  return { lastIndex: batch.snapshot.index, lastTerm: batch.snapshot.term };
}
