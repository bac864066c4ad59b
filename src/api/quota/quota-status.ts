import type { V1ResourceQuota, V1ResourceQuotaStatus } from '../generated/types.js';
import type { KubernetesObject } from '../object.js';
import { isInQuotaScopes } from './charge-quotas.js';
import type { QuotaEvaluator } from './evaluator.js';
import { countsOf, maskedAmounts, readAmounts, sameAmounts } from './resource-amounts.js';
import { sumOfAmounts, writeAmounts } from './resource-amounts.js';
import type { ResourceAmounts } from './resource-amounts.js';

/** The resources that a quota limits, and the evaluator measures. */
function limitedNames({ spec }: V1ResourceQuota, evaluator: QuotaEvaluator): string[] {
  return Object.keys(spec?.hard ?? {}).filter((name) => evaluator.measures(name));
}

export function isMeasured(quota: V1ResourceQuota, evaluator: QuotaEvaluator): boolean {
  return limitedNames(quota, evaluator).length > 0;
}

/** How much of what a quota limits these objects use together: nothing of it is zero. */
export function usageIn(
  quota: V1ResourceQuota,
  evaluator: QuotaEvaluator,
  objects: readonly KubernetesObject[],
  wallMs: number,
): ResourceAmounts {
  const names = new Set(limitedNames(quota, evaluator));
  let sum: ResourceAmounts = countsOf(Object.fromEntries([...names].map((name) => [name, 0])));
  for (const object of objects) {
    if (!isInQuotaScopes(quota, evaluator, object)) continue;
    sum = sumOfAmounts(sum, maskedAmounts(evaluator.usage(object, wallMs), names));
  }
  return sum;
}

/** The same where only the number of the objects matters. None of them has a scope. */
export function usageOfCount(
  quota: V1ResourceQuota,
  evaluator: QuotaEvaluator,
  count: number,
): ResourceAmounts {
  const counted = isInQuotaScopes(quota, evaluator, {}) ? count : 0;
  return countsOf(
    Object.fromEntries(limitedNames(quota, evaluator).map((name) => [name, counted])),
  );
}

/** The status that was found; undefined: it is so already. What could not be measured stays as it was. */
export function quotaStatus(
  { spec, status }: V1ResourceQuota,
  measured: ResourceAmounts,
): V1ResourceQuotaStatus | undefined {
  const hard = readAmounts(spec?.hard);
  const before = readAmounts(status?.used);
  const used = maskedAmounts(new Map([...before, ...measured]), hard);
  if (status?.hard !== undefined && status.used !== undefined)
    if (sameAmounts(hard, readAmounts(status.hard)) && sameAmounts(used, before)) return undefined;
  return { hard: writeAmounts(hard), used: writeAmounts(used) };
}
