import type { Disk, DiskFile } from '../base/index.js';
import type { ElectionRecord } from '../protocol/index.js';

const RECORDS_MAX = 1000;
/** The file is written anew when it holds this many lines more than are kept. */
const SLACK_LINES = 1000;

/**
 * The newest elections that this replica knows of, one JSON object a line in a file that outlives it. It is not synced:
 * losing its end in a power failure loses history, nothing else.
 */
export class ElectionHistory {
  readonly #disk: Disk;
  readonly #path: string;
  #file: DiskFile;
  #position = 0;
  #lines = 0;
  /** Oldest first. */
  #records: ElectionRecord[] = [];

  constructor(disk: Disk, path: string) {
    this.#disk = disk;
    this.#path = path;
    this.#file = disk.open(path, disk.exists(path) ? 'write' : 'create');
    const bytes = new Uint8Array(this.#file.size());
    this.#file.pread(bytes, 0);
    for (const line of new TextDecoder().decode(bytes).split('\n')) {
      const record = parseLine(line);
      if (record !== undefined) this.#keep(record);
    }
    this.#rewrite();
  }

  add(record: ElectionRecord): void {
    if (this.#records.some((known) => sameElection(known, record))) return;
    const previous = this.#records.at(-1);
    const repeated =
      previous !== undefined &&
      record.leader === null &&
      previous.leader === null &&
      previous.candidate === record.candidate &&
      previous.term === record.term;
    // A replica that is cut off campaigns again and again for the same term: the newest try stands for all.
    if (repeated) this.#records.pop();
    this.#keep(record);
    if (this.#lines >= RECORDS_MAX + SLACK_LINES) this.#rewrite();
    else this.#append(record);
  }

  newestFirst(max: number): ElectionRecord[] {
    return this.#records.slice(-max).reverse();
  }

  close(): void {
    this.#file.close();
  }

  #keep(record: ElectionRecord): void {
    this.#records.push(record);
    if (this.#records.length > RECORDS_MAX) this.#records.shift();
  }

  #append(record: ElectionRecord): void {
    const line = new TextEncoder().encode(`${JSON.stringify(record)}\n`);
    this.#file.pwritev([line], this.#position);
    this.#position += line.length;
    this.#lines++;
  }

  #rewrite(): void {
    this.#file.close();
    const temporary = `${this.#path}.tmp`;
    if (this.#disk.exists(temporary)) this.#disk.remove(temporary);
    this.#file = this.#disk.open(temporary, 'create');
    this.#position = 0;
    this.#lines = 0;
    for (const record of this.#records) this.#append(record);
    this.#disk.rename(temporary, this.#path);
  }
}

function sameElection(a: ElectionRecord, b: ElectionRecord): boolean {
  return a.term === b.term && a.candidate === b.candidate && a.electedAt === b.electedAt;
}

function parseLine(line: string): ElectionRecord | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const value = JSON.parse(line) as Partial<ElectionRecord>;
    return typeof value.term === 'number' && Array.isArray(value.votes)
      ? (value as ElectionRecord)
      : undefined;
  } catch {
    return undefined;
  }
}
