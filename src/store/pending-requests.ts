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
  #failed = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many were given an error instead of an outcome. */
  get failed(): number {
    return this.#failed;
  }

  get size(): number {
    return this.#waiting.size;
  }

  add(sequence: number, waiter: Waiter<Outcome>): void {
    this.#waiting.set(sequence, waiter);
  }

  /** False: nobody waits for it any more. */
  settle(sequence: number, outcome: Outcome): boolean {
    const waiter = this.#waiting.get(sequence);
    if (waiter === undefined) return false;
    this.#waiting.delete(sequence);
    waiter.settle(outcome);
    return true;
  }

  failAll(error: StoreError): void {
    const waiters = [...this.#waiting.values()];
    this.#waiting.clear();
    this.#failed += waiters.length;
    for (const waiter of waiters) waiter.fail(error);
  }

  /** Ends those whose deadline has passed. */
  expire(): void {
    const now = this.#clock.monotonicMs();
    for (const [sequence, waiter] of this.#waiting) {
      if (waiter.deadlineMs > now) continue;
      this.#waiting.delete(sequence);
      this.#failed++;
      waiter.fail(storeErrors.timeout);
    }
  }
}
