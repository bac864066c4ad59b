import type { ActorId, Clock, Disk, NodeId } from '../base/index.js';
import type { Peer } from '../actor/index.js';
import type { Message } from '../raft/index.js';
import type { ReplicaLog } from './replica-log.js';
import type { SnapshotAck, SnapshotChunk } from './replica-protocol.js';
import type { RecoveredReplica } from './replica-recovery.js';
import type { ReplicaSettings } from './replica-settings.js';
import type { SnapshotFolder } from './snapshot-folder.js';
import { SnapshotReceiver } from './snapshot-receiver.js';
import type { ReceivedChunk } from './snapshot-receiver.js';
import { SnapshotSender } from './snapshot-sender.js';
import { SnapshotTaker } from './snapshot-taker.js';
import type { StateMachine } from './state-machine.js';

/** Fewer applied proposals are not worth a snapshot: they are replayed in a tenth of a second. */
const WORTH_PROPOSALS = 10_000;

export interface ReplicaSnapshotsPorts {
  readonly disk: Disk;
  readonly clock: Clock;
  send(to: ActorId, chunk: SnapshotChunk): boolean;
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

  /** Goes on with a snapshot, or begins one that is due. True: there is more to write, in a later turn. */
  step(): boolean {
    if (!this.#taker.busy && this.#due()) {
      this.#begun();
      this.#taker.begin(this.#machine);
    }
    const taken = this.#taker.step();
    if (taken !== undefined)
      this.#log.snapshotTaken(taken, this.#folder.safeIndex(), this.#settings);
    return this.#taker.busy;
  }

  /** Sends the snapshot that a MsgSnap names. A transfer that is under way goes on. */
  sendTo(to: ActorId, message: Message): void {
    if (this.#sender.sendsTo(to)) return;
    const metadata = message.snapshot?.metadata;
    const file = metadata === undefined ? undefined : this.#folder.find(metadata);
    if (file === undefined) this.#ports.ended(message.to, false);
    else this.#sender.begin(to, message, file);
  }

  take(from: Peer, chunk: SnapshotChunk): ReceivedChunk {
    return this.#receiver.take(from, chunk);
  }

  acked(from: Peer, ack: SnapshotAck): void {
    this.#sender.acked(from.id, ack);
  }

  peerDown(peer: Peer): void {
    this.#sender.cancel(peer.id);
  }

  tick(): void {
    this.#sender.tick();
  }

  abort(): void {
    this.#receiver.abort();
    this.#taker.abort();
  }

  /**
   * At the configured bounds, and before them once the log since the last snapshot has the weight of the state: then a
   * restart replays no more than it loads, and snapshots write no more than the log does.
   */
  #due(): boolean {
    const { snapshotEntries, snapshotBytes } = this.#settings;
    if (this.#proposalsSince >= snapshotEntries || this.#bytesSince >= snapshotBytes) return true;
    return this.#proposalsSince >= WORTH_PROPOSALS && this.#bytesSince >= this.#machine.imageBytes;
  }

  #begun(): void {
    this.#proposalsSince = 0;
    this.#bytesSince = 0;
  }
}
