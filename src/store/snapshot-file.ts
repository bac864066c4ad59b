import { failed, ok } from '../base/index.js';
import type { Disk, DiskFile, Result } from '../base/index.js';
import { decodeValue, encodeValue } from '../codec/index.js';
import type { SnapshotMetadata } from '../raft/index.js';
import { crc32c } from './crc32c.js';
import { getUint32, putUint32 } from './wal-record.js';

/**
 * A snapshot file: parts of {u32 bytes, u32 crc, data}. The first part says which state it is, the last one is empty.
 * Each crc goes on from the one before, so that no part can be missing. The same bytes travel to other replicas.
 */
const PART_HEADER_BYTES = 8;
const PART_BYTES_MAX = 64 * 1024 * 1024;
const FORMAT_VERSION = 1;
/** A sync every so many bytes keeps the last one short. */
const SYNC_EVERY_BYTES = 4 * 1024 * 1024;

export interface SnapshotFileHead {
  readonly formatVersion: number;
  readonly clusterId: bigint;
  readonly metadata: SnapshotMetadata;
}

/** Writes a snapshot part by part. It is durable when `finish` returns; its name is its owner's business. */
export class SnapshotFileWriter {
  readonly #file: DiskFile;
  #position = 0;
  #synced = 0;
  #crc = 0;

  constructor(disk: Disk, path: string, clusterId: bigint, metadata: SnapshotMetadata) {
    this.#file = disk.open(path, 'create');
    this.write(
      encodeValue({
        formatVersion: FORMAT_VERSION,
        clusterId,
        metadata,
      } satisfies SnapshotFileHead),
    );
  }

  write(data: Uint8Array): void {
    const header = new Uint8Array(PART_HEADER_BYTES);
    putUint32(header, 0, data.length);
    this.#crc = crc32c(data, crc32c(header.subarray(0, 4), this.#crc));
    putUint32(header, 4, this.#crc);
    this.#file.pwritev([header, data], this.#position);
    this.#position += PART_HEADER_BYTES + data.length;
    if (this.#position - this.#synced < SYNC_EVERY_BYTES) return;
    this.#file.datasync();
    this.#synced = this.#position;
  }

  finish(): void {
    this.write(new Uint8Array(0));
    this.#file.datasync();
    this.#file.close();
  }

  abort(): void {
    this.#file.close();
  }
}

/** A file whose every part has been checked. */
export interface CheckedSnapshot {
  readonly head: SnapshotFileHead;
  readonly bytes: number;
  /** Reads the state's chunks one by one. */
  chunks(): Iterable<Uint8Array>;
}

/** Reads the whole file once and checks it. Failed: why it cannot be used. `clusterId` undefined: of whatever cluster. */
export function checkSnapshotFile(
  disk: Disk,
  path: string,
  clusterId: bigint | undefined,
): Result<CheckedSnapshot, string> {
  const parts = readParts(disk, path);
  const first = parts.next();
  if (first.done === true) return failed(first.value ?? 'it is empty');
  const head = decodeValue(first.value) as SnapshotFileHead;
  if (head.formatVersion > FORMAT_VERSION)
    return failed(`it has format ${String(head.formatVersion)}`);
  if (clusterId !== undefined && head.clusterId !== clusterId)
    return failed(`it belongs to cluster ${head.clusterId.toString(16)}`);
  let bytes = PART_HEADER_BYTES * 2 + first.value.length;
  for (;;) {
    const part = parts.next();
    if (part.done !== true) {
      bytes += PART_HEADER_BYTES + part.value.length;
      continue;
    }
    return part.value === undefined
      ? ok({ head, bytes, chunks: () => stateChunks(disk, path) })
      : failed(part.value);
  }
}

function* stateChunks(disk: Disk, path: string): Generator<Uint8Array> {
  const parts = readParts(disk, path);
  parts.next();
  for (;;) {
    const part = parts.next();
    if (part.done === true) return;
    yield part.value;
  }
}

/** Returns what is wrong, or nothing at the right end. */
function* readParts(disk: Disk, path: string): Generator<Uint8Array, string | undefined> {
  const file = disk.open(path, 'read');
  try {
    const size = file.size();
    let position = 0;
    let crc = 0;
    for (;;) {
      const header = new Uint8Array(PART_HEADER_BYTES);
      if (file.pread(header, position) < PART_HEADER_BYTES)
        return `it ends at ${String(position)}, without its last part`;
      const bytes = getUint32(header, 0);
      if (bytes > PART_BYTES_MAX || position + PART_HEADER_BYTES + bytes > size)
        return badPart(position);
      const data = new Uint8Array(bytes);
      file.pread(data, position + PART_HEADER_BYTES);
      crc = crc32c(data, crc32c(header.subarray(0, 4), crc));
      if (crc !== getUint32(header, 4)) return badPart(position);
      if (bytes === 0) return undefined;
      yield data;
      position += PART_HEADER_BYTES + bytes;
    }
  } finally {
    file.close();
  }
}

function badPart(position: number): string {
  return `the part at ${String(position)} is damaged`;
}
