import { refusesWrites } from '../base/index.js';
import type { Disk, DiskFile } from '../base/index.js';
import { recordOf } from '../elections/index.js';
import type { ElectionEvidence, ElectionRecord } from '../protocol/index.js';
import { parseElections } from './election-lines.js';
import { readWhole } from './wal-segment.js';

const RECORDS_MAX = 1000;
/** So many of the newest keep their evidence. */
const EVIDENCE_MAX = 200;
/** The file is written anew when it holds more: a record has a line for each thing that was learned of it. */
const LINES_MAX = 3000;
const BYTES_MAX = 4 * 1024 * 1024;

/**
 * The newest elections that this replica knows of, in a file that outlives it. It is not synced: losing its end in a power
 * failure loses history, nothing else. Nor does a full disk: what it refused is written with the next record that it takes.
 */
export class ElectionHistory {
  readonly #disk: Disk;
  readonly #path: string;
  readonly #replica: string;
  /** Undefined: the disk has refused it, and the next record tries again. */
  #file: DiskFile | undefined;
  #position = 0;
  #lines = 0;
  #loaded = false;
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
    this.#load();
    this.#keep(record);
    this.#attempt(() => {
      if (this.#file === undefined) this.#rewrite();
      else this.#append(this.#file, record);
      if (this.#lines >= LINES_MAX || this.#position >= BYTES_MAX) this.#rewrite();
    });
  }

  /** Without their evidence. */
  newestFirst(max: number): ElectionRecord[] {
    this.#load();
    return [...this.#records.values()].slice(-max).reverse();
  }

  close(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  /** When somebody asks for the first time: at the start of a life others wait for it. What an earlier life left running ended with it. */
  #load(): void {
    if (this.#loaded) return;
    this.#loaded = true;
    const bytes = this.#disk.exists(this.#path)
      ? readWhole(this.#disk, this.#path)
      : new Uint8Array();
    const text = new TextDecoder().decode(bytes);
    let isSound = text.endsWith('\n');
    for (const record of parseElections(text).values()) {
      const cutShort = record.candidate === this.#replica && record.outcome === 'running';
      this.#keep(cutShort ? ended(record) : record);
      isSound &&= !cutShort;
    }
    this.#attempt(() => {
      if (isSound) this.#goOn(bytes.length, text.split('\n').length - 1);
      else this.#rewrite();
    });
  }

  /** Behind the lines of earlier lives. */
  #goOn(position: number, lines: number): void {
    this.#file = this.#disk.open(this.#path, 'write');
    this.#position = position;
    this.#lines = lines;
  }

  #attempt(write: () => void): void {
    try {
      write();
    } catch (error) {
      if (!refusesWrites(error)) throw error;
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
    const line = new TextEncoder().encode(`${JSON.stringify(record)}\n`);
    file.pwritev([line], this.#position);
    this.#position += line.length;
    this.#lines++;
  }

  #rewrite(): void {
    this.close();
    const temporary = `${this.#path}.tmp`;
    if (this.#disk.exists(temporary)) this.#disk.remove(temporary);
    const file = this.#disk.open(temporary, 'create');
    this.#file = file;
    this.#position = 0;
    this.#lines = 0;
    for (const [id, record] of this.#records) {
      const evidence = this.#evidence.get(id);
      this.#append(file, evidence === undefined ? record : { ...record, evidence });
    }
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
