import type { V1PersistentVolumeClaim, V1Pod, V1StatefulSet } from '../../api/index.js';
import type { ApiError, ApiResult, ObjectName } from '../../client/index.js';
import {
  isAlreadyExists,
  isNotFound,
  keyOf,
  locationOf,
  nameOf,
  objectKey,
  Resource,
} from '../../client/index.js';
import type { ControllerPorts } from '../controller.js';
import { claimOwners, claimsOf, hasOwners } from './claims.js';
import type { StatefulEvents } from './events.js';
import { ordinalOf, podName } from './identity.js';

const BEING_DELETED = { code: 409, reason: 'Conflict', uncertain: false } as const;

/** Makes claims and says whose they are. Each returns its failure. */
export interface ClaimWrites {
  /** Those of one ordinal that are not there yet. */
  create(set: V1StatefulSet, ordinal: number): Promise<ApiError | undefined>;
  /** Gives a pod's claims the owners that the retention policy demands. */
  own(set: V1StatefulSet, pod: V1Pod): Promise<ApiError | undefined>;
}

export function createClaimWrites(
  { client, informers }: ControllerPorts,
  events: StatefulEvents,
): ClaimWrites {
  const claims = informers.informer(Resource.persistentvolumeclaims);

  async function create(set: V1StatefulSet, ordinal: number): Promise<ApiError | undefined> {
    for (const claim of claimsOf(set, ordinal)) {
      const name = nameOf(claim);
      const known = claims.get(objectKey(claim));
      if (known?.metadata?.deletionTimestamp !== undefined)
        return { ...BEING_DELETED, message: `pvc ${name} is being deleted` };
      if (known !== undefined) continue;
      const made = await client.create(Resource.persistentvolumeclaims, claim);
      // The informer is behind.
      if (!made.ok && isAlreadyExists(made.error)) continue;
      events.claim(set, name, podName(set, ordinal), made.ok ? undefined : made.error);
      if (!made.ok)
        return { ...made.error, message: `failed to create PVC ${name}: ${made.error.message}` };
    }
    return undefined;
  }

  async function own(set: V1StatefulSet, pod: V1Pod): Promise<ApiError | undefined> {
    const ordinal = ordinalOf(set, pod);
    for (const wanted of ordinal === undefined ? [] : claimsOf(set, ordinal)) {
      const at = locationOf(wanted);
      const found = await find(at);
      if (!found.ok && isNotFound(found.error)) continue;
      if (!found.ok) return found.error;
      const known = found.value;
      const owners = claimOwners(known, set, pod);
      if (hasOwners(known, owners)) continue;
      const metadata = { ...known.metadata, ownerReferences: [...owners] };
      const written = await client.update(Resource.persistentvolumeclaims, { ...known, metadata });
      if (!written.ok && !isNotFound(written.error)) return written.error;
    }
    return undefined;
  }

  /** One that was made just now the informer does not show yet. */
  async function find(at: ObjectName): Promise<ApiResult<V1PersistentVolumeClaim>> {
    const known = claims.get(keyOf(at));
    return known === undefined
      ? client.get(Resource.persistentvolumeclaims, at)
      : { ok: true, value: known };
  }

  return { create, own };
}
