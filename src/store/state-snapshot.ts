import { assert, failed, ok } from '../base/index.js';
import type { LogIndex, Result, Revision, Term } from '../base/index.js';
import { decodeValue, encodeValue } from '../codec/index.js';
import { createMvccLoader, createMvccStore } from '../mvcc/index.js';
import type { KeyValue, LeaseImage, MvccImage, MvccLoader, MvccStore } from '../mvcc/index.js';
import type { Alarm } from '../protocol/index.js';
import type { ConfState } from '../raft/index.js';
import { createAlarmTable } from './alarms.js';
import type { AlarmTable } from './alarms.js';
import type { CommandOutcome } from './command.js';
import { crc32c } from './crc32c.js';
import { createMemberTable } from './member-table.js';
import type { MemberImage, MemberTable } from './member-table.js';
import { createSessionTable } from './session-table.js';
import type { SessionImage, SessionTable, SessionTableImage } from './session-table.js';

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

/**
 * An open image of the whole state at one applied index. The chunks may be taken at leisure: what is applied in the
 * meantime is not in them. Each is a fresh array of about 256 KiB with its own checksum.
 */
export interface StateSnapshot {
  readonly meta: StateSnapshotMeta;
  readonly chunks: Iterator<Uint8Array, undefined>;
  /** Lets go of the image; after it `chunks` is at its end. */
  close(): void;
}

/** Why chunks were refused. The state is as it was before. */
export interface StateSnapshotError {
  readonly code: 'corrupt';
  readonly message: string;
}

/** What chunks hold, built anew. */
export interface RestoredState {
  readonly meta: StateSnapshotMeta;
  readonly mvcc: MvccStore;
  readonly sessions: SessionTable<CommandOutcome>;
  readonly alarms: AlarmTable;
  /** Undefined in an image of a time when members did not change. */
  readonly members: MemberTable | undefined;
}

/** What is to be written of a state. */
export interface StateImage {
  readonly mvcc: MvccImage;
  readonly sessions: SessionTableImage<CommandOutcome>;
  readonly alarms: readonly Alarm[];
  readonly members: MemberImage;
}

/** 2: alarms. 3: members. One of an earlier format is read as one without any. */
export const STATE_SNAPSHOT_FORMAT_VERSION = 3;
/** A chunk is closed at the first item at or after this size. */
export const CHUNK_BYTES = 256 * 1024;
const OUTCOMES_PER_CHUNK = 64;

/** Positional, in the order of mvccpb.KeyValue's fields as we have them. */
type VersionRow = readonly [
  key: string,
  createRevision: Revision,
  modRevision: Revision,
  version: number,
  value: Uint8Array,
  lease: bigint,
];

/** The first chunk is a `head`, the last an `end` that says how many versions there were. */
type Chunk =
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
  | { readonly type: 'session'; readonly session: SessionImage<CommandOutcome> }
  | { readonly type: 'end'; readonly versions: number };

export function openStateSnapshot(
  position: Pick<StateSnapshotMeta, 'appliedIndex' | 'appliedTerm' | 'confState'>,
  image: StateImage,
): StateSnapshot {
  const { appliedIndex, appliedTerm, confState } = position;
  const { revision, compactRevision } = image.mvcc;
  const meta = {
    formatVersion: STATE_SNAPSHOT_FORMAT_VERSION,
    appliedIndex,
    appliedTerm,
    confState,
    revision,
    compactRevision,
  };
  const chunks = encodeChunks(meta, image);
  return {
    meta,
    chunks,
    close() {
      chunks.return(undefined);
    },
  };
}

function* encodeChunks(
  meta: StateSnapshotMeta,
  image: StateImage,
): Generator<Uint8Array, undefined> {
  let sequence = 0;
  for (const chunk of chunksOf(meta, image)) yield frame(sequence++, encodeValue(chunk));
  return undefined;
}

function* chunksOf(
  meta: StateSnapshotMeta,
  { mvcc, sessions, alarms, members }: StateImage,
): Generator<Chunk> {
  yield { type: 'head', meta, leases: mvcc.leases, evicted: sessions.evicted, alarms, members };
  let rows: VersionRow[] = [];
  let bytes = 0;
  for (let at = 0; at < mvcc.historyLength; at++) {
    const kv = mvcc.history[at] as KeyValue;
    rows.push([kv.key, kv.createRevision, kv.modRevision, kv.version, kv.value, kv.lease]);
    bytes += kv.key.length + kv.value.length + 48;
    if (bytes < CHUNK_BYTES) continue;
    yield { type: 'versions', rows };
    rows = [];
    bytes = 0;
  }
  if (rows.length > 0) yield { type: 'versions', rows };
  for (const session of sessions.sessions) {
    for (let from = 0; from === 0 || from < session.outcomes.length; from += OUTCOMES_PER_CHUNK) {
      yield {
        type: 'session',
        session: { ...session, outcomes: session.outcomes.slice(from, from + OUTCOMES_PER_CHUNK) },
      };
    }
  }
  yield { type: 'end', versions: mvcc.historyLength };
}

/** Header: magic, place in the sequence, payload bytes, CRC-32C of those three and the payload; each a little-endian uint32. */
const HEADER_BYTES = 16;
const CHECKED_HEADER_BYTES = 12;
/** "KSS1" */
const MAGIC = 0x3153534b;

function frame(sequence: number, payload: Uint8Array): Uint8Array {
  const chunk = new Uint8Array(HEADER_BYTES + payload.length);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, sequence, true);
  view.setUint32(8, payload.length, true);
  view.setUint32(12, crc32c(payload, crc32c(chunk.subarray(0, CHECKED_HEADER_BYTES))), true);
  chunk.set(payload, HEADER_BYTES);
  return chunk;
}

/** Builds a state from its chunks, or says what is wrong with them. */
export function readStateSnapshot(
  chunks: Iterable<Uint8Array>,
): Result<RestoredState, StateSnapshotError> {
  const builder = createBuilder();
  let sequence = 0;
  for (const chunk of chunks) {
    const problem =
      frameProblem(chunk, sequence) ??
      builder.add(decodeValue(chunk.subarray(HEADER_BYTES)) as Chunk);
    if (problem !== undefined) return corrupt(`chunk ${String(sequence)}: ${problem}`);
    sequence++;
  }
  const built = builder.finish();
  return built === undefined
    ? corrupt(`the end is missing after ${String(sequence)} chunks`)
    : ok(built);
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

interface Builder {
  /** Takes a chunk, or says why not. */
  add(chunk: Chunk): string | undefined;
  /** Undefined where the last chunk has not come. */
  finish(): RestoredState | undefined;
}

function createBuilder(): Builder {
  let head: Extract<Chunk, { type: 'head' }> | undefined;
  let loader: MvccLoader | undefined;
  let versions = 0;
  let ended = false;
  const sessions: SessionImage<CommandOutcome>[] = [];
  return {
    add(chunk) {
      if (ended) return 'after the end';
      if (chunk.type === 'head') {
        if (head !== undefined) return 'a second head';
        if (chunk.meta.formatVersion > STATE_SNAPSHOT_FORMAT_VERSION) {
          return `format version ${String(chunk.meta.formatVersion)} is not known`;
        }
        head = chunk;
        const { revision, compactRevision } = chunk.meta;
        loader = createMvccLoader({ revision, compactRevision, leases: chunk.leases });
        return undefined;
      }
      if (loader === undefined) return 'before the head';
      switch (chunk.type) {
        case 'versions':
          for (const row of chunk.rows) loader.append(versionOf(row));
          versions += chunk.rows.length;
          return undefined;
        case 'session':
          addSessionPart(sessions, chunk.session);
          return undefined;
        case 'end':
          ended = true;
          return chunk.versions === versions
            ? undefined
            : `${String(versions)} versions of ${String(chunk.versions)}`;
        default:
          return 'of an unknown type';
      }
    },
    finish() {
      if (!ended || head === undefined || loader === undefined) return undefined;
      const mvcc = createMvccStore(loader.finish());
      assert(mvcc.currentRevision === head.meta.revision, 'an image is at its revision');
      return {
        meta: head.meta,
        mvcc,
        sessions: createSessionTable({ sessions, evicted: head.evicted }),
        alarms: createAlarmTable(head.alarms),
        members: head.members === undefined ? undefined : createMemberTable(head.members),
      };
    },
  };
}

function addSessionPart(
  sessions: SessionImage<CommandOutcome>[],
  part: SessionImage<CommandOutcome>,
): void {
  const last = sessions.at(-1);
  if (last?.id !== part.id) sessions.push(part);
  else sessions[sessions.length - 1] = { ...last, outcomes: [...last.outcomes, ...part.outcomes] };
}

function versionOf(row: VersionRow): KeyValue {
  const [key, createRevision, modRevision, version, value, lease] = row;
  // A copy: the row's bytes are a view of the whole chunk, which would stay in memory with them.
  return { key, createRevision, modRevision, version, value: new Uint8Array(value), lease };
}

function corrupt(message: string): Result<RestoredState, StateSnapshotError> {
  return failed({ code: 'corrupt', message: `state snapshot: ${message}` });
}
