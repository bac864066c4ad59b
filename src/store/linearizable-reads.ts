import type { Clock, LogIndex } from '../base/index.js';
import type { RawNode, ReadState } from '../raft/index.js';
import type { StoreError } from '../protocol/index.js';
import { storeErrors } from './store-errors.js';
import { getUint53, putUint53 } from './wal-record.js';

export interface WaitingRead {
  /** On the monotonic clock. */
  readonly deadlineMs: number;
  /** The state holds everything that was acknowledged before the read arrived. */
  serve(): void;
  fail(error: StoreError): void;
}

interface ReadBatch {
  readonly sequence: number;
  reads: readonly WaitingRead[];
  /** Known once a majority has confirmed the leader. */
  index: LogIndex | undefined;
}

/** Reads that wait for the leader to be confirmed: all that arrive in one turn share one ReadIndex (thesis §6.4). */
export class LinearizableReads {
  readonly #clock: Clock;
  #arriving: WaitingRead[] = [];
  readonly #asked = new Map<number, ReadBatch>();
  #sequence = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    let total = this.#arriving.length;
    for (const batch of this.#asked.values()) total += batch.reads.length;
    return total;
  }

  add(read: WaitingRead): void {
    this.#arriving.push(read);
  }

  /** Asks for the read index of what arrived in this turn. */
  ask(node: RawNode): void {
    if (this.#arriving.length === 0) return;
    this.#sequence++;
    const context = new Uint8Array(8);
    putUint53(context, 0, this.#sequence);
    this.#asked.set(this.#sequence, {
      sequence: this.#sequence,
      reads: this.#arriving,
      index: undefined,
    });
    this.#arriving = [];
    node.readIndex(context);
  }

  confirmed(states: readonly ReadState[]): void {
    for (const state of states) {
      const batch = this.#asked.get(getUint53(state.context, 0));
      if (batch !== undefined) batch.index = state.index;
    }
  }

  /** Serves what is confirmed and applied. */
  applied(appliedIndex: LogIndex): void {
    for (const [sequence, batch] of this.#asked) {
      if (batch.index === undefined || batch.index > appliedIndex) continue;
      this.#asked.delete(sequence);
      for (const read of batch.reads) read.serve();
    }
  }

  failAll(error: StoreError): void {
    const batches = [...this.#asked.values()].map((batch) => batch.reads);
    const reads = [...batches.flat(), ...this.#arriving];
    this.#asked.clear();
    this.#arriving = [];
    for (const read of reads) read.fail(error);
  }

  expire(): void {
    const now = this.#clock.monotonicMs();
    for (const [sequence, batch] of this.#asked) {
      const late = batch.reads.filter((read) => read.deadlineMs <= now);
      if (late.length === 0) continue;
      batch.reads = batch.reads.filter((read) => read.deadlineMs > now);
      if (batch.reads.length === 0) this.#asked.delete(sequence);
      for (const read of late) read.fail(storeErrors.timeout);
    }
  }
}
