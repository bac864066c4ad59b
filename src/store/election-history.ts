import { refusesWrites } from '../base/index.js';
import type { Disk, DiskFile } from '../base/index.js';
import { recordOf } from '../elections/index.js';
import type { ElectionEvidence, ElectionRecord } from '../protocol/index.js';
import { parseElections } from './election-lines.js';
import { readWhole } from './wal-segment.js';

const RECORDS_MAX = 1000;
/** So many of the newest keep their evidence. */
const EVIDENCE_MAX = 200;
/** From so many bytes on the file is worth to be written anew, without what later lines have taken the place of. */
const BYTES_MAX = 4 * 1024 * 1024;
const NEW_LINE = 10;

/**
 * The newest elections that this replica knows of, in a file that outlives it. It is not synced: losing its end in a power
 * failure loses history, nothing else. Nor does a full disk: what it refused is written with the next record that it takes.
 * In the middle of an election a line is added and no more: what takes long is left for `tidy`, or for who wants to read.
 */
export class ElectionHistory {
  readonly #disk: Disk;
  readonly #path: string;
  readonly #replica: string;
  /** Undefined: nothing was put yet, or the disk has refused it, and the next record tries again. */
  #file: DiskFile | undefined;
  #position = 0;
  /** Twice of what it was when it was written anew. */
  #bytesMax = BYTES_MAX;
  /** Of earlier lives; undefined: this one has not looked yet. */
  #earlierBytes: number | undefined;
  #loaded = false;
  /** The disk has refused a record, which only memory holds. */
  #refused = false;
  /** The file says of what an earlier life left that it runs. */
  #cutShort = false;
  /** Oldest first, without evidence. */
  readonly #records = new Map<string, ElectionRecord>();
  /** Of the newest. */
  readonly #evidence = new Map<string, ElectionEvidence>();

  constructor(disk: Disk, path: string, replica: string) {
    this.#disk = disk;
    this.#path = path;
    this.#replica = replica;
  }

  /** Takes the place of what was known of the same election. */
  put(record: ElectionRecord): void {
    if (this.#loaded) this.#keep(record);
    this.#attempt(() => {
      if (this.#refused) this.#rewrite();
      else this.#append(this.#file ?? this.#goOn(), record);
      if (this.#position >= 2 * this.#bytesMax) this.#rewrite();
    });
    if (!this.#refused || this.#loaded) return;
    this.#load();
    this.#keep(record);
  }

  /** Without their evidence. */
  newestFirst(max: number): ElectionRecord[] {
    this.#load();
    return [...this.#records.values()].slice(-max).reverse();
  }

  /** While nothing is going on: ends what an earlier life left running, and lets go of what is not needed any more. */
  tidy(): void {
    // A life that has nothing to tell has nothing to tidy up.
    if (this.#file === undefined) return;
    this.#load();
    if (!this.#cutShort && this.#position < this.#bytesMax) return;
    this.#attempt(() => {
      this.#rewrite();
    });
  }

  close(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  /** What an earlier life left running ended with it. */
  #load(): void {
    if (this.#loaded) return;
    this.#loaded = true;
    const bytes = this.#disk.exists(this.#path)
      ? readWhole(this.#disk, this.#path)
      : new Uint8Array();
    this.#earlierBytes ??= bytes.length;
    const decoder = new TextDecoder();
    const earlier = decoder.decode(bytes.subarray(0, this.#earlierBytes));
    for (const record of parseElections(earlier).values()) {
      const cutShort = record.candidate === this.#replica && record.outcome === 'running';
      this.#keep(cutShort ? ended(record) : record);
      this.#cutShort ||= cutShort;
    }
    const own = decoder.decode(bytes.subarray(this.#earlierBytes));
    for (const record of parseElections(own).values()) this.#keep(record);
  }

  /** Behind the lines of earlier lives, the last of which may be torn. */
  #goOn(): DiskFile {
    const exists = this.#disk.exists(this.#path);
    const file = this.#disk.open(this.#path, exists ? 'write' : 'create');
    this.#file = file;
    this.#position = file.size();
    this.#earlierBytes ??= this.#position;
    const last = new Uint8Array(1);
    if (this.#position > 0) file.pread(last, this.#position - 1);
    if (this.#position > 0 && last[0] !== NEW_LINE) this.#write(file, '\n');
    return file;
  }

  #attempt(write: () => void): void {
    try {
      write();
      this.#refused = false;
    } catch (error) {
      if (!refusesWrites(error)) throw error;
      this.#refused = true;
      this.close();
    }
  }

  #keep({ evidence, ...record }: ElectionRecord): void {
    this.#records.set(record.id, record);
    if (evidence !== undefined) this.#evidence.set(record.id, evidence);
    forgetOldest(this.#records, RECORDS_MAX);
    forgetOldest(this.#evidence, EVIDENCE_MAX);
  }

  #append(file: DiskFile, record: ElectionRecord): void {
    this.#write(file, `${JSON.stringify(record)}\n`);
  }

  #write(file: DiskFile, text: string): void {
    const bytes = new TextEncoder().encode(text);
    file.pwritev([bytes], this.#position);
    this.#position += bytes.length;
  }

  #rewrite(): void {
    this.#load();
    this.close();
    const temporary = `${this.#path}.tmp`;
    if (this.#disk.exists(temporary)) this.#disk.remove(temporary);
    const file = this.#disk.open(temporary, 'create');
    this.#file = file;
    this.#position = 0;
    for (const [id, record] of this.#records) {
      const evidence = this.#evidence.get(id);
      this.#append(file, evidence === undefined ? record : { ...record, evidence });
    }
    this.#cutShort = false;
    this.#bytesMax = Math.max(BYTES_MAX, 2 * this.#position);
    this.#disk.rename(temporary, this.#path);
  }
}

function ended(record: ElectionRecord): ElectionRecord {
  const { evidence } = record;
  if (evidence === undefined) return { ...record, outcome: 'not-elected' };
  const { campaign, witnesses } = evidence;
  const told = witnesses.find(({ replica }) => replica === campaign.candidate);
  const outcome = campaign.votingMs === null ? 'ended-in-pre-vote' : 'not-elected';
  const endedMs = told?.toldMs ?? campaign.campaignMs;
  return recordOf({
    witnesses,
    campaign: { ...campaign, version: campaign.version + 1, outcome, endedMs },
  });
}

function forgetOldest(map: Map<string, unknown>, max: number): void {
  for (const oldest of map.keys()) {
    if (map.size <= max) return;
    map.delete(oldest);
  }
}
