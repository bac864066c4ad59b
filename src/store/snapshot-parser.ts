import { failed, ok } from '../base/index.js';
import type { Result } from '../base/index.js';
import { decodeValue } from '../codec/index.js';
import { crc32c } from './crc32c.js';
import { PART_HEADER_BYTES, SNAPSHOT_FILE_FORMAT_VERSION } from './snapshot-file.js';
import type { SnapshotFileHead } from './snapshot-file.js';
import { getUint32 } from './wal-record.js';

/** What is longer is damage, and no reason to take so much memory. */
const PART_BYTES_MAX = 64 * 1024 * 1024;

/**
 * Takes a snapshot file apart as its bytes come, from a disk or from another replica, in pieces of any size. It holds one
 * unfinished part at most.
 */
export class SnapshotParser {
  readonly #clusterId: bigint | undefined;
  /** The header of the part that is being read, then the part itself. */
  readonly #header = new Uint8Array(PART_HEADER_BYTES);
  #part: Uint8Array | undefined;
  #filled = 0;
  #position = 0;
  #crc = 0;
  #head: SnapshotFileHead | undefined;
  #ended = false;

  /** `clusterId` undefined: a file of whatever cluster. */
  constructor(clusterId: bigint | undefined) {
    this.#clusterId = clusterId;
  }

  /** Undefined until the first part has come. */
  get head(): SnapshotFileHead | undefined {
    return this.#head;
  }

  /** The last part has come: the file is whole. */
  get ended(): boolean {
    return this.#ended;
  }

  /** The state's chunks that these bytes complete. Failed: why the file cannot be used; no more may be pushed then. */
  push(data: Uint8Array): Result<Uint8Array[], string> {
    const chunks: Uint8Array[] = [];
    for (let at = 0; at < data.length; ) {
      if (this.#ended) return failed('there is more behind its last part');
      const target = this.#part ?? this.#header;
      const taken = data.subarray(at, at + target.length - this.#filled);
      target.set(taken, this.#filled);
      this.#filled += taken.length;
      at += taken.length;
      if (this.#filled < target.length) break;
      this.#filled = 0;
      const problem =
        this.#part === undefined ? this.#beginPart(chunks) : this.#endPart(this.#part, chunks);
      if (problem !== undefined) return failed(problem);
    }
    return ok(chunks);
  }

  /** What is missing when no more bytes come. */
  get missing(): string | undefined {
    return this.#ended ? undefined : `it ends at ${String(this.#position)}, without its last part`;
  }

  #beginPart(chunks: Uint8Array[]): string | undefined {
    const bytes = getUint32(this.#header, 0);
    if (bytes > PART_BYTES_MAX) return this.#damaged();
    const part = new Uint8Array(bytes);
    if (bytes === 0) return this.#endPart(part, chunks);
    this.#part = part;
    return undefined;
  }

  #endPart(part: Uint8Array, chunks: Uint8Array[]): string | undefined {
    this.#crc = crc32c(part, crc32c(this.#header.subarray(0, 4), this.#crc));
    if (this.#crc !== getUint32(this.#header, 4)) return this.#damaged();
    this.#part = undefined;
    this.#position += PART_HEADER_BYTES + part.length;
    if (this.#head === undefined) return this.#readHead(part);
    if (part.length === 0) this.#ended = true;
    else chunks.push(part);
    return undefined;
  }

  #readHead(part: Uint8Array): string | undefined {
    if (part.length === 0) return 'it is empty';
    const head = decodeValue(part) as SnapshotFileHead;
    const { formatVersion, clusterId } = head;
    if (formatVersion > SNAPSHOT_FILE_FORMAT_VERSION)
      return `it has format ${String(formatVersion)}`;
    if (this.#clusterId !== undefined && clusterId !== this.#clusterId)
      return `it belongs to cluster ${clusterId.toString(16)}`;
    this.#head = head;
    return undefined;
  }

  #damaged(): string {
    return `the part at ${String(this.#position)} is damaged`;
  }
}
