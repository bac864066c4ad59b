import type { V1Pod, V1StatefulSet } from '../../api/index.js';
import { hasPodEnded, isPodReady, untilAvailableMs } from '../pod-state.js';

/** How far a pod has come. Each implies those before it, but for the last two. */
export type Stage =
  /** It is there, and not ready. */
  | 'starting'
  | 'ready'
  /** Ready for minReadySeconds. */
  | 'available'
  /** Whether with success or not, it has to come again. */
  | 'ended'
  | 'terminating';

export function stageOf({ spec }: V1StatefulSet, pod: V1Pod, wallMs: number): Stage {
  // One that has ended stays so while it is being deleted.
  if (hasPodEnded(pod)) return 'ended';
  if (isTerminating(pod)) return 'terminating';
  if (pod.status?.phase !== 'Running' || !isPodReady(pod)) return 'starting';
  return untilAvailableMs(pod, spec?.minReadySeconds ?? 0, wallMs) === 0 ? 'available' : 'ready';
}

export function isTerminating({ metadata }: V1Pod): boolean {
  return metadata?.deletionTimestamp !== undefined;
}
