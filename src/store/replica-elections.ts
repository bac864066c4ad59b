import type { ActorContext, Peer, PeerExit } from '../actor/index.js';
import type { NodeId } from '../base/index.js';
import { endOf, recordOf } from '../elections/index.js';
import { VoteReason } from '../protocol/index.js';
import type {
  CampaignFacts,
  ElectionEvidence,
  ElectionRecord,
  LeavingReason,
  UnheardVoter,
} from '../protocol/index.js';
import type { Message, TraceEvent } from '../raft/index.js';
import { ElectionCounts } from './election-counts.js';
import { ElectionHistory } from './election-history.js';
import { logElection } from './election-log.js';
import { ElectionObserver } from './election-observer.js';
import { ElectionFollowers } from './election-followers.js';
import { OpenElections } from './open-elections.js';
import type { ReplicaProtocol } from './replica-protocol.js';
import type { ReplicaSelf } from './replica-self.js';
import type { ReplicaSettings } from './replica-settings.js';
import type { StateMachine } from './state-machine.js';

/** What a cause may lie before the old leader's last sign of life, in election timeouts. */
const LOOK_BACK_TIMEOUTS = 3;
/** What nobody has completed by then is counted and logged as it is. */
const SETTLE_MS = 10_000;
/** A replica that has not told of an election is asked again after so many ticks, for so long. */
const ASK_AGAIN_TICKS = 10;
const ASK_MS = 120_000;
const SETTLED_MAX = 64;
/** What takes long is done when nothing has been learned of elections for so long. */
const TIDY_AFTER_MS = 2000;

export interface ReplicaElectionsPorts {
  readonly context: Pick<ActorContext, 'clock' | 'log' | 'ref' | 'tell'>;
  readonly settings: ReplicaSettings;
  readonly self: ReplicaSelf;
  readonly machine: StateMachine;
  readonly isUp: (id: NodeId) => boolean;
}

/**
 * What a replica knows of elections: of its own campaigns from Raft's trace, of the others' from what they tell. Each adds what
 * it saw itself, as soon as it can; the records are on the disk of all.
 */
export class ReplicaElections {
  readonly observer: ElectionObserver;
  readonly followers = new ElectionFollowers((max) => this.newestFirst(max));
  readonly #ports: ReplicaElectionsPorts;
  readonly #open = new OpenElections();
  readonly #history: ElectionHistory;
  /** By id: what was learned last of those that the history has yet to be told of. */
  readonly #unrecorded = new Map<string, ElectionEvidence>();
  readonly #counts = new ElectionCounts();
  /** Own campaigns that are neither counted nor logged. */
  readonly #unsettled = new Set<string>();
  /** Ids and outcomes of those that are. */
  readonly #settled = new Set<string>();
  /** When each voter last answered a leader. */
  readonly #answeredMs = new Map<NodeId, number>();
  #ticks = 0;
  #recordedMs = -Infinity;
  #closed = false;
  #leads = false;

  constructor(ports: ReplicaElectionsPorts) {
    const { context, settings, self, machine } = ports;
    this.#ports = ports;
    this.#history = new ElectionHistory(self.disk, `${settings.folder}/elections`, settings.id);
    this.observer = new ElectionObserver({
      clock: context.clock,
      replica: settings.id,
      get voters() {
        return machine.confState.voters.map((id) => settings.actorOf(id));
      },
      leaderBefore: (term) => self.journal.leaderBefore(term),
      published: (facts) => {
        this.#published(facts);
      },
    });
  }

  trace(event: TraceEvent): void {
    const { settings, self } = this.#ports;
    switch (event.type) {
      case 'campaign-started': {
        const { phase, reason, campaignTerm } = event;
        self.journal.note({ is: 'campaigned', phase, reason, term: campaignTerm });
        this.observer.campaigned(phase, reason, campaignTerm);
        return;
      }
      case 'vote-received': {
        const { phase, granted, term } = event;
        const voter = settings.actorOf(event.voter);
        const reason = voter === settings.id ? VoteReason.self : event.reason;
        self.journal.note({ is: 'received', phase, term, voter, granted, reason });
        this.observer.vote(phase, { voter, granted, reason });
        return;
      }
      case 'vote-answered': {
        const { phase, granted, reason, campaignTerm } = event;
        const candidate = settings.actorOf(event.candidate);
        self.journal.note({
          is: 'answered',
          phase,
          term: campaignTerm,
          candidate,
          granted,
          reason,
        });
        return;
      }
      case 'higher-term': {
        const { message, term, led } = event;
        const by = settings.actorOf(event.from);
        self.journal.note({ is: 'met-higher-term', term, by, message, led });
        return;
      }
      case 'leader-lost':
        self.journal.note({ is: 'lost-quorum', term: event.term, unheard: this.#unheard() });
        return;
      case 'role-changed':
        this.#roleChanged(event.role, event.term, event.leader);
        return;
    }
  }

  /** Who leads, as Raft has it at the end of a turn. */
  leaderIs(term: number, leader: NodeId): void {
    const { settings, self } = this.#ports;
    if (leader === 0) return;
    self.journal.leader({ term, leader: settings.actorOf(leader) });
    if (leader !== settings.nodeId) this.observer.leaderSeen();
  }

  /** The leader of this term was heard. */
  leaderAlive(term: number): void {
    this.observer.leaderAlive();
    this.#ports.self.journal.heard(term);
  }

  heard(from: NodeId, messages: readonly Message[]): void {
    if (messages.some(({ type }) => type === 'MsgAppResp' || type === 'MsgHeartbeatResp'))
      this.#answeredMs.set(from, this.#ports.context.clock.monotonicMs());
  }

  told(from: Peer, evidence: ElectionEvidence): void {
    const merged = this.#open.learn(evidence);
    if (merged !== undefined) this.#recordNext(merged);
    const known = this.#open.get(evidence.campaign.id);
    if (known !== undefined && this.#open.knowsMoreThan(evidence)) this.#tell(from.id, known);
  }

  voteWithheld(from: Peer): void {
    this.observer.withheld(from.id);
  }

  /** The leader hands over on purpose, and says so. */
  leaderLeaves({ id }: Peer, why: LeavingReason): void {
    this.#ports.self.journal.note({ is: 'told-leaving', of: id, why });
  }

  peerDied({ id, incarnation }: Peer, led: boolean, term: number): void {
    // It lived until its port closed, whenever it last had something to say.
    if (led) this.observer.leaderAlive();
    this.#ports.self.journal.note({ is: 'saw-death', of: id, incarnation, led, term });
    for (const evidence of this.#open.cutShort(id)) this.#testify(evidence);
  }

  peerExited({ id, incarnation }: Peer, { cause, message }: PeerExit): void {
    if (cause === 'normal') return;
    this.#ports.self.journal.note({ is: 'learned-exit', of: id, incarnation, why: message });
  }

  /** The host found that this replica's thread does not answer. */
  peerHangs(id: string): void {
    this.#ports.self.journal.note({ is: 'saw-hang', of: id });
  }

  /** An election's record waits for what others tell. */
  get unsettled(): boolean {
    return this.#unsettled.size > 0;
  }

  /** After the watch over itself has ticked: what it tells of itself now is all that there is up to here. */
  tick(): void {
    const { settings, context } = this.#ports;
    for (const evidence of this.#open.untold(settings.id)) this.#testify(evidence);
    if (++this.#ticks % ASK_AGAIN_TICKS === 0)
      for (const evidence of this.#open.incomplete()) this.#askAgain(evidence);
    const now = context.clock.monotonicMs();
    for (const id of this.#unsettled) {
      const evidence = this.#open.get(id);
      if (evidence === undefined) this.#unsettled.delete(id);
      else this.#settle(evidence, now);
    }
    const calm = this.#unsettled.size === 0 && now - this.#recordedMs >= TIDY_AFTER_MS;
    if (calm) this.#history.tidy();
  }

  /** Without evidence. */
  newestFirst(max: number): readonly ElectionRecord[] {
    this.#record();
    return this.#history.newestFirst(max);
  }

  counts(): ReturnType<ElectionCounts['read']> {
    return this.#counts.read();
  }

  close(): void {
    this.#record();
    this.#closed = true;
    this.followers.end();
    this.#history.close();
  }

  #roleChanged(
    role: Extract<TraceEvent, { type: 'role-changed' }>['role'],
    term: number,
    leader: NodeId,
  ): void {
    if (role === 'leader') {
      this.#leads = true;
      this.#answeredMs.clear();
      this.observer.won();
      this.leaderIs(term, this.#ports.settings.nodeId);
      return;
    }
    if (role !== 'follower') return;
    if (this.#leads) this.observer.leaderAlive();
    this.#leads = false;
    this.observer.followed();
    if (leader === 0) return;
    this.observer.leaderAlive();
    this.leaderIs(term, leader);
  }

  /** A leader that has lost its majority: the voters without whom it has none, and since when. */
  #unheard(): UnheardVoter[] {
    const { settings, context, machine, isUp } = this.#ports;
    const now = context.clock.monotonicMs();
    const timeoutMs = settings.tickMs * settings.electionTicks;
    return machine.confState.voters
      .filter((id) => id !== settings.nodeId)
      .map((id) => ({
        replica: settings.actorOf(id),
        sinceMs: this.#answeredMs.get(id) ?? now - timeoutMs,
        up: isUp(id),
      }))
      .filter(({ sinceMs }) => now - sinceMs >= timeoutMs / 2);
  }

  #published(facts: CampaignFacts): void {
    const known = this.#open.get(facts.id);
    const witness = this.#witness(facts);
    const evidence = { campaign: facts, witnesses: [...(known?.witnesses ?? []), witness] };
    this.#unsettled.add(facts.id);
    this.#learnAndTell(evidence);
  }

  #testify(evidence: ElectionEvidence): void {
    this.#learnAndTell({ ...evidence, witnesses: [this.#witness(evidence.campaign)] });
  }

  #witness({ term, silentSinceMs, startedMs }: CampaignFacts): ElectionEvidence['witnesses'][0] {
    const { settings, self } = this.#ports;
    const backMs = settings.tickMs * settings.electionTicks * LOOK_BACK_TIMEOUTS;
    const fromMs = Math.min(silentSinceMs ?? startedMs, startedMs) - backMs;
    return self.journal.witness(term, fromMs, self.watch.watchedUntilMs);
  }

  #learnAndTell(evidence: ElectionEvidence): void {
    const merged = this.#open.learn(evidence);
    if (merged === undefined) return;
    this.#recordNext(merged);
    const { settings, machine } = this.#ports;
    for (const { name } of machine.members.list())
      if (name !== settings.id) this.#tell(name, merged);
  }

  /** In a turn of its own: votes and the answer to the first write leave with this one. */
  #recordNext(evidence: ElectionEvidence): void {
    this.#unrecorded.set(evidence.campaign.id, evidence);
    if (this.#unrecorded.size > 1) return;
    this.#ports.context.clock.after(0, () => {
      if (!this.#closed) this.#record();
    });
  }

  #record(): void {
    if (this.#unrecorded.size === 0) return;
    for (const evidence of this.#unrecorded.values()) this.#history.put(recordOf(evidence));
    this.#unrecorded.clear();
    this.#recordedMs = this.#ports.context.clock.monotonicMs();
    this.followers.changed();
  }

  #askAgain(evidence: ElectionEvidence): void {
    const { settings, context, machine, isUp } = this.#ports;
    const endedMs = endOf(evidence);
    if (endedMs === null || context.clock.monotonicMs() - endedMs > ASK_MS) return;
    for (const { id, name } of machine.members.list()) {
      if (name === settings.id || !isUp(id)) continue;
      const told = evidence.witnesses.some(
        ({ replica, watchedUntilMs, sinceMs, over }) =>
          replica === name && (over === true || watchedUntilMs >= endedMs || sinceMs >= endedMs),
      );
      if (!told) this.#tell(name, evidence);
    }
  }

  #tell(id: Peer['id'], evidence: ElectionEvidence): void {
    const { context, self } = this.#ports;
    if (!self.faults.cut(id))
      context.tell(context.ref<ReplicaProtocol>(id), 'election', { evidence });
  }

  #settle(evidence: ElectionEvidence, nowMs: number): void {
    const { id, endedMs, outcome } = evidence.campaign;
    if (endedMs === null || outcome === 'running') return;
    const record = recordOf(evidence);
    if (!record.complete && nowMs - endedMs < SETTLE_MS) return;
    this.#unsettled.delete(id);
    // A campaign may go on after it failed, and learn of its first write after it was won.
    const settled = `${id} ${outcome}`;
    if (this.#settled.has(settled)) return;
    this.#settled.add(settled);
    for (const oldest of this.#settled) {
      if (this.#settled.size <= SETTLED_MAX) break;
      this.#settled.delete(oldest);
    }
    this.#counts.add(record);
    logElection(this.#ports.context.log, record);
  }
}
