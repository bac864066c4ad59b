import type { ElectionEvidence } from './election-evidence.js';
import type { CampaignOutcome, ElectionVote, LogPosition } from './vote.js';

/** Why there was an election. Closed; docs/elections.md explains each, and what to do about it. */
export const ElectionCause = {
  clusterStart: 'cluster-start',
  leaderCrash: 'leader-crash',
  leaderStopped: 'leader-stopped',
  leaderCorrupt: 'leader-corrupt',
  leaderDisk: 'leader-disk',
  transfer: 'transfer',
  leaderStall: 'leader-stall',
  slowDisk: 'slow-disk',
  slowApply: 'slow-apply',
  partition: 'partition',
  laggingReplica: 'lagging-replica',
  quorumLost: 'quorum-lost',
  termRaised: 'term-raised',
  unknown: 'unknown',
} as const;
export type ElectionCause = (typeof ElectionCause)[keyof typeof ElectionCause];

/**
 * One election: the campaign of one replica for one term, as the command line prints it (`kubactor elections -o json`).
 * Times in milliseconds.
 */
export interface ElectionRecord {
  readonly term: number;
  /** Null: the campaign failed. */
  readonly leader: string | null;
  readonly candidate: string;
  readonly cause: ElectionCause;
  /** One plain sentence with the evidence. */
  readonly causeDetail: string;
  /** Of the vote where it came to one, else of the pre-vote. */
  readonly votes: readonly ElectionVote[];
  readonly phases: {
    /** From the last sign of life of the old leader to the campaign. */
    readonly detectMs: number | null;
    readonly preVoteMs: number | null;
    readonly voteMs: number | null;
    /** From the won vote to the commit of the no-op. */
    readonly commitMs: number | null;
    /** From that commit to the first write that a client had acknowledged. */
    readonly firstWriteMs: number | null;
  };
  /** From the old leader's last sign of life to the first moment at which a write could be acknowledged again. */
  readonly unavailableMs: number | null;
  /** RFC 3339, UTC. */
  readonly electedAt: string;
  /** The same at every replica, for all that is learned of this election. */
  readonly id: string;
  readonly outcome: CampaignOutcome;
  /** It failed for want of votes that went to another candidate of the same term. */
  readonly splitVote: boolean;
  /** How often this replica asked for votes for this term. */
  readonly attempts: number;
  readonly previousLeader: string | null;
  readonly preVotes: readonly ElectionVote[];
  readonly logs: readonly LogPosition[];
  /** Every voter has told what it saw: the cause is final. */
  readonly complete: boolean;
  /** What the record follows from. Kept for the newest ones; `--explain` tells it. */
  readonly evidence?: ElectionEvidence;
}
