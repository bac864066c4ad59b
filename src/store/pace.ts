import type { Clock, Timer } from '../base/index.js';

const REST_TICKS_MAX = 4;

export interface PaceOptions {
  readonly clock: Clock;
  readonly tickMs: number;
  /** The shortest election timeout. */
  readonly electionTicks: number;
  /** So many ticks have passed for Raft. */
  passed(ticks: number): void;
  /** What is due at a tick; it was to be at `dueMs`, on the monotonic clock. */
  ticked(dueMs: number): void;
  /** Nothing waits for time to pass. */
  calm(): boolean;
  /** Tells the others for how long this replica's loop may stand still from now on, for want of anything to do. */
  rests(ms: number): void;
}

/**
 * How often a replica wakes up. While something happens, at every tick; else at every fourth, or twice in the shortest election
 * timeout if that is less: the wakes between were a third of what an idle cluster cost (docs/decisions/0028). Raft's time goes on
 * as ever: what passed in a rest is counted before anything is handled, so that no timeout, and no lease, is shorter or longer
 * for it.
 */
export class Pace {
  readonly #options: PaceOptions;
  /** A rest: so many ticks in one. The next heartbeat may come late by half the shortest election timeout. */
  readonly #restTicks: number;
  #timer: Timer | undefined;
  /** When the timer was set, for how many ticks, and how many of them Raft has been told of. */
  #fromMs = 0;
  #ticks = 1;
  #told = 0;
  #stirredMs = -Infinity;

  constructor(options: PaceOptions) {
    this.#options = options;
    this.#restTicks = Math.max(1, Math.min(REST_TICKS_MAX, Math.floor(options.electionTicks / 2)));
  }

  start(): void {
    this.#set(1);
  }

  stop(): void {
    this.#timer?.cancel();
  }

  /** When it is to wake up next, on the monotonic clock. */
  get dueMs(): number {
    return this.#fromMs + this.#ticks * this.#options.tickMs;
  }

  /** Before anything is handled: tells Raft of the ticks that have passed in this rest. The last one is its end's. */
  catchUp(): void {
    if (this.#ticks === 1) return;
    const { clock, tickMs } = this.#options;
    const ticks = Math.floor((clock.monotonicMs() - this.#fromMs) / tickMs);
    this.#tell(Math.min(ticks, this.#ticks - 1) - this.#told);
  }

  /** Something happens: a rest is over, and there will be none for a while. */
  stir(): void {
    this.#stirredMs = this.#options.clock.monotonicMs();
    if (this.#ticks === 1) return;
    this.catchUp();
    this.#timer?.cancel();
    this.#set(1);
  }

  #wake(): void {
    const { clock, tickMs } = this.#options;
    const { dueMs } = this;
    // What it was to sleep, however late it is: a loop that stood still has heard nobody, which is not their fault.
    this.#tell(this.#ticks - this.#told);
    // The timer first: what is due now asks when it will be due again.
    const atRest = clock.monotonicMs() - this.#stirredMs >= this.#restTicks * tickMs;
    this.#set(atRest && this.#options.calm() ? this.#restTicks : 1);
    this.#options.ticked(dueMs);
  }

  #tell(ticks: number): void {
    if (ticks <= 0) return;
    this.#told += ticks;
    this.#options.passed(ticks);
  }

  #set(ticks: number): void {
    const { clock, tickMs } = this.#options;
    if (ticks !== this.#ticks) this.#options.rests((ticks - 1) * tickMs);
    this.#fromMs = clock.monotonicMs();
    this.#ticks = ticks;
    this.#told = 0;
    this.#timer = clock.after(ticks * tickMs, () => {
      this.#wake();
    });
  }
}
