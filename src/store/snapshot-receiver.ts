import type { Disk, DiskFile, Incarnation } from '../base/index.js';
import type { Peer } from '../actor/index.js';
import type { Message } from '../raft/index.js';
import type { SnapshotAck, SnapshotChunk } from './replica-protocol.js';
import { checkSnapshotFile } from './snapshot-file.js';
import type { SnapshotFolder } from './snapshot-folder.js';

interface Receiving {
  readonly from: string;
  readonly incarnation: Incarnation;
  readonly transfer: number;
  readonly path: string;
  readonly file: DiskFile;
  position: number;
  received: number;
}

export interface ReceivedChunk {
  readonly ack: SnapshotAck;
  /** The MsgSnap of a snapshot that is now durable under its name. */
  readonly message: Message | undefined;
}

/** Takes a snapshot file from the leader. A new transfer replaces the one before it. */
export class SnapshotReceiver {
  readonly #disk: Disk;
  readonly #folder: SnapshotFolder;
  readonly #clusterId: bigint;
  #current: Receiving | undefined;

  constructor(disk: Disk, folder: SnapshotFolder, clusterId: bigint) {
    this.#disk = disk;
    this.#folder = folder;
    this.#clusterId = clusterId;
  }

  take(from: Peer, chunk: SnapshotChunk): ReceivedChunk {
    if (chunk.sequence === 0) this.#begin(from, chunk.transfer);
    const current = this.#current;
    const known = current?.from === from.id && current.incarnation === from.incarnation;
    if (!known || current.transfer !== chunk.transfer || current.received !== chunk.sequence) {
      return answer(chunk, 'failed');
    }
    current.file.pwritev([chunk.data], current.position);
    current.position += chunk.data.length;
    current.received++;
    if (chunk.message === undefined) return answer(chunk, 'more');
    return this.#finish(current, chunk, chunk.message);
  }

  abort(): void {
    const current = this.#current;
    if (current === undefined) return;
    this.#current = undefined;
    current.file.close();
    this.#folder.discard(current.path);
  }

  #begin(from: Peer, transfer: number): void {
    this.abort();
    const path = this.#folder.newPartPath();
    const file = this.#disk.open(path, 'create');
    this.#current = {
      from: from.id,
      incarnation: from.incarnation,
      transfer,
      path,
      file,
      position: 0,
      received: 0,
    };
  }

  #finish(current: Receiving, chunk: SnapshotChunk, message: Message): ReceivedChunk {
    current.file.datasync();
    const checked = checkSnapshotFile(this.#disk, current.path, this.#clusterId);
    const wanted = message.snapshot?.metadata;
    const right =
      checked.ok &&
      wanted !== undefined &&
      checked.value.head.metadata.index === wanted.index &&
      checked.value.head.metadata.term === wanted.term;
    if (!right) {
      this.abort();
      return answer(chunk, 'failed');
    }
    current.file.close();
    this.#current = undefined;
    this.#folder.publish(current.path, wanted);
    return { ...answer(chunk, 'done'), message };
  }
}

function answer(chunk: SnapshotChunk, outcome: SnapshotAck['outcome']): ReceivedChunk {
  return {
    ack: { transfer: chunk.transfer, received: chunk.sequence + 1, outcome },
    message: undefined,
  };
}
