import type { V1Job, V1Pod } from '../../api/index.js';
import { judgeFailure } from './failure-policy.js';
import { countIn, endedMs, hasFailed, hasSucceeded, INDEX_FAILURES_KEY } from './job-pods.js';

const BASE_MS = 10_000;
const MAX_MS = 600_000;

/** After n failures in a row: 10 s, 20 s, 40 s, …, at most ten minutes. */
export function backoffMs(failures: number): number {
  return failures === 0 ? 0 : Math.min(MAX_MS, BASE_MS * 2 ** Math.min(failures - 1, 20));
}

/** How long no pod may be made, for those that failed since one last succeeded. 0: none waits. */
export function untilRetryMs(job: V1Job, pods: readonly V1Pod[], wallMs: number): number {
  const lastSuccessMs = Math.max(0, ...pods.filter(hasSucceeded).map(endedMs));
  const failures = countedFailures(job, pods)
    .map(endedMs)
    .filter((atMs) => atMs > lastSuccessMs);
  if (failures.length === 0) return 0;
  return Math.max(0, Math.max(...failures) + backoffMs(failures.length) - wallMs);
}

/** The same for one index of a job that counts per index; `failed` are the failed pods of the index. */
export function untilIndexRetryMs(job: V1Job, failed: readonly V1Pod[], wallMs: number): number {
  const waits = countedFailures(job, failed).map(
    (pod) => endedMs(pod) + backoffMs(countIn(pod, INDEX_FAILURES_KEY) + 1) - wallMs,
  );
  return Math.max(0, ...waits);
}

/** Pods that were deleted, by the job or by others, hold up nobody. */
function countedFailures(job: V1Job, pods: readonly V1Pod[]): V1Pod[] {
  return pods.filter(
    (pod) =>
      pod.metadata?.deletionTimestamp === undefined &&
      hasFailed(job, pod) &&
      judgeFailure(job, pod).action !== 'Ignore',
  );
}
