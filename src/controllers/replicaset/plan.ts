import type {
  V1Pod,
  V1ReplicaSet,
  V1ReplicaSetCondition,
  V1ReplicaSetStatus,
  V1ReplicationController,
} from '../../api/index.js';
import { withCondition } from '../../api/index.js';
import { parseTimestamp } from '../../client/index.js';
import { isPodActive, isPodReady, untilAvailableMs } from '../pod-state.js';

/** What keeps a number of pods. */
export type Replicated = V1ReplicaSet | V1ReplicationController;

export type ReplicaPlan =
  | { readonly type: 'none' }
  | { readonly type: 'create'; readonly count: number }
  | { readonly type: 'delete'; readonly pods: readonly V1Pod[] };

/** Pods made or deleted in one go, at most. */
const BURST_REPLICAS = 500;

/** How to get from the pods that are there to `spec.replicas`. `related` counts pods of the same Deployment on each node. */
export function planReplicas(
  owner: Replicated,
  owned: readonly V1Pod[],
  related: ReadonlyMap<string, number> = new Map(),
): ReplicaPlan {
  const active = owned.filter(isPodActive);
  const wanted = owner.spec?.replicas ?? 1;
  const missing = wanted - active.length;
  if (missing > 0) return { type: 'create', count: Math.min(missing, BURST_REPLICAS) };
  if (missing === 0) return { type: 'none' };
  const count = Math.min(-missing, BURST_REPLICAS);
  return { type: 'delete', pods: deletionOrder(active, related).slice(0, count) };
}

const PHASE_RANK: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

/**
 * Whom to delete first (controller.ActivePodsWithRanks): not assigned before assigned, pending before running, not ready
 * before ready, cheaper by the deletion cost, from nodes with more of its kin, ready for less long, restarted more often,
 * younger.
 */
export function deletionOrder(
  pods: readonly V1Pod[],
  related: ReadonlyMap<string, number>,
): readonly V1Pod[] {
  const ranks: ((pod: V1Pod) => number)[] = [
    (pod) => ((pod.spec?.nodeName ?? '') === '' ? 0 : 1),
    (pod) => PHASE_RANK[pod.status?.phase ?? ''] ?? 0,
    (pod) => (isPodReady(pod) ? 1 : 0),
    (pod) =>
      Number(pod.metadata?.annotations?.['controller.kubernetes.io/pod-deletion-cost'] ?? '0') || 0,
    (pod) => -(related.get(pod.spec?.nodeName ?? '') ?? 0),
    (pod) => -readySinceMs(pod),
    (pod) =>
      -Math.max(
        0,
        ...(pod.status?.containerStatuses ?? []).map((container) => container.restartCount),
      ),
    (pod) => -(parseTimestamp(pod.metadata?.creationTimestamp) ?? 0),
  ];
  return [...pods].sort((a, b) => {
    for (const rank of ranks) {
      const difference = rank(a) - rank(b);
      if (difference !== 0) return difference;
    }
    return (a.metadata?.name ?? '') < (b.metadata?.name ?? '') ? -1 : 1;
  });
}

function readySinceMs(pod: V1Pod): number {
  const ready = pod.status?.conditions?.find(
    (condition) => condition.type === 'Ready' && condition.status === 'True',
  );
  return parseTimestamp(ready?.lastTransitionTime) ?? 0;
}

export interface ReplicaSetFailure {
  readonly reason: 'FailedCreate' | 'FailedDelete';
  readonly message: string;
}

/** The status that the pods justify. */
export function replicaSetStatus(
  owner: Replicated,
  owned: readonly V1Pod[],
  failure: ReplicaSetFailure | undefined,
  wallMs: number,
  now: string,
): V1ReplicaSetStatus {
  const active = owned.filter(isPodActive);
  const minReadySeconds = owner.spec?.minReadySeconds ?? 0;
  const template = Object.entries(owner.spec?.template?.metadata?.labels ?? {});
  const labelled = active.filter((pod) =>
    template.every(([key, value]) => pod.metadata?.labels?.[key] === value),
  );
  const old = owner.status?.conditions ?? [];
  const others = old.filter((condition) => condition.type !== 'ReplicaFailure');
  const conditions: readonly V1ReplicaSetCondition[] =
    failure === undefined
      ? others
      : withCondition(old, { type: 'ReplicaFailure', status: 'True', ...failure }, now);
  return {
    replicas: active.length,
    fullyLabeledReplicas: labelled.length,
    readyReplicas: active.filter(isPodReady).length,
    availableReplicas: active.filter((pod) => untilAvailableMs(pod, minReadySeconds, wallMs) === 0)
      .length,
    observedGeneration: owner.metadata?.generation ?? 0,
    ...(conditions.length === 0 ? {} : { conditions: [...conditions] }),
  };
}

/** When a ready pod that is not available yet will be; undefined: none waits. */
export function nextAvailableMs(
  owner: Replicated,
  owned: readonly V1Pod[],
  wallMs: number,
): number | undefined {
  const waits = owned
    .filter(isPodActive)
    .map((pod) => untilAvailableMs(pod, owner.spec?.minReadySeconds ?? 0, wallMs))
    .filter((waitMs) => waitMs > 0 && waitMs < Infinity);
  return waits.length === 0 ? undefined : Math.min(...waits);
}
