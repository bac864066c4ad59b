import type { OwnerReference } from '../../api/index.js';
import type { ApiObject } from '../../client/index.js';

export const FOREGROUND = 'foregroundDeletion';
export const ORPHAN = 'orphan';

/** What is known of an owner. */
export type OwnerState =
  /** It is there, and its dependents stay. */
  | 'solid'
  /** A live read found no object with this uid. */
  | 'absent'
  /** It is being deleted in the foreground, and waits for its dependents. */
  | 'waiting'
  /** It could not be found out: nothing is deleted on a guess. */
  | 'unknown';

export type Collection =
  | { readonly type: 'keep' }
  | {
      readonly type: 'delete';
      readonly propagationPolicy: 'Background' | 'Foreground' | 'Orphan';
      /** First its references stop to block their owners: it may be one of a circle, where each waits for the next. */
      readonly unblock?: readonly OwnerReference[];
    }
  /** It still has owners: the references to the others go. */
  | { readonly type: 'unreference'; readonly ownerReferences: readonly OwnerReference[] };

/** What becomes of an object, by its owners' states (garbagecollector.attemptToDeleteItem). */
export function planCollection(
  object: ApiObject,
  stateOf: (reference: OwnerReference) => OwnerState,
  dependents: readonly ApiObject[],
): Collection {
  const references = object.metadata?.ownerReferences ?? [];
  const deleting = object.metadata?.deletionTimestamp !== undefined;
  if (references.length === 0 || deleting) return { type: 'keep' };
  const states = references.map(stateOf);
  if (states.includes('unknown')) return { type: 'keep' };
  const solid = references.filter((_reference, at) => states[at] === 'solid');
  if (solid.length === references.length) return { type: 'keep' };
  if (solid.length > 0) return { type: 'unreference', ownerReferences: solid };
  if (states.includes('waiting') && dependents.length > 0) {
    const plan = { type: 'delete', propagationPolicy: 'Foreground' } as const;
    if (!dependents.some(waitsForDependents)) return plan;
    const unblock = references.map((each) => ({ ...each, blockOwnerDeletion: false }));
    return { ...plan, unblock };
  }
  const finalizers = object.metadata?.finalizers ?? [];
  if (finalizers.includes(ORPHAN)) return { type: 'delete', propagationPolicy: 'Orphan' };
  return {
    type: 'delete',
    propagationPolicy: finalizers.includes(FOREGROUND) ? 'Foreground' : 'Background',
  };
}

/** Whether an object is being deleted in the foreground. */
export function waitsForDependents({ metadata }: ApiObject): boolean {
  return (
    metadata?.deletionTimestamp !== undefined && metadata.finalizers?.includes(FOREGROUND) === true
  );
}

/** What an owner that is being deleted does with its dependents. */
export type OwnerDeletion =
  | { readonly type: 'none' }
  /** They are to be deleted first. */
  | { readonly type: 'wait'; readonly blocking: number }
  /** They lose their reference, and the owner then this finalizer. */
  | { readonly type: 'orphan' }
  | { readonly type: 'release' };

export function planOwnerDeletion(
  owner: ApiObject,
  dependents: readonly ApiObject[],
): OwnerDeletion {
  const finalizers = owner.metadata?.finalizers ?? [];
  if (owner.metadata?.deletionTimestamp === undefined) return { type: 'none' };
  if (finalizers.includes(ORPHAN)) return { type: 'orphan' };
  if (!finalizers.includes(FOREGROUND)) return { type: 'none' };
  const blocking = dependents.filter((dependent) =>
    dependent.metadata?.ownerReferences?.some(
      ({ uid, blockOwnerDeletion }) => uid === owner.metadata?.uid && blockOwnerDeletion === true,
    ),
  ).length;
  return blocking === 0 ? { type: 'release' } : { type: 'wait', blocking };
}
