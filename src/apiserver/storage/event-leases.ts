import type { Clock } from '../../base/index.js';
import { ok } from '../../base/index.js';
import { refuse } from '../outcome.js';
import type { LeaseSource } from './object-storage.js';
import type { StorePort } from './store-port.js';
import { storeStatus } from './store-status.js';

/** A lease is shared by all objects of this share of its time to live (as kube-apiserver's lease manager does). */
const REUSE_SHARE = 0.05;
const OBJECTS_MAX = 1_000;

/** Leases for objects that expire: shared by many, so that a thousand events cost one lease and not a thousand. */
export function sharedLeases(store: StorePort, clock: Clock): LeaseSource {
  const shared = new Map<number, { readonly id: bigint; readonly untilMs: number; uses: number }>();
  return {
    async lease(ttlSeconds) {
      const known = shared.get(ttlSeconds);
      if (known !== undefined && clock.monotonicMs() < known.untilMs && known.uses < OBJECTS_MAX) {
        known.uses++;
        return ok(known.id);
      }
      const reuseSeconds = Math.max(1, Math.floor(ttlSeconds * REUSE_SHARE));
      const granted = await store.leaseGrant(0n, ttlSeconds + reuseSeconds);
      if (!granted.ok) return refuse(storeStatus(granted.error));
      const untilMs = clock.monotonicMs() + reuseSeconds * 1_000;
      shared.set(ttlSeconds, { id: granted.value.id, untilMs, uses: 1 });
      return ok(granted.value.id);
    },
  };
}
