import type { Clock } from '../base/index.js';
import type { LeaseStatus } from './state-machine.js';

/** A proposal to expire a lease that got lost is made again after this. */
const RETRY_MS = 2000;

/**
 * When leases end, by the leader's monotonic clock; only a leader has one running. A new leader gives every lease its
 * whole remaining time again, so that a lease never ends early.
 */
export class LeaseClock {
  readonly #clock: Clock;
  readonly #endsMs = new Map<bigint, number>();
  #running = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  start(leases: readonly LeaseStatus[]): void {
    this.stop();
    this.#running = true;
    for (const lease of leases) this.#set(lease.id, lease.remainingTtlSeconds);
  }

  stop(): void {
    this.#running = false;
    this.#endsMs.clear();
  }

  granted(id: bigint, ttlSeconds: number): void {
    if (this.#running) this.#set(id, ttlSeconds);
  }

  renewed(lease: LeaseStatus): void {
    this.#set(lease.id, lease.ttlSeconds);
  }

  revoked(ids: readonly bigint[]): void {
    for (const id of ids) this.#endsMs.delete(id);
  }

  /** Those whose time is over. Each is named again only after a while, since it is being revoked. */
  takeExpired(max: number): bigint[] {
    const now = this.#clock.monotonicMs();
    const expired: bigint[] = [];
    for (const [id, endsMs] of this.#endsMs) {
      if (endsMs > now) continue;
      expired.push(id);
      this.#endsMs.set(id, now + RETRY_MS);
      if (expired.length >= max) break;
    }
    return expired;
  }

  #set(id: bigint, ttlSeconds: number): void {
    this.#endsMs.set(id, this.#clock.monotonicMs() + ttlSeconds * 1000);
  }
}
