import type { V1Pod } from '../../api/index.js';
import { parseTimestamp } from '../../client/index.js';
import { hasPodEnded } from '../pod-state.js';

export type PodGarbage =
  /** Its node is gone, and nobody would ever end it. */
  | 'orphaned'
  /** Being deleted, and was never on a node. */
  | 'unscheduled-terminating'
  | 'none';

export function garbageKind(pod: V1Pod, nodeExists: (name: string) => boolean): PodGarbage {
  const nodeName = pod.spec?.nodeName ?? '';
  if (nodeName === '')
    return pod.metadata?.deletionTimestamp === undefined ? 'none' : 'unscheduled-terminating';
  return nodeExists(nodeName) ? 'none' : 'orphaned';
}

/** As --terminated-pod-gc-threshold. */
export const TERMINATED_PODS_MAX = 12_500;

/** The ended pods beyond the threshold, the oldest first. */
export function excessTerminated(
  pods: readonly V1Pod[],
  threshold = TERMINATED_PODS_MAX,
): readonly V1Pod[] {
  const ended = pods.filter(hasPodEnded);
  if (ended.length <= threshold) return [];
  const age = (pod: V1Pod): number => parseTimestamp(pod.metadata?.creationTimestamp) ?? 0;
  return ended.sort((a, b) => age(a) - age(b)).slice(0, ended.length - threshold);
}
