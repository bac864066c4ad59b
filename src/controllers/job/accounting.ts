import type { V1Job, V1Pod } from '../../api/index.js';
import { isPodActive } from '../pod-state.js';
import { judgeFailure } from './failure-policy.js';
import { parseIndexes } from './index-set.js';
import {
  countIn,
  countsPerIndex,
  endedMs,
  hasFailed,
  hasSucceeded,
  INDEX_FAILURES_KEY,
  indexOfPod,
  isIndexed,
  isTerminating,
} from './job-pods.js';

/** Ends that one status takes up, at most: it must stay small enough to be stored. */
const NEW_ENDS_MAX = 500;

/**
 * What has become of a job's pods. An end is counted in steps that may be cut off after any of them: (1) the status
 * lists the uid as uncounted; (2) the pod loses its tracking finalizer; (3) the status counts it and lists it no longer.
 * A pod with the finalizer that no status lists is new; one that is listed and has lost the finalizer is to be counted.
 * Completed indexes are a set, so that for them the list is not needed.
 */
export interface Accounts {
  /** Counted for good. Of an indexed job: its completed indexes. */
  readonly countedSucceeded: number;
  readonly countedFailed: number;
  readonly uncountedSucceeded: readonly string[];
  readonly uncountedFailed: readonly string[];
  readonly completedIndexes: ReadonlySet<number>;
  readonly failedIndexes: ReadonlySet<number>;
  /** May lose the finalizer when a status with these accounts is stored. */
  readonly releasable: readonly V1Pod[];
  readonly active: readonly V1Pod[];
  readonly terminating: readonly V1Pod[];
  /** Why the job fails, by a rule of its failure policy. */
  readonly failJob: string | undefined;
}

export interface AccountingInput {
  readonly job: V1Job;
  readonly pods: readonly V1Pod[];
  /** Whether a pod still has its tracking finalizer. */
  readonly isTracked: (pod: V1Pod) => boolean;
  /** The job has come to its end: no pod is waited for any more. */
  readonly isOver: boolean;
}

export function totalSucceeded(accounts: Accounts): number {
  return accounts.countedSucceeded + accounts.uncountedSucceeded.length;
}

export function totalFailed(accounts: Accounts): number {
  return accounts.countedFailed + accounts.uncountedFailed.length;
}

export function takeAccounts({ job, pods, isTracked, isOver }: AccountingInput): Accounts {
  const { status, spec } = job;
  const completions = spec?.completions ?? 0;
  const tracked = pods.filter(isTracked);
  const held = new Set(tracked.map(({ metadata }) => metadata?.uid ?? ''));
  const listedSucceeded = status?.uncountedTerminatedPods?.succeeded ?? [];
  const listedFailed = status?.uncountedTerminatedPods?.failed ?? [];
  const succeeded = new Set(listedSucceeded.filter((uid) => held.has(uid)));
  const failed = new Set(listedFailed.filter((uid) => held.has(uid)));
  const completed = parseIndexes(status?.completedIndexes, completions);
  const failedIndexes = parseIndexes(status?.failedIndexes, completions);
  const releasable: V1Pod[] = [];
  let failJob: string | undefined;
  let taken = 0;
  const waiting = isOver ? new Set<V1Pod>() : heldForItsIndex(job, pods, tracked);

  for (const pod of tracked) {
    if (taken === NEW_ENDS_MAX) break;
    const uid = pod.metadata?.uid ?? '';
    const index = indexOfPod(job, pod);
    if (hasSucceeded(pod)) {
      // One that was deleted before may have been taken for failed: so it stays.
      if (isIndexed(job) && index !== undefined && !failed.has(uid)) completed.add(index);
      if (!isIndexed(job) && !failed.has(uid)) succeeded.add(uid);
    } else if (hasFailed(job, pod)) {
      const { action, message } = judgeFailure(job, pod);
      if (action === 'FailJob') failJob ??= message;
      if (action !== 'Ignore') failed.add(uid);
      if (countsPerIndex(job) && index !== undefined && failsIndex(job, pod, action))
        failedIndexes.add(index);
      if (waiting.has(pod)) continue;
    } else if (job.metadata?.deletionTimestamp === undefined) {
      continue;
    }
    taken++;
    releasable.push(pod);
  }
  for (const index of completed) failedIndexes.delete(index);
  return {
    countedSucceeded: isIndexed(job)
      ? completed.size
      : (status?.succeeded ?? 0) + listedSucceeded.length - countHeld(listedSucceeded, held),
    countedFailed: (status?.failed ?? 0) + listedFailed.length - countHeld(listedFailed, held),
    uncountedSucceeded: [...succeeded],
    uncountedFailed: [...failed],
    completedIndexes: completed,
    failedIndexes,
    releasable,
    active: pods.filter(isPodActive),
    terminating: pods.filter(isTerminating),
    failJob,
  };
}

function countHeld(uids: readonly string[], held: ReadonlySet<string>): number {
  return uids.filter((uid) => held.has(uid)).length;
}

function failsIndex(job: V1Job, pod: V1Pod, action: string): boolean {
  if (action === 'FailIndex') return true;
  return (
    action === 'Count' && countIn(pod, INDEX_FAILURES_KEY) >= (job.spec?.backoffLimitPerIndex ?? 0)
  );
}

/**
 * The last failed pod of an index says how often the index has failed. It stays until its successor, which carries the
 * count on, is there, or the index has failed for good.
 */
function heldForItsIndex(
  job: V1Job,
  pods: readonly V1Pod[],
  tracked: readonly V1Pod[],
): Set<V1Pod> {
  const held = new Set<V1Pod>();
  if (!countsPerIndex(job)) return held;
  const hasSuccessor = new Set(
    pods.filter((pod) => !hasFailed(job, pod)).map((pod) => indexOfPod(job, pod)),
  );
  const last = new Map<number, V1Pod>();
  for (const pod of tracked) {
    const index = indexOfPod(job, pod);
    if (index === undefined || !hasFailed(job, pod) || hasSuccessor.has(index)) continue;
    const other = last.get(index);
    if (other === undefined || endedMs(other) <= endedMs(pod)) last.set(index, pod);
  }
  for (const pod of last.values())
    if (!failsIndex(job, pod, judgeFailure(job, pod).action)) held.add(pod);
  return held;
}
