import type { NodeId, Term } from '../base/index.js';

/** Why a node answered a vote request as it did. Closed. */
export const VoteReason = {
  granted: 'granted',
  /** It gave its vote in this term to another candidate. */
  alreadyVoted: 'already-voted',
  /** The candidate's log is older than its own (Raft §5.4.1). */
  logBehind: 'log-behind',
  /** It hears a leader: in the lease of check-quorum (thesis §6.2), or in this very term. */
  leaderAlive: 'leader-alive',
  /** The request is of a term that is over. */
  lowerTerm: 'lower-term',
} as const;
export type VoteReason = (typeof VoteReason)[keyof typeof VoteReason];

/**
 * Why a node campaigns. `transfer`: its leader told it to; `forced`: its host called `campaign()`;
 * `leader-dead`: its host called `campaignAfterDeath()`.
 */
export type CampaignReason = 'election-timeout' | 'transfer' | 'forced' | 'leader-dead';

export type VotePhase = 'pre-vote' | 'vote';

export type RoleName = 'follower' | 'pre-candidate' | 'candidate' | 'leader';

/**
 * What an election is made of, as one node sees it, in the order in which it happens. The host adds
 * the time. `term` is the node's own term after the event; `campaignTerm` is the term that the
 * election is for.
 */
export type TraceEvent =
  | {
      readonly type: 'campaign-started';
      readonly phase: VotePhase;
      readonly reason: CampaignReason;
      readonly term: Term;
      readonly campaignTerm: Term;
    }
  | {
      readonly type: 'vote-answered';
      readonly phase: VotePhase;
      readonly candidate: NodeId;
      readonly granted: boolean;
      readonly reason: VoteReason;
      readonly term: Term;
      readonly campaignTerm: Term;
    }
  | {
      readonly type: 'vote-received';
      readonly phase: VotePhase;
      /** The node itself too, once its own vote is durable. */
      readonly voter: NodeId;
      readonly granted: boolean;
      readonly reason: VoteReason;
      readonly term: Term;
    }
  | {
      readonly type: 'role-changed';
      readonly role: RoleName;
      readonly term: Term;
      readonly leader: NodeId;
    }
  /** A message of a later term ends what this node was (Raft §5.1); `led`: the leader of its term. */
  | {
      readonly type: 'higher-term';
      readonly from: NodeId;
      /** The message's type. */
      readonly message: string;
      readonly term: Term;
      readonly led: boolean;
    }
  /** A leader has not heard a majority for an election timeout and steps down (thesis §6.2). */
  | { readonly type: 'leader-lost'; readonly reason: 'check-quorum'; readonly term: Term };

export type Trace = (event: TraceEvent) => void;
