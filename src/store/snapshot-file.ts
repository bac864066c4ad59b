import type { Disk, DiskFile } from '../base/index.js';
import { encodeValue } from '../codec/index.js';
import type { SnapshotMetadata } from '../raft/index.js';
import { crc32c } from './crc32c.js';
import { putUint32 } from './wal-record.js';

/**
 * A snapshot file: parts of {u32 bytes, u32 crc, data}. The first part says which state it is, the last one is empty.
 * Each crc goes on from the one before, so that no part can be missing. The same bytes travel to other replicas.
 */
export const PART_HEADER_BYTES = 8;
export const SNAPSHOT_FILE_FORMAT_VERSION = 1;
/** A sync every so many bytes keeps each of them short: the replica's own thread waits for it. */
export const SYNC_EVERY_BYTES = 1024 * 1024;

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
    try {
      this.write(
        encodeValue({
          formatVersion: SNAPSHOT_FILE_FORMAT_VERSION,
          clusterId,
          metadata,
        } satisfies SnapshotFileHead),
      );
    } catch (error) {
      this.abort();
      throw error;
    }
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
