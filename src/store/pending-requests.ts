import type { Clock } from '../base/index.js';
import type { StoreError } from '../protocol/index.js';
import { storeErrors } from './store-errors.js';

/** A caller that waits. `settle` and `fail`: exactly one of them is called, once. */
export interface Waiter<Outcome> {
  /** On the monotonic clock. */
  readonly deadlineMs: number;
  settle(outcome: Outcome): void;
  fail(error: StoreError): void;
}

/** Callers by the number of their request. */
export class PendingRequests<Outcome> {
  readonly #clock: Clock;
  readonly #waiting = new Map<number, Waiter<Outcome>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#waiting.size;
  }

  add(sequence: number, waiter: Waiter<Outcome>): void {
    this.#waiting.set(sequence, waiter);
  }

  /** Nothing happens where nobody waits any more. */
  settle(sequence: number, outcome: Outcome): void {
    const waiter = this.#waiting.get(sequence);
    if (waiter === undefined) return;
    this.#waiting.delete(sequence);
    waiter.settle(outcome);
  }

  failAll(error: StoreError): void {
    const waiters = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const waiter of waiters) waiter.fail(error);
  }

  /** Ends those whose deadline has passed. */
  expire(): void {
    const now = this.#clock.monotonicMs();
    for (const [sequence, waiter] of this.#waiting) {
      if (waiter.deadlineMs > now) continue;
      this.#waiting.delete(sequence);
      waiter.fail(storeErrors.timeout);
    }
  }
}
