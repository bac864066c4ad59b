import { isUnset, listOf, maybe } from '../absent.js';
import type {
  V1LimitRange,
  V1LimitRangeItem,
  V1PodDisruptionBudget,
  V1PriorityClass,
  V1ResourceQuota,
  V1RuntimeClass,
  V2HorizontalPodAutoscaler,
  V2MetricSpec,
} from '../generated/types.js';
import { compareQuantities, parseQuantity } from '../quantity.js';
import { SYSTEM_PRIORITIES } from '../system-priorities.js';
import type { Errors } from './checks.js';
import {
  amountOf,
  checkImmutable,
  checkIntOrPercent,
  checkNonNegative,
  checkProblems,
} from './checks.js';
import { checkAmount } from './container-resources.js';
import { duplicate, forbidden, invalid, notSupported, required } from './field-error.js';
import { checkLabelSelector } from './label-selector.js';
import { checkQuotaScopes } from './quota-scopes.js';
import { dnsLabelProblems, labelKeyProblems, pathSegmentProblems } from './names.js';

const EVICTION_POLICIES = ['AlwaysAllow', 'IfHealthyBudget'];

/** policy ValidatePodDisruptionBudgetSpec. */
export function checkPodDisruptionBudget(budget: V1PodDisruptionBudget, errors: Errors): void {
  const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy } = budget.spec ?? {};
  if (minAvailable !== undefined && maxUnavailable !== undefined) {
    const text = 'minAvailable and maxUnavailable cannot be both set';
    errors.push(invalid('spec', budget.spec, text));
  }
  checkShare(minAvailable, 'spec.minAvailable', errors);
  checkShare(maxUnavailable, 'spec.maxUnavailable', errors);
  checkLabelSelector(selector, 'spec.selector', errors);
  if (unhealthyPodEvictionPolicy === undefined) return;
  if (!EVICTION_POLICIES.includes(unhealthyPodEvictionPolicy))
    errors.push(
      notSupported(
        'spec.unhealthyPodEvictionPolicy',
        unhealthyPodEvictionPolicy,
        EVICTION_POLICIES,
      ),
    );
}

function checkShare(value: number | string | undefined, field: string, errors: Errors): void {
  if (value === undefined) return;
  checkIntOrPercent(value, field, errors);
  if (typeof value === 'string' && (amountOf(value) ?? 0) > 100)
    errors.push(invalid(field, value, 'must not be greater than 100%'));
}

const USER_PRIORITY_MAX = 1_000_000_000;

/** scheduling ValidatePriorityClass. */
export function checkPriorityClass(priorityClass: V1PriorityClass, errors: Errors): void {
  const { metadata, value = 0, preemptionPolicy, globalDefault } = priorityClass;
  const name = metadata?.name ?? '';
  if (name.startsWith('system-')) {
    if (SYSTEM_PRIORITIES[name] !== value || globalDefault === true) {
      const text =
        "priority class names with 'system-' prefix are reserved for system use only. error: " +
        `${name} is not a known system priority class`;
      errors.push(forbidden('metadata.name', text));
    }
  } else if (value > USER_PRIORITY_MAX) {
    const text = `maximum allowed value of a user defined priority is ${String(USER_PRIORITY_MAX)}`;
    errors.push(forbidden('value', text));
  }
  if (
    preemptionPolicy !== undefined &&
    !['Never', 'PreemptLowerPriority'].includes(preemptionPolicy)
  )
    errors.push(
      notSupported('preemptionPolicy', preemptionPolicy, ['Never', 'PreemptLowerPriority']),
    );
}

export function checkPriorityClassUpdate(
  priorityClass: V1PriorityClass,
  old: V1PriorityClass,
  errors: Errors,
): void {
  if ((priorityClass.value ?? 0) !== (old.value ?? 0))
    errors.push(forbidden('value', 'may not be changed in an update.'));
  checkImmutable(priorityClass.preemptionPolicy, old.preemptionPolicy, 'preemptionPolicy', errors);
}

/** core ValidateResourceQuotaSpec. */
export function checkResourceQuota(quota: V1ResourceQuota, errors: Errors): void {
  for (const [name, text] of Object.entries(quota.spec?.hard ?? {})) {
    const field = `spec.hard[${name}]`;
    checkProblems(labelKeyProblems(name), field, name, errors);
    checkAmount(name, text, field, errors);
  }
  checkQuotaScopes(quota.spec ?? {}, errors);
}

export function checkResourceQuotaUpdate(
  quota: V1ResourceQuota,
  old: V1ResourceQuota,
  errors: Errors,
): void {
  checkResourceQuota(quota, errors);
  checkImmutable(quota.spec?.scopes, old.spec?.scopes, 'spec.scopes', errors);
  checkImmutable(quota.spec?.scopeSelector, old.spec?.scopeSelector, 'spec.scopeSelector', errors);
}

export function checkResourceQuotaStatus(quota: V1ResourceQuota, errors: Errors): void {
  for (const part of ['hard', 'used'] as const) {
    for (const [name, text] of Object.entries(quota.status?.[part] ?? {}))
      checkAmount(name, text, `status.${part}[${name}]`, errors);
  }
}

/** core ValidateLimitRange. */
export function checkLimitRange(limitRange: V1LimitRange, errors: Errors): void {
  const types = new Set<string>();
  listOf(limitRange.spec?.limits).forEach((item, index) => {
    const field = `spec.limits[${String(index)}]`;
    const type = maybe(item.type) ?? '';
    if (types.has(type)) errors.push(duplicate(`${field}.type`, type));
    types.add(type);
    checkProblems(labelKeyProblems(type), `${field}.type`, type, errors);
    if (item.type === 'Pod') {
      for (const name of ['default', 'defaultRequest'] as const) {
        if (Object.keys(item[name] ?? {}).length === 0) continue;
        const text = "may not be specified when `type` is 'Pod'";
        errors.push(forbidden(`${field}.${name}`, text));
      }
    }
    checkLimits(item, field, errors);
  });
}

/** What must not be above what, in the order in which Kubernetes looks. */
const ORDERED = [
  ['min', 'max', 'min', 'max'],
  ['min', 'defaultRequest', 'min', 'default request'],
  ['defaultRequest', 'max', 'default request', 'max'],
  ['defaultRequest', 'default', 'default request', 'default limit'],
  ['min', 'default', 'min', 'default'],
  ['default', 'max', 'default', 'max'],
] as const;

function checkLimits(item: V1LimitRangeItem, field: string, errors: Errors): void {
  const names = new Set(
    (['min', 'max', 'default', 'defaultRequest'] as const).flatMap((part) =>
      Object.keys(item[part] ?? {}),
    ),
  );
  for (const name of [...names].sort()) {
    for (const part of ['min', 'max', 'default', 'defaultRequest'] as const) {
      const text = item[part]?.[name];
      if (text !== undefined) checkAmount(name, text, `${field}.${part}[${name}]`, errors);
    }
    for (const [low, high, lowWords, highWords] of ORDERED) {
      const [least, most] = [item[low]?.[name], item[high]?.[name]];
      if (least === undefined || most === undefined || !isAbove(least, most)) continue;
      const text = `${lowWords} value ${least} is greater than ${highWords} value ${most}`;
      errors.push(invalid(`${field}.${low}[${name}]`, least, text));
    }
  }
}

function isAbove(text: string, than: string): boolean {
  const [amount, other] = [parseQuantity(text), parseQuantity(than)];
  return amount.ok && other.ok && compareQuantities(amount.value, other.value) > 0;
}

/** autoscaling ValidateHorizontalPodAutoscaler. */
export function checkAutoscaler(autoscaler: V2HorizontalPodAutoscaler, errors: Errors): void {
  const spec = maybe(autoscaler.spec);
  const minReplicas = spec?.minReplicas;
  const maxReplicas = maybe(spec?.maxReplicas) ?? 0;
  if (minReplicas !== undefined && minReplicas < 1) {
    const text = 'must be greater than or equal to 1';
    errors.push(invalid('spec.minReplicas', minReplicas, text));
  }
  if (maxReplicas < 1)
    errors.push(invalid('spec.maxReplicas', maxReplicas, 'must be greater than 0'));
  if (minReplicas !== undefined && maxReplicas < minReplicas) {
    const text = 'must be greater than or equal to `minReplicas`';
    errors.push(invalid('spec.maxReplicas', maxReplicas, text));
  }
  const target = maybe(spec?.scaleTargetRef);
  for (const name of ['kind', 'name'] as const) {
    const field = `spec.scaleTargetRef.${name}`;
    if (isUnset(target?.[name])) errors.push(required(field));
    else checkProblems(pathSegmentProblems(target?.[name]), field, target?.[name], errors);
  }
  listOf(spec?.metrics).forEach((metric, index) => {
    checkMetric(metric, `spec.metrics[${String(index)}]`, errors);
  });
  const { scaleUp, scaleDown } = spec?.behavior ?? {};
  for (const [rules, side] of [
    [scaleUp, 'scaleUp'],
    [scaleDown, 'scaleDown'],
  ] as const) {
    const field = `spec.behavior.${side}.stabilizationWindowSeconds`;
    checkNonNegative(rules?.stabilizationWindowSeconds, field, errors);
  }
}

const SOURCES: Readonly<Record<string, keyof V2MetricSpec>> = {
  ContainerResource: 'containerResource',
  External: 'external',
  Object: 'object',
  Pods: 'pods',
  Resource: 'resource',
};

function checkMetric(metric: V2MetricSpec, field: string, errors: Errors): void {
  const { type } = metric;
  if (isUnset(type)) {
    errors.push(required(`${field}.type`, 'must specify a metric source type'));
    return;
  }
  const source = Object.hasOwn(SOURCES, type) ? SOURCES[type] : undefined;
  if (source === undefined) {
    errors.push(notSupported(`${field}.type`, type, Object.keys(SOURCES)));
    return;
  }
  if (metric[source] === undefined) {
    const text = `must populate information for the given metric source`;
    errors.push(required(`${field}.${source}`, text));
  }
  for (const other of Object.values(SOURCES)) {
    if (other === source || metric[other] === undefined) continue;
    const text = `must populate the given metric source only`;
    errors.push(forbidden(`${field}.${other}`, text));
  }
}

/** node ValidateRuntimeClass. */
export function checkRuntimeClass(runtimeClass: V1RuntimeClass, errors: Errors): void {
  const handler = maybe(runtimeClass.handler) ?? '';
  checkProblems(dnsLabelProblems(handler), 'handler', handler, errors);
}

export function checkRuntimeClassUpdate(
  runtimeClass: V1RuntimeClass,
  old: V1RuntimeClass,
  errors: Errors,
): void {
  checkRuntimeClass(runtimeClass, errors);
  checkImmutable(runtimeClass.handler, old.handler, 'handler', errors);
}
