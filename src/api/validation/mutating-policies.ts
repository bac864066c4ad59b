import { compilerFor } from '../admission/compile-policy.js';
import type { PolicyCompiler } from '../admission/compile-policy.js';
import { listOf, maybe } from '../absent.js';
import type {
  V1MatchResources,
  V1MutatingAdmissionPolicy,
  V1MutatingAdmissionPolicyBinding,
  V1MutatingAdmissionPolicySpec,
  V1Mutation,
} from '../generated/types.js';
import {
  checkCompiled,
  checkMatchResources,
  checkParamKind,
  checkParamRef,
  checkPolicyName,
  checkVariable,
} from './admission-policies.js';
import type { Errors } from './checks.js';
import { checkOneOf } from './checks.js';
import { invalid, notSupported, required } from './field-error.js';
import { semanticEqual } from './json-equal.js';
import { checkMatchConditions } from './match-conditions.js';

/** What is deleted is not changed first. */
const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'UPDATE'];
const REINVOCATION_POLICIES = ['IfNeeded', 'Never'];

/** admissionregistration ValidateMutatingAdmissionPolicy: what cannot be compiled is refused when it is written. */
export function checkMutatingPolicy(policy: V1MutatingAdmissionPolicy, errors: Errors): void {
  checkSpec(policy.spec, errors, true);
}

/** Match conditions that stay as they were are not looked at again. */
export function checkMutatingPolicyUpdate(
  policy: V1MutatingAdmissionPolicy,
  old: V1MutatingAdmissionPolicy,
  errors: Errors,
): void {
  const { paramKind, matchConditions } = policy.spec ?? {};
  const isNew =
    !semanticEqual(paramKind, old.spec?.paramKind) ||
    !semanticEqual(matchConditions, old.spec?.matchConditions);
  checkSpec(policy.spec, errors, isNew);
}

function checkSpec(
  spec: V1MutatingAdmissionPolicySpec = {},
  errors: Errors,
  withConditions: boolean,
): void {
  const { paramKind, matchConstraints, reinvocationPolicy } = spec;
  checkOneOf(spec.failurePolicy, ['Fail', 'Ignore'], 'spec.failurePolicy', errors);
  if (paramKind !== undefined) checkParamKind(paramKind, 'spec.paramKind', errors);
  if (matchConstraints === undefined) errors.push(required('spec.matchConstraints'));
  else {
    checkMatchResources(matchConstraints, 'spec.matchConstraints', errors);
    if (listOf(matchConstraints.resourceRules).length === 0)
      errors.push(required('spec.matchConstraints.resourceRules'));
    checkMutable(matchConstraints, 'spec.matchConstraints', errors);
  }
  const hasParams = paramKind !== undefined;
  if (withConditions)
    checkMatchConditions(spec.matchConditions, 'spec.matchConditions', errors, hasParams);
  const compiler = compilerFor(spec);
  listOf(spec.variables).forEach((variable, index) => {
    checkVariable(compiler, variable, `spec.variables[${String(index)}]`, errors);
  });
  const mutations = listOf(spec.mutations);
  if (mutations.length === 0)
    errors.push(required('spec.mutations', 'mutations must contain at least one item'));
  mutations.forEach((mutation, index) => {
    checkMutation(compiler, mutation, `spec.mutations[${String(index)}]`, errors);
  });
  checkOneOf(reinvocationPolicy, REINVOCATION_POLICIES, 'spec.reinvocationPolicy', errors);
}

function checkMutable(match: V1MatchResources, field: string, errors: Errors): void {
  for (const { operations } of listOf(match.resourceRules)) {
    for (const operation of listOf(operations)) {
      if (OPERATIONS.includes(operation)) continue;
      errors.push(notSupported(`${field}.resourceRules.operations`, operation, OPERATIONS));
    }
  }
}

const PATCHES = [
  ['ApplyConfiguration', 'applyConfiguration'],
  ['JSONPatch', 'jsonPatch'],
] as const;

function checkMutation(
  compiler: PolicyCompiler,
  mutation: V1Mutation,
  place: string,
  errors: Errors,
): void {
  const type = maybe(mutation.patchType) ?? '';
  const types = PATCHES.map(([name]) => name);
  checkOneOf(type, types, `${place}.patchType`, errors);
  const own = PATCHES.find(([name]) => name === type)?.[1];
  if (own === undefined) return;
  for (const [, name] of PATCHES) {
    if (name === own || mutation[name] === undefined) continue;
    const text = `must not be specified when patchType is ${type}`;
    errors.push(invalid(`${place}.${name}`, `{${name}}`, text));
  }
  const patch = mutation[own];
  const field = `${place}.${own}`;
  if (patch === undefined) {
    errors.push(required(field, `must be specified when patchType is ${type}`));
    return;
  }
  const expression = (maybe(patch.expression) ?? '').trim();
  if (expression === '') errors.push(required(`${field}.expression`));
  else checkCompiled(compiler[own](expression), `${field}.expression`, errors);
}

/** admissionregistration ValidateMutatingAdmissionPolicyBinding. */
export function checkMutatingBinding(
  { spec }: V1MutatingAdmissionPolicyBinding,
  errors: Errors,
): void {
  const { policyName, paramRef, matchResources } = maybe(spec) ?? {};
  checkPolicyName(policyName, 'spec.policyName', errors);
  if (paramRef !== undefined) checkParamRef(paramRef, 'spec.paramRef', errors);
  if (matchResources === undefined) return;
  checkMatchResources(matchResources, 'spec.matchResources', errors);
  checkMutable(matchResources, 'spec.matchResources', errors);
}
