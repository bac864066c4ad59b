import type { LogIndex, Term } from '../base/index.js';
import type { Entry } from '../raft/index.js';
import {
  decodeSegmentHeader,
  decodeSnapshotMark,
  getDurableState,
  getEntry,
  logReaches,
} from './wal-payload.js';
import type { DurableState, LogEnd, SegmentHeader } from './wal-payload.js';
import {
  getUint32,
  parseFrame,
  RECORD_ALIGNMENT,
  RecordType,
  SEGMENT_NUMBER_AT,
} from './wal-record.js';
import type { WalRecord } from './wal-record.js';

/** The log as it grows while records are read in their order. */
export interface LogImage {
  /** The entry before the first one that is here; 0 and 0 for a log from the start. */
  offset: LogEnd;
  entries: Entry[];
  state: DurableState | undefined;
}

export function emptyLogImage(): LogImage {
  return {
    offset: { lastIndex: 0 as LogIndex, lastTerm: 0 as Term },
    entries: [],
    state: undefined,
  };
}

/** Where reading a segment came to its end: behind the last whole record of the chain. */
export interface SegmentScan {
  readonly header: SegmentHeader | undefined;
  /** False: not even the records that were durable before the segment got its name are whole. */
  readonly begun: boolean;
  readonly position: number;
  readonly crc: number;
}

/** Reads the chained records from the start of a segment into `image`, up to the first that is not whole and right. */
export function scanSegment(
  bytes: Uint8Array,
  sequence: number,
  previousCrc: number | undefined,
  image: LogImage,
): SegmentScan {
  const segment = sequence >>> 0;
  const first = parseFrame(bytes, 0, segment);
  const none = { header: undefined, begun: false, position: 0, crc: previousCrc ?? 0 };
  if (first?.type !== RecordType.segment) return none;
  if (previousCrc !== undefined && first.previousCrc !== previousCrc) return none;
  const header = decodeSegmentHeader(first.data);
  let position = first.frameBytes;
  let crc = first.crc;
  let begun = false;
  for (;;) {
    const record = parseFrame(bytes, position, segment);
    if (record?.previousCrc !== crc || !takeRecord(record, image, begun)) break;
    begun = true;
    position += record.frameBytes;
    crc = record.crc;
  }
  return { header, begun, position, crc };
}

/** False: the record does not follow from what stands before it. */
function takeRecord(record: WalRecord, image: LogImage, begun: boolean): boolean {
  switch (record.type) {
    case RecordType.hardState: {
      const state = getDurableState(record.data);
      if (!begun && image.state === undefined) {
        image.offset = { lastIndex: state.lastIndex, lastTerm: state.lastTerm };
      }
      image.state = state;
      return true;
    }
    case RecordType.entry:
      return begun && takeEntry(getEntry(record.data), image);
    case RecordType.snapshot: {
      const mark = decodeSnapshotMark(record.data);
      image.offset = { lastIndex: mark.index, lastTerm: mark.term };
      image.entries = [];
      return begun;
    }
    case RecordType.synced:
    case RecordType.segment:
    case RecordType.repair:
      return false;
  }
}

/**
 * A later entry with the index of an earlier one replaces it and all behind it (Raft §5.3). It may lie before the first
 * segment that is left: a leader replaced entries of a segment that has been purged since. Only what a snapshot holds is
 * purged, so the log goes on behind that entry.
 */
function takeEntry(entry: Entry, image: LogImage): boolean {
  const place = entry.index - image.offset.lastIndex - 1;
  if (place > image.entries.length) return false;
  if (place < 0) {
    image.offset = { lastIndex: entry.index, lastTerm: entry.term };
    image.entries = [];
    return true;
  }
  image.entries.length = place;
  image.entries.push(entry);
  return true;
}

export function logEnd(image: LogImage): LogEnd {
  const last = image.entries.at(-1);
  return last === undefined ? image.offset : { lastIndex: last.index, lastTerm: last.term };
}

/** What whole records behind a bad place say: how far the log once reached. */
export interface Evidence {
  /** Some whole record was found. */
  found: boolean;
  /** One of a batch that begins behind the bad place: so the bad place was durable once. */
  durable: boolean;
  state: DurableState | undefined;
  end: LogEnd | undefined;
}

export function noEvidence(): Evidence {
  return { found: false, durable: false, state: undefined, end: undefined };
}

/** Looks at every aligned place behind `position` for whole records of this segment. */
export function gatherEvidence(
  bytes: Uint8Array,
  sequence: number,
  position: number,
  evidence: Evidence,
): void {
  const segment = sequence >>> 0;
  let at = position;
  while (at < bytes.length) {
    const record = parseFrame(bytes, at, segment);
    if (record === undefined) {
      at += RECORD_ALIGNMENT;
      continue;
    }
    // A mark where the next batch begins is as it should be, and that batch overwrites it.
    if (record.type !== RecordType.synced || at > position) evidence.found = true;
    if (record.batchStart > position) evidence.durable = true;
    noteEvidence(record, evidence);
    at += record.frameBytes;
  }
}

function noteEvidence(record: WalRecord, evidence: Evidence): void {
  if (record.type === RecordType.hardState || record.type === RecordType.synced) {
    const state = getDurableState(record.data);
    evidence.state = state;
    evidence.end = { lastIndex: state.lastIndex, lastTerm: state.lastTerm };
  }
  if (record.type !== RecordType.entry) return;
  const entry = getEntry(record.data);
  const end = { lastIndex: entry.index, lastTerm: entry.term };
  if (evidence.end === undefined || !logReaches(evidence.end, end)) evidence.end = end;
}

/**
 * From where on damage in a segment looks like a tear: behind the last batch where a mark says that it is durable, else at
 * the start of the last whole one.
 */
export function lastBatchStart(bytes: Uint8Array): number {
  const segment = getUint32(bytes, SEGMENT_NUMBER_AT);
  let position = 0;
  let start = 0;
  for (;;) {
    const record = parseFrame(bytes, position, segment);
    if (record === undefined) return start;
    start = record.batchStart;
    position += record.frameBytes;
  }
}
