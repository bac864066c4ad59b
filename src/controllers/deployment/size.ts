import type { V1Deployment, V1ReplicaSet } from '../../api/index.js';

/** The size that the Deployment wants. */
export function wantedOf(deployment: V1Deployment): number {
  return deployment.spec?.replicas ?? 1;
}

/** The size that a replica set was told to have. */
export function sizeOf(replicaSet: V1ReplicaSet): number {
  return replicaSet.spec?.replicas ?? 1;
}

export function totalSize(replicaSets: readonly V1ReplicaSet[]): number {
  return replicaSets.reduce((sum, replicaSet) => sum + sizeOf(replicaSet), 0);
}

export function availableOf(replicaSet: V1ReplicaSet): number {
  return replicaSet.status?.availableReplicas ?? 0;
}

/** A replica set and the size that it is to have. */
export type Resize = readonly [replicaSet: V1ReplicaSet, replicas: number];
