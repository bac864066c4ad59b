import type { Clock } from '../base/index.js';
import { VoteReason } from '../protocol/index.js';
import type {
  CampaignFacts,
  CampaignOutcome,
  CampaignPhase,
  ElectionVote,
  KnownLeader,
} from '../protocol/index.js';

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };
type Facts = Mutable<Omit<CampaignFacts, 'votes' | 'preVotes'>>;

interface Campaign {
  readonly facts: Facts;
  readonly votes: Record<CampaignPhase, Map<string, ElectionVote>>;
}

export interface ElectionObserverPorts {
  readonly clock: Clock;
  readonly replica: string;
  /** Now. */
  readonly voters: readonly string[];
  leaderBefore(term: number): KnownLeader | undefined;
  /** There is more to tell of a campaign of this replica: at its end, and whenever it learns more of it. */
  published(facts: CampaignFacts): void;
}

/** The candidate's own account of each of its campaigns. Asking again for the same term is the same campaign. */
export class ElectionObserver {
  readonly #ports: ElectionObserverPorts;
  #running: Campaign | undefined;
  /** Ended in pre-vote, and no leader has shown itself since: the next try for its term goes on with it. */
  #resumable: Campaign | undefined;
  /** Won and committed; the first write is still to come. */
  #unwritten: Campaign | undefined;
  #silentSinceMs: number | null = null;

  constructor(ports: ElectionObserverPorts) {
    this.#ports = ports;
  }

  /** The leader was heard, or this replica led until now. */
  leaderAlive(): void {
    this.#silentSinceMs = this.#ports.clock.monotonicMs();
  }

  /** A leader has shown itself: a campaign after this is a new one. */
  leaderSeen(): void {
    this.#resumable = undefined;
  }

  campaigned(phase: CampaignPhase, reason: CampaignFacts['reason'], term: number): void {
    const now = this.#ports.clock.monotonicMs();
    if (this.#running !== undefined && this.#running.facts.term !== term) this.#end();
    const campaign = this.#running ?? this.#resumed(term) ?? this.#begun(reason, term);
    this.#running = campaign;
    this.#resumable = undefined;
    const { facts, votes } = campaign;
    if (phase === 'vote') {
      if (facts.votingMs === null && facts.attempts === 0) facts.attempts = 1;
      facts.votingMs = now;
      votes.vote.clear();
      return;
    }
    facts.attempts++;
    facts.campaignMs = now;
    votes['pre-vote'].clear();
    if (facts.attempts > 1) this.#publish(campaign, 'running');
  }

  vote(phase: CampaignPhase, vote: ElectionVote): void {
    this.#running?.votes[phase].set(vote.voter, vote);
  }

  /** A replica under repair let a request go by. */
  withheld(voter: string): void {
    const phase = this.#running?.facts.votingMs === null ? 'pre-vote' : 'vote';
    this.vote(phase, { voter, granted: false, reason: VoteReason.repairing });
  }

  won(): void {
    if (this.#running !== undefined) this.#running.facts.wonMs = this.#ports.clock.monotonicMs();
  }

  /** It is a follower again, or no longer the leader. */
  followed(): void {
    this.#unwritten = undefined;
    if (this.#running !== undefined) this.#end();
  }

  get waitsForCommit(): boolean {
    return this.#running !== undefined && this.#running.facts.wonMs !== null;
  }

  /** The no-op of this leader's term is committed: writes can be acknowledged from now on. */
  committed(): void {
    const campaign = this.#running;
    if (campaign === undefined) return;
    campaign.facts.committedMs = this.#ports.clock.monotonicMs();
    this.#unwritten = campaign;
    this.#end();
  }

  /** A client has the answer to its write. Only the first one after an election is told. */
  wrote(): void {
    const campaign = this.#unwritten;
    this.#unwritten = undefined;
    if (campaign === undefined) return;
    campaign.facts.firstWriteMs = this.#ports.clock.monotonicMs();
    this.#publish(campaign, campaign.facts.outcome);
  }

  #resumed(term: number): Campaign | undefined {
    const campaign = this.#resumable;
    if (campaign?.facts.term !== term) return undefined;
    campaign.facts.endedMs = null;
    return campaign;
  }

  #begun(reason: CampaignFacts['reason'], term: number): Campaign {
    const { clock, replica, voters } = this.#ports;
    const now = clock.monotonicMs();
    const facts: Facts = {
      id: `${String(term)}.${replica}.${Math.floor(clock.wallMs()).toString(36)}`,
      version: 0,
      term,
      candidate: replica,
      reason,
      outcome: 'running',
      attempts: 0,
      voters,
      leaderBefore: this.#ports.leaderBefore(term) ?? null,
      silentSinceMs: this.#silentSinceMs,
      startedMs: now,
      campaignMs: now,
      votingMs: null,
      wonMs: null,
      committedMs: null,
      firstWriteMs: null,
      endedMs: null,
      electedAt: '',
    };
    return { facts, votes: { 'pre-vote': new Map(), vote: new Map() } };
  }

  #end(): void {
    const campaign = this.#running;
    if (campaign === undefined) return;
    this.#running = undefined;
    const { facts } = campaign;
    facts.endedMs = this.#ports.clock.monotonicMs();
    if (facts.votingMs === null) this.#resumable = campaign;
    this.#publish(campaign, outcomeOf(facts));
  }

  #publish({ facts, votes }: Campaign, outcome: CampaignOutcome): void {
    facts.version++;
    facts.outcome = outcome;
    if (facts.firstWriteMs === null)
      facts.electedAt = new Date(this.#ports.clock.wallMs()).toISOString();
    this.#ports.published({
      ...facts,
      votes: [...votes.vote.values()],
      preVotes: [...votes['pre-vote'].values()],
    });
  }
}

function outcomeOf({ wonMs, votingMs }: Facts): CampaignOutcome {
  if (wonMs !== null) return 'elected';
  return votingMs === null ? 'ended-in-pre-vote' : 'not-elected';
}
