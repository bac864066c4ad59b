import type { V1Deployment, V1ReplicaSet } from '../../api/index.js';
import { rollingBounds } from './bounds.js';
import type { Resize } from './size.js';
import { availableOf, sizeOf, totalSize, wantedOf } from './size.js';

/** The size for the new replica set: as large as the surge allows, never beyond what is wanted. */
export function newReplicas(
  deployment: V1Deployment,
  current: V1ReplicaSet | undefined,
  old: readonly V1ReplicaSet[],
): number {
  const wanted = wantedOf(deployment);
  const size = current === undefined ? 0 : sizeOf(current);
  if (deployment.spec?.strategy?.type === 'Recreate' || size >= wanted) return wanted;
  const room = wanted + rollingBounds(deployment).maxSurge - totalSize(old) - size;
  return size + Math.max(0, Math.min(room, wanted - size));
}

/** First of the old pods go those that are not available anyway. `old` is sorted by age. */
export function cleanUpUnhealthy(
  deployment: V1Deployment,
  current: V1ReplicaSet,
  old: readonly V1ReplicaSet[],
): readonly Resize[] {
  const newUnavailable = sizeOf(current) - availableOf(current);
  let budget = totalSize([current, ...old]) - minAvailable(deployment) - newUnavailable;
  const resizes: Resize[] = [];
  for (const replicaSet of old) {
    const unhealthy = sizeOf(replicaSet) - availableOf(replicaSet);
    const count = Math.min(unhealthy, budget);
    if (sizeOf(replicaSet) === 0 || count <= 0) continue;
    budget -= count;
    resizes.push([replicaSet, sizeOf(replicaSet) - count]);
  }
  return resizes;
}

/** Then as many available ones as there are more than must be available. */
export function scaleDownOld(
  deployment: V1Deployment,
  current: V1ReplicaSet,
  old: readonly V1ReplicaSet[],
): readonly Resize[] {
  const all = [current, ...old];
  const newUnavailable = sizeOf(current) - availableOf(current);
  if (totalSize(all) - minAvailable(deployment) - newUnavailable <= 0) return [];
  let budget =
    all.reduce((sum, replicaSet) => sum + availableOf(replicaSet), 0) - minAvailable(deployment);
  const resizes: Resize[] = [];
  for (const replicaSet of old) {
    const count = Math.min(sizeOf(replicaSet), budget);
    if (count <= 0) continue;
    budget -= count;
    resizes.push([replicaSet, sizeOf(replicaSet) - count]);
  }
  return resizes;
}

function minAvailable(deployment: V1Deployment): number {
  return wantedOf(deployment) - rollingBounds(deployment).maxUnavailable;
}
