import { failed, ok } from '../base/index.js';
import type { Clock, Disk, Log, LogIndex, Result, Term } from '../base/index.js';
import { EMPTY_CONF_STATE, NONE } from '../raft/index.js';
import type { Entry, HardState, SnapshotMetadata } from '../raft/index.js';
import { makeDurableFolder } from './durable-folder.js';
import { loadNewestSnapshot } from './load-snapshot.js';
import type { MemberImage } from './member-table.js';
import { ReplicaLog } from './replica-log.js';
import { SnapshotFolder } from './snapshot-folder.js';
import type { StateMachine } from './state-machine.js';
import type { LogEnd, RepairMark } from './wal-payload.js';
import type { WalRefusal } from './wal-recovery.js';
import { Wal } from './wal.js';
import type { RecoveredLog, WalOptions } from './wal.js';

export interface RecoveryPorts {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly log: Log;
}

export interface RecoveryConfig {
  readonly folder: string;
  readonly identity: WalOptions['identity'];
  readonly segmentBytes: number;
  /** The members that the log begins with. */
  readonly founding: MemberImage;
}

export interface RecoveredReplica {
  readonly log: ReplicaLog;
  readonly snapshots: SnapshotFolder;
  /** Nothing was there before: the first start of this replica. */
  readonly fresh: boolean;
}

/**
 * What a replica starts from: the newest whole snapshot in `machine`, and the log behind it. Refused where nobody could
 * tell what the replica has promised.
 */
export function recoverReplica(
  ports: RecoveryPorts,
  config: RecoveryConfig,
  machine: StateMachine,
): Result<RecoveredReplica, WalRefusal> {
  const { disk, clock } = ports;
  const { folder, identity, segmentBytes } = config;
  makeDurableFolder(disk, folder);
  const snapshots = new SnapshotFolder(disk, `${folder}/snap`);
  const walFolder = `${folder}/wal`;
  const hadLog = disk.exists(walFolder) || snapshots.list().length === 0;
  const opened = Wal.open({ disk, clock, folder: walFolder, identity, segmentBytes });
  if (!opened.ok) return opened;
  const { wal, recovered } = opened.value;
  const { term, vote } = recovered.hardState;
  const fresh =
    term === 0 && vote === 0 && recovered.entries.length === 0 && recovered.offset.lastIndex === 0;
  if (!hadLog || (fresh && snapshots.list().length > 0)) {
    wal.close();
    return failed({
      code: 'unreadable-log',
      file: walFolder,
      offset: 0,
      reason: 'the log is gone while snapshots are there: what this replica promised is not known',
    });
  }
  machine.bootstrap(config.founding);
  if (recovered.repair?.dropState === true) {
    const log = beginAnew(disk, wal, recovered.hardState, recovered.repair, snapshots);
    return ok({ log, snapshots, fresh: false });
  }
  const base = loadNewestSnapshot(ports, snapshots, identity.clusterId, machine);
  const { confState } = machine;
  const start = base ?? { index: 0 as LogIndex, term: 0 as Term, confState };
  return ok({
    log: joinLog(ports, wal, recovered, start),
    snapshots,
    fresh: fresh && base === undefined,
  });
}

/** Nothing is kept but term, vote, and the mark of what the log must hold again. A crash in the middle does it once more. */
function beginAnew(
  disk: Disk,
  wal: Wal,
  before: HardState,
  mark: RepairMark,
  snapshots: SnapshotFolder,
): ReplicaLog {
  for (const { path } of snapshots.list()) disk.remove(path);
  const hardState = { ...before, commit: 0 as LogIndex };
  const base = { index: 0 as LogIndex, term: 0 as Term, confState: EMPTY_CONF_STATE };
  wal.append({ hardState, entries: [], snapshot: base });
  const repair = { ...mark, dropState: undefined };
  wal.beginRepair(repair);
  return makeLog(wal, hardState, base, [], repair);
}

/** Brings snapshot and log together. Where entries between them are missing, the log is begun anew and must be mended. */
function joinLog(
  ports: RecoveryPorts,
  wal: Wal,
  recovered: RecoveredLog,
  base: SnapshotMetadata,
): ReplicaLog {
  const end = endOf(recovered);
  const baseTerm = termAt(recovered, base.index);
  if (baseTerm === base.term) {
    return makeLog(
      wal,
      clampCommit(recovered.hardState, base.index, end.lastIndex),
      base,
      recovered.entries,
      recovered.repair,
    );
  }
  const missing = base.index < recovered.offset.lastIndex;
  const repair = recovered.repair ?? (missing ? repairOf(recovered, end) : undefined);
  if (recovered.repair === undefined && repair !== undefined) {
    ports.log.error('no snapshot reaches the log: the state must come from the other replicas', {
      ...repair,
    });
    wal.beginRepair(repair);
  }
  const raised =
    recovered.hardState.term < base.term
      ? { term: base.term, vote: NONE, commit: base.index }
      : recovered.hardState;
  const hardState = { ...raised, commit: base.index };
  wal.append({ hardState, entries: [], snapshot: { ...base, confState: EMPTY_CONF_STATE } });
  return makeLog(wal, hardState, base, [], repair);
}

function makeLog(
  wal: Wal,
  hardState: HardState,
  base: SnapshotMetadata,
  entries: readonly Entry[],
  repair: RepairMark | undefined,
): ReplicaLog {
  return new ReplicaLog(
    wal,
    hardState,
    base,
    entries.filter((entry) => entry.index > base.index),
    repair,
  );
}

function repairOf(recovered: RecoveredLog, end: LogEnd): RepairMark {
  return {
    hardState: recovered.hardState,
    ...end,
    file: 'snap',
    offset: 0,
    reason: 'no snapshot is whole that reaches the first entry of the log',
  };
}

function clampCommit(hardState: HardState, low: LogIndex, high: LogIndex): HardState {
  return { ...hardState, commit: Math.max(low, Math.min(hardState.commit, high)) as LogIndex };
}

function endOf(recovered: RecoveredLog): LogEnd {
  const last = recovered.entries.at(-1);
  return last === undefined ? recovered.offset : { lastIndex: last.index, lastTerm: last.term };
}

function termAt(recovered: RecoveredLog, index: LogIndex): Term | undefined {
  if (index === recovered.offset.lastIndex) return recovered.offset.lastTerm;
  return recovered.entries[index - recovered.offset.lastIndex - 1]?.term;
}
