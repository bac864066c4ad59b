import { assert } from '../base/index.js';
import { crc32c } from './crc32c.js';

/**
 * A record of the WAL, little-endian, 8-byte aligned:
 *
 * ```text
 *  0  u32  crc-32c of everything behind it, without the padding
 *  4  u32  bytes of data
 *  8  u8   type, then the three bytes "kwl"
 * 12  u32  sequence number of the segment
 * 16  u32  where in the segment the batch of this record begins
 * 20  u32  crc of the record before it
 * 24  data, padded with zeros to a multiple of 8
 * ```
 *
 * The chain (`previousCrc`) catches a record that is lost or put elsewhere. The sequence number makes what a recycled
 * file held before invalid. `batchStart` tells a torn write from damage: a batch is written only when the one before it
 * is durable, so a whole record of a batch that begins behind a bad place proves that the bad place was durable once.
 * For the last batch no other one proves that. So a `synced` record is put behind each batch once it is durable, where the
 * next batch will begin: it is no part of the chain, is not itself synced, and is overwritten by that batch.
 */
export const RECORD_HEADER_BYTES = 24;
export const RECORD_ALIGNMENT = 8;
export const SEGMENT_NUMBER_AT = 12;

export const RecordType = {
  segment: 1,
  hardState: 2,
  entry: 3,
  snapshot: 4,
  repair: 5,
  synced: 6,
} as const;
export type RecordType = (typeof RecordType)[keyof typeof RecordType];

const MAGIC = 0x6c776b00;
const LAST_TYPE = RecordType.synced;

export interface WalRecord {
  readonly type: RecordType;
  /** A view of the bytes that were read. */
  readonly data: Uint8Array;
  readonly batchStart: number;
  readonly previousCrc: number;
  readonly crc: number;
  /** Header, data and padding. */
  readonly frameBytes: number;
}

export interface FramePlace {
  readonly segment: number;
  readonly batchStart: number;
  readonly previousCrc: number;
}

export function frameBytesOf(dataBytes: number): number {
  return RECORD_HEADER_BYTES + Math.ceil(dataBytes / RECORD_ALIGNMENT) * RECORD_ALIGNMENT;
}

/**
 * Completes a frame in `target` at `at`, where the data already stands behind the header's place and the padding is
 * zero. Returns the record's crc.
 */
export function sealFrame(
  target: Uint8Array,
  at: number,
  type: RecordType,
  dataBytes: number,
  place: FramePlace,
): number {
  const end = at + RECORD_HEADER_BYTES + dataBytes;
  assert(end <= target.length, 'the frame fits its buffer');
  putUint32(target, at + 4, dataBytes);
  putUint32(target, at + 8, MAGIC | type);
  putUint32(target, at + 12, place.segment);
  putUint32(target, at + 16, place.batchStart);
  putUint32(target, at + 20, place.previousCrc);
  const crc = crc32c(target.subarray(at + 4, end));
  putUint32(target, at, crc);
  return crc;
}

/** The record at `at`, or undefined where no whole and right one of this segment stands. */
export function parseFrame(bytes: Uint8Array, at: number, segment: number): WalRecord | undefined {
  if (at + RECORD_HEADER_BYTES > bytes.length) return undefined;
  const tag = getUint32(bytes, at + 8);
  const type = tag & 0xff;
  if ((tag & 0xffffff00) !== MAGIC || type < RecordType.segment || type > LAST_TYPE)
    return undefined;
  if (getUint32(bytes, at + 12) !== segment >>> 0) return undefined;
  const dataBytes = getUint32(bytes, at + 4);
  const end = at + RECORD_HEADER_BYTES + dataBytes;
  if (end > bytes.length) return undefined;
  const crc = getUint32(bytes, at);
  if (crc32c(bytes.subarray(at + 4, end)) !== crc) return undefined;
  return {
    type: type as RecordType,
    data: bytes.subarray(at + RECORD_HEADER_BYTES, end),
    batchStart: getUint32(bytes, at + 16),
    previousCrc: getUint32(bytes, at + 20),
    crc,
    frameBytes: frameBytesOf(dataBytes),
  };
}

export function putUint32(target: Uint8Array, at: number, value: number): void {
  target[at] = value;
  target[at + 1] = value >>> 8;
  target[at + 2] = value >>> 16;
  target[at + 3] = value >>> 24;
}

export function getUint32(bytes: Uint8Array, at: number): number {
  const low = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
  return (low | ((bytes[at + 3] ?? 0) << 24)) >>> 0;
}

/** A safe integer in eight bytes. */
export function putUint53(target: Uint8Array, at: number, value: number): void {
  assert(Number.isSafeInteger(value) && value >= 0, 'only safe integers are written');
  putUint32(target, at, value >>> 0);
  putUint32(target, at + 4, Math.floor(value / 2 ** 32));
}

export function getUint53(bytes: Uint8Array, at: number): number {
  return getUint32(bytes, at) + getUint32(bytes, at + 4) * 2 ** 32;
}
