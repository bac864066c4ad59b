import type { ReplicaFigures, ReplicaStatus } from '../protocol/index.js';
import type { ReplicaElections } from './replica-elections.js';
import type { ReplicaRequests } from './replica-requests.js';
import type { ReplicaSelf } from './replica-self.js';

export interface CountingParts {
  readonly self: ReplicaSelf;
  readonly elections: ReplicaElections;
  readonly requests: ReplicaRequests;
}

/** What a life of a replica counts, put together when it is asked for. */
export function replicaFigures(status: ReplicaStatus, parts: CountingParts): ReplicaFigures {
  const { self, elections, requests } = parts;
  const { id, role, leader, commitIndex, appliedIndex, dbSizeBytes, keys } = status;
  return {
    id,
    hasLeader: leader !== null,
    isLeader: role === 'leader',
    leaderChanges: self.journal.leaderChanges,
    commitIndex,
    appliedIndex,
    proposalsPending: requests.writes.pending,
    proposalsFailed: requests.writes.failed,
    holdups: self.journal.holdups,
    dbSizeBytes,
    keys,
    walSyncs: self.walSyncs.read(),
    snapshotSyncs: self.snapshotSyncs.read(),
    elections: elections.counts(),
  };
}
