import type { ErrorData, LogIndex, Result } from '../base/index.js';
import type { ActorContext, DownCause, Peer } from '../actor/index.js';
import type { ElectionEvidence, ReplicaFigures, ReplicaStatus } from '../protocol/index.js';
import type { Message } from '../raft/index.js';
import { asLearner } from './joining.js';
import type { SnapshotAck, SnapshotChunk } from './replica-protocol.js';
import type { ReplicaFaults } from './replica-faults.js';
import { replicaFigures } from './replica-figures.js';
import { Pace } from './pace.js';
import { positionOf, replicaStatus, ROLES, standingOf } from './replica-status.js';
import { storeErrors } from './store-errors.js';
import type { ReplicaParts } from './replica-parts.js';
import { RoleWatch } from './role-watch.js';
import { logReaches } from './wal-payload.js';

/** Old versions that go in a turn after a compaction, beside those that go with each entry. */
const SWEPT_RECORDS_PER_TURN = 1024;
const HANDOVER_MS = 1000;
const REPORTED_ELECTIONS = 200;

/** One life of a replica: joins the core with the other replicas, the clock and the disk. */
export class ReplicaActor {
  readonly parts: ReplicaParts;
  readonly #role: RoleWatch;
  readonly #pace: Pace;
  /** Since the last tick. */
  #heardLeader = false;

  constructor(parts: ReplicaParts) {
    this.parts = parts;
    this.#role = new RoleWatch(parts.core.node);
    this.#pace = new Pace({
      clock: parts.context.clock,
      tickMs: parts.settings.tickMs,
      electionTicks: parts.settings.electionTicks,
      passed: (ticks) => {
        this.#timePassed(ticks);
      },
      ticked: (dueMs) => {
        this.#ticked(dueMs);
      },
      calm: () => this.#calm(),
      rests: (ms) => parts.ports.rests?.(ms),
    });
  }

  start(): void {
    const { repair } = this.parts.recovered.log;
    if (repair !== undefined)
      this.parts.context.log.error('the log is damaged and will be mended by the leader', {
        ...repair,
      });
    this.parts.state = 'running';
    this.parts.self.position = () => positionOf(this.parts.recovered.log);
    this.parts.self.journal.note({ is: 'started', fresh: this.parts.recovered.fresh });
    this.parts.upkeep.alarmsChanged();
    this.parts.ports.observe?.({
      log: this.parts.recovered.log.storage,
      machine: this.parts.machine,
      status: () => this.status(),
      standing: () => standingOf(this.parts.settings, this.parts.core.node),
    });
    this.#pace.start();
    if (this.parts.members.senders.removed) this.#retire();
    else this.parts.succession.start();
  }

  raftArrived(from: Peer, messages: readonly Message[]): void {
    const { self, members, settings, elections, upkeep, refill, repair, core, room } = this.parts;
    if (this.parts.closed || self.faults.cut(from.id)) return;
    if (!members.senders.admits(from, messages[0]?.from)) return;
    this.#pace.catchUp();
    const sender = settings.nodeOf(from.id);
    if (sender !== undefined) elections.heard(sender, messages);
    for (const message of messages) {
      if ((upkeep.corrupt || this.#retired) && message.type === 'MsgTimeoutNow') continue;
      if (refill.holdsStill && message.type === 'MsgApp') continue;
      if (!room.takes(message)) continue;
      if (message.from === sender) repair.step(from, message);
    }
    const { lead, hardState } = core.node.basicStatus();
    if (sender === undefined || sender !== lead) return;
    this.#heardLeader = true;
    elections.leaderAlive(hardState.term);
  }

  chunkArrived(from: Peer, chunk: SnapshotChunk): void {
    const { members, snapshots, settings, core } = this.parts;
    if (this.parts.closed || !members.senders.admits(from, chunk.message?.from)) return;
    const received = snapshots.take(from, chunk);
    if (received === undefined || received.message.from !== settings.nodeOf(from.id)) return;
    const message = asLearner(received.message, settings.nodeId);
    core.stepSnapshot({ ...received, message });
  }

  ackArrived(from: Peer, ack: SnapshotAck): void {
    this.parts.snapshots.acked(from, ack);
  }

  electionTold(from: Peer, evidence: ElectionEvidence): void {
    if (!this.parts.closed && !this.parts.self.faults.cut(from.id))
      this.parts.elections.told(from, evidence);
  }

  repairAsked(from: Peer, followerCommit: LogIndex): void {
    this.parts.repair.asked(from, followerCommit);
  }

  placeAsked(from: Peer): void {
    const { log } = this.parts.recovered;
    const { repair, end } = log;
    const { lastIndex, lastTerm } = repair !== undefined && !logReaches(end, repair) ? repair : end;
    const { term } = this.parts.core.node.basicStatus().hardState;
    const knowsVoters = this.parts.core.leads && this.parts.machine.appliedTerm === term;
    const voters = knowsVoters ? this.parts.machine.confState.voters : [];
    this.parts.context.tell(this.parts.ref(from.id), 'place', {
      term,
      lastIndex,
      lastTerm,
      voters,
    });
  }

  invited(): void {
    if (this.parts.state === 'running') this.parts.succession.invited();
  }

  peerUp(peer: Peer): void {
    const nodeId = this.parts.settings.nodeOf(peer.id);
    if (nodeId === undefined || this.parts.state !== 'running') return;
    this.parts.core.node.reportReachable(nodeId);
    if (this.parts.room.trouble !== undefined) this.parts.tellDisk(peer.id);
    this.parts.succession.peerUp();
  }

  /**
   * A leader that is known to be dead is forgotten, so that nobody refuses a vote for its sake. Where only the link to it broke
   * it lives on, and there is nothing to elect.
   */
  peerDown(peer: Peer, cause: DownCause): void {
    const { settings, snapshots, hungLeader, refill, diskHandover, core, elections, succession } =
      this.parts;
    const nodeId = settings.nodeOf(peer.id);
    if (nodeId === undefined) return;
    snapshots.peerDown(peer);
    hungLeader.died(peer.id);
    refill.died(peer.id);
    diskHandover.died(nodeId);
    if (cause === 'link-broken') return;
    const { lead, hardState } = core.node.basicStatus();
    elections.peerDied(peer, lead === nodeId, hardState.term);
    if (lead === nodeId) core.node.forgetLeader();
    succession.leaderLost(lead === nodeId ? 'died' : 'maybe');
  }

  turnEnd(): void {
    const {
      requests,
      core,
      machine,
      elections,
      snapshots,
      watches,
      maintenance,
      backups,
      members,
      context,
    } = this.parts;
    if (this.parts.state === 'starting' || this.parts.closed) return;
    this.#pace.catchUp();
    requests.proposeGathered();
    requests.reads.ask(core.node);
    const more = core.process();
    if (core.stirred) this.#pace.stir();
    this.#roleMayHaveChanged();
    requests.reads.applied(machine.appliedIndex);
    if (elections.observer.waitsForCommit && machine.appliedTerm === this.#role.term)
      elections.observer.committed();
    const busy = snapshots.step();
    const behind = watches.catchUp();
    const sweeping = machine.sweep(SWEPT_RECORDS_PER_TURN);
    const hashing = maintenance.turn(sweeping);
    const sending = backups.turn();
    if (members.senders.removed && this.parts.state === 'running') this.#retire();
    if (more || busy || behind || sweeping || hashing || sending)
      context.clock.after(0, () => undefined);
  }

  inject(fault: Parameters<ReplicaFaults['inject']>[0]): Result<void, ErrorData> {
    return this.parts.self.faults.inject(fault, this.parts.machine);
  }

  status(): ReplicaStatus {
    const { log } = this.parts.recovered;
    const parts = {
      settings: this.parts.settings,
      node: this.parts.core.node,
      machine: this.parts.machine,
      log,
      room: this.parts.room,
    };
    return replicaStatus(parts, this.parts.state);
  }

  figures(): ReplicaFigures {
    const { elections, requests } = this.parts;
    return replicaFigures(this.status(), { self: this.parts.self, elections, requests });
  }

  report(): Readonly<Record<string, unknown>> {
    const { segments, bytes, syncs, syncP50Ms, syncP99Ms } = this.parts.recovered.log.wal.stats();
    return {
      status: this.status(),
      elections: this.parts.elections.newestFirst(REPORTED_ELECTIONS),
      wal: { segments, bytes },
      fsync: { count: syncs, p50Ms: syncP50Ms, p99Ms: syncP99Ms },
    };
  }

  /** A leader hands over first, so that nobody has to notice its end. */
  async stop(context: ActorContext): Promise<void> {
    if (this.parts.closed) return;
    this.parts.state = 'stopping';
    this.parts.requests.beginStop();
    if (this.parts.handOver('stopping')) {
      const deadlineMs = context.clock.monotonicMs() + HANDOVER_MS;
      while (this.parts.core.leads && context.clock.monotonicMs() < deadlineMs)
        await context.sleep(5);
    }
    this.#close();
  }

  /**
   * It is no member any more: it serves nothing and never leads. Members that have not applied its removal count it still, and may
   * have no majority without it: for them it stores and votes on, until its supervisor ends it.
   */
  #retire(): void {
    const { context, requests, watches, members, succession, backups } = this.parts;
    this.parts.state = 'removed';
    context.log.warn('this replica was removed from the store');
    requests.bar(storeErrors.stopping);
    requests.endStop();
    watches.refuse(storeErrors.stopping);
    members.leadershipLost();
    succession.end();
    backups.end(storeErrors.stopping);
  }

  get #retired(): boolean {
    return this.parts.state === 'removed';
  }

  #close(): void {
    const { members, requests, succession, post, snapshots, backups, elections, recovered } =
      this.parts;
    this.parts.closed = true;
    members.leadershipLost();
    this.#pace.stop();
    requests.endStop();
    succession.end();
    post.end();
    snapshots.abort();
    backups.end(storeErrors.stopping);
    elections.close();
    recovered.log.close();
  }

  #timePassed(ticks: number): void {
    const { repair, upkeep, core, room } = this.parts;
    // One that was removed, whose data is wrong, or that cannot write down a vote, never campaigns: as a follower it lets no time pass.
    const mayLead = !this.#retired && !upkeep.corrupt && !room.readOnly;
    if (!repair.underway && (core.leads || mayLead)) core.pass(ticks);
  }

  #ticked(dueMs: number): void {
    const {
      self,
      repair,
      upkeep,
      requests,
      members,
      snapshots,
      watches,
      context,
      hungLeader,
      refill,
      room,
      elections,
    } = this.parts;
    self.watch.ticked(dueMs);
    this.#heardLeader = false;
    if (repair.underway) repair.ask();
    requests.expire();
    members.expire();
    room.tick();
    this.#lookAtDisk();
    snapshots.tick();
    watches.tick(context.clock.monotonicMs());
    upkeep.tick();
    hungLeader.tick(this.#pace.dueMs);
    refill.tick();
    elections.tick();
  }

  #lookAtDisk(): void {
    const { core, room, diskHandover, context } = this.parts;
    if (!core.leads) return;
    const takesWrites = room.trouble === undefined;
    if (diskHandover.isDue(context.clock.monotonicMs(), { takesWrites }))
      this.parts.handOver('disk');
  }

  /** Nothing here waits for time to pass but the next heartbeat, which is not missing. */
  #calm(): boolean {
    const { core, repair, upkeep, requests, members, snapshots, refill, elections } = this.parts;
    return (
      (core.leads || this.#heardLeader) &&
      !repair.underway &&
      !upkeep.checking &&
      requests.waiting === 0 &&
      !members.waiting &&
      !snapshots.sending &&
      !refill.wanted &&
      !elections.unsettled
    );
  }

  #roleMayHaveChanged(): void {
    const {
      requests,
      members,
      leases,
      leaseClock,
      upkeep,
      refill,
      machine,
      elections,
      succession,
      context,
    } = this.parts;
    const change = this.#role.look();
    if (change === undefined) return;
    const { lost, won, role, leader, term, news } = change;
    if (lost) {
      requests.leadershipLost();
      members.leadershipLost();
      leases.leadershipLost();
      leaseClock.stop();
    }
    if (lost || won) upkeep.roleChanged();
    if (lost || won) refill.roleChanged();
    if (won) leaseClock.start(machine.leases());
    elections.leaderIs(term, leader);
    if (leader !== 0) succession.leaderSeen();
    members.leaderSeen(leader);
    if (news) context.log.info('raft', { term, role: ROLES[role], leader });
  }
}
