import type { ActorId, Clock, Disk, DiskFile, NodeId } from '../base/index.js';
import { transfer as handOver } from '../codec/index.js';
import type { Message } from '../raft/index.js';
import type { SnapshotAck, SnapshotChunk } from './replica-protocol.js';
import type { SnapshotName } from './snapshot-folder.js';

const SLICE_BYTES = 256 * 1024;
const WINDOW_CHUNKS = 4;
/** A receiver that says nothing for so long has failed. */
const SILENCE_MS = 10_000;

export interface SnapshotSenderPorts {
  readonly disk: Disk;
  readonly clock: Clock;
  /** False: it could not be sent. */
  send(to: ActorId, chunk: SnapshotChunk): boolean;
  /** Each transfer ends with exactly one call. */
  ended(nodeId: NodeId, succeeded: boolean): void;
}

interface Transfer {
  readonly number: number;
  readonly to: ActorId;
  readonly nodeId: NodeId;
  readonly message: Message;
  readonly file: DiskFile;
  readonly size: number;
  position: number;
  sent: number;
  received: number;
  heardMs: number;
}

/** Sends snapshot files to replicas that have fallen behind the log; the receiver's acks pace each transfer. */
export class SnapshotSender {
  readonly #ports: SnapshotSenderPorts;
  readonly #transfers = new Map<ActorId, Transfer>();
  #number = 0;

  constructor(ports: SnapshotSenderPorts) {
    this.#ports = ports;
  }

  begin(to: ActorId, message: Message, snapshot: SnapshotName): void {
    this.cancel(to);
    const file = this.#ports.disk.open(snapshot.path, 'read');
    this.#number++;
    const transfer: Transfer = {
      number: this.#number,
      to,
      nodeId: message.to,
      message,
      file,
      size: file.size(),
      position: 0,
      sent: 0,
      received: 0,
      heardMs: this.#ports.clock.monotonicMs(),
    };
    this.#transfers.set(to, transfer);
    this.#pump(transfer);
  }

  get sending(): boolean {
    return this.#transfers.size > 0;
  }

  sendsTo(to: ActorId): boolean {
    return this.#transfers.has(to);
  }

  acked(from: ActorId, ack: SnapshotAck): void {
    const transfer = this.#transfers.get(from);
    if (transfer?.number !== ack.transfer) return;
    transfer.heardMs = this.#ports.clock.monotonicMs();
    transfer.received = Math.max(transfer.received, ack.received);
    if (ack.outcome === 'more') this.#pump(transfer);
    else this.#end(transfer, ack.outcome === 'done');
  }

  /** The receiver is down, or another transfer to it begins. */
  cancel(to: ActorId): void {
    const transfer = this.#transfers.get(to);
    if (transfer !== undefined) this.#end(transfer, false);
  }

  tick(): void {
    const now = this.#ports.clock.monotonicMs();
    for (const transfer of [...this.#transfers.values()]) {
      if (now - transfer.heardMs > SILENCE_MS) this.#end(transfer, false);
    }
  }

  #pump(transfer: Transfer): void {
    while (transfer.position < transfer.size && transfer.sent - transfer.received < WINDOW_CHUNKS) {
      const data = new Uint8Array(Math.min(SLICE_BYTES, transfer.size - transfer.position));
      transfer.file.pread(data, transfer.position);
      transfer.position += data.length;
      const chunk: SnapshotChunk = {
        transfer: transfer.number,
        sequence: transfer.sent,
        // Nobody here reads it again: it need not be copied into the frame.
        data: handOver(data),
        message: transfer.position === transfer.size ? transfer.message : undefined,
      };
      transfer.sent++;
      if (this.#ports.send(transfer.to, chunk)) continue;
      this.#end(transfer, false);
      return;
    }
  }

  #end(transfer: Transfer, succeeded: boolean): void {
    this.#transfers.delete(transfer.to);
    transfer.file.close();
    this.#ports.ended(transfer.nodeId, succeeded);
  }
}
