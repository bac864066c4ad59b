import type { Clock, Timer } from '../base/index.js';

const ATTEMPTS_MAX = 6;
const RETRY_MS = 10;

export interface FailoverPorts {
  readonly clock: Clock;
  readonly tickMs: number;
  /** This replica's place among the live ones in order of node id, or undefined where it must not campaign. */
  rank(): number | undefined;
  /** There is a leader, or this replica is already asking for real votes. */
  settled(): boolean;
  campaign(): void;
}

/**
 * What follows the death of a leader that was noticed: the live replica with the lowest id campaigns at once, the next
 * one after a tick, and so on, so that nobody waits for an election timeout and votes are not split. Others may notice
 * the death a moment later and refuse a pre-vote until then, so it is asked again a few times.
 */
export class Failover {
  readonly #ports: FailoverPorts;
  #timer: Timer | undefined;

  constructor(ports: FailoverPorts) {
    this.#ports = ports;
  }

  begin(): void {
    this.cancel();
    const rank = this.#ports.rank();
    if (rank === undefined) return;
    if (rank === 0) this.#attempt(ATTEMPTS_MAX);
    else this.#later(rank * this.#ports.tickMs, ATTEMPTS_MAX);
  }

  /** A candidate lacks entries that this replica has, and cannot win: its turn has come. */
  hurry(): void {
    if (this.#timer === undefined) return;
    this.cancel();
    this.#later(0, ATTEMPTS_MAX);
  }

  cancel(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #attempt(left: number): void {
    if (this.#ports.settled()) return;
    this.#ports.campaign();
    if (left > 1) this.#later(RETRY_MS, left - 1);
  }

  #later(delayMs: number, left: number): void {
    this.#timer = this.#ports.clock.after(delayMs, () => {
      this.#timer = undefined;
      this.#attempt(left);
    });
  }
}
