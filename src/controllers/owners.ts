import type { OwnerReference } from '../api/index.js';
import { labelSelectorFromObject, newControllerReference } from '../api/index.js';
import type { V1LabelSelector } from '../api/index.js';
import type { ApiClient, ApiError, ApiObject, ResourceDescriptor } from '../client/index.js';
import { apiVersionOf, isNotFound, locationOf, uidOf } from '../client/index.js';

/** The reference whose `controller` is true. */
export function controllerReference(object: ApiObject): OwnerReference | undefined {
  return object.metadata?.ownerReferences?.find((reference) => reference.controller === true);
}

/** The reference with which a controller marks what it makes. */
export function referenceToController(
  resource: ResourceDescriptor,
  owner: ApiObject,
): OwnerReference {
  return newControllerReference({
    apiVersion: apiVersionOf(resource),
    kind: resource.kind,
    metadata: owner.metadata ?? {},
  });
}

/** What an owner has to do with an object that it may own. */
export type Claim = 'owned' | 'adopt' | 'release' | 'none';

/** Pure: by the controller reference and the selector. Nothing that is being deleted changes hands. */
export function claimOf(owner: ApiObject, object: ApiObject, matches: boolean): Claim {
  const controller = controllerReference(object);
  const deleting = object.metadata?.deletionTimestamp !== undefined;
  if (controller !== undefined) {
    if (controller.uid !== owner.metadata?.uid) return 'none';
    if (matches) return 'owned';
    return deleting || owner.metadata.deletionTimestamp !== undefined ? 'none' : 'release';
  }
  const orphanable = matches && !deleting && owner.metadata?.deletionTimestamp === undefined;
  return orphanable ? 'adopt' : 'none';
}

/** A selector that is empty or broken matches nothing: an owner must not claim everything. */
export function ownSelector(selector: V1LabelSelector | undefined): (object: ApiObject) => boolean {
  const matcher = labelSelectorFromObject(selector);
  if (!matcher.ok || matcher.value.everything) return () => false;
  return (object) => matcher.value.matches(object.metadata?.labels);
}

export interface Claimed<T> {
  readonly owned: readonly T[];
  /** The first failure to adopt or release. */
  readonly error: ApiError | undefined;
}

/**
 * Adopts what matches and has no controller, releases what is owned and matches no longer; returns what is owned now.
 * Before the first adoption it makes sure, by a live read, that the owner is still there and wants to live.
 */
export async function claim<O extends ApiObject, T extends ApiObject>(
  client: ApiClient,
  owner: {
    readonly resource: ResourceDescriptor<O>;
    readonly object: O;
    readonly matches: (object: ApiObject) => boolean;
  },
  resource: ResourceDescriptor<T>,
  candidates: readonly T[],
): Promise<Claimed<T>> {
  const owned: T[] = [];
  let error: ApiError | undefined;
  let mayAdopt: boolean | undefined;
  for (const object of candidates) {
    const what = claimOf(owner.object, object, owner.matches(object));
    if (what === 'owned') owned.push(object);
    if (what === 'none' || what === 'owned') continue;
    if (what === 'adopt') {
      mayAdopt ??= await isAlive(client, owner.resource, owner.object);
      if (!mayAdopt) continue;
    }
    const changed = await client.patch(
      resource,
      locationOf(object),
      claimPatch(owner, object, what),
    );
    if (changed.ok && what === 'adopt') owned.push(changed.value);
    if (!changed.ok && !isNotFound(changed.error)) error ??= changed.error;
  }
  return { owned, error };
}

async function isAlive<O extends ApiObject>(
  client: ApiClient,
  resource: ResourceDescriptor<O>,
  owner: O,
): Promise<boolean> {
  const live = await client.get(resource, locationOf(owner));
  return (
    live.ok &&
    uidOf(live.value) === uidOf(owner) &&
    live.value.metadata?.deletionTimestamp === undefined
  );
}

/** With the resourceVersion in it, so that it is refused where the object has changed. */
function claimPatch(
  owner: { readonly resource: ResourceDescriptor; readonly object: ApiObject },
  object: ApiObject,
  what: 'adopt' | 'release',
): object {
  const others = (object.metadata?.ownerReferences ?? []).filter(
    (reference) => reference.uid !== owner.object.metadata?.uid,
  );
  const ownerReferences =
    what === 'adopt' ? [...others, referenceToController(owner.resource, owner.object)] : others;
  return {
    metadata: {
      ownerReferences,
      uid: object.metadata?.uid,
      resourceVersion: object.metadata?.resourceVersion,
    },
  };
}
