import type { LogIndex, Revision, Term } from '../base/index.js';
import { decodeValue, encodeValue } from '../codec/index.js';
import type { LeaseImage } from '../mvcc/index.js';
import type { Alarm } from '../protocol/index.js';
import type { ConfState } from '../raft/index.js';
import type { CommandOutcome } from './command.js';
import { crc32c } from './crc32c.js';
import type { MemberImage } from './member-table.js';
import type { SessionPart } from './session-table.js';

/** What a state image says of itself. */
export interface StateSnapshotMeta {
  /** Of the chunks' format; a restorer refuses one that it does not know. */
  readonly formatVersion: number;
  readonly appliedIndex: LogIndex;
  readonly appliedTerm: Term;
  readonly confState: ConfState;
  readonly revision: Revision;
  readonly compactRevision: Revision;
}

/** 2: alarms. 3: members. One of an earlier format is read as one without any. */
export const STATE_SNAPSHOT_FORMAT_VERSION = 3;
/** Positional, in the order of mvccpb.KeyValue's fields as we have them. */
export type VersionRow = readonly [
  key: string,
  createRevision: Revision,
  modRevision: Revision,
  version: number,
  value: Uint8Array,
  lease: bigint,
];

/** The first chunk is a `head`, the last an `end` that says how many versions there were. */
export type StateChunk =
  | {
      readonly type: 'head';
      readonly meta: StateSnapshotMeta;
      readonly leases: readonly LeaseImage[];
      readonly evicted: readonly string[];
      readonly alarms?: readonly Alarm[];
      readonly members?: MemberImage;
    }
  | { readonly type: 'versions'; readonly rows: readonly VersionRow[] }
  /** A part of a session's outcomes; the parts of one session follow one another. */
  | { readonly type: 'session'; readonly session: SessionPart<CommandOutcome> }
  | { readonly type: 'end'; readonly versions: number };

/** Header: magic, place in the sequence, payload bytes, CRC-32C of those three and the payload; each a little-endian uint32. */
const HEADER_BYTES = 16;
const CHECKED_HEADER_BYTES = 12;
/** "KSS1" */
const MAGIC = 0x3153534b;

/** The bytes of a chunk: a fresh array. */
export function encodeChunk(sequence: number, content: StateChunk): Uint8Array<ArrayBuffer> {
  const payload = encodeValue(content);
  const chunk = new Uint8Array(HEADER_BYTES + payload.length);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, sequence, true);
  view.setUint32(8, payload.length, true);
  view.setUint32(12, crc32c(payload, crc32c(chunk.subarray(0, CHECKED_HEADER_BYTES))), true);
  chunk.set(payload, HEADER_BYTES);
  return chunk;
}

/** What a chunk holds, or why it is not the one that belongs at this place. Byte strings are views of it. */
export function decodeChunk(chunk: Uint8Array, sequence: number): StateChunk | string {
  return frameProblem(chunk, sequence) ?? (decodeValue(chunk.subarray(HEADER_BYTES)) as StateChunk);
}

function frameProblem(chunk: Uint8Array, sequence: number): string | undefined {
  if (chunk.length < HEADER_BYTES) return `too short (${String(chunk.length)} bytes)`;
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  if (view.getUint32(0, true) !== MAGIC) return 'not a chunk of a state snapshot';
  const payload = chunk.subarray(HEADER_BYTES);
  if (view.getUint32(8, true) !== payload.length) return 'cut short';
  const crc = crc32c(payload, crc32c(chunk.subarray(0, CHECKED_HEADER_BYTES)));
  if (view.getUint32(12, true) !== crc) return 'checksum mismatch';
  if (view.getUint32(4, true) !== sequence)
    return `out of place (it is number ${String(view.getUint32(4, true))})`;
  return undefined;
}
