import type { LogPosition, RaftRole, ReplicaStatus } from '../protocol/index.js';
import type { RawNode, SoftState } from '../raft/index.js';
import type { DiskRoom } from './disk-room.js';
import type { ReplicaLog } from './replica-log.js';
import { corruptProblem, repairProblem } from './replica-problem.js';
import type { ReplicaSettings } from './replica-settings.js';
import type { StateMachine } from './state-machine.js';

export const ROLES: Readonly<Record<SoftState['raftState'], RaftRole>> = {
  StateLeader: 'leader',
  StateFollower: 'follower',
  StateCandidate: 'candidate',
  StatePreCandidate: 'pre-candidate',
};

const REMOVED = 'it was removed from the store, and is ended once a majority knows';

export interface StatusParts {
  readonly settings: ReplicaSettings;
  readonly node: RawNode;
  readonly machine: StateMachine;
  readonly log: ReplicaLog;
  readonly room: Pick<DiskRoom, 'problem'>;
}

/** Where a log stands. */
export function positionOf({ end, hardState }: ReplicaLog): Omit<LogPosition, 'replica'> {
  return { lastIndex: end.lastIndex, lastTerm: end.lastTerm, commitIndex: hardState.commit };
}

/** Who leads, as this replica sees it. */
export function standingOf(
  settings: ReplicaSettings,
  node: RawNode,
): Pick<ReplicaStatus, 'role' | 'leader' | 'term'> {
  const { hardState, lead, raftState } = node.basicStatus();
  return {
    role: ROLES[raftState],
    leader: lead === 0 ? null : settings.actorOf(lead),
    term: hardState.term,
  };
}

/** What a replica shows of itself. Pure; `phase` is its actor's. */
export function replicaStatus(
  { settings, node, machine, log, room }: StatusParts,
  phase: 'starting' | 'running' | 'stopping' | 'removed',
): ReplicaStatus {
  const { hardState, lead, raftState } = node.basicStatus();
  const { appliedIndex, revision, compactRevision, keys, dbSizeBytes } = machine.status();
  return {
    id: settings.id,
    ...standingOf(settings, node),
    role: roleOf(),
    lastIndex: log.end.lastIndex,
    commitIndex: hardState.commit,
    appliedIndex,
    revision,
    compactRevision,
    keys,
    dbSizeBytes,
    state: log.repair !== undefined && phase === 'running' ? 'repairing' : phase,
    problem: problemOf(),
  };

  function roleOf(): RaftRole | null {
    if (phase === 'removed') return null;
    const votes = machine.confState.voters.includes(settings.nodeId);
    return votes || raftState !== 'StateFollower' ? ROLES[raftState] : 'learner';
  }

  function problemOf(): string | null {
    if (phase === 'removed') return REMOVED;
    if (log.repair !== undefined) return repairProblem(log.repair, settings.folder, lead !== 0);
    return machine.alarmed('corrupt', BigInt(settings.nodeId))
      ? corruptProblem(settings)
      : room.problem;
  }
}
