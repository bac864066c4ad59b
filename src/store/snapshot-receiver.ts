import { failed, ok, refusesWrites } from '../base/index.js';
import type { Disk, DiskFile, Incarnation, Result } from '../base/index.js';
import type { Peer } from '../actor/index.js';
import type { Message } from '../raft/index.js';
import type { SnapshotAck, SnapshotChunk } from './replica-protocol.js';
import { SYNC_EVERY_BYTES } from './snapshot-file.js';
import type { SnapshotFolder } from './snapshot-folder.js';
import { SnapshotParser } from './snapshot-parser.js';
import { createStateRestorer } from './state-restorer.js';
import type { RestoredState, StateRestorer } from './state-restorer.js';

interface Receiving {
  readonly from: string;
  readonly incarnation: Incarnation;
  readonly transfer: number;
  readonly path: string;
  readonly file: DiskFile;
  readonly parser: SnapshotParser;
  readonly restorer: StateRestorer;
  position: number;
  synced: number;
  received: number;
}

/** A snapshot that is now durable under its name, and what it holds. */
export interface ReceivedSnapshot {
  /** The MsgSnap. */
  readonly message: Message;
  readonly state: RestoredState;
}

export interface ReceivedChunk {
  readonly ack: SnapshotAck;
  readonly snapshot?: ReceivedSnapshot | undefined;
  /** Why it failed. */
  readonly problem?: string | undefined;
}

/**
 * Takes a snapshot file from the leader. A new transfer replaces the one before it. Each chunk is checked, written and built into
 * a new state as it comes, while the old one serves: nothing long is left for the end. The sender waits for its acks.
 */
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
    try {
      return this.#take(from, chunk);
    } catch (error) {
      if (!refusesWrites(error)) throw error;
      return this.#refuse(chunk, error.message);
    }
  }

  #take(from: Peer, chunk: SnapshotChunk): ReceivedChunk {
    if (chunk.sequence === 0) this.#begin(from, chunk.transfer);
    const current = this.#current;
    const known = current?.from === from.id && current.incarnation === from.incarnation;
    if (!known || current.transfer !== chunk.transfer || current.received !== chunk.sequence) {
      return { ack: ackOf(chunk, 'failed') };
    }
    const taken = this.#append(current, chunk.data);
    if (!taken.ok) return this.#refuse(chunk, taken.error);
    if (chunk.message === undefined) return { ack: ackOf(chunk, 'more') };
    const finished = this.#finish(current, chunk.message);
    if (!finished.ok) return this.#refuse(chunk, finished.error);
    return { ack: ackOf(chunk, 'done'), snapshot: finished.value };
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
      parser: new SnapshotParser(this.#clusterId),
      restorer: createStateRestorer(),
      position: 0,
      synced: 0,
      received: 0,
    };
  }

  #append(current: Receiving, data: Uint8Array): Result<void, string> {
    const chunks = current.parser.push(data);
    if (!chunks.ok) return chunks;
    for (const chunk of chunks.value) {
      const added = current.restorer.add(chunk);
      if (!added.ok) return added;
    }
    current.file.pwritev([data], current.position);
    current.position += data.length;
    current.received++;
    if (current.position - current.synced < SYNC_EVERY_BYTES) return ok(undefined);
    current.file.datasync();
    current.synced = current.position;
    return ok(undefined);
  }

  #finish(current: Receiving, message: Message): Result<ReceivedSnapshot, string> {
    const { head, missing } = current.parser;
    const wanted = message.snapshot?.metadata;
    if (missing !== undefined) return failed(missing);
    if (wanted === undefined) return failed('the message with it names no snapshot');
    if (head?.metadata.index !== wanted.index || head.metadata.term !== wanted.term)
      return failed('it is another one than was announced');
    const state = current.restorer.finish();
    if (!state.ok) return state;
    current.file.datasync();
    current.file.close();
    this.#current = undefined;
    this.#folder.publish(current.path, wanted);
    return ok({ message, state: state.value });
  }

  #refuse(chunk: SnapshotChunk, problem: string): ReceivedChunk {
    this.abort();
    return { ack: ackOf(chunk, 'failed'), problem };
  }
}

function ackOf(chunk: SnapshotChunk, outcome: SnapshotAck['outcome']): SnapshotAck {
  return { transfer: chunk.transfer, received: chunk.sequence + 1, outcome };
}
