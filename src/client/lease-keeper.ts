import type { ActorContext } from '../actor/index.js';
import type { V1Lease, V1OwnerReference } from '../api/index.js';
import type { Timer } from '../base/index.js';
import { randomFraction } from '../base/index.js';
import type { ApiClient } from './api-client.js';
import type { ApiResult } from './api-error.js';
import { isConflict, isNotFound } from './api-error.js';
import { Resource } from './resource-descriptor.js';
import { microTimestamp } from './timestamp.js';

export interface LeaseKeeperConfig {
  readonly namespace: string;
  readonly name: string;
  readonly holderIdentity: string;
  /** A node's is 40. */
  readonly leaseDurationSeconds: number;
  /** Default: a quarter of the duration, as the kubelet does. */
  readonly renewIntervalMs?: number;
  /** The owner of a lease that is made new: a node's lease goes with its Node. Undefined: not known yet. */
  readonly owner?: () => V1OwnerReference | undefined;
}

/** Keeps a Lease alive, as a heartbeat. */
export interface LeaseKeeper {
  start(): void;
  stop(): void;
  /** Monotonic time of the last renewal that was acknowledged. */
  lastRenewedMs(): number | undefined;
}

/** Renewals come a little early, each by another amount, so that many holders spread out. */
const JITTER = 0.04;
const RENEW_ATTEMPTS_MAX = 5;

export function createLeaseKeeper(
  context: ActorContext,
  client: ApiClient,
  config: LeaseKeeperConfig,
): LeaseKeeper {
  const { namespace, name, renewIntervalMs = config.leaseDurationSeconds * 250 } = config;
  let held: V1Lease | undefined;
  let renewedMs: number | undefined;
  let timer: Timer | undefined;
  let stopped = true;

  async function renewAndWait(): Promise<void> {
    for (let attempt = 1; attempt <= RENEW_ATTEMPTS_MAX; attempt++) {
      const result = await renew();
      if (stopped) return;
      if (result.ok) {
        held = result.value;
        renewedMs = context.clock.monotonicMs();
        break;
      }
      held = undefined;
      context.log.debug('lease not renewed', { lease: name, error: result.error.message });
    }
    const intervalMs = renewIntervalMs * (1 - JITTER * randomFraction(context.random));
    timer = context.clock.after(intervalMs, () => void renewAndWait());
  }

  async function renew(): Promise<ApiResult<V1Lease>> {
    const options = { deadlineMs: renewIntervalMs };
    if (held === undefined) {
      const found = await client.get(Resource.leases, { namespace, name }, options);
      if (!found.ok)
        return isNotFound(found.error)
          ? client.create(Resource.leases, renewed({ metadata: { namespace, name } }), options)
          : found;
      held = found.value;
    }
    const updated = await client.update(Resource.leases, renewed(held), options);
    // The answer to an own earlier attempt was lost, or somebody else wrote: look again.
    if (!updated.ok && isConflict(updated.error)) held = undefined;
    return updated;
  }

  function renewed(lease: V1Lease): V1Lease {
    const owner = lease.metadata?.ownerReferences === undefined ? config.owner?.() : undefined;
    return {
      ...lease,
      metadata: { ...lease.metadata, ...(owner === undefined ? {} : { ownerReferences: [owner] }) },
      spec: {
        ...lease.spec,
        holderIdentity: config.holderIdentity,
        leaseDurationSeconds: config.leaseDurationSeconds,
        renewTime: microTimestamp(context.clock.wallMs()),
      },
    };
  }

  return {
    start: () => {
      if (!stopped) return;
      stopped = false;
      void renewAndWait();
    },
    stop: () => {
      stopped = true;
      timer?.cancel();
    },
    lastRenewedMs: () => renewedMs,
  };
}
