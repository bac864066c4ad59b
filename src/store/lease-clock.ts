import type { Clock } from '../base/index.js';
import type { LeaseCheckpoint } from './command.js';
import type { LeaseStatus } from './state-machine.js';

/** A proposal to expire a lease that got lost is made again after this. */
const RETRY_MS = 2000;

export interface LeaseClockSettings {
  /**
   * What a new leader adds to every lease: clients could not renew while there was no leader (etcd `lessor.Promote`).
   */
  readonly extendMs: number;
  /** How often what is left of a long lease is written down. */
  readonly checkpointMs: number;
}

interface RunningLease {
  endsMs: number;
  checkpointMs: number;
  /** It has run out and is being revoked: nothing renews it any more. */
  expiring: boolean;
}

/**
 * When leases end, by the leader's monotonic clock; only a leader has one running. A new leader gives every lease what the
 * last checkpoint left of it, and a little more, so that a lease never ends early.
 */
export class LeaseClock {
  readonly #clock: Clock;
  readonly #settings: LeaseClockSettings;
  readonly #leases = new Map<bigint, RunningLease>();
  /** Nothing is due before this. A lower bound, so that most ticks need not look at every lease. */
  #nothingBeforeMs = 0;
  #noCheckpointBeforeMs = 0;
  #running = false;

  constructor(clock: Clock, settings: LeaseClockSettings) {
    this.#clock = clock;
    this.#settings = settings;
  }

  start(leases: readonly LeaseStatus[]): void {
    this.stop();
    this.#running = true;
    for (const lease of leases)
      this.#set(lease.id, lease.remainingTtlSeconds * 1000 + this.#settings.extendMs);
  }

  stop(): void {
    this.#running = false;
    this.#leases.clear();
  }

  granted(id: bigint, ttlSeconds: number): void {
    if (this.#running) this.#set(id, ttlSeconds * 1000);
  }

  /** False: it has run out. Whoever asks must wait for its end, or for another leader. */
  renewed(lease: LeaseStatus): boolean {
    if (this.#leases.get(lease.id)?.expiring === true) return false;
    this.#set(lease.id, lease.ttlSeconds * 1000);
    return true;
  }

  revoked(ids: readonly bigint[]): void {
    for (const id of ids) this.#leases.delete(id);
  }

  /** What is left, in whole seconds; at least 0. */
  remainingSeconds(id: bigint): number {
    const lease = this.#leases.get(id);
    if (lease === undefined || lease.expiring) return 0;
    return Math.max(0, Math.floor((lease.endsMs - this.#clock.monotonicMs()) / 1000));
  }

  /** Those whose time is over. Each is named again only after a while, since it is being revoked. */
  takeExpired(max: number): bigint[] {
    const now = this.#clock.monotonicMs();
    if (now < this.#nothingBeforeMs) return [];
    const expired: bigint[] = [];
    let nextMs = Infinity;
    for (const [id, lease] of this.#leases) {
      if (lease.endsMs <= now && expired.length < max) {
        expired.push(id);
        lease.expiring = true;
        lease.endsMs = now + RETRY_MS;
      }
      nextMs = Math.min(nextMs, lease.endsMs);
    }
    this.#nothingBeforeMs = nextMs;
    return expired;
  }

  /** Leases that nobody has renewed for so long that what is left of them is worth a checkpoint. */
  takeCheckpoints(max: number): LeaseCheckpoint[] {
    const now = this.#clock.monotonicMs();
    if (now < this.#noCheckpointBeforeMs) return [];
    const due: LeaseCheckpoint[] = [];
    let nextMs = Infinity;
    for (const [id, lease] of this.#leases) {
      if (lease.checkpointMs <= now && due.length < max) {
        lease.checkpointMs = now + this.#settings.checkpointMs;
        if (lease.endsMs > now && !lease.expiring)
          due.push({ id, remainingTtlSeconds: Math.ceil((lease.endsMs - now) / 1000) });
      }
      nextMs = Math.min(nextMs, lease.checkpointMs);
    }
    this.#noCheckpointBeforeMs = nextMs;
    return due;
  }

  #set(id: bigint, lastsMs: number): void {
    const now = this.#clock.monotonicMs();
    const { checkpointMs } = this.#settings;
    this.#leases.set(id, {
      endsMs: now + lastsMs,
      checkpointMs: lastsMs > checkpointMs ? now + checkpointMs : Infinity,
      expiring: false,
    });
    this.#nothingBeforeMs = Math.min(this.#nothingBeforeMs, now + lastsMs);
    this.#noCheckpointBeforeMs = Math.min(this.#noCheckpointBeforeMs, now + checkpointMs);
  }
}
