import { listOf } from '../absent.js';
import type {
  V1ResourceQuotaSpec,
  V1ScopedResourceSelectorRequirement,
} from '../generated/types.js';
import type { Errors } from './checks.js';
import { invalid, required } from './field-error.js';

const COMPUTE = ['cpu', 'memory'].flatMap((name) => [name, `requests.${name}`, `limits.${name}`]);
const OF_PODS = ['pods', ...COMPUTE];
/** What a scope can be asked of, of the resources that have always been there; of all others Kubernetes does not ask. */
const SCOPES: Readonly<Record<string, readonly string[]>> = {
  Terminating: OF_PODS,
  NotTerminating: OF_PODS,
  BestEffort: ['pods'],
  NotBestEffort: OF_PODS,
  PriorityClass: OF_PODS,
  CrossNamespacePodAffinity: OF_PODS,
  VolumeAttributesClass: ['persistentvolumeclaims', 'requests.storage'],
};
const STANDARD: readonly string[] = [
  ...OF_PODS,
  'ephemeral-storage',
  'requests.ephemeral-storage',
  'limits.ephemeral-storage',
  'requests.storage',
  'persistentvolumeclaims',
  'resourcequotas',
  'replicationcontrollers',
  'services',
  'services.loadbalancers',
  'services.nodeports',
  'secrets',
  'configmaps',
];
const CONFLICTS = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
] as const;
const WITH_VALUES: readonly string[] = ['PriorityClass', 'VolumeAttributesClass'];

/** core validateResourceQuotaScopes and validateScopeSelector. */
export function checkQuotaScopes(spec: V1ResourceQuotaSpec, errors: Errors): void {
  const { scopes, scopeSelector } = spec;
  const field = 'spec.scopes';
  for (const scope of listOf(scopes)) {
    if (!Object.hasOwn(SCOPES, scope)) errors.push(invalid(field, scopes, 'unsupported scope'));
    checkApplies(spec, scope, field, scopes, errors);
  }
  checkConflicts(listOf(scopes), field, scopes, errors);
  const expressions = listOf(scopeSelector?.matchExpressions);
  const selectorField = 'spec.scopeSelector.matchExpressions';
  for (const expression of expressions) {
    const { scopeName } = expression;
    if (!Object.hasOwn(SCOPES, scopeName))
      errors.push(invalid(`${selectorField}.scopeName`, scopeName, 'unsupported scope'));
    checkApplies(spec, scopeName, selectorField, scopeSelector, errors);
    checkExpression(expression, selectorField, errors);
  }
  const selected = expressions.map(({ scopeName }) => scopeName);
  checkConflicts(selected, selectorField, scopes, errors);
}

function checkApplies(
  { hard }: V1ResourceQuotaSpec,
  scope: string,
  field: string,
  value: unknown,
  errors: Errors,
): void {
  const names = SCOPES[scope];
  if (names === undefined) return;
  for (const name of Object.keys(hard ?? {}))
    if (STANDARD.includes(name) && !names.includes(name))
      errors.push(invalid(field, value, 'unsupported scope applied to resource'));
}

function checkConflicts(
  scopes: readonly string[],
  field: string,
  value: unknown,
  errors: Errors,
): void {
  for (const pair of CONFLICTS)
    if (pair.every((scope) => scopes.includes(scope)))
      errors.push(invalid(field, value, 'conflicting scopes'));
}

function checkExpression(
  { scopeName, operator, values }: V1ScopedResourceSelectorRequirement,
  field: string,
  errors: Errors,
): void {
  const given = listOf(values);
  if (Object.hasOwn(SCOPES, scopeName) && !WITH_VALUES.includes(scopeName) && operator !== 'Exists')
    errors.push(
      invalid(
        `${field}.operator`,
        operator,
        "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, " +
          'ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity',
      ),
    );
  if (operator === 'In' || operator === 'NotIn') {
    const text = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector";
    if (given.length === 0) errors.push(required(`${field}.values`, text));
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    const text = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector";
    if (given.length > 0) errors.push(invalid(`${field}.values`, given, text));
  } else {
    errors.push(invalid(`${field}.operator`, operator, 'not a valid selector operator'));
  }
}
