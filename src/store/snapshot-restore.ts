import { failed, logIndex, nodeId, ok, revision, term } from '../base/index.js';
import type { ActorId, Clock, Disk, NodeId, Result, Revision } from '../base/index.js';
import { rebaseImage } from '../mvcc/index.js';
import { EMPTY_CONF_STATE, NONE } from '../raft/index.js';
import { makeDurableFolder } from './durable-folder.js';
import { foundingMembers } from './member-table.js';
import { createSessionTable } from './session-table.js';
import { SnapshotFileWriter } from './snapshot-file.js';
import { readSnapshotFile } from './snapshot-reader.js';
import type { ReadSnapshot } from './snapshot-reader.js';
import { SnapshotFolder } from './snapshot-folder.js';
import type { RestoredState } from './state-restorer.js';
import { openStateSnapshot } from './state-snapshot.js';
import { Wal } from './wal.js';

/** What `snapshot inspect` tells of a file. */
export interface SnapshotFacts {
  readonly clusterId: bigint;
  readonly revision: Revision;
  readonly compactRevision: Revision;
  readonly totalKeys: number;
  readonly leases: number;
  readonly bytes: number;
  /** The digest of the keys at that revision: what `hashKv` of the replicas says too. */
  readonly hash: string;
}

/** Reads and checks all of a snapshot file. Failed: why it cannot be used. */
export function inspectSnapshot(disk: Disk, file: string): Result<SnapshotFacts, string> {
  const read = readWhole(disk, file);
  if (!read.ok) return read;
  const { clusterId, bytes, state } = read.value;
  const { mvcc } = state;
  return ok({
    clusterId,
    revision: mvcc.currentRevision,
    compactRevision: mvcc.compactRevision,
    totalKeys: mvcc.keys,
    leases: mvcc.leases().length,
    bytes,
    hash: digestOf(state),
  });
}

export interface RestoredReplica {
  readonly id: ActorId;
  readonly nodeId: NodeId;
  readonly folder: string;
}

export interface RestoreOptions {
  readonly file: string;
  /** Of the new cluster: its replicas refuse files of the old one. */
  readonly clusterId: bigint;
  readonly replicas: readonly RestoredReplica[];
  /**
   * Added to the revision, and everything before is marked as compacted (etcdutl's `--bump-revision` and `--mark-compacted`): a
   * client that has seen more of the old cluster than the snapshot holds must list anew, and never meets a revision twice.
   */
  readonly bumpRevision: number;
}

/** Writes the folders of a new cluster's replicas, as if each had taken the state for its first snapshot. */
export function restoreSnapshot(
  { disk, clock }: { readonly disk: Disk; readonly clock: Clock },
  { file, clusterId, replicas, bumpRevision }: RestoreOptions,
): Result<{ readonly revision: Revision; readonly totalKeys: number }, string> {
  const read = readWhole(disk, file);
  if (!read.ok) return read;
  const { state } = read.value;
  const image = rebaseImage(state.mvcc.image(), bumpRevision);
  // The members of the old cluster are not those of the new one.
  const members = foundingMembers(replicas);
  const voters = replicas.map((replica) => nodeId(replica.nodeId));
  const position = {
    appliedIndex: logIndex(1),
    appliedTerm: term(1),
    confState: { ...EMPTY_CONF_STATE, voters },
  };
  const metadata = { index: logIndex(1), term: term(1), confState: position.confState };
  for (const { folder, nodeId: replicaId } of replicas) {
    makeDurableFolder(disk, folder);
    const snapshots = new SnapshotFolder(disk, `${folder}/snap`);
    const part = snapshots.newPartPath();
    const writer = new SnapshotFileWriter(disk, part, clusterId, metadata);
    // The sessions of the old cluster's clients and its alarms stay behind.
    const sessions = createSessionTable<never>().image();
    const snapshot = openStateSnapshot(position, { mvcc: image, sessions, alarms: [], members });
    for (let next = snapshot.chunks.next(); next.done !== true; next = snapshot.chunks.next())
      writer.write(next.value);
    writer.finish();
    snapshots.publish(part, metadata);
    const opened = Wal.open({
      disk,
      clock,
      folder: `${folder}/wal`,
      identity: { clusterId, replicaId },
    });
    if (!opened.ok) return failed(`${folder}: ${opened.error.reason}`);
    const hardState = { term: term(1), vote: NONE, commit: logIndex(1) };
    const mark = { ...metadata, confState: EMPTY_CONF_STATE };
    opened.value.wal.append({ hardState, entries: [], snapshot: mark });
    opened.value.wal.close();
  }
  return ok({ revision: revision(image.revision), totalKeys: state.mvcc.keys });
}

function readWhole(disk: Disk, file: string): Result<ReadSnapshot, string> {
  if (!disk.exists(file)) return failed('there is no such file');
  const read = readSnapshotFile(disk, file, undefined);
  return read.ok ? read : failed(`it is damaged, or no snapshot at all: ${read.error}`);
}

const HASHED_BYTES_PER_STEP = 64 * 1024 * 1024;

function digestOf({ mvcc }: RestoredState): string {
  const begun = mvcc.hashKeys(0);
  if (!begun.ok) return '';
  while (begun.value.step(HASHED_BYTES_PER_STEP) === 'more');
  return begun.value.digest();
}
