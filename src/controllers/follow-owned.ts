import type { V1LabelSelector } from '../api/index.js';
import type { ApiObject, Informer, Reconciler, ResourceDescriptor } from '../client/index.js';
import { keyOf, objectKey, uidOf } from '../client/index.js';
import type { Expectations } from './expectations.js';
import { controllerReference, ownSelector } from './owners.js';

/** Owners whose dependents are followed. */
export interface FollowedOwners<T extends ApiObject> {
  readonly resource: ResourceDescriptor<T>;
  readonly owners: Informer<T>;
  /** What matches it may be adopted. */
  readonly selectorOf: (owner: T) => V1LabelSelector | undefined;
  readonly reconciler: Pick<Reconciler, 'enqueue'>;
  readonly expectations: Expectations;
}

/** An owner is looked at when it changes. */
export function followOwners<T extends ApiObject>({
  owners,
  reconciler,
  expectations,
}: FollowedOwners<T>): void {
  owners.addHandler({
    onAdd: (owner) => {
      reconciler.enqueue(objectKey(owner));
    },
    onUpdate: (_old, owner) => {
      reconciler.enqueue(objectKey(owner));
    },
    onDelete: (owner) => {
      expectations.forget(objectKey(owner));
    },
  });
}

/** An owner is looked at when what it owns, or may adopt, changes; what it awaited has then been seen. */
export function followOwned<T extends ApiObject, D extends ApiObject>(
  { resource, owners, selectorOf, reconciler, expectations }: FollowedOwners<T>,
  dependents: Informer<D>,
): void {
  function ownerKey(object: D): string | undefined {
    const reference = controllerReference(object);
    return reference?.kind === resource.kind
      ? keyOf({ namespace: object.metadata?.namespace, name: reference.name })
      : undefined;
  }

  function changed(object: D): void {
    const key = ownerKey(object);
    if (key !== undefined) reconciler.enqueue(key);
    if (controllerReference(object) !== undefined) return;
    // An orphan: whoever selects it may adopt it.
    for (const owner of owners.list()) {
      const near = owner.metadata?.namespace === object.metadata?.namespace;
      if (near && ownSelector(selectorOf(owner))(object)) reconciler.enqueue(objectKey(owner));
    }
  }

  function seen(object: D): void {
    expectations.observe(ownerKey(object) ?? '', uidOf(object));
    changed(object);
  }

  dependents.addHandler({
    onAdd: seen,
    onUpdate: (old, object) => {
      if (ownerKey(old) !== ownerKey(object)) changed(old);
      if (object.metadata?.deletionTimestamp === undefined) changed(object);
      else seen(object);
    },
    onDelete: seen,
  });
}
