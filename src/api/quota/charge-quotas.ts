import type { Result } from '../../base/index.js';
import { failed, ok } from '../../base/index.js';
import type { V1ResourceQuota } from '../generated/types.js';
import type { KubernetesObject } from '../object.js';
import { compareQuantities } from '../quantity.js';
import type { QuotaEvaluator } from './evaluator.js';
import { amountsText, growthOf, maskedAmounts, readAmounts } from './resource-amounts.js';
import { sumOfAmounts, writeAmounts } from './resource-amounts.js';
import type { ResourceAmounts } from './resource-amounts.js';
import { scopesOf } from './scopes.js';

/** What a write makes of an object. */
export interface QuotaWrite {
  readonly evaluator: QuotaEvaluator;
  readonly object: KubernetesObject;
  /** Undefined: it is created. */
  readonly old: KubernetesObject | undefined;
  readonly wallMs: number;
}

/** Whether an object is one of those that a quota counts, by its scopes. */
export function isInQuotaScopes(
  quota: V1ResourceQuota,
  evaluator: QuotaEvaluator,
  object: KubernetesObject,
): boolean {
  return scopesOf(quota).every((scope) => evaluator.isInScope(scope, object));
}

/**
 * The quotas whose `status.used` a write changes, as they are after it; or why it may not be done (resourcequota CheckRequest).
 * What counts is `status.hard`: a limit holds from when what is used of it is known.
 */
export function chargeQuotas(
  quotas: readonly V1ResourceQuota[],
  { evaluator, object, old, wallMs }: QuotaWrite,
): Result<readonly V1ResourceQuota[], string> {
  const concerned = quotas.filter(
    (quota) =>
      Object.keys(quota.status?.hard ?? {}).some((name) => evaluator.measures(name)) &&
      isInQuotaScopes(quota, evaluator, object),
  );
  for (const quota of concerned) {
    const problem = incompleteness(quota, evaluator, object);
    if (problem !== undefined) return failed(problem);
  }
  if (concerned.length === 0) return ok([]);
  const usage = evaluator.usage(object, wallMs);
  const negative = [...usage].filter(([, amount]) => amount.unscaled < 0n).map(([name]) => name);
  if (negative.length > 0)
    return failed(`quota usage is negative for resource(s): ${negative.sort().join(',')}`);
  const growth = growthOf(usage, old === undefined ? new Map() : evaluator.usage(old, wallMs));
  const charged: V1ResourceQuota[] = [];
  for (const quota of concerned) {
    const after = charge(quota, growth);
    if (!after.ok) return after;
    if (after.value !== quota) charged.push(after.value);
  }
  return ok(charged);
}

/** What the object does not say, or what is not known of the quota yet. */
function incompleteness(
  { metadata, status }: V1ResourceQuota,
  evaluator: QuotaEvaluator,
  object: KubernetesObject,
): string | undefined {
  const limited = Object.keys(status?.hard ?? {}).filter((name) => evaluator.measures(name));
  const unsaid = evaluator.unsaid?.(limited, object);
  const name = metadata?.name ?? '';
  if (unsaid !== undefined) return `failed quota: ${name}: must specify ${unsaid}`;
  if (limited.every((each) => Object.hasOwn(status?.used ?? {}, each))) return undefined;
  return `status unknown for quota: ${name}, resources: ${limited.sort().join(',')}`;
}

function charge(quota: V1ResourceQuota, growth: ResourceAmounts): Result<V1ResourceQuota, string> {
  const hard = readAmounts(quota.status?.hard);
  const used = readAmounts(quota.status?.used);
  const requested = maskedAmounts(growth, hard);
  if (requested.size === 0) return ok(quota);
  const after = sumOfAmounts(used, requested);
  const exceeded = new Set<string>();
  for (const name of requested.keys()) {
    const [most, then] = [hard.get(name), after.get(name)];
    if (most !== undefined && then !== undefined && compareQuantities(then, most) > 0)
      exceeded.add(name);
  }
  if (exceeded.size === 0)
    return ok({ ...quota, status: { ...quota.status, used: writeAmounts(after) } });
  const text = (amounts: ResourceAmounts): string => amountsText(maskedAmounts(amounts, exceeded));
  const name = quota.metadata?.name ?? '';
  return failed(
    `exceeded quota: ${name}, requested: ${text(requested)}, used: ${text(used)}, limited: ${text(hard)}`,
  );
}
