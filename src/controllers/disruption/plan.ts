import type {
  Condition,
  IntOrString,
  V1Pod,
  V1PodDisruptionBudget,
  V1PodDisruptionBudgetStatus,
} from '../../api/index.js';
import { withCondition } from '../../api/index.js';
import { isPodReady } from '../pod-state.js';

/** A pod that was to be evicted and is still there after this will not go (DeletionTimeout). */
const EVICTION_MS = 120_000;
const DISRUPTION_ALLOWED = 'DisruptionAllowed';

/** Who keeps some of the pods, and how many it wants. */
export interface Scale {
  readonly uid: string;
  readonly replicas: number;
}

/** Whether it matters for a budget how many pods their controllers want. */
export function needsScale({ spec }: V1PodDisruptionBudget): boolean {
  return spec?.maxUnavailable !== undefined || typeof spec?.minAvailable === 'string';
}

export interface Expected {
  readonly expectedPods: number;
  readonly desiredHealthy: number;
}

/** How many pods there should be, and how many of them have to be healthy; percentages are rounded up. */
export function expectedOf(
  { spec }: V1PodDisruptionBudget,
  pods: readonly V1Pod[],
  scales: readonly Scale[],
): Expected {
  const wanted = new Map(scales.map(({ uid, replicas }) => [uid, replicas]));
  const total = [...wanted.values()].reduce((sum, replicas) => sum + replicas, 0);
  if (spec?.maxUnavailable !== undefined)
    return {
      expectedPods: total,
      desiredHealthy: Math.max(0, total - shareOf(spec.maxUnavailable, total)),
    };
  const { minAvailable } = spec ?? {};
  if (typeof minAvailable === 'string')
    return { expectedPods: total, desiredHealthy: shareOf(minAvailable, total) };
  return { expectedPods: pods.length, desiredHealthy: minAvailable ?? 0 };
}

function shareOf(share: IntOrString, total: number): number {
  if (typeof share === 'number') return share;
  const percent = /^(\d+)%$/.exec(share)?.[1];
  return percent === undefined ? 0 : Math.ceil((Number(percent) * total) / 100);
}

export interface Disrupted {
  /** Those that are still to go, by when that was decided. */
  readonly pods: Readonly<Record<string, string>>;
  /** Until when the first of them has time; undefined: there is none. */
  readonly recheckMs: number | undefined;
}

/** Pods whose eviction was allowed, and whose deletion has not been seen. */
export function disruptedOf(
  { status }: V1PodDisruptionBudget,
  pods: readonly V1Pod[],
  wallMs: number,
): Disrupted {
  const left: Record<string, string> = {};
  let recheckMs: number | undefined;
  for (const { metadata } of pods) {
    const { name = '', deletionTimestamp } = metadata ?? {};
    const since = status?.disruptedPods?.[name];
    if (since === undefined || deletionTimestamp !== undefined) continue;
    const untilMs = Date.parse(since) + EVICTION_MS - wallMs;
    if (untilMs <= 0) continue;
    left[name] = since;
    recheckMs = Math.min(recheckMs ?? Infinity, untilMs);
  }
  return { pods: left, recheckMs };
}

/** The status that the pods justify (updatePdbStatus). */
export function budgetStatus(
  budget: V1PodDisruptionBudget,
  pods: readonly V1Pod[],
  { expectedPods, desiredHealthy }: Expected,
  disrupted: Disrupted,
  now: string,
): V1PodDisruptionBudgetStatus {
  const currentHealthy = pods.filter(
    (pod) =>
      pod.metadata?.deletionTimestamp === undefined &&
      !Object.hasOwn(disrupted.pods, pod.metadata?.name ?? '') &&
      isPodReady(pod),
  ).length;
  // A budget that has no pods yet allows nothing: the first that come are safe before they are counted.
  const disruptionsAllowed = expectedPods <= 0 ? 0 : Math.max(0, currentHealthy - desiredHealthy);
  const disruptedPods = disrupted.pods;
  return {
    ...(Object.keys(disruptedPods).length > 0 && { disruptedPods: { ...disruptedPods } }),
    currentHealthy,
    desiredHealthy,
    expectedPods,
    ...allowed(budget, disruptionsAllowed, {}, now),
  };
}

/** Where it cannot be told how many pods there should be, nothing is allowed (failSafe). */
export function failedStatus(
  budget: V1PodDisruptionBudget,
  message: string,
  now: string,
): V1PodDisruptionBudgetStatus {
  return { ...budget.status, ...allowed(budget, 0, { reason: 'SyncFailed', message }, now) };
}

function allowed(
  { metadata, status }: V1PodDisruptionBudget,
  disruptionsAllowed: number,
  why: { readonly reason?: string; readonly message?: string },
  now: string,
): V1PodDisruptionBudgetStatus {
  const observedGeneration = metadata?.generation ?? 0;
  const condition = {
    type: DISRUPTION_ALLOWED,
    status: disruptionsAllowed > 0 ? 'True' : 'False',
    reason: disruptionsAllowed > 0 ? 'SufficientPods' : 'InsufficientPods',
    message: '',
    observedGeneration,
    ...why,
  };
  const conditions = withCondition<Condition>(status?.conditions ?? [], condition, now);
  return {
    disruptionsAllowed,
    observedGeneration,
    conditions: conditions as NonNullable<V1PodDisruptionBudgetStatus['conditions']>,
  };
}
