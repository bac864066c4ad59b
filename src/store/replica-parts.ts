import type { ActorId, NodeId } from '../base/index.js';
import type { ActorContext, ActorRef, Peer } from '../actor/index.js';
import { overflowOf, VoteReason } from '../protocol/index.js';
import type { LeavingReason } from '../protocol/index.js';
import { DiskHandover } from './disk-handover.js';
import { DiskRoom } from './disk-room.js';
import { LeaseClock } from './lease-clock.js';
import { heirOf } from './heir.js';
import { HungLeaderWatch } from './hung-leader-watch.js';
import { RaftPost } from './raft-post.js';
import { messageToWire } from './raft-wire.js';
import { ReplicaBackups } from './replica-backups.js';
import { ReplicaCore } from './replica-core.js';
import type { ReplicaPorts } from './replica-ports.js';
import type { ReplicaProtocol } from './replica-protocol.js';
import type { OpenedReplica } from './open-replica.js';
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
import { ReplicaSnapshots } from './replica-snapshots.js';
import type { StateMachine } from './state-machine.js';
import { ReplicaUpkeep } from './replica-upkeep.js';
import { ReplicaWatches } from './replica-watch.js';
import { Succession } from './succession.js';

/** What a replica is given. */
export interface ReplicaGiven {
  readonly context: ActorContext;
  readonly settings: ReplicaSettings;
  readonly ports: ReplicaPorts;
  readonly self: ReplicaSelf;
}

/** What one life of a replica is made of, and which part tells which of what. */
export class ReplicaParts {
  readonly context: ActorContext;
  readonly settings: ReplicaSettings;
  readonly ports: ReplicaPorts;
  readonly self: ReplicaSelf;
  readonly machine: StateMachine;
  readonly recovered: RecoveredReplica;
  readonly room: DiskRoom;
  readonly diskHandover = new DiskHandover();
  readonly requests: ReplicaRequests;
  readonly watches: ReplicaWatches;
  readonly post: RaftPost;
  readonly core: ReplicaCore;
  readonly members: ReplicaMembers;
  readonly leases: ReplicaLeases;
  readonly leaseClock: LeaseClock;
  readonly maintenance: ReplicaMaintenance;
  readonly upkeep: ReplicaUpkeep;
  readonly refill: ReplicaRefill;
  readonly backups: ReplicaBackups;
  readonly repair: ReplicaRepair;
  readonly succession: Succession;
  readonly elections: ReplicaElections;
  readonly snapshots: ReplicaSnapshots;
  readonly hungLeader: HungLeaderWatch;
  state: 'starting' | 'running' | 'stopping' | 'removed' = 'starting';
  /** The files are closed: nothing may be written any more. */
  closed = false;

  constructor(
    { context, settings, ports, self }: ReplicaGiven,
    { machine, recovered, watchers }: OpenedReplica,
  ) {
    const { clock } = context;
    this.self = self;
    this.context = context;
    this.settings = settings;
    this.ports = ports;
    this.machine = machine;
    this.recovered = recovered;
    this.room = new DiskRoom({
      disk: self.disk,
      clock,
      log: context.log,
      folder: settings.folder,
      reserveBytes: settings.reserveBytes,
      roomBytes: () => recovered.log.wal.roomBytes,
      changed: () => {
        for (const { name } of this.machine.members.list())
          if (name !== settings.id) this.tellDisk(name);
      },
    });
    this.watches = new ReplicaWatches(machine, watchers);
    this.elections = new ReplicaElections({
      context,
      settings,
      self,
      machine,
      isUp: (id) => this.isUp(id),
    });
    this.post = this.#makePost();
    this.core = this.#makeCore();
    this.leaseClock = new LeaseClock(clock, {
      extendMs: settings.tickMs * settings.electionTicks,
      checkpointMs: settings.leaseCheckpointMs,
    });
    const life = context.random.uint32();
    this.requests = new ReplicaRequests({
      clock,
      settings,
      core: this.core,
      room: this.room,
      outOfSpace: () => {
        this.upkeep.outOfSpace();
      },
      life,
    });
    this.members = new ReplicaMembers({
      clock,
      settings,
      machine,
      node: this.core.node,
      requests: this.requests,
      life,
      diskRefusal: () => this.room.refusal({ adds: true }),
      isUp: (id) => this.isUp(id),
      heir: () => this.heir(),
      tellLeaving: () => {
        this.tellLeaving('moved');
      },
      tellRemoved: ({ id }) => {
        context.tell(this.ref(id), 'removed', {});
      },
    });
    this.leases = new ReplicaLeases({
      clock,
      machine,
      leases: this.leaseClock,
      requests: this.requests,
    });
    this.maintenance = new ReplicaMaintenance(machine, this.requests);
    this.upkeep = this.#makeUpkeep();
    this.backups = new ReplicaBackups(machine, settings.clusterId);
    this.snapshots = new ReplicaSnapshots(settings, recovered, machine, {
      disk: self.disk,
      clock,
      random: context.random,
      log: context.log,
      send: (to, chunk) => context.tell(this.ref(to), 'snapshotChunk', chunk),
      ack: (to, ack) => {
        context.tell(this.ref(to), 'snapshotAck', ack);
      },
      ended: (nodeId, succeeded) => {
        this.core.node.reportSnapshot(nodeId, succeeded ? 'SnapshotFinish' : 'SnapshotFailure');
      },
    });
    this.repair = new ReplicaRepair({
      settings,
      log: recovered.log,
      node: this.core.node,
      tell: (to, type, message) => {
        context.tell(this.ref(to), type, message);
      },
      send: (messages) => {
        this.post.send(messages);
      },
    });
    this.refill = this.#makeRefill();
    this.succession = this.#makeSuccession();
    this.hungLeader = this.#makeHungLeaderWatch();
  }

  /** False: it does not lead, or nobody could take over. */
  handOver(why: LeavingReason): boolean {
    const heir = why === 'disk' ? this.#heirWithDisk() : this.heir();
    if (heir === undefined) return false;
    this.tellLeaving(why);
    this.core.node.transferLeader(heir);
    return true;
  }

  tellLeaving(why: LeavingReason): void {
    for (const { name } of this.machine.members.list())
      if (name !== this.settings.id) this.context.tell(this.ref(name), 'leaving', { why });
  }

  heir(): NodeId | undefined {
    // Nobody could write down a vote.
    if (!this.core.leads || this.room.readOnly) return undefined;
    return this.#heirWho(() => true);
  }

  /** A follower whose disk takes writes, where this leader's does not. */
  #heirWithDisk(): NodeId | undefined {
    return this.core.leads ? this.#heirWho((id) => this.diskHandover.takesWrites(id)) : undefined;
  }

  #heirWho(suits: (id: NodeId) => boolean): NodeId | undefined {
    const { nodeId } = this.settings;
    return heirOf(
      this.core.node,
      nodeId,
      (id) => this.isUp(id) && !this.upkeep.isCorrupt(id) && suits(id),
    );
  }

  tellDisk(to: ActorId): void {
    this.context.tell(this.ref(to), 'disk', { takesWrites: this.room.trouble === undefined });
  }

  #leaderKnown(): boolean {
    return this.core.node.basicStatus().lead !== 0;
  }

  isUp(id: NodeId): boolean {
    if (id === this.settings.nodeId) return true;
    const peer = this.context.peer(this.ref(this.settings.actorOf(id)));
    return peer !== undefined && !this.hungLeader.isHung(id);
  }

  ref(id: Peer['id']): ActorRef<ReplicaProtocol> {
    return this.context.ref<ReplicaProtocol>(id, overflowOf.replica);
  }

  #makeUpkeep(): ReplicaUpkeep {
    const { clock, log } = this.context;
    return new ReplicaUpkeep({
      clock,
      log,
      settings: this.settings,
      machine: this.machine,
      leases: this.leaseClock,
      leads: () => this.core.leads,
      mayPropose: () => this.room.refusal({ adds: false }) === undefined,
      propose: (command) => {
        this.requests.propose(command);
      },
      tell: (to, type, message) => {
        this.context.tell(this.ref(to), type, message);
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
        this.handOver('corrupt');
      },
    });
  }

  #makeCore(): ReplicaCore {
    const { log } = this.recovered;
    return new ReplicaCore(
      { settings: this.settings, log, machine: this.machine },
      {
        clock: this.context.clock,
        random: this.context.random,
        log: this.context.log,
        trace: (event) => {
          this.elections.trace(event);
          if (event.type === 'vote-answered' && event.reason === VoteReason.logBehind)
            this.succession.candidateBehind();
        },
        send: (messages) => {
          this.post.send(messages);
        },
        flush: () => {
          this.context.flush?.();
        },
        confirmed: (reads) => {
          this.requests.reads.confirmed(reads);
        },
        applying: () => {
          this.self.faults.applying();
        },
        appliedIn: (fromMs, ms) => {
          this.self.watch.timed('apply', fromMs, ms);
        },
        applied: (results, entryBytes) => {
          this.snapshots.applied(results.length, entryBytes);
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
          this.snapshots.restored();
          this.upkeep.restored();
        },
      },
    );
  }

  #makeRefill(): ReplicaRefill {
    const { clock, log } = this.context;
    return new ReplicaRefill({
      clock,
      log,
      settings: this.settings,
      node: this.core.node,
      replicaLog: this.recovered.log,
      corrupt: () => this.upkeep.corrupt,
      isUp: (id) => this.isUp(id),
      tell: (to, type, message) => {
        this.context.tell(this.ref(to), type, message);
      },
      crash: (reason) => this.context.crash(reason),
    });
  }

  #makeSuccession(): Succession {
    const { clock } = this.context;
    const { tickMs, nodeId } = this.settings;
    const { node } = this.core;
    const { machine } = this;
    return new Succession({
      clock,
      tickMs,
      own: nodeId,
      get voters() {
        return machine.confState.voters;
      },
      fresh: this.recovered.fresh,
      isUp: (id) => this.isUp(id),
      leaderKnown: () => this.#leaderKnown(),
      mayCampaign: () =>
        this.state !== 'stopping' &&
        !this.repair.underway &&
        !this.upkeep.corrupt &&
        !this.room.readOnly &&
        node.basicStatus().raftState !== 'StateCandidate',
      applyLag: () => node.basicStatus().hardState.commit - this.machine.appliedIndex,
      campaign: () => {
        node.campaign();
      },
      campaignAfterDeath: () => {
        node.campaignAfterDeath();
      },
      invite: (id) => {
        this.context.tell(this.ref(this.settings.actorOf(id)), 'invite', {});
      },
    });
  }

  #makePost(): RaftPost {
    return new RaftPost({
      clock: this.context.clock,
      tell: (to, messages) => {
        const id = this.settings.actorOf(to);
        // What chaos loses on the way has been sent.
        if (this.self.faults.cut(id)) return true;
        return this.context.tell(this.ref(id), 'raft', messages.map(messageToWire));
      },
      sendSnapshot: (message) => {
        this.snapshots.sendTo(this.settings.actorOf(message.to), message);
      },
      unreachable: (to) => {
        if (this.core.leads) this.core.node.reportUnreachable(to);
      },
    });
  }

  /**
   * One that hangs is forgotten as one that died is: should it wake up, it finds a newer term, and its reads ask a majority first
   * (ReadIndex). With lease reads it would have to be waited for.
   */
  #makeHungLeaderWatch(): HungLeaderWatch {
    const { node } = this.core;
    return new HungLeaderWatch({
      clock: this.context.clock,
      settings: this.settings,
      activityOf: this.ports.activityOf,
      following: () => {
        const { lead, raftState } = node.basicStatus();
        return raftState === 'StateFollower' && !this.closed ? lead : 0;
      },
      hangs: (leader) => {
        this.elections.peerHangs(this.settings.actorOf(leader));
        node.forgetLeader();
        this.succession.leaderLost('maybe');
      },
    });
  }
}
