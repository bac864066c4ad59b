import { refusesWrites } from '../base/index.js';
import type { ActorId, Clock, Disk, Log, NodeId, Random } from '../base/index.js';
import type { Peer } from '../actor/index.js';
import type { Message } from '../raft/index.js';
import type { ReplicaLog } from './replica-log.js';
import type { SnapshotAck, SnapshotChunk } from './replica-protocol.js';
import type { RecoveredReplica } from './replica-recovery.js';
import type { ReplicaSettings } from './replica-settings.js';
import { drawShare, snapshotDue } from './snapshot-due.js';
import type { SnapshotFolder } from './snapshot-folder.js';
import { SnapshotReceiver } from './snapshot-receiver.js';
import type { ReceivedSnapshot } from './snapshot-receiver.js';
import { SnapshotSender } from './snapshot-sender.js';
import { SnapshotTaker } from './snapshot-taker.js';
import type { StateMachine } from './state-machine.js';

/** After the disk has refused a snapshot. */
const REST_MS = 30_000;

export interface ReplicaSnapshotsPorts {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  send(to: ActorId, chunk: SnapshotChunk): boolean;
  ack(to: ActorId, ack: SnapshotAck): void;
  /** A transfer that `sendTo` began is over. */
  ended(nodeId: NodeId, succeeded: boolean): void;
}

/** A replica's snapshots: when they are taken, and how they travel. */
export class ReplicaSnapshots {
  readonly #settings: ReplicaSettings;
  readonly #ports: ReplicaSnapshotsPorts;
  readonly #machine: StateMachine;
  readonly #log: ReplicaLog;
  readonly #folder: SnapshotFolder;
  readonly #taker: SnapshotTaker;
  readonly #sender: SnapshotSender;
  readonly #receiver: SnapshotReceiver;
  #proposalsSince = 0;
  #bytesSince = 0;
  /** The disk has refused the last one. */
  #overdue = false;
  #restUntilMs = -Infinity;
  #complainedMs = -Infinity;
  #share: number;

  constructor(
    settings: ReplicaSettings,
    recovered: RecoveredReplica,
    machine: StateMachine,
    ports: ReplicaSnapshotsPorts,
  ) {
    const { disk } = ports;
    this.#settings = settings;
    this.#ports = ports;
    this.#machine = machine;
    this.#log = recovered.log;
    this.#folder = recovered.snapshots;
    this.#taker = new SnapshotTaker(disk, this.#folder, settings.clusterId);
    this.#receiver = new SnapshotReceiver(disk, this.#folder, settings.clusterId);
    this.#sender = new SnapshotSender(ports);
    this.#share = drawShare(ports.random);
  }

  applied(proposals: number, bytes: number): void {
    this.#proposalsSince += proposals;
    this.#bytesSince += bytes;
  }

  /** The state was replaced by a leader's snapshot, which is on disk. */
  restored(): void {
    this.#taker.abort();
    this.#begun();
  }

  /** Goes on with a snapshot, or begins one that is due, and with what is to be removed. True: there is more to do, in a later turn. */
  step(): boolean {
    const { clock, log } = this.#ports;
    if (clock.monotonicMs() < this.#restUntilMs) return false;
    try {
      return this.#step();
    } catch (error) {
      // The log holds all that the snapshot was to hold: nothing is lost, and the next try may find space.
      if (!refusesWrites(error)) throw error;
      this.#taker.abort();
      this.#overdue = true;
      this.#restUntilMs = clock.monotonicMs() + REST_MS;
      log.warn('a snapshot was not taken, and is tried again', { reason: error.message });
      return false;
    }
  }

  #step(): boolean {
    if (!this.#taker.busy && (this.#overdue || this.#due())) {
      this.#taker.begin(this.#machine);
      this.#begun();
    }
    const taken = this.#taker.step();
    if (taken !== undefined)
      this.#log.snapshotTaken(taken, this.#folder.safeIndex(), this.#settings);
    const purging = this.#log.purge();
    const removing = this.#folder.step();
    return this.#taker.busy || purging || removing;
  }

  /** Sends the snapshot that a MsgSnap names. A transfer that is under way goes on. */
  sendTo(to: ActorId, message: Message): void {
    if (this.#sender.sendsTo(to)) return;
    const metadata = message.snapshot?.metadata;
    const file = metadata === undefined ? undefined : this.#folder.find(metadata);
    if (file === undefined) this.#ports.ended(message.to, false);
    else this.#sender.begin(to, message, file);
  }

  /** Returns the snapshot once all of it is there. */
  take(from: Peer, chunk: SnapshotChunk): ReceivedSnapshot | undefined {
    const { ack, snapshot, problem } = this.#receiver.take(from, chunk);
    if (problem !== undefined && this.#complains())
      this.#ports.log.error('a snapshot from the leader cannot be used', {
        from: from.id,
        reason: problem,
      });
    this.#ports.ack(from.id, ack);
    return snapshot;
  }

  acked(from: Peer, ack: SnapshotAck): void {
    this.#sender.acked(from.id, ack);
  }

  peerDown(peer: Peer): void {
    this.#sender.cancel(peer.id);
  }

  get sending(): boolean {
    return this.#sender.sending;
  }

  tick(): void {
    this.#sender.tick();
  }

  abort(): void {
    this.#receiver.abort();
    this.#taker.abort();
  }

  /** A leader sends it again and again, and once in a while is enough to say why it fails. */
  #complains(): boolean {
    const nowMs = this.#ports.clock.monotonicMs();
    if (nowMs - this.#complainedMs < REST_MS) return false;
    this.#complainedMs = nowMs;
    return true;
  }

  #due(): boolean {
    const { snapshotEntries, snapshotBytes } = this.#settings;
    const since = { proposals: this.#proposalsSince, bytes: this.#bytesSince };
    const bounds = { proposals: snapshotEntries, bytes: snapshotBytes };
    return snapshotDue(since, bounds, this.#machine, this.#share);
  }

  #begun(): void {
    this.#overdue = false;
    this.#proposalsSince = 0;
    this.#bytesSince = 0;
    this.#share = drawShare(this.#ports.random);
  }
}
