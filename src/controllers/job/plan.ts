import type { V1Job, V1Pod } from '../../api/index.js';
import { deletionOrder } from '../replicaset/plan.js';
import type { Accounts } from './accounting.js';
import { totalSucceeded } from './accounting.js';
import { untilIndexRetryMs, untilRetryMs } from './backoff.js';
import {
  countsPerIndex,
  hasFailed,
  indexOfPod,
  isIndexed,
  replacesOnlyFailed,
} from './job-pods.js';
import type { Outcome } from './outcome.js';

/** Pods made or deleted in one go, at most. */
const BURST_PODS = 500;

export type PodPlan =
  | { readonly type: 'none' }
  /** One for each index; an undefined index: the job has none. Where some must wait: how long, at least. */
  | {
      readonly type: 'create';
      readonly indexes: readonly (number | undefined)[];
      readonly waitMs: number;
    }
  /** Not wanted any more: their end is no failure. */
  | { readonly type: 'drop'; readonly pods: readonly V1Pod[] }
  /** The job is over: what still runs has failed. */
  | { readonly type: 'end'; readonly pods: readonly V1Pod[] };

const NONE: PodPlan = { type: 'none' };

export interface PlanInput {
  readonly job: V1Job;
  readonly pods: readonly V1Pod[];
  readonly accounts: Accounts;
  readonly outcome: Outcome | undefined;
  readonly wallMs: number;
}

export function planPods(input: PlanInput): PodPlan {
  const { job, accounts, outcome } = input;
  const { active } = accounts;
  if (outcome !== undefined)
    return active.length === 0 ? NONE : { type: 'end', pods: active.slice(0, BURST_PODS) };
  if (job.spec?.suspend === true) return drop(active);
  const surplus = surplusOf(job, accounts);
  const useful = active.filter((pod) => !surplus.includes(pod));
  const wanted = wantedActive(job, accounts, useful.length);
  if (surplus.length > 0) return drop(surplus);
  if (useful.length > wanted)
    return drop(deletionOrder(useful, new Map()).slice(0, useful.length - wanted));
  const held = replacesOnlyFailed(job) ? accounts.terminating.length : 0;
  const missing = Math.min(wanted - useful.length - held, BURST_PODS);
  return missing > 0 ? create(input, missing) : NONE;
}

function drop(pods: readonly V1Pod[]): PodPlan {
  return pods.length === 0 ? NONE : { type: 'drop', pods: pods.slice(0, BURST_PODS) };
}

/** Without completions, one success means that the work is done: nothing new begins, and what runs may end. */
function wantedActive({ spec }: V1Job, accounts: Accounts, active: number): number {
  const parallelism = spec?.parallelism ?? 1;
  const succeeded = totalSucceeded(accounts);
  if (spec?.completions === undefined) return succeeded > 0 ? active : parallelism;
  return Math.min(parallelism, Math.max(0, spec.completions - succeeded));
}

/** Of an indexed job: a second pod for an index, and one whose index is done, or is none of the job. */
function surplusOf(job: V1Job, { active, completedIndexes, failedIndexes }: Accounts): V1Pod[] {
  if (!isIndexed(job)) return [];
  const seen = new Set<number>([...completedIndexes, ...failedIndexes]);
  // The one that is worth most is looked at first, and kept.
  return [...deletionOrder(active, new Map())].reverse().filter((pod) => {
    const index = indexOfPod(job, pod);
    if (index === undefined || seen.has(index)) return true;
    seen.add(index);
    return false;
  });
}

function create({ job, pods, accounts, wallMs }: PlanInput, missing: number): PodPlan {
  if (!countsPerIndex(job)) {
    const waitMs = untilRetryMs(job, pods, wallMs);
    if (waitMs > 0) return { type: 'create', indexes: [], waitMs };
  }
  if (!isIndexed(job)) {
    const indexes = Array.from({ length: missing }, () => undefined);
    return { type: 'create', indexes, waitMs: 0 };
  }
  const { active, terminating, completedIndexes, failedIndexes } = accounts;
  const taken = new Set<number | undefined>([...completedIndexes, ...failedIndexes]);
  for (const pod of active) taken.add(indexOfPod(job, pod));
  if (replacesOnlyFailed(job)) for (const pod of terminating) taken.add(indexOfPod(job, pod));
  const indexes: number[] = [];
  const waits: number[] = [];
  for (let index = 0; index < (job.spec?.completions ?? 0) && indexes.length < missing; index++) {
    if (taken.has(index)) continue;
    const waitMs = countsPerIndex(job)
      ? untilIndexRetryMs(job, failedOf(job, pods, index), wallMs)
      : 0;
    if (waitMs > 0) waits.push(waitMs);
    else indexes.push(index);
  }
  return { type: 'create', indexes, waitMs: waits.length === 0 ? 0 : Math.min(...waits) };
}

export function failedOf(job: V1Job, pods: readonly V1Pod[], index: number): V1Pod[] {
  return pods.filter((pod) => indexOfPod(job, pod) === index && hasFailed(job, pod));
}
