import type { V1Pod } from '../api/index.js';
import { findCondition, isConditionTrue } from '../api/index.js';
import { parseTimestamp } from '../client/index.js';

/** Neither ended nor being deleted. */
export function isPodActive(pod: V1Pod): boolean {
  return !hasPodEnded(pod) && pod.metadata?.deletionTimestamp === undefined;
}

export function hasPodEnded(pod: V1Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}

export function isPodReady(pod: V1Pod): boolean {
  return isConditionTrue(pod.status?.conditions, 'Ready');
}

/** How long until a ready pod has been ready for `minReadySeconds`: 0 is available, Infinity is not ready. */
export function untilAvailableMs(pod: V1Pod, minReadySeconds: number, wallMs: number): number {
  if (!isPodReady(pod)) return Infinity;
  if (minReadySeconds === 0) return 0;
  const sinceMs = parseTimestamp(
    findCondition(pod.status?.conditions, 'Ready')?.lastTransitionTime,
  );
  return sinceMs === undefined ? 0 : Math.max(0, sinceMs + minReadySeconds * 1_000 - wallMs);
}

/** When the next ready pod that is not available yet will be, from now; Infinity: none waits. */
export function untilNextAvailableMs(
  pods: readonly V1Pod[],
  minReadySeconds: number,
  wallMs: number,
): number {
  const waits = pods.map((pod) => untilAvailableMs(pod, minReadySeconds, wallMs));
  return Math.min(...waits.filter((waitMs) => waitMs > 0), Infinity);
}
