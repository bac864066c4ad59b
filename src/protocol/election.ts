/** Why a replica campaigned. Closed; docs/elections.md explains each. */
export const ElectionCause = {
  clusterStart: 'cluster-start',
  leaderCrash: 'leader-crash',
  leaderStopped: 'leader-stopped',
  heartbeatTimeout: 'heartbeat-timeout',
  leaderStall: 'leader-stall',
  slowDisk: 'slow-disk',
  partition: 'partition',
  quorumLost: 'quorum-lost',
  transfer: 'transfer',
  unknown: 'unknown',
} as const;
export type ElectionCause = (typeof ElectionCause)[keyof typeof ElectionCause];

/** Why a vote was given or refused. Closed. */
export const VoteReason = {
  granted: 'granted',
  self: 'self',
  alreadyVoted: 'already-voted',
  logBehind: 'log-behind',
  leaderAlive: 'leader-alive',
  lowerTerm: 'lower-term',
  repairing: 'repairing',
  noAnswer: 'no-answer',
} as const;
export type VoteReason = (typeof VoteReason)[keyof typeof VoteReason];

export interface ElectionVote {
  readonly voter: string;
  readonly granted: boolean;
  readonly reason: VoteReason;
}

/** One election, as the command line prints it (`kubactor elections -o json`). Times in milliseconds. */
export interface ElectionRecord {
  readonly term: number;
  /** Null: the campaign failed. */
  readonly leader: string | null;
  readonly candidate: string;
  readonly cause: ElectionCause;
  /** One plain sentence with the evidence. */
  readonly causeDetail: string;
  readonly votes: readonly ElectionVote[];
  readonly phases: {
    /** From the last sign of life of the old leader to the campaign. */
    readonly detectMs: number | null;
    readonly preVoteMs: number | null;
    readonly voteMs: number | null;
    /** From the won vote to the commit of the no-op. */
    readonly commitMs: number | null;
  };
  /** From the old leader's last sign of life to the first moment at which a write could be acknowledged again. */
  readonly unavailableMs: number | null;
  /** RFC 3339, UTC. */
  readonly electedAt: string;
}
