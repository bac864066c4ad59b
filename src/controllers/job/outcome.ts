import type { V1Job, V1Pod } from '../../api/index.js';
import { isConditionTrue } from '../../api/index.js';
import { parseTimestamp } from '../../client/index.js';
import type { Accounts } from './accounting.js';
import { totalFailed, totalSucceeded } from './accounting.js';
import { parseIndexes } from './index-set.js';
import { countsPerIndex, isIndexed } from './job-pods.js';

/** How a job ends. It is written down (`SuccessCriteriaMet`, `FailureTarget`) before its last pods have ended. */
export interface Outcome {
  readonly type: 'success' | 'failure';
  readonly reason: string;
  readonly message: string;
}

export function isFinished({ status }: V1Job): boolean {
  return (
    isConditionTrue(status?.conditions, 'Complete') || isConditionTrue(status?.conditions, 'Failed')
  );
}

/** What was decided before: it stands. */
export function writtenOutcome({ status }: V1Job): Outcome | undefined {
  for (const { type, status: value, reason = '', message = '' } of status?.conditions ?? []) {
    if (value !== 'True') continue;
    if (type === 'FailureTarget') return { type: 'failure', reason, message };
    if (type === 'SuccessCriteriaMet') return { type: 'success', reason, message };
  }
  return undefined;
}

/** In the order of Kubernetes: the first that holds. */
export function decideOutcome(
  job: V1Job,
  pods: readonly V1Pod[],
  accounts: Accounts,
  wallMs: number,
): Outcome | undefined {
  const written = writtenOutcome(job);
  if (written !== undefined) return written;
  if (accounts.failJob !== undefined) return failure('PodFailurePolicy', accounts.failJob);
  if (totalFailed(accounts) > (job.spec?.backoffLimit ?? 6) || restartedTooOften(job, pods))
    return failure('BackoffLimitExceeded', 'Job has reached the specified backoff limit');
  if (untilDeadlineMs(job, wallMs) === 0)
    return failure('DeadlineExceeded', 'Job was active longer than specified deadline');
  return (
    failureOfIndexes(job, accounts) ?? successByPolicy(job, accounts) ?? completion(job, accounts)
  );
}

function failure(reason: string, message: string): Outcome {
  return { type: 'failure', reason, message };
}

/** How long the job may still run. Infinity: without limit. */
export function untilDeadlineMs({ spec, status }: V1Job, wallMs: number): number {
  const startMs = parseTimestamp(status?.startTime);
  const seconds = spec?.activeDeadlineSeconds;
  if (seconds === undefined || startMs === undefined || spec?.suspend === true) return Infinity;
  return Math.max(0, startMs + seconds * 1_000 - wallMs);
}

/** Where containers are restarted in their pod, the restarts are the failures. */
function restartedTooOften({ spec }: V1Job, pods: readonly V1Pod[]): boolean {
  if (spec?.template.spec?.restartPolicy !== 'OnFailure') return false;
  let restarts = 0;
  for (const { status } of pods) {
    if (status?.phase !== 'Running' && status?.phase !== 'Pending') continue;
    for (const each of [
      ...(status.initContainerStatuses ?? []),
      ...(status.containerStatuses ?? []),
    ])
      restarts += each.restartCount;
  }
  const limit = spec.backoffLimit ?? 6;
  return limit === 0 ? restarts > 0 : restarts >= limit;
}

function failureOfIndexes(
  job: V1Job,
  { failedIndexes, completedIndexes }: Accounts,
): Outcome | undefined {
  const { maxFailedIndexes, completions = 0 } = job.spec ?? {};
  if (!countsPerIndex(job) || failedIndexes.size === 0) return undefined;
  if (maxFailedIndexes !== undefined && failedIndexes.size > maxFailedIndexes)
    return failure(
      'MaxFailedIndexesExceeded',
      'Job has exceeded the specified maximal number of failed indexes',
    );
  return failedIndexes.size + completedIndexes.size >= completions
    ? failure('FailedIndexes', 'Job has failed indexes')
    : undefined;
}

function successByPolicy(job: V1Job, { completedIndexes }: Accounts): Outcome | undefined {
  if (!isIndexed(job)) return undefined;
  for (const [at, rule] of (job.spec?.successPolicy?.rules ?? []).entries()) {
    const { succeededIndexes, succeededCount } = rule;
    const wanted =
      succeededIndexes === undefined
        ? undefined
        : parseIndexes(succeededIndexes, job.spec?.completions ?? 0);
    const met = [...completedIndexes].filter((index) => wanted?.has(index) ?? true).length;
    if (met < (succeededCount ?? wanted?.size ?? Infinity)) continue;
    const message = `Matched rules at index ${String(at)}`;
    return { type: 'success', reason: 'SuccessPolicy', message };
  }
  return undefined;
}

function completion({ spec }: V1Job, accounts: Accounts): Outcome | undefined {
  const succeeded = totalSucceeded(accounts);
  const isComplete =
    spec?.completions === undefined
      ? succeeded > 0 && accounts.active.length === 0
      : succeeded >= spec.completions;
  if (!isComplete) return undefined;
  return {
    type: 'success',
    reason: 'CompletionsReached',
    message: 'Reached expected number of succeeded pods',
  };
}
