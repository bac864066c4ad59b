import type { V1Job, V1JobCondition, V1JobStatus } from '../../api/index.js';
import { isPodReady } from '../pod-state.js';
import type { Accounts } from './accounting.js';
import { totalFailed } from './accounting.js';
import { printIndexes } from './index-set.js';
import { countsPerIndex, isIndexed } from './job-pods.js';
import type { Outcome } from './outcome.js';

/** Something that the status says for the first time, to be told as an event. */
export interface JobEvent {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

export interface JobStatusPlan {
  readonly status: V1JobStatus;
  readonly events: readonly JobEvent[];
}

/** The status that the accounts justify. The last condition comes when no pod runs and every end is counted. */
export function planStatus(
  job: V1Job,
  accounts: Accounts,
  outcome: Outcome | undefined,
  now: string,
): JobStatusPlan {
  const events: JobEvent[] = [];
  const conditions: V1JobCondition[] = [...(job.status?.conditions ?? [])];
  let { startTime, completionTime } = job.status ?? {};
  const suspended = job.spec?.suspend === true;
  if (startTime === undefined && !suspended) startTime = now;
  if (outcome === undefined) {
    const turned = turnSuspended(conditions, suspended, now);
    if (turned !== undefined) events.push(turned);
    if (turned?.reason === 'Resumed') startTime = now;
  } else {
    addOnce(
      conditions,
      outcome.type === 'success' ? 'SuccessCriteriaMet' : 'FailureTarget',
      outcome,
      now,
    );
    if (isSettled(accounts)) {
      const succeeds = outcome.type === 'success';
      addOnce(conditions, succeeds ? 'Complete' : 'Failed', outcome, now);
      if (succeeds) completionTime = now;
      events.push(
        succeeds
          ? { type: 'Normal', reason: 'Completed', message: 'Job completed' }
          : { type: 'Warning', reason: outcome.reason, message: outcome.message },
      );
    }
  }
  const { active, terminating } = accounts;
  const status: V1JobStatus = {
    ...positive('active', active.length),
    ready: active.filter(isPodReady).length,
    terminating: terminating.length,
    ...positive('succeeded', accounts.countedSucceeded),
    ...positive('failed', accounts.countedFailed),
    uncountedTerminatedPods: {
      ...listed('succeeded', accounts.uncountedSucceeded),
      ...listed('failed', accounts.uncountedFailed),
    },
    ...(isIndexed(job) && accounts.completedIndexes.size > 0
      ? { completedIndexes: printIndexes(accounts.completedIndexes) }
      : {}),
    ...(countsPerIndex(job) ? { failedIndexes: printIndexes(accounts.failedIndexes) } : {}),
    ...(startTime === undefined ? {} : { startTime }),
    ...(completionTime === undefined ? {} : { completionTime }),
    ...(conditions.length === 0 ? {} : { conditions }),
  };
  return { status, events };
}

/** Nothing runs, and nothing is left to count. */
function isSettled(accounts: Accounts): boolean {
  return (
    accounts.active.length === 0 &&
    accounts.terminating.length === 0 &&
    accounts.releasable.length === 0 &&
    accounts.uncountedSucceeded.length === 0 &&
    totalFailed(accounts) === accounts.countedFailed
  );
}

/** `Suspended` is True while it is, and False only after it was True. */
function turnSuspended(
  conditions: V1JobCondition[],
  suspended: boolean,
  now: string,
): JobEvent | undefined {
  const at = conditions.findIndex(({ type }) => type === 'Suspended');
  const isTrue = conditions[at]?.status === 'True';
  if (isTrue === suspended) return undefined;
  if (!suspended && at < 0) return undefined;
  const condition = conditionOf(
    'Suspended',
    suspended ? 'True' : 'False',
    suspended
      ? { reason: 'JobSuspended', message: 'Job suspended' }
      : { reason: 'JobResumed', message: 'Job resumed' },
    now,
  );
  if (at < 0) conditions.push(condition);
  else conditions[at] = condition;
  return suspended
    ? { type: 'Normal', reason: 'Suspended', message: 'Job suspended' }
    : { type: 'Normal', reason: 'Resumed', message: 'Job resumed' };
}

function addOnce(
  conditions: V1JobCondition[],
  type: string,
  said: { readonly reason: string; readonly message: string },
  now: string,
): void {
  if (conditions.some((each) => each.type === type && each.status === 'True')) return;
  conditions.push(conditionOf(type, 'True', said, now));
}

function conditionOf(
  type: string,
  status: string,
  { reason, message }: { readonly reason: string; readonly message: string },
  now: string,
): V1JobCondition {
  return { type, status, lastProbeTime: now, lastTransitionTime: now, reason, message };
}

function positive(name: string, count: number): Record<string, number> {
  return count === 0 ? {} : { [name]: count };
}

function listed(name: string, uids: readonly string[]): Record<string, string[]> {
  return uids.length === 0 ? {} : { [name]: [...uids] };
}
