import { assertDefined, ok } from '../base/index.js';
import type { Result } from '../base/index.js';
import { mvccFailed } from './mvcc-error.js';
import { MvccErrorCode } from './request.js';
import type { Key, MvccError } from './request.js';

/** A lease as replicated state. When it ends is the leader's business: here are no clocks. */
export interface Lease {
  readonly id: bigint;
  readonly ttlSeconds: number;
  /** What the last checkpoint left of it; equal to `ttlSeconds` without one. */
  readonly remainingTtlSeconds: number;
  /** The keys whose newest version names it. */
  readonly keys: ReadonlySet<Key>;
}

export interface LeaseTable {
  readonly size: number;
  get(id: bigint): Lease | undefined;
  /** In the order in which they were granted. */
  all(): Iterable<Lease>;
  /** In order of id: sorted anew each time. */
  list(): Lease[];
  grant(id: bigint, ttlSeconds: number, remainingTtlSeconds?: number): Result<Lease, MvccError>;
  /** False where there is no such lease. */
  checkpoint(id: bigint, remainingTtlSeconds: number): boolean;
  /** Forgets a lease whose keys are gone. */
  remove(id: bigint): void;
  attach(id: bigint, key: Key): void;
  detach(id: bigint, key: Key): void;
}

/** etcd's bound, about 285 years (`lease.MaxLeaseTTL`). */
export const LEASE_TTL_SECONDS_MAX = 9_000_000_000;

interface MutableLease extends Lease {
  remainingTtlSeconds: number;
  readonly keys: Set<Key>;
}

export function createLeaseTable(): LeaseTable {
  const leases = new Map<bigint, MutableLease>();
  const existing = (id: bigint): MutableLease =>
    assertDefined(leases.get(id), `lease ${String(id)}`);
  return {
    get size() {
      return leases.size;
    },
    get: (id) => leases.get(id),
    all: () => leases.values(),
    list: () => [...leases.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
    grant(id, ttlSeconds, remainingTtlSeconds) {
      if (id === 0n) return mvccFailed(MvccErrorCode.leaseNotFound);
      if (ttlSeconds > LEASE_TTL_SECONDS_MAX) return mvccFailed(MvccErrorCode.leaseTtlTooLarge);
      if (leases.has(id)) return mvccFailed(MvccErrorCode.leaseExists);
      const ttl = Math.max(1, Math.ceil(ttlSeconds));
      const lease = {
        id,
        ttlSeconds: ttl,
        remainingTtlSeconds: remainingTtlSeconds ?? ttl,
        keys: new Set<Key>(),
      };
      leases.set(id, lease);
      return ok(lease);
    },
    checkpoint(id, remainingTtlSeconds) {
      const lease = leases.get(id);
      if (lease === undefined) return false;
      lease.remainingTtlSeconds = Math.min(lease.ttlSeconds, Math.max(0, remainingTtlSeconds));
      return true;
    },
    remove(id) {
      leases.delete(id);
    },
    attach(id, key) {
      existing(id).keys.add(key);
    },
    detach(id, key) {
      existing(id).keys.delete(key);
    },
  };
}
