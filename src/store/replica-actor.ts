import type { ErrorData, LogIndex, NodeId, Result } from '../base/index.js';
import type { ActorContext, ActorRef, DownCause, Peer } from '../actor/index.js';
import { overflowOf, VoteReason } from '../protocol/index.js';
import type {
  ElectionEvidence,
  LeavingReason,
  ReplicaFigures,
  ReplicaStatus,
} from '../protocol/index.js';
import type { Message } from '../raft/index.js';
import { asLearner } from './joining.js';
import { LeaseClock } from './lease-clock.js';
import { heirOf } from './heir.js';
import { HungLeaderWatch } from './hung-leader-watch.js';
import { RaftPost } from './raft-post.js';
import { ReplicaBackups } from './replica-backups.js';
import { ReplicaCore } from './replica-core.js';
import type { ReplicaPorts } from './replica-ports.js';
import type { ReplicaProtocol, SnapshotAck, SnapshotChunk } from './replica-protocol.js';
import type { OpenedReplica } from './open-replica.js';
import type { ReplicaFaults } from './replica-faults.js';
import { replicaFigures } from './replica-figures.js';
import type { RecoveredReplica } from './replica-recovery.js';
import { ReplicaElections } from './replica-elections.js';
import { ReplicaLeases } from './replica-leases.js';
import { ReplicaMaintenance } from './replica-maintenance.js';
import { ReplicaMembers } from './replica-members.js';
import { ReplicaRefill } from './replica-refill.js';
import { ReplicaRepair } from './replica-repair.js';
import { ReplicaRequests } from './replica-requests.js';
import type { ReplicaSelf } from './replica-self.js';
import type { ReplicaSettings } from './replica-settings.js';
import { positionOf, replicaStatus, ROLES, standingOf } from './replica-status.js';
import { ReplicaSnapshots } from './replica-snapshots.js';
import type { StateMachine } from './state-machine.js';
import { storeErrors } from './store-errors.js';
import { ReplicaUpkeep } from './replica-upkeep.js';
import { ReplicaWatches } from './replica-watch.js';
import { RoleWatch } from './role-watch.js';
import { Succession } from './succession.js';
import { logReaches } from './wal-payload.js';

/** Old versions that go in a turn after a compaction, beside those that go with each entry. */
const SWEPT_RECORDS_PER_TURN = 1024;
const HANDOVER_MS = 1000;
const REPORTED_ELECTIONS = 200;

export interface ReplicaParts {
  readonly context: ActorContext;
  readonly settings: ReplicaSettings;
  readonly ports: ReplicaPorts;
  readonly self: ReplicaSelf;
}

/** One life of a replica: joins the core with the other replicas, the clock and the disk. */
export class ReplicaActor {
  readonly machine: StateMachine;
  readonly requests: ReplicaRequests;
  readonly watches: ReplicaWatches;
  readonly #context: ActorContext;
  readonly #settings: ReplicaSettings;
  readonly #ports: ReplicaPorts;
  readonly #self: ReplicaSelf;
  readonly #recovered: RecoveredReplica;
  readonly #post: RaftPost;
  readonly #core: ReplicaCore;
  readonly members: ReplicaMembers;
  readonly leases: ReplicaLeases;
  readonly maintenance: ReplicaMaintenance;
  readonly upkeep: ReplicaUpkeep;
  readonly refill: ReplicaRefill;
  readonly backups: ReplicaBackups;
  readonly #leaseClock: LeaseClock;
  readonly #repair: ReplicaRepair;
  readonly #succession: Succession;
  readonly elections: ReplicaElections;
  readonly #snapshots: ReplicaSnapshots;
  readonly #role: RoleWatch;
  readonly #hungLeader: HungLeaderWatch;
  #state: 'starting' | 'running' | 'stopping' | 'removed' = 'starting';
  /** The files are closed: nothing may be written any more. */
  #closed = false;

  constructor(
    { context, settings, ports, self }: ReplicaParts,
    { machine, recovered, watchers }: OpenedReplica,
  ) {
    const { clock } = context;
    this.#self = self;
    this.#context = context;
    this.#settings = settings;
    this.#ports = ports;
    this.machine = machine;
    this.#recovered = recovered;
    this.watches = new ReplicaWatches(machine, watchers);
    this.elections = new ReplicaElections({
      context,
      settings,
      self,
      machine,
      isUp: (id) => this.#isUp(id),
    });
    this.#post = this.#makePost();
    this.#core = this.#makeCore();
    this.#leaseClock = new LeaseClock(clock, {
      extendMs: settings.tickMs * settings.electionTicks,
      checkpointMs: settings.leaseCheckpointMs,
    });
    const life = context.random.uint32();
    this.requests = new ReplicaRequests({
      clock,
      settings,
      core: this.#core,
      outOfSpace: () => {
        this.upkeep.outOfSpace();
      },
      life,
    });
    this.members = new ReplicaMembers({
      clock,
      settings,
      machine,
      node: this.#core.node,
      requests: this.requests,
      life,
      isUp: (id) => this.#isUp(id),
      heir: () => this.#heir(),
      tellLeaving: () => {
        this.#tellLeaving('moved');
      },
      tellRemoved: ({ id }) => {
        context.tell(this.#ref(id), 'removed', {});
      },
    });
    this.leases = new ReplicaLeases({
      clock,
      machine,
      leases: this.#leaseClock,
      requests: this.requests,
    });
    this.maintenance = new ReplicaMaintenance(machine, this.requests);
    this.upkeep = this.#makeUpkeep();
    this.backups = new ReplicaBackups(machine, settings.clusterId);
    this.#snapshots = new ReplicaSnapshots(settings, recovered, machine, {
      disk: self.disk,
      clock,
      random: context.random,
      log: context.log,
      send: (to, chunk) => context.tell(this.#ref(to), 'snapshotChunk', chunk),
      ack: (to, ack) => {
        context.tell(this.#ref(to), 'snapshotAck', ack);
      },
      ended: (nodeId, succeeded) => {
        this.#core.node.reportSnapshot(nodeId, succeeded ? 'SnapshotFinish' : 'SnapshotFailure');
      },
    });
    this.#repair = new ReplicaRepair({
      settings,
      log: recovered.log,
      node: this.#core.node,
      tell: (to, type, message) => {
        context.tell(this.#ref(to), type, message);
      },
      send: (messages) => {
        this.#post.send(messages);
      },
    });
    this.refill = this.#makeRefill();
    this.#succession = this.#makeSuccession();
    this.#role = new RoleWatch(this.#core.node);
    this.#hungLeader = this.#makeHungLeaderWatch();
  }

  start(): void {
    const { repair } = this.#recovered.log;
    if (repair !== undefined)
      this.#context.log.error('the log is damaged and will be mended by the leader', { ...repair });
    this.#state = 'running';
    this.#self.position = () => positionOf(this.#recovered.log);
    this.#self.journal.note({ is: 'started', fresh: this.#recovered.fresh });
    if (this.members.senders.removed) {
      this.#retire();
      return;
    }
    this.upkeep.alarmsChanged();
    this.#ports.observe?.({
      log: this.#recovered.log.storage,
      machine: this.machine,
      status: () => this.status(),
      standing: () => standingOf(this.#settings, this.#core.node),
    });
    this.#scheduleTick();
    this.#succession.start();
  }

  raftArrived(from: Peer, messages: readonly Message[]): void {
    if (this.#closed || this.#self.faults.cut(from.id)) return;
    if (!this.members.senders.admits(from, messages[0]?.from)) return;
    const sender = this.#settings.nodeOf(from.id);
    if (sender !== undefined) this.elections.heard(sender, messages);
    for (const message of messages) {
      if (this.upkeep.corrupt && message.type === 'MsgTimeoutNow') continue;
      if (this.refill.holdsStill && message.type === 'MsgApp') continue;
      if (message.from === sender) this.#repair.step(from, message);
    }
    const { lead, hardState } = this.#core.node.basicStatus();
    if (sender !== undefined && sender === lead) this.elections.leaderAlive(hardState.term);
  }

  chunkArrived(from: Peer, chunk: SnapshotChunk): void {
    if (this.#closed || !this.members.senders.admits(from, chunk.message?.from)) return;
    const received = this.#snapshots.take(from, chunk);
    if (received === undefined || received.message.from !== this.#settings.nodeOf(from.id)) return;
    const message = asLearner(received.message, this.#settings.nodeId);
    this.#core.stepSnapshot({ ...received, message });
  }

  ackArrived(from: Peer, ack: SnapshotAck): void {
    this.#snapshots.acked(from, ack);
  }

  electionTold(from: Peer, evidence: ElectionEvidence): void {
    if (!this.#closed && !this.#self.faults.cut(from.id)) this.elections.told(from, evidence);
  }

  repairAsked(from: Peer, followerCommit: LogIndex): void {
    this.#repair.asked(from, followerCommit);
  }

  placeAsked(from: Peer): void {
    const { log } = this.#recovered;
    const { repair, end } = log;
    const { lastIndex, lastTerm } = repair !== undefined && !logReaches(end, repair) ? repair : end;
    const { term } = this.#core.node.basicStatus().hardState;
    const knowsVoters = this.#core.leads && this.machine.appliedTerm === term;
    const voters = knowsVoters ? this.machine.confState.voters : [];
    this.#context.tell(this.#ref(from.id), 'place', { term, lastIndex, lastTerm, voters });
  }

  invited(): void {
    if (this.#state === 'running') this.#succession.invited();
  }

  peerUp(peer: Peer): void {
    const nodeId = this.#settings.nodeOf(peer.id);
    if (nodeId === undefined || this.#state !== 'running') return;
    this.#core.node.reportReachable(nodeId);
    this.#succession.peerUp();
  }

  /**
   * A leader that is known to be dead is forgotten, so that nobody refuses a vote for its sake. Where only the link to it broke
   * it lives on, and there is nothing to elect.
   */
  peerDown(peer: Peer, cause: DownCause): void {
    const nodeId = this.#settings.nodeOf(peer.id);
    if (nodeId === undefined) return;
    this.#snapshots.peerDown(peer);
    this.#hungLeader.died(peer.id);
    this.refill.died(peer.id);
    if (cause === 'link-broken') return;
    const { lead, hardState } = this.#core.node.basicStatus();
    this.elections.peerDied(peer, lead === nodeId, hardState.term);
    if (lead === nodeId) this.#core.node.forgetLeader();
    this.#succession.leaderLost();
  }

  turnEnd(): void {
    if (this.#state === 'starting' || this.#closed) return;
    this.requests.proposeGathered();
    this.requests.reads.ask(this.#core.node);
    const more = this.#core.process();
    this.#roleMayHaveChanged();
    this.requests.reads.applied(this.machine.appliedIndex);
    if (this.elections.observer.waitsForCommit && this.machine.appliedTerm === this.#role.term)
      this.elections.observer.committed();
    const busy = this.#snapshots.step();
    const behind = this.watches.catchUp();
    const sweeping = this.machine.sweep(SWEPT_RECORDS_PER_TURN);
    const hashing = this.maintenance.turn(sweeping);
    const sending = this.backups.turn();
    if (this.members.senders.removed) this.#retire();
    else if (more || busy || behind || sweeping || hashing || sending)
      this.#context.clock.after(0, () => undefined);
  }

  inject(fault: Parameters<ReplicaFaults['inject']>[0]): Result<void, ErrorData> {
    return this.#self.faults.inject(fault);
  }

  status(): ReplicaStatus {
    const { log } = this.#recovered;
    const parts = { settings: this.#settings, node: this.#core.node, machine: this.machine, log };
    return replicaStatus(parts, this.#state);
  }

  figures(): ReplicaFigures {
    const { elections, requests } = this;
    return replicaFigures(this.status(), { self: this.#self, elections, requests });
  }

  report(): Readonly<Record<string, unknown>> {
    const { segments, bytes, syncs, syncP50Ms, syncP99Ms } = this.#recovered.log.wal.stats();
    return {
      status: this.status(),
      elections: this.elections.newestFirst(REPORTED_ELECTIONS),
      wal: { segments, bytes },
      fsync: { count: syncs, p50Ms: syncP50Ms, p99Ms: syncP99Ms },
    };
  }

  /** A leader hands over first, so that nobody has to notice its end. */
  async stop(context: ActorContext): Promise<void> {
    if (this.#closed) return;
    this.#state = 'stopping';
    this.requests.beginStop();
    if (this.#handOver('stopping')) {
      const deadlineMs = context.clock.monotonicMs() + HANDOVER_MS;
      while (this.#core.leads && context.clock.monotonicMs() < deadlineMs) await context.sleep(5);
    }
    this.#close();
  }

  /** It is no member any more: it serves nothing, writes nothing, and waits for its supervisor to end it. */
  #retire(): void {
    this.#state = 'removed';
    this.#context.log.warn('this replica was removed from the store');
    this.requests.bar(storeErrors.stopping);
    this.watches.refuse(storeErrors.stopping);
    this.#close();
  }

  #close(): void {
    this.#closed = true;
    this.members.leadershipLost();
    this.requests.endStop();
    this.#succession.end();
    this.#post.end();
    this.#snapshots.abort();
    this.backups.end(storeErrors.stopping);
    this.elections.close();
    this.#recovered.log.close();
  }

  /** False: it does not lead, or nobody could take over. */
  #handOver(why: LeavingReason): boolean {
    const heir = this.#heir();
    if (heir === undefined) return false;
    this.#tellLeaving(why);
    this.#core.node.transferLeader(heir);
    return true;
  }

  #tellLeaving(why: LeavingReason): void {
    for (const { name } of this.machine.members.list())
      if (name !== this.#settings.id) this.#context.tell(this.#ref(name), 'leaving', { why });
  }

  #heir(): NodeId | undefined {
    if (!this.#core.leads) return undefined;
    const { nodeId } = this.#settings;
    return heirOf(this.#core.node, nodeId, (id) => this.#isUp(id) && !this.upkeep.isCorrupt(id));
  }

  #makeUpkeep(): ReplicaUpkeep {
    const { clock, log } = this.#context;
    return new ReplicaUpkeep({
      clock,
      log,
      settings: this.#settings,
      machine: this.machine,
      leases: this.#leaseClock,
      leads: () => this.#core.leads,
      propose: (command) => {
        this.requests.propose(command);
      },
      tell: (to, type, message) => {
        this.#context.tell(this.#ref(to), type, message);
      },
      bar: (error) => {
        this.requests.bar(error);
        this.backups.bar(error);
        if (error === undefined) this.watches.admit();
        else this.watches.refuse(error);
      },
      refill: (ids) => {
        this.refill.want(ids);
      },
      handOver: () => {
        this.#handOver('corrupt');
      },
    });
  }

  #makeCore(): ReplicaCore {
    const { log } = this.#recovered;
    return new ReplicaCore(
      { settings: this.#settings, log, machine: this.machine },
      {
        clock: this.#context.clock,
        random: this.#context.random,
        log: this.#context.log,
        trace: (event) => {
          this.elections.trace(event);
          if (event.type === 'vote-answered' && event.reason === VoteReason.logBehind)
            this.#succession.candidateBehind();
        },
        send: (messages) => {
          this.#post.send(messages);
        },
        flush: () => {
          this.#context.flush?.();
        },
        confirmed: (reads) => {
          this.requests.reads.confirmed(reads);
        },
        applying: () => {
          this.#self.faults.applying();
        },
        appliedIn: (fromMs, ms) => {
          this.#self.watch.timed('apply', fromMs, ms);
        },
        applied: (results, entryBytes) => {
          this.#snapshots.applied(results.length, entryBytes);
          for (const result of results) {
            if (this.requests.applied(result)) this.elections.observer.wrote();
            this.leases.applied(result);
            if (result.outcome.ok && result.outcome.value.type === 'alarm')
              this.upkeep.alarmsChanged();
          }
        },
        memberChanged: (changed) => {
          this.members.changed(changed);
          this.upkeep.alarmsChanged();
        },
        restored: () => {
          this.members.senders.learnMembers();
          this.#snapshots.restored();
          this.upkeep.restored();
        },
      },
    );
  }

  #makeRefill(): ReplicaRefill {
    const { clock, log } = this.#context;
    return new ReplicaRefill({
      clock,
      log,
      settings: this.#settings,
      node: this.#core.node,
      replicaLog: this.#recovered.log,
      corrupt: () => this.upkeep.corrupt,
      isUp: (id) => this.#isUp(id),
      tell: (to, type, message) => {
        this.#context.tell(this.#ref(to), type, message);
      },
      crash: (reason) => this.#context.crash(reason),
    });
  }

  #makeSuccession(): Succession {
    const { clock } = this.#context;
    const { tickMs, nodeId } = this.#settings;
    const { node } = this.#core;
    const { machine } = this;
    return new Succession({
      clock,
      tickMs,
      own: nodeId,
      get voters() {
        return machine.confState.voters;
      },
      fresh: this.#recovered.fresh,
      isUp: (id) => this.#isUp(id),
      leaderKnown: () => this.#leaderKnown(),
      mayCampaign: () =>
        this.#state !== 'stopping' &&
        !this.#repair.underway &&
        !this.upkeep.corrupt &&
        node.basicStatus().raftState !== 'StateCandidate',
      applyLag: () => node.basicStatus().hardState.commit - this.machine.appliedIndex,
      campaign: () => {
        node.campaign();
      },
      invite: (id) => {
        this.#context.tell(this.#ref(this.#settings.actorOf(id)), 'invite', {});
      },
    });
  }

  #makePost(): RaftPost {
    return new RaftPost({
      clock: this.#context.clock,
      tell: (to, messages) => {
        const id = this.#settings.actorOf(to);
        // What chaos loses on the way has been sent.
        if (this.#self.faults.cut(id)) return true;
        return this.#context.tell(this.#ref(id), 'raft', { messages });
      },
      sendSnapshot: (message) => {
        this.#snapshots.sendTo(this.#settings.actorOf(message.to), message);
      },
      unreachable: (to) => {
        if (this.#core.leads) this.#core.node.reportUnreachable(to);
      },
    });
  }

  /**
   * One that hangs is forgotten as one that died is: should it wake up, it finds a newer term, and its reads ask a majority first
   * (ReadIndex). With lease reads it would have to be waited for.
   */
  #makeHungLeaderWatch(): HungLeaderWatch {
    const { node } = this.#core;
    return new HungLeaderWatch({
      clock: this.#context.clock,
      settings: this.#settings,
      activityOf: this.#ports.activityOf,
      following: () => {
        const { lead, raftState } = node.basicStatus();
        return raftState === 'StateFollower' && !this.#closed ? lead : 0;
      },
      hangs: (leader) => {
        this.elections.peerHangs(this.#settings.actorOf(leader));
        node.forgetLeader();
        this.#succession.leaderLost();
      },
    });
  }

  #scheduleTick(): void {
    this.#context.clock.after(this.#settings.tickMs, () => {
      if (this.#closed) return;
      this.#self.watch.ticked();
      this.#tick();
      this.elections.tick();
      this.#scheduleTick();
    });
  }

  #tick(): void {
    if (this.#repair.underway) this.#repair.ask();
    // A replica whose data is wrong never campaigns: as a follower it lets no time pass.
    else if (!this.upkeep.corrupt || this.#core.leads) this.#core.node.tick();
    this.requests.expire();
    this.members.expire();
    this.#snapshots.tick();
    this.watches.tick(this.#context.clock.monotonicMs());
    this.upkeep.tick();
    this.#hungLeader.tick();
    this.refill.tick();
  }

  #roleMayHaveChanged(): void {
    const change = this.#role.look();
    if (change === undefined) return;
    const { lost, won, role, leader, term, news } = change;
    if (lost) {
      this.requests.leadershipLost();
      this.members.leadershipLost();
      this.leases.leadershipLost();
      this.#leaseClock.stop();
    }
    if (lost || won) this.upkeep.roleChanged();
    if (lost || won) this.refill.roleChanged();
    if (won) this.#leaseClock.start(this.machine.leases());
    this.elections.leaderIs(term, leader);
    if (leader !== 0) this.#succession.leaderSeen();
    this.members.leaderSeen(leader);
    if (news) this.#context.log.info('raft', { term, role: ROLES[role], leader });
  }

  #leaderKnown(): boolean {
    return this.#core.node.basicStatus().lead !== 0;
  }

  #isUp(id: NodeId): boolean {
    if (id === this.#settings.nodeId) return true;
    const peer = this.#context.peer(this.#ref(this.#settings.actorOf(id)));
    return peer !== undefined && !this.#hungLeader.isHung(id);
  }

  #ref(id: Peer['id']): ActorRef<ReplicaProtocol> {
    return this.#context.ref<ReplicaProtocol>(id, overflowOf.replica);
  }
}
