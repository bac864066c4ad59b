import type { Clock } from '../base/index.js';
import type { HandlingHistogram } from './handling-histogram.js';

export interface SliceLimits {
  readonly sliceMessagesMax: number;
  readonly sliceMs: number;
}

/** The clock is read once for so many messages that are quick: reading it costs as much as handling a small one. */
const TIMED_MESSAGES = 16;
const QUICK_MS = 0.1;

/** How much of the mailbox one turn handles, and how long that takes. */
export class TurnSlice {
  readonly #clock: Clock;
  readonly #limits: SliceLimits;
  readonly #handling: HandlingHistogram;
  #messages = 0;
  #usedMs = 0;
  #running = false;
  /** Handled since the clock was read. */
  #untimed = 0;
  #readMs = 0;
  #timedMessages = 1;

  constructor(clock: Clock, limits: SliceLimits, handling: HandlingHistogram) {
    this.#clock = clock;
    this.#limits = limits;
    this.#handling = handling;
  }

  get running(): boolean {
    return this.#running;
  }

  /** A new turn. */
  begin(): void {
    this.#messages = 0;
    this.#usedMs = 0;
  }

  resume(): void {
    this.#running = true;
    this.#readMs = this.#clock.monotonicMs();
  }

  pause(): void {
    this.#time();
    this.#running = false;
  }

  handled(): void {
    this.#messages++;
    this.#untimed++;
    if (this.#untimed >= this.#timedMessages) this.#time();
  }

  isUsedUp(): boolean {
    return this.#messages >= this.#limits.sliceMessagesMax || this.#usedMs >= this.#limits.sliceMs;
  }

  #time(): void {
    if (this.#untimed === 0) return;
    const nowMs = this.#clock.monotonicMs();
    const tookMs = nowMs - this.#readMs;
    this.#handling.add(this.#untimed, tookMs);
    this.#usedMs += tookMs;
    this.#timedMessages = tookMs / this.#untimed < QUICK_MS ? TIMED_MESSAGES : 1;
    this.#readMs = nowMs;
    this.#untimed = 0;
  }
}
