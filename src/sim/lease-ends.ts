import type { ClientHistory } from './client-history.js';

export interface LeaseEndsPorts {
  readonly history: ClientHistory;
  nowMs(): number;
  /** May call back late, where a thread has no time: what the store did meanwhile it did rightly. */
  after(delayMs: number, callback: () => void): unknown;
  /** When `nowMs` said so, on the history's own clock; or earlier. */
  momentOf(ms: number): number;
}

export interface HeldLease {
  /** Its time begins anew at a moment of `LeaseEnds.nowMs`. */
  renewed(beganMs: number): void;
}

interface Held {
  readonly key: string;
  endsMs: number;
}

/**
 * From the end of a lease's time on, as far as its client knows, the store may delete its key; not before. This outlives the
 * client, and knows when a replica's clock leaps: then leases may end so much earlier.
 */
export class LeaseEnds {
  readonly #ports: LeaseEndsPorts;
  readonly #held = new Set<Held>();
  #leaptMs = 0;

  constructor(ports: LeaseEndsPorts) {
    this.#ports = ports;
  }

  /** On a clock that no replica's is ahead of. */
  nowMs(): number {
    return this.#ports.nowMs() + this.#leaptMs;
  }

  hold(key: string, ttlMs: number, beganMs: number): HeldLease {
    const held: Held = { key, endsMs: beganMs + ttlMs };
    this.#held.add(held);
    this.#await(held);
    return {
      renewed: (againMs) => {
        held.endsMs = againMs + ttlMs;
      },
    };
  }

  /** Before the history is read: a timer may be late, and what the store did meanwhile has been seen. */
  catchUp(): void {
    for (const held of this.#held) if (held.endsMs <= this.nowMs()) this.#await(held);
  }

  leapt(ms: number): void {
    this.#leaptMs += ms;
    for (const held of this.#held) this.#await(held);
  }

  #await(held: Held): void {
    const leftMs = held.endsMs - this.nowMs();
    if (leftMs > 0) {
      this.#ports.after(leftMs, () => {
        this.#await(held);
      });
      return;
    }
    if (!this.#held.delete(held)) return;
    const deleted = { type: 'delete', key: held.key } as const;
    this.#ports.history.mayHappen(
      { type: 'txn', compare: [], success: [deleted], failure: [] },
      this.#ports.momentOf(held.endsMs),
    );
  }
}
