import type { V1Job, V1Pod } from '../../api/index.js';
import { parseTimestamp } from '../../client/index.js';
import { hasPodEnded } from '../pod-state.js';

/** Holds a pod until its end is written down in the status of its job (KEP-2307). */
export const TRACKING_FINALIZER = 'batch.kubernetes.io/job-tracking';
export const INDEX_KEY = 'batch.kubernetes.io/job-completion-index';
export const INDEX_FAILURES_KEY = 'batch.kubernetes.io/job-index-failure-count';
export const INDEX_IGNORED_KEY = 'batch.kubernetes.io/job-index-ignored-failure-count';

export function isIndexed({ spec }: V1Job): boolean {
  return spec?.completionMode === 'Indexed';
}

/** Failures of each index are counted apart. */
export function countsPerIndex(job: V1Job): boolean {
  return isIndexed(job) && job.spec?.backoffLimitPerIndex !== undefined;
}

/** A pod is replaced only when it has surely ended. */
export function replacesOnlyFailed({ spec }: V1Job): boolean {
  return spec?.podReplacementPolicy === 'Failed';
}

export function hasTrackingFinalizer({ metadata }: V1Pod): boolean {
  return metadata?.finalizers?.includes(TRACKING_FINALIZER) ?? false;
}

/** Undefined: none, or one that the job does not have (any more). */
export function indexOfPod(job: V1Job, { metadata }: V1Pod): number | undefined {
  const text = metadata?.annotations?.[INDEX_KEY];
  if (text === undefined || !/^[0-9]+$/.test(text)) return undefined;
  return Number(text) < (job.spec?.completions ?? 0) ? Number(text) : undefined;
}

export function hasSucceeded({ status }: V1Pod): boolean {
  return status?.phase === 'Succeeded';
}

/**
 * Failed, or deleted before it could end: then it counts at once, unless only pods that have ended are replaced. One that
 * no node has will never run, and so has ended too.
 */
export function hasFailed(job: V1Job, pod: V1Pod): boolean {
  if (pod.status?.phase === 'Failed') return true;
  if (pod.metadata?.deletionTimestamp === undefined || hasSucceeded(pod)) return false;
  return !replacesOnlyFailed(job) || (pod.spec?.nodeName ?? '') === '';
}

export function isTerminating(pod: V1Pod): boolean {
  return pod.metadata?.deletionTimestamp !== undefined && !hasPodEnded(pod);
}

/** When its last container ended; else when it was deleted, or made. */
export function endedMs({ metadata, status }: V1Pod): number {
  const ends = (status?.containerStatuses ?? []).map(
    ({ state }) => parseTimestamp(state?.terminated?.finishedAt) ?? 0,
  );
  const last = Math.max(0, ...ends);
  if (last > 0) return last;
  return (
    parseTimestamp(metadata?.deletionTimestamp) ?? parseTimestamp(metadata?.creationTimestamp) ?? 0
  );
}

export function countIn(pod: V1Pod, annotation: string): number {
  return Number(pod.metadata?.annotations?.[annotation] ?? '0') || 0;
}
