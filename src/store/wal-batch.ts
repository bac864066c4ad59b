import { assert } from '../base/index.js';
import type { Entry, SnapshotMetadata } from '../raft/index.js';
import {
  DURABLE_STATE_BYTES,
  encodeSnapshotMark,
  ENTRY_HEADER_BYTES,
  putDurableState,
  putEntry,
} from './wal-payload.js';
import type { DurableState } from './wal-payload.js';
import { frameBytesOf, RECORD_HEADER_BYTES, RecordType, sealFrame } from './wal-record.js';

/** What one sync makes durable: in the file in this order. */
export interface BatchRecords {
  /** A record that stands first: a segment's header. */
  readonly lead?: { readonly type: RecordType; readonly data: Uint8Array } | undefined;
  readonly state: DurableState;
  readonly snapshot?: SnapshotMetadata | undefined;
  readonly entries: readonly Entry[];
}

export interface EncodedBatch {
  readonly bytes: Uint8Array;
  /** Of the last record. */
  readonly crc: number;
}

/** All records of a batch as one run of bytes, chained to what stands before. Every batch begins with the hard state. */
export function encodeBatch(
  records: BatchRecords,
  segment: number,
  batchStart: number,
  previousCrc: number,
): EncodedBatch {
  const mark = records.snapshot === undefined ? undefined : encodeSnapshotMark(records.snapshot);
  const bytes = new Uint8Array(batchBytes(records, mark));
  let at = 0;
  let crc = previousCrc;
  const seal = (type: RecordType, dataBytes: number): void => {
    crc = sealFrame(bytes, at, type, dataBytes, { segment, batchStart, previousCrc: crc });
    at += frameBytesOf(dataBytes);
  };
  if (records.lead !== undefined) {
    bytes.set(records.lead.data, at + RECORD_HEADER_BYTES);
    seal(records.lead.type, records.lead.data.length);
  }
  putDurableState(bytes, at + RECORD_HEADER_BYTES, records.state);
  seal(RecordType.hardState, DURABLE_STATE_BYTES);
  if (mark !== undefined) {
    bytes.set(mark, at + RECORD_HEADER_BYTES);
    seal(RecordType.snapshot, mark.length);
  }
  for (const entry of records.entries) {
    putEntry(bytes, at + RECORD_HEADER_BYTES, entry);
    seal(RecordType.entry, ENTRY_HEADER_BYTES + entry.data.length);
  }
  assert(at === bytes.length, 'the batch has the size that was reckoned');
  return { bytes, crc };
}

export const SYNCED_MARK_BYTES = frameBytesOf(DURABLE_STATE_BYTES);

/** What is put behind a batch once it is durable: see `wal-record.ts`. Every batch is at least as long, and overwrites it. */
export function encodeSyncedMark(
  state: DurableState,
  segment: number,
  position: number,
  previousCrc: number,
): Uint8Array {
  const bytes = new Uint8Array(SYNCED_MARK_BYTES);
  putDurableState(bytes, RECORD_HEADER_BYTES, state);
  sealFrame(bytes, 0, RecordType.synced, DURABLE_STATE_BYTES, {
    segment,
    batchStart: position,
    previousCrc,
  });
  return bytes;
}

function batchBytes(records: BatchRecords, mark: Uint8Array | undefined): number {
  let total = frameBytesOf(DURABLE_STATE_BYTES);
  if (records.lead !== undefined) total += frameBytesOf(records.lead.data.length);
  if (mark !== undefined) total += frameBytesOf(mark.length);
  for (const entry of records.entries)
    total += frameBytesOf(ENTRY_HEADER_BYTES + entry.data.length);
  return total;
}
