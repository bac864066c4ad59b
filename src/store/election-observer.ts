import type { Clock, NodeId, Term } from '../base/index.js';
import { ElectionCause, VoteReason } from '../protocol/index.js';
import type { ElectionRecord, ElectionVote } from '../protocol/index.js';
import type { TraceEvent, VotePhase } from '../raft/index.js';

/** What made this replica think that there is no leader. Kept until the next campaign or the next leader. */
export interface ElectionHint {
  readonly cause: ElectionCause;
  readonly detail: string;
}

interface Campaign {
  readonly campaignTerm: Term;
  readonly startedMs: number;
  readonly hint: ElectionHint;
  /** When the old leader last gave a sign of life; null where there never was one in this life. */
  readonly lastLeaderMs: number | null;
  phase: VotePhase;
  votingMs: number | null;
  wonMs: number | null;
  readonly votes: Map<NodeId, ElectionVote>;
}

export interface ElectionObserverPorts {
  readonly clock: Clock;
  readonly nodeId: NodeId;
  /** Now. */
  readonly voters: readonly NodeId[];
  nameOf(id: NodeId): string;
  /** A campaign of this replica is over. */
  finished(record: ElectionRecord): void;
}

/** Makes one record of each campaign of this replica, out of Raft's own trace. */
export class ElectionObserver {
  readonly #ports: ElectionObserverPorts;
  #campaign: Campaign | undefined;
  #hint: ElectionHint | undefined;
  #lastLeaderMs: number | null = null;
  #leads = false;

  constructor(ports: ElectionObserverPorts) {
    this.#ports = ports;
  }

  /** The leader was heard, or this replica leads. */
  leaderAlive(): void {
    this.#lastLeaderMs = this.#ports.clock.monotonicMs();
  }

  /** The first observation counts: what follows is its consequence. */
  note(cause: ElectionCause, detail: string): void {
    this.#hint ??= { cause, detail };
  }

  /** A replica under repair let a vote request go by. */
  withheld(voter: NodeId): void {
    this.#vote(voter, false, VoteReason.repairing);
  }

  trace(event: TraceEvent): void {
    switch (event.type) {
      case 'campaign-started':
        this.#started(event.phase, event.reason, event.campaignTerm);
        return;
      case 'vote-received':
        this.#vote(
          event.voter,
          event.granted,
          event.voter === this.#ports.nodeId ? VoteReason.self : event.reason,
        );
        return;
      case 'role-changed':
        this.#roleChanged(event.role, event.leader);
        return;
      case 'leader-lost':
        this.leaderAlive();
        this.note(
          ElectionCause.quorumLost,
          `the leader of term ${String(event.term)} lost its majority and stepped down`,
        );
        return;
      case 'vote-answered':
        return;
    }
  }

  /** The no-op of this leader's term is committed: writes can be acknowledged from now on. */
  committed(): void {
    const campaign = this.#campaign;
    if (campaign?.wonMs === null || campaign === undefined) return;
    this.#finish(campaign, true);
  }

  get waitsForCommit(): boolean {
    return this.#campaign !== undefined && this.#campaign.wonMs !== null;
  }

  #started(
    phase: VotePhase,
    reason: 'election-timeout' | 'transfer' | 'forced',
    campaignTerm: Term,
  ): void {
    const now = this.#ports.clock.monotonicMs();
    const running = this.#campaign;
    if (
      phase === 'vote' &&
      running?.phase === 'pre-vote' &&
      running.campaignTerm === campaignTerm
    ) {
      running.phase = 'vote';
      running.votingMs = now;
      running.votes.clear();
      return;
    }
    if (
      phase === 'pre-vote' &&
      running?.phase === 'pre-vote' &&
      running.campaignTerm === campaignTerm
    ) {
      running.votes.clear();
      return;
    }
    if (running !== undefined) this.#finish(running, false);
    this.#campaign = {
      campaignTerm,
      startedMs: now,
      hint: this.#causeOf(reason),
      lastLeaderMs: this.#lastLeaderMs,
      phase,
      votingMs: phase === 'vote' ? now : null,
      wonMs: null,
      votes: new Map(),
    };
  }

  #causeOf(reason: 'election-timeout' | 'transfer' | 'forced'): ElectionHint {
    if (this.#hint !== undefined) return this.#hint;
    if (reason === 'transfer')
      return { cause: ElectionCause.transfer, detail: 'the leader handed over to this replica' };
    if (this.#lastLeaderMs === null) {
      return {
        cause: ElectionCause.clusterStart,
        detail: 'this replica has heard no leader since it started',
      };
    }
    const silentMs = this.#ports.clock.monotonicMs() - this.#lastLeaderMs;
    if (reason === 'election-timeout') {
      return {
        cause: ElectionCause.heartbeatTimeout,
        detail: `no heartbeat of the leader for ${silentMs.toFixed(0)} ms`,
      };
    }
    return { cause: ElectionCause.unknown, detail: 'this replica was told to campaign' };
  }

  #vote(voter: NodeId, granted: boolean, reason: VoteReason): void {
    this.#campaign?.votes.set(voter, { voter: this.#ports.nameOf(voter), granted, reason });
  }

  #roleChanged(role: 'follower' | 'pre-candidate' | 'candidate' | 'leader', leader: NodeId): void {
    const campaign = this.#campaign;
    if (role === 'leader') {
      this.#leads = true;
      if (campaign !== undefined) campaign.wonMs = this.#ports.clock.monotonicMs();
      return;
    }
    if (role !== 'follower') return;
    if (this.#leads) this.leaderAlive();
    this.#leads = false;
    if (leader !== 0) {
      this.#hint = undefined;
      this.leaderAlive();
    }
    if (campaign !== undefined) this.#finish(campaign, false);
  }

  #finish(campaign: Campaign, committed: boolean): void {
    this.#campaign = undefined;
    this.#hint = undefined;
    const now = this.#ports.clock.monotonicMs();
    const won = campaign.wonMs !== null;
    const votedMs = campaign.wonMs ?? now;
    const { startedMs, votingMs, lastLeaderMs } = campaign;
    const name = this.#ports.nameOf(this.#ports.nodeId);
    this.#ports.finished({
      term: campaign.campaignTerm,
      leader: won ? name : null,
      candidate: name,
      cause: campaign.hint.cause,
      causeDetail: campaign.hint.detail,
      votes: this.#allVotes(campaign),
      phases: {
        detectMs: lastLeaderMs === null ? null : round(startedMs - lastLeaderMs),
        preVoteMs: votingMs === null ? null : round(votingMs - startedMs),
        voteMs: votingMs === null || !won ? null : round(votedMs - votingMs),
        commitMs: committed ? round(now - votedMs) : null,
      },
      unavailableMs: committed && lastLeaderMs !== null ? round(now - lastLeaderMs) : null,
      electedAt: new Date(this.#ports.clock.wallMs()).toISOString(),
    });
  }

  #allVotes(campaign: Campaign): ElectionVote[] {
    return this.#ports.voters.map(
      (voter) =>
        campaign.votes.get(voter) ?? {
          voter: this.#ports.nameOf(voter),
          granted: false,
          reason: VoteReason.noAnswer,
        },
    );
  }
}

function round(ms: number): number {
  return Math.round(Math.max(0, ms) * 1000) / 1000;
}
