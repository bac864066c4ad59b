import { assert, logIndex, nodeId, term } from '../base/index.js';
import type { LogIndex, Term } from '../base/index.js';
import { decodeValue, encodeValue } from '../codec/index.js';
import { EntryType } from '../raft/index.js';
import type { Entry, HardState, SnapshotMetadata } from '../raft/index.js';
import { getUint53, putUint53 } from './wal-record.js';

/** Who a log belongs to. A log of another cluster or replica is refused. */
export interface WalIdentity {
  readonly clusterId: bigint;
  readonly replicaId: number;
}

/** 2: an entry holds the proposals of a turn, without names. */
export const WAL_FORMAT_VERSION = 2;

/** The first record of a segment. */
export interface SegmentHeader extends WalIdentity {
  readonly formatVersion: number;
  readonly sequence: number;
  /** The index that the first entry written to this segment was to have, had nothing been truncated. */
  readonly firstIndex: number;
  /** Of the last record of the segment before. */
  readonly previousCrc: number;
}

/** The hard state, and how far the log reached when it was written: what a damaged log must be brought back to. */
export interface DurableState {
  readonly hardState: HardState;
  readonly lastIndex: LogIndex;
  readonly lastTerm: Term;
}

/** Kept beside the segments while a damaged log is being mended. */
export interface RepairMark extends DurableState {
  readonly file: string;
  readonly offset: number;
  readonly reason: string;
  /** State and log are wrong as a whole: the next start drops them before anything is mended. */
  readonly dropState?: true | undefined;
}

export const DURABLE_STATE_BYTES = 40;
export const ENTRY_HEADER_BYTES = 24;
const ENTRY_TYPES = [EntryType.normal, EntryType.confChange, EntryType.confChangeV2] as const;

export function putDurableState(target: Uint8Array, at: number, state: DurableState): void {
  putUint53(target, at, state.hardState.term);
  putUint53(target, at + 8, state.hardState.vote);
  putUint53(target, at + 16, state.hardState.commit);
  putUint53(target, at + 24, state.lastIndex);
  putUint53(target, at + 32, state.lastTerm);
}

export function getDurableState(data: Uint8Array): DurableState {
  return {
    hardState: {
      term: term(getUint53(data, 0)),
      vote: nodeId(getUint53(data, 8)),
      commit: logIndex(getUint53(data, 16)),
    },
    lastIndex: logIndex(getUint53(data, 24)),
    lastTerm: term(getUint53(data, 32)),
  };
}

export function putEntry(target: Uint8Array, at: number, entry: Entry): void {
  putUint53(target, at, entry.term);
  putUint53(target, at + 8, entry.index);
  const type = ENTRY_TYPES.indexOf(entry.type);
  assert(type >= 0, 'the entry has a known type');
  putUint53(target, at + 16, type);
  target.set(entry.data, at + ENTRY_HEADER_BYTES);
}

/** The entry's data is a copy, so that it does not hold the whole segment in memory. */
export function getEntry(data: Uint8Array): Entry {
  const type = ENTRY_TYPES[getUint53(data, 16)];
  assert(type !== undefined, 'the entry has a known type');
  return {
    term: term(getUint53(data, 0)),
    index: logIndex(getUint53(data, 8)),
    type,
    data: data.slice(ENTRY_HEADER_BYTES),
  };
}

export function encodeSegmentHeader(header: SegmentHeader): Uint8Array {
  return encodeValue(header);
}

export function decodeSegmentHeader(data: Uint8Array): SegmentHeader {
  return decodeValue(data) as SegmentHeader;
}

export function encodeSnapshotMark(metadata: SnapshotMetadata): Uint8Array {
  return encodeValue(metadata);
}

export function decodeSnapshotMark(data: Uint8Array): SnapshotMetadata {
  return decodeValue(data) as SnapshotMetadata;
}

export function encodeRepairMark(mark: RepairMark): Uint8Array {
  return encodeValue(mark);
}

export function decodeRepairMark(data: Uint8Array): RepairMark {
  return decodeValue(data) as RepairMark;
}

/** Raft §5.4.1: a log that ends in a later term, or at a higher index of the same term, is the newer one. */
export function logReaches(has: LogEnd, wanted: LogEnd): boolean {
  if (has.lastTerm !== wanted.lastTerm) return has.lastTerm > wanted.lastTerm;
  return has.lastIndex >= wanted.lastIndex;
}

export interface LogEnd {
  readonly lastIndex: LogIndex;
  readonly lastTerm: Term;
}
