import type { V1Deployment, V1ReplicaSet } from '../../api/index.js';
import { desiredReplicasOf, maxReplicasOf } from './annotations.js';
import { rollingBounds } from './bounds.js';
import type { Resize } from './size.js';
import { availableOf, sizeOf, totalSize, wantedOf } from './size.js';

/**
 * Spreads a change of the Deployment's size over its replica sets in the midst of a rollout, by the size that each has, so
 * that the rollout neither goes on nor back. `old` is sorted by age.
 */
export function scaleProportionally(
  deployment: V1Deployment,
  current: V1ReplicaSet | undefined,
  old: readonly V1ReplicaSet[],
): readonly Resize[] {
  const wanted = wantedOf(deployment);
  const all = current === undefined ? old : [...old, current];
  const active = all.filter((replicaSet) => sizeOf(replicaSet) > 0);
  if (active.length <= 1) {
    const only = active[0] ?? current ?? old.at(-1);
    return only === undefined || isSizedFor(only, wanted) ? [] : [[only, wanted]];
  }
  if (current !== undefined && isSaturated(current, wanted)) {
    return old.filter((replicaSet) => sizeOf(replicaSet) > 0).map((replicaSet) => [replicaSet, 0]);
  }
  if (deployment.spec?.strategy?.type === 'Recreate') return [];
  return distribute(deployment, active);
}

function isSizedFor(replicaSet: V1ReplicaSet, wanted: number): boolean {
  const desired = desiredReplicasOf(replicaSet);
  return (
    sizeOf(replicaSet) === wanted && (desired === undefined || desired === wanted || wanted === 0)
  );
}

function isSaturated(replicaSet: V1ReplicaSet, wanted: number): boolean {
  return (
    sizeOf(replicaSet) === wanted &&
    desiredReplicasOf(replicaSet) === wanted &&
    availableOf(replicaSet) === wanted
  );
}

function distribute(deployment: V1Deployment, active: readonly V1ReplicaSet[]): readonly Resize[] {
  const wanted = wantedOf(deployment);
  const allowed = wanted > 0 ? wanted + rollingBounds(deployment).maxSurge : 0;
  const toAdd = allowed - totalSize(active);
  const youngestFirst = [...active].reverse();
  const sorted = (toAdd > 0 ? youngestFirst : [...active]).sort((a, b) => sizeOf(b) - sizeOf(a));
  let added = 0;
  const sizes = new Map<V1ReplicaSet, number>();
  for (const replicaSet of sorted) {
    const share = shareOf(deployment, replicaSet, allowed);
    const left = toAdd - added;
    const change = toAdd > 0 ? Math.min(share, left) : Math.max(share, left);
    const bounded = toAdd === 0 || left === 0 ? 0 : change;
    added += bounded;
    sizes.set(replicaSet, sizeOf(replicaSet) + bounded);
  }
  const [largest] = sorted;
  // What rounding left over goes to the largest.
  if (largest !== undefined)
    sizes.set(largest, Math.max(0, (sizes.get(largest) ?? 0) + toAdd - added));
  return [...sizes].filter(
    ([replicaSet, size]) => size !== sizeOf(replicaSet) || desiredReplicasOf(replicaSet) !== wanted,
  );
}

function shareOf(deployment: V1Deployment, replicaSet: V1ReplicaSet, allowed: number): number {
  const size = sizeOf(replicaSet);
  if (wantedOf(deployment) === 0) return -size;
  const before = maxReplicasOf(replicaSet) ?? deployment.status?.replicas ?? 0;
  return before === 0 ? 0 : Math.round((size * allowed) / before) - size;
}
