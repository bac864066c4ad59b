import type { ErrorData, LogIndex, NodeId, Result } from '../base/index.js';
import type { ActorContext, ActorRef, Peer } from '../actor/index.js';
import { ElectionCause, overflowOf, VoteReason } from '../protocol/index.js';
import type { ElectionRecord, ReplicaStatus } from '../protocol/index.js';
import type { Message, SoftState } from '../raft/index.js';
import { ElectionHistory } from './election-history.js';
import { ElectionObserver } from './election-observer.js';
import { LeaseClock } from './lease-clock.js';
import { heirOf } from './heir.js';
import { batchMessages } from './message-batches.js';
import { injectPause } from './pause-fault.js';
import { ReplicaCore } from './replica-core.js';
import type { ReplicaPorts } from './replica-ports.js';
import type { ReplicaProtocol, SnapshotAck, SnapshotChunk } from './replica-protocol.js';
import type { OpenedReplica, WatcherLag } from './open-replica.js';
import type { RecoveredReplica } from './replica-recovery.js';
import { ReplicaRepair } from './replica-repair.js';
import { ReplicaRequests } from './replica-requests.js';
import type { ReplicaSettings } from './replica-settings.js';
import { replicaStatus, ROLES } from './replica-status.js';
import { ReplicaSnapshots } from './replica-snapshots.js';
import type { StateMachine } from './state-machine.js';
import { Succession } from './succession.js';

const WATCH_RECORDS_PER_TURN = 4096;
const PROGRESS_NOTIFY_MS = 5000;
const EXPIRED_LEASES_PER_TICK = 1000;
const HANDOVER_MS = 1000;
const REPORTED_ELECTIONS = 200;

/** One life of a replica: joins the core with the other replicas, the clock and the disk. */
export class ReplicaActor {
  readonly machine: StateMachine;
  readonly requests: ReplicaRequests;
  readonly #context: ActorContext;
  readonly #settings: ReplicaSettings;
  readonly #ports: ReplicaPorts;
  readonly #recovered: RecoveredReplica;
  readonly #core: ReplicaCore;
  readonly #leases: LeaseClock;
  readonly #repair: ReplicaRepair;
  readonly #succession: Succession;
  readonly #observer: ElectionObserver;
  readonly #history: ElectionHistory;
  readonly #snapshots: ReplicaSnapshots;
  #role: SoftState & { readonly term: number };
  #state: 'starting' | 'running' | 'stopping' = 'starting';
  /** The files are closed: nothing may be written any more. */
  #closed = false;
  #progressMs = 0;
  readonly #watchers: WatcherLag;

  constructor(
    context: ActorContext,
    settings: ReplicaSettings,
    ports: ReplicaPorts,
    { machine, recovered, watchers }: OpenedReplica,
  ) {
    const { clock } = context;
    this.#context = context;
    this.#settings = settings;
    this.#ports = ports;
    this.machine = machine;
    this.#recovered = recovered;
    this.#watchers = watchers;
    this.#history = new ElectionHistory(ports.disk, `${settings.folder}/elections`);
    this.#observer = this.#makeObserver();
    this.#core = this.#makeCore();
    this.#leases = new LeaseClock(clock);
    this.requests = new ReplicaRequests({
      clock,
      settings,
      core: this.#core,
      leases: this.#leases,
      life: context.random.uint32(),
    });
    this.#snapshots = new ReplicaSnapshots(settings, recovered, machine, {
      disk: ports.disk,
      clock,
      send: (to, chunk) => context.tell(this.#ref(to), 'snapshotChunk', chunk),
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
        this.#send(messages);
      },
    });
    this.#succession = this.#makeSuccession();
    this.#role = this.#currentRole();
  }

  start(): void {
    const { repair } = this.#recovered.log;
    if (repair !== undefined)
      this.#context.log.error('the log is damaged and will be mended by the leader', { ...repair });
    this.#state = 'running';
    this.#ports.observe?.({
      log: this.#recovered.log.storage,
      machine: this.machine,
      status: () => this.status(),
    });
    this.#scheduleTick();
    this.#succession.start();
  }

  raftArrived(from: Peer, messages: readonly Message[]): void {
    if (this.#closed) return;
    const sender = this.#settings.nodeOf(from.id);
    for (const message of messages) {
      if (message.from === sender) this.#repair.step(from, message);
    }
    if (sender !== undefined && sender === this.#core.node.basicStatus().lead)
      this.#observer.leaderAlive();
  }

  chunkArrived(from: Peer, chunk: SnapshotChunk): void {
    if (this.#closed) return;
    const { ack, message } = this.#snapshots.take(from, chunk);
    this.#context.tell(this.#ref(from.id), 'snapshotAck', ack);
    if (message !== undefined && message.from === this.#settings.nodeOf(from.id))
      this.#core.node.step(message);
  }

  ackArrived(from: Peer, ack: SnapshotAck): void {
    this.#snapshots.acked(from, ack);
  }

  electionTold(record: ElectionRecord): void {
    if (!this.#closed) this.#history.add(record);
  }

  voteWithheld(from: Peer): void {
    const voter = this.#settings.nodeOf(from.id);
    if (voter !== undefined) this.#observer.withheld(voter);
  }

  repairAsked(from: Peer, followerCommit: LogIndex): void {
    this.#repair.asked(from, followerCommit);
  }

  invited(): void {
    if (this.#state === 'running') this.#succession.invited();
  }

  leaderLeaves(from: Peer): void {
    this.#observer.note(ElectionCause.leaderStopped, `${from.id} was stopped and handed over`);
  }

  peerUp(peer: Peer): void {
    const nodeId = this.#settings.nodeOf(peer.id);
    if (nodeId === undefined || this.#state !== 'running') return;
    this.#core.node.reportReachable(nodeId);
    this.#succession.peerUp();
  }

  /** A leader that is known to be dead is forgotten, so that nobody refuses a vote for its sake. */
  peerDown(peer: Peer): void {
    const nodeId = this.#settings.nodeOf(peer.id);
    if (nodeId === undefined) return;
    this.#snapshots.peerDown(peer);
    const { lead } = this.#core.node.basicStatus();
    if (lead === nodeId) {
      // It lived until its port closed, whenever it last had something to say.
      this.#observer.leaderAlive();
      this.#observer.note(
        ElectionCause.leaderCrash,
        `life ${String(peer.incarnation)} of ${peer.id} ended while it was the leader`,
      );
      this.#core.node.forgetLeader();
    }
    this.#succession.peerDown();
  }

  turnEnd(): void {
    if (this.#state === 'starting' || this.#closed) return;
    this.requests.proposeGathered();
    this.requests.reads.ask(this.#core.node);
    const more = this.#core.process();
    this.#roleMayHaveChanged();
    this.requests.reads.applied(this.machine.appliedIndex);
    if (this.#observer.waitsForCommit && this.machine.appliedTerm === this.#role.term)
      this.#observer.committed();
    const busy = this.#snapshots.step();
    if (this.#watchers.behind)
      this.#watchers.behind = this.machine.catchUpWatchers(WATCH_RECORDS_PER_TURN);
    if (more || busy || this.#watchers.behind) this.#context.clock.after(0, () => undefined);
  }

  inject(fault: Parameters<typeof injectPause>[0]): Result<void, ErrorData> {
    return injectPause(fault, this.#ports.block);
  }

  status(): ReplicaStatus {
    const { log } = this.#recovered;
    const parts = { settings: this.#settings, node: this.#core.node, machine: this.machine, log };
    return replicaStatus(parts, this.#state);
  }

  report(): Readonly<Record<string, unknown>> {
    const { segments, bytes, syncs, syncP50Ms, syncP99Ms } = this.#recovered.log.wal.stats();
    return {
      status: this.status(),
      elections: this.#history.newestFirst(REPORTED_ELECTIONS),
      wal: { segments, bytes },
      fsync: { count: syncs, p50Ms: syncP50Ms, p99Ms: syncP99Ms },
    };
  }

  /** A leader hands over first, so that nobody has to notice its end. */
  async stop(context: ActorContext): Promise<void> {
    this.#state = 'stopping';
    this.requests.beginStop();
    const heir = this.#core.leads
      ? heirOf(this.#core.node, this.#settings.nodeId, (id) => this.#isUp(id))
      : undefined;
    if (heir !== undefined) {
      this.#tellOthers('leaving', {});
      this.#core.node.transferLeader(heir);
      const deadlineMs = context.clock.monotonicMs() + HANDOVER_MS;
      while (this.#core.leads && context.clock.monotonicMs() < deadlineMs) await context.sleep(5);
    }
    this.#closed = true;
    this.requests.endStop();
    this.#succession.end();
    this.#snapshots.abort();
    this.#history.close();
    this.#recovered.log.close();
  }

  #makeCore(): ReplicaCore {
    const { log, snapshots } = this.#recovered;
    return new ReplicaCore(
      { settings: this.#settings, log, machine: this.machine, snapshots },
      {
        clock: this.#context.clock,
        random: this.#context.random,
        log: this.#context.log,
        trace: (event) => {
          this.#observer.trace(event);
          if (event.type === 'vote-answered' && event.reason === VoteReason.logBehind)
            this.#succession.candidateBehind();
        },
        send: (messages) => {
          this.#send(messages);
        },
        flush: () => {
          this.#context.flush?.();
        },
        confirmed: (reads) => {
          this.requests.reads.confirmed(reads);
        },
        applied: (result, entryBytes) => {
          this.#snapshots.applied(entryBytes);
          this.requests.applied(result);
        },
        restored: () => {
          this.#snapshots.restored();
        },
      },
    );
  }

  #makeSuccession(): Succession {
    const { clock } = this.#context;
    const { tickMs, nodeId, confState } = this.#settings;
    const { node } = this.#core;
    return new Succession({
      clock,
      tickMs,
      own: nodeId,
      voters: confState.voters,
      fresh: this.#recovered.fresh,
      isUp: (id) => this.#isUp(id),
      leaderKnown: () => this.#leaderKnown(),
      mayCampaign: () =>
        this.#state !== 'stopping' &&
        !this.#repair.underway &&
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

  #makeObserver(): ElectionObserver {
    return new ElectionObserver({
      clock: this.#context.clock,
      nodeId: this.#settings.nodeId,
      voters: this.#settings.confState.voters,
      nameOf: (id) => this.#settings.actorOf(id),
      finished: (record) => {
        this.#history.add(record);
        if (record.leader === null) return;
        this.#tellOthers('election', { record });
      },
    });
  }

  #tellOthers<N extends 'leaving' | 'election'>(
    operation: N,
    message: ReplicaProtocol['tells'][N],
  ): void {
    for (const { id } of this.#settings.peers)
      if (id !== this.#context.self.id) this.#context.tell(this.#ref(id), operation, message);
  }

  #send(messages: readonly Message[]): void {
    const { batches, snapshots } = batchMessages(messages);
    for (const snapshot of snapshots)
      this.#snapshots.sendTo(this.#settings.actorOf(snapshot.to), snapshot);
    for (const [to, batch] of batches) {
      const sent = this.#context.tell(this.#ref(this.#settings.actorOf(to)), 'raft', {
        messages: batch,
      });
      if (!sent && this.#core.leads) this.#core.node.reportUnreachable(to);
    }
  }

  #scheduleTick(): void {
    this.#context.clock.after(this.#settings.tickMs, () => {
      if (this.#closed) return;
      this.#tick();
      this.#scheduleTick();
    });
  }

  #tick(): void {
    if (this.#repair.underway) this.#repair.ask();
    else this.#core.node.tick();
    this.requests.expire();
    this.#snapshots.tick();
    const now = this.#context.clock.monotonicMs();
    if (now - this.#progressMs >= PROGRESS_NOTIFY_MS) {
      this.#progressMs = now;
      this.machine.notifyProgress();
    }
    if (!this.#core.leads) return;
    const ids = this.#leases.takeExpired(EXPIRED_LEASES_PER_TICK);
    if (ids.length > 0) this.requests.propose({ type: 'leaseExpire', ids });
  }

  #roleMayHaveChanged(): void {
    const before = this.#role;
    const now = this.#currentRole();
    this.#role = now;
    const led = before.raftState === 'StateLeader';
    const leads = now.raftState === 'StateLeader';
    if (led && leads && before.term === now.term) return;
    if (led) {
      this.requests.leadershipLost();
      this.#leases.stop();
    }
    if (leads) this.#leases.start(this.machine.leases());
    if (now.lead !== 0) this.#succession.leaderSeen();
    if (before.lead === now.lead && before.term === now.term) return;
    this.#context.log.info('raft', {
      term: now.term,
      role: ROLES[now.raftState],
      leader: now.lead,
    });
  }

  #currentRole(): SoftState & { readonly term: number } {
    const { lead, raftState, hardState } = this.#core.node.basicStatus();
    return { lead, raftState, term: hardState.term };
  }

  #leaderKnown(): boolean {
    return this.#core.node.basicStatus().lead !== 0;
  }

  #isUp(id: NodeId): boolean {
    return (
      id === this.#settings.nodeId ||
      this.#context.peer(this.#ref(this.#settings.actorOf(id))) !== undefined
    );
  }

  #ref(id: Peer['id']): ActorRef<ReplicaProtocol> {
    return this.#context.ref<ReplicaProtocol>(id, overflowOf.replica);
  }
}
