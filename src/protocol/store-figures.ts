import type { Blocker } from './election-evidence.js';
import type { ElectionCause } from './election.js';
import type { VoteReason } from './vote.js';

/** A histogram: `counts` has one place more than `boundsMs`, for what is above all of them. */
export interface HistogramCounts {
  readonly boundsMs: readonly number[];
  readonly counts: readonly number[];
  readonly sumMs: number;
}

/** What one life of a replica counts. */
export interface ReplicaFigures {
  readonly id: string;
  readonly hasLeader: boolean;
  readonly isLeader: boolean;
  /** Leaders that it has seen, after the first. */
  readonly leaderChanges: number;
  readonly commitIndex: number;
  readonly appliedIndex: number;
  readonly proposalsPending: number;
  readonly proposalsFailed: number;
  /** How often it was held up, for half a tick or longer, and by what. */
  readonly holdups: Readonly<Record<Blocker, number>>;
  readonly dbSizeBytes: number;
  readonly keys: number;
  readonly walSyncs: HistogramCounts;
  readonly snapshotSyncs: HistogramCounts;
  /** Of its own campaigns; a campaign counts once its cause is settled. */
  readonly elections: ElectionFigures;
}

export interface ElectionFigures {
  readonly byCause: Partial<Readonly<Record<ElectionCause, number>>>;
  /** Campaigns that came to nothing, by how they ended. */
  readonly failedByOutcome: Readonly<Record<string, number>>;
  readonly splitVotes: number;
  readonly rejectionsByReason: Partial<Readonly<Record<VoteReason, number>>>;
  /** From the first try to the commit of the no-op. */
  readonly duration: HistogramCounts;
  readonly writeGap: HistogramCounts;
}
