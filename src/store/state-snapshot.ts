import type { KeyValue, MvccImage } from '../mvcc/index.js';
import type { Alarm } from '../protocol/index.js';
import type { CommandOutcome } from './command.js';
import type { MemberImage } from './member-table.js';
import type { SessionTableImage } from './session-table.js';
import { encodeChunk, STATE_SNAPSHOT_FORMAT_VERSION } from './state-chunk.js';
import type { StateChunk, StateSnapshotMeta, VersionRow } from './state-chunk.js';

/**
 * An open image of the whole state at one applied index. The chunks may be taken at leisure: what is applied in the
 * meantime is not in them. Each is a fresh array of about 256 KiB with its own checksum.
 */
export interface StateSnapshot {
  readonly meta: StateSnapshotMeta;
  readonly chunks: Iterator<Uint8Array<ArrayBuffer>, undefined>;
  /** Lets go of the image; after it `chunks` is at its end. */
  close(): void;
}

/** What is to be written of a state. */
export interface StateImage {
  readonly mvcc: MvccImage;
  readonly sessions: SessionTableImage<CommandOutcome>;
  readonly alarms: readonly Alarm[];
  readonly members: MemberImage;
}

/** A chunk is closed at the first item at or after this size. */
export const CHUNK_BYTES = 256 * 1024;
const OUTCOMES_PER_CHUNK = 64;

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
): Generator<Uint8Array<ArrayBuffer>, undefined> {
  let sequence = 0;
  for (const chunk of chunksOf(meta, image)) yield encodeChunk(sequence++, chunk);
  return undefined;
}

function* chunksOf(
  meta: StateSnapshotMeta,
  { mvcc, sessions, alarms, members }: StateImage,
): Generator<StateChunk> {
  yield { type: 'head', meta, leases: mvcc.leases, evicted: sessions.evicted, alarms, members };
  let rows: VersionRow[] = [];
  let bytes = 0;
  for (let at = 0; at < mvcc.historyLength; at++) {
    const kv = mvcc.history.at(at) as KeyValue;
    rows.push([kv.key, kv.createRevision, kv.modRevision, kv.version, kv.value, kv.lease]);
    bytes += kv.key.length + kv.value.length + 48;
    if (bytes < CHUNK_BYTES) continue;
    yield { type: 'versions', rows };
    rows = [];
    bytes = 0;
  }
  if (rows.length > 0) yield { type: 'versions', rows };
  for (const session of sessions.sessions) {
    const outcomes = [...session.outcomes];
    for (let from = 0; from === 0 || from < outcomes.length; from += OUTCOMES_PER_CHUNK) {
      yield {
        type: 'session',
        session: { ...session, outcomes: outcomes.slice(from, from + OUTCOMES_PER_CHUNK) },
      };
    }
  }
  yield { type: 'end', versions: mvcc.historyLength };
}
