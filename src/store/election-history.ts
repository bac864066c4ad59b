import type { Disk, DiskFile } from '../base/index.js';
import type { ElectionRecord } from '../protocol/index.js';
import { parseElections } from './election-lines.js';

const RECORDS_MAX = 1000;
/** So many of the newest keep their evidence. */
const EVIDENCE_MAX = 200;
/** The file is written anew when it holds more: a record has a line for each thing that was learned of it. */
const LINES_MAX = 3000;
const BYTES_MAX = 4 * 1024 * 1024;
/** Old evidence is let go of once in so many lines. */
const SLIM_LINES = 50;

/**
 * The newest elections that this replica knows of, in a file that outlives it. It is not synced: losing its end in a power
 * failure loses history, nothing else.
 */
export class ElectionHistory {
  readonly #disk: Disk;
  readonly #path: string;
  #file: DiskFile;
  #position = 0;
  #lines = 0;
  /** Oldest first. */
  #records: Map<string, ElectionRecord>;

  constructor(disk: Disk, path: string) {
    this.#disk = disk;
    this.#path = path;
    this.#file = disk.open(path, disk.exists(path) ? 'write' : 'create');
    const bytes = new Uint8Array(this.#file.size());
    this.#file.pread(bytes, 0);
    this.#records = parseElections(new TextDecoder().decode(bytes));
    this.#bound();
    this.#rewrite();
  }

  /** Takes the place of what was known of the same election. */
  put(record: ElectionRecord): void {
    this.#records.set(record.id, record);
    this.#bound();
    this.#append(record);
    if (this.#lines % SLIM_LINES === 0) this.#slim();
    if (this.#lines >= LINES_MAX || this.#position >= BYTES_MAX) this.#rewrite();
  }

  newestFirst(max: number): ElectionRecord[] {
    return [...this.#records.values()].slice(-max).reverse();
  }

  close(): void {
    this.#file.close();
  }

  #bound(): void {
    for (const oldest of this.#records.keys()) {
      if (this.#records.size <= RECORDS_MAX) return;
      this.#records.delete(oldest);
    }
  }

  #slim(): void {
    let excess = this.#records.size - EVIDENCE_MAX;
    for (const [id, record] of this.#records) {
      if (excess-- <= 0) return;
      if (record.evidence !== undefined) this.#records.set(id, withoutEvidence(record));
    }
  }

  #append(record: ElectionRecord): void {
    const line = new TextEncoder().encode(`${JSON.stringify(record)}\n`);
    this.#file.pwritev([line], this.#position);
    this.#position += line.length;
    this.#lines++;
  }

  #rewrite(): void {
    this.#slim();
    this.#file.close();
    const temporary = `${this.#path}.tmp`;
    if (this.#disk.exists(temporary)) this.#disk.remove(temporary);
    this.#file = this.#disk.open(temporary, 'create');
    this.#position = 0;
    this.#lines = 0;
    for (const record of this.#records.values()) this.#append(record);
    this.#disk.rename(temporary, this.#path);
  }
}

export function withoutEvidence({ evidence: _, ...record }: ElectionRecord): ElectionRecord {
  return record;
}
