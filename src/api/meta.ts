import type { KubernetesObject, ObjectMeta, OwnerReference } from './object.js';

/** The reference whose `controller` is true; there is at most one. */
export function controllerOf(object: KubernetesObject): OwnerReference | undefined {
  return object.metadata?.ownerReferences?.find((reference) => reference.controller === true);
}

export function isControlledBy(object: KubernetesObject, owner: KubernetesObject): boolean {
  const uid = owner.metadata?.uid;
  return uid !== undefined && controllerOf(object)?.uid === uid;
}

/** A reference that makes `owner` the controller of what carries it, and blocks the owner's foreground deletion. */
export function newControllerReference(owner: {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: ObjectMeta;
}): OwnerReference {
  return {
    apiVersion: owner.apiVersion ?? '',
    kind: owner.kind ?? '',
    name: owner.metadata?.name ?? '',
    uid: owner.metadata?.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  };
}

export function isBeingDeleted(object: KubernetesObject): boolean {
  return object.metadata?.deletionTimestamp !== undefined;
}

export function hasFinalizer(object: KubernetesObject, finalizer: string): boolean {
  return object.metadata?.finalizers?.includes(finalizer) === true;
}

/** `namespace/name`, or `name` where there is no namespace: the key of informers and work queues. */
export function objectKeyOf(object: KubernetesObject): string {
  const { namespace = '', name = '' } = object.metadata ?? {};
  return namespace === '' ? name : `${namespace}/${name}`;
}

/** meta/v1 Condition and its older relatives (PodCondition, NodeCondition, DeploymentCondition). */
export interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
  observedGeneration?: number;
}

export function findCondition<C extends { readonly type: string }>(
  conditions: readonly C[] | undefined,
  type: string,
): C | undefined {
  return conditions?.find((condition) => condition.type === type);
}

export function isConditionTrue(
  conditions: readonly { readonly type: string; readonly status: string }[] | undefined,
  type: string,
): boolean {
  return findCondition(conditions, type)?.status === 'True';
}

/**
 * The conditions with this one set. `lastTransitionTime` moves to `now` (RFC 3339) only where the status changes.
 * Returns the same array where nothing changes.
 */
export function withCondition<C extends Condition>(
  conditions: readonly C[],
  condition: C,
  now: string,
): readonly C[] {
  const old = findCondition(conditions, condition.type);
  if (old === undefined) {
    return [
      ...conditions,
      { ...condition, lastTransitionTime: condition.lastTransitionTime ?? now },
    ];
  }
  const sameStatus = old.status === condition.status;
  const lastTransitionTime = sameStatus
    ? (old.lastTransitionTime ?? now)
    : (condition.lastTransitionTime ?? now);
  const next: C = { ...condition, lastTransitionTime };
  const unchanged =
    sameStatus &&
    old.reason === next.reason &&
    old.message === next.message &&
    old.observedGeneration === next.observedGeneration;
  return unchanged ? conditions : conditions.map((each) => (each === old ? next : each));
}
