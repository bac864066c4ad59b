import type { CampaignOutcome, ElectionVote, LogPosition, VoteReason } from './vote.js';

/**
 * What an election record follows from: the candidate's own account of its campaign, and what each replica saw of it and of
 * itself. All times are monotonic milliseconds, which the replicas of one process share; they compare within one record only.
 */
export interface ElectionEvidence {
  readonly campaign: CampaignFacts;
  readonly witnesses: readonly Witness[];
}

export type CampaignPhase = 'pre-vote' | 'vote';

/** Written by the candidate only; a higher version replaces a lower one. */
export interface CampaignFacts {
  readonly id: string;
  readonly version: number;
  readonly term: number;
  readonly candidate: string;
  readonly reason: 'election-timeout' | 'transfer' | 'forced' | 'leader-dead';
  readonly outcome: CampaignOutcome;
  readonly attempts: number;
  readonly voters: readonly string[];
  readonly leaderBefore: KnownLeader | null;
  /** The old leader's last sign of life at this replica. Null: none in this life. */
  readonly silentSinceMs: number | null;
  /** The first attempt, and the last one. */
  readonly startedMs: number;
  readonly campaignMs: number;
  readonly votingMs: number | null;
  readonly wonMs: number | null;
  readonly committedMs: number | null;
  readonly firstWriteMs: number | null;
  readonly endedMs: number | null;
  readonly preVotes: readonly ElectionVote[];
  readonly votes: readonly ElectionVote[];
  /** RFC 3339, UTC. */
  readonly electedAt: string;
}

export interface KnownLeader {
  readonly leader: string;
  readonly term: number;
}

export interface HeardLeader extends KnownLeader {
  /** It was first known there. */
  readonly sinceMs: number;
  readonly heardMs: number;
}

/** What one life of a replica tells of an election. */
export interface Witness {
  readonly replica: string;
  /** Its life began. */
  readonly sinceMs: number;
  /** Up to here it has looked at itself: what blocked it before is among the events. */
  readonly watchedUntilMs: number;
  /** When it told this. */
  readonly toldMs: number;
  /** A later life of this replica has told too: this one will tell no more. */
  readonly over?: boolean;
  /** The leaders that it knew, oldest first, each with its last sign of life there. */
  readonly leaders: readonly HeardLeader[];
  readonly log: LogPosition;
  /** In order of time. */
  readonly events: readonly WitnessEvent[];
}

/** `loop`: its event loop stood still, for whatever reason but its disk and its entries. */
export type Blocker = 'loop' | 'disk' | 'apply';

export type LeavingReason = 'stopping' | 'corrupt' | 'disk' | 'moved';

/** A voter as a leader saw it that lost its majority. */
export interface UnheardVoter {
  readonly replica: string;
  readonly sinceMs: number;
  /** Its thread was there. */
  readonly up: boolean;
}

export type WitnessEvent = { readonly atMs: number } & (
  | { readonly is: 'started'; readonly fresh: boolean }
  | {
      readonly is: 'campaigned';
      readonly phase: CampaignPhase;
      readonly reason: CampaignFacts['reason'];
      readonly term: number;
    }
  | {
      readonly is: 'answered';
      readonly phase: CampaignPhase;
      readonly term: number;
      readonly candidate: string;
      readonly granted: boolean;
      readonly reason: VoteReason;
    }
  | {
      readonly is: 'received';
      readonly phase: CampaignPhase;
      readonly term: number;
      readonly voter: string;
      readonly granted: boolean;
      readonly reason: VoteReason;
    }
  | { readonly is: 'leads'; readonly term: number }
  | { readonly is: 'follows'; readonly term: number; readonly leader: string }
  | {
      readonly is: 'lost-quorum';
      readonly term: number;
      readonly unheard: readonly UnheardVoter[];
    }
  /** A leader, or a follower, that met a higher term. */
  | {
      readonly is: 'met-higher-term';
      readonly term: number;
      readonly by: string;
      readonly message: string;
      readonly led: boolean;
    }
  | {
      readonly is: 'saw-death';
      readonly of: string;
      readonly incarnation: number;
      /** It was this replica's leader, of this term. */
      readonly led: boolean;
      readonly term: number;
    }
  | {
      readonly is: 'learned-exit';
      readonly of: string;
      readonly incarnation: number;
      readonly why: string;
    }
  /** The host found that its thread does not answer. */
  | { readonly is: 'saw-hang'; readonly of: string }
  | { readonly is: 'told-leaving'; readonly of: string; readonly why: LeavingReason }
  /** From `atMs` on. */
  | { readonly is: 'blocked'; readonly by: Blocker; readonly ms: number }
  | { readonly is: 'committed'; readonly term: number; readonly index: number }
  | { readonly is: 'first-write'; readonly term: number }
);
