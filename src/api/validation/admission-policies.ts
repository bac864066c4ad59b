import { compilerFor } from '../admission/compile-policy.js';
import type { PolicyCompiler } from '../admission/compile-policy.js';
import type { CompiledExpression } from '../admission/compile-expression.js';
import { DENIAL_REASONS } from '../admission/policy-denial.js';
import { isUnset, listOf, maybe } from '../absent.js';
import type {
  V1AuditAnnotation,
  V1MatchResources,
  V1NamedRuleWithOperations,
  V1ParamKind,
  V1ParamRef,
  V1ValidatingAdmissionPolicy,
  V1ValidatingAdmissionPolicyBinding,
  V1ValidatingAdmissionPolicySpec,
  V1Validation,
  V1Variable,
} from '../generated/types.js';
import type { Errors } from './checks.js';
import { checkOneOf, checkProblems } from './checks.js';
import { checkOperations } from './extensions.js';
import { duplicate, forbidden, invalid, notSupported, required } from './field-error.js';
import { semanticEqual } from './json-equal.js';
import { checkLabelSelector } from './label-selector.js';
import { checkMatchConditions } from './match-conditions.js';
import {
  dns1035LabelProblems,
  dnsSubdomainProblems,
  labelKeyProblems,
  pathSegmentProblems,
} from './names.js';
import { utf8Length } from './object-meta.js';

/** admissionregistration ValidateValidatingAdmissionPolicy: what cannot be compiled is refused when it is written. */
export function checkAdmissionPolicy(policy: V1ValidatingAdmissionPolicy, errors: Errors): void {
  checkSpec(policy, errors, true);
}

/** Match conditions that stay as they were are not looked at again. */
export function checkAdmissionPolicyUpdate(
  policy: V1ValidatingAdmissionPolicy,
  old: V1ValidatingAdmissionPolicy,
  errors: Errors,
): void {
  const { paramKind, matchConditions } = policy.spec ?? {};
  const isNew =
    !semanticEqual(paramKind, old.spec?.paramKind) ||
    !semanticEqual(matchConditions, old.spec?.matchConditions);
  checkSpec(policy, errors, isNew);
}

function checkSpec(
  { metadata, spec = {} }: V1ValidatingAdmissionPolicy,
  errors: Errors,
  withConditions: boolean,
): void {
  const { paramKind, matchConstraints, matchConditions } = spec;
  checkOneOf(spec.failurePolicy, ['Fail', 'Ignore'], 'spec.failurePolicy', errors);
  if (paramKind !== undefined) checkParamKind(paramKind, 'spec.paramKind', errors);
  if (matchConstraints === undefined) errors.push(required('spec.matchConstraints'));
  else {
    checkMatchResources(matchConstraints, 'spec.matchConstraints', errors);
    if (listOf(matchConstraints.resourceRules).length === 0)
      errors.push(required('spec.matchConstraints.resourceRules'));
  }
  const hasParams = paramKind !== undefined;
  if (withConditions)
    checkMatchConditions(matchConditions, 'spec.matchConditions', errors, hasParams);
  checkExpressions(metadata?.name ?? '', spec, errors);
}

const NOTHING_TO_DO = 'validations or auditAnnotations must contain at least one item';

function checkExpressions(
  name: string,
  spec: V1ValidatingAdmissionPolicySpec,
  errors: Errors,
): void {
  const validations = listOf(spec.validations);
  const annotations = listOf(spec.auditAnnotations);
  const compiler = compilerFor(spec);
  listOf(spec.variables).forEach((variable, index) => {
    checkVariable(compiler, variable, `spec.variables[${String(index)}]`, errors);
  });
  if (validations.length === 0 && annotations.length === 0) {
    errors.push(required('spec.validations', NOTHING_TO_DO));
    errors.push(required('spec.auditAnnotations', NOTHING_TO_DO));
  }
  validations.forEach((validation, index) => {
    checkValidation(compiler, validation, `spec.validations[${String(index)}]`, errors);
  });
  checkAnnotations(compiler, name, annotations, errors);
}

export function checkParamKind(
  { apiVersion = '', kind = '' }: V1ParamKind,
  field: string,
  errors: Errors,
) {
  const place = `${field}.apiVersion`;
  const [first = '', second, ...rest] = apiVersion.split('/');
  const [group, version] = second === undefined ? ['', first] : [first, second];
  if (apiVersion === '') errors.push(required(place));
  else if (rest.length > 0)
    errors.push(invalid(place, apiVersion, `unexpected GroupVersion string: ${apiVersion}`));
  else {
    if (group !== '') checkProblems(joined(dnsSubdomainProblems(group)), place, group, errors);
    if (version === '') errors.push(invalid(place, apiVersion, 'version must be specified'));
    else checkProblems(joined(dns1035LabelProblems(version)), place, version, errors);
  }
  if (kind === '') {
    errors.push(required(`${field}.kind`));
    return;
  }
  const [problem] = joined(dns1035LabelProblems(kind.toLowerCase()));
  if (problem !== undefined) {
    const text = `may have mixed case, but should otherwise match: ${problem}`;
    errors.push(invalid(`${field}.kind`, kind, text));
  }
}

function joined(problems: readonly string[]): readonly string[] {
  return problems.length === 0 ? [] : [problems.join(',')];
}

export function checkMatchResources(match: V1MatchResources, field: string, errors: Errors): void {
  const { matchPolicy, namespaceSelector, objectSelector } = match;
  checkOneOf(matchPolicy, ['Equivalent', 'Exact'], `${field}.matchPolicy`, errors);
  for (const [name, selector] of [
    ['namespaceSelector', namespaceSelector],
    ['objectSelector', objectSelector],
  ] as const) {
    if (selector === undefined) errors.push(required(`${field}.${name}`));
    else checkLabelSelector(selector, `${field}.${name}`, errors);
  }
  for (const name of ['resourceRules', 'excludeResourceRules'] as const) {
    listOf(match[name]).forEach((rule, index) => {
      checkNamedRule(rule, `${field}.${name}[${String(index)}]`, errors);
    });
  }
}

function checkNamedRule(rule: V1NamedRuleWithOperations, field: string, errors: Errors): void {
  const names = listOf(rule.resourceNames);
  names.forEach((name, index) => {
    const place = `${field}.resourceNames[${String(index)}]`;
    checkProblems(pathSegmentProblems(name), place, name, errors);
    if (names.indexOf(name) < index) errors.push(duplicate(place, name));
  });
  checkOperations(rule, field, errors);
}

const IDENTIFIER = /^[_a-zA-Z][_a-zA-Z0-9]*$/;
const RESERVED: ReadonlySet<string> = new Set(
  (
    'true false null in as break const continue else for function if import let loop package ' +
    'namespace return var void while'
  ).split(' '),
);

export function checkVariable(
  compiler: PolicyCompiler,
  variable: V1Variable,
  field: string,
  errors: Errors,
): void {
  const [name, expression] = [maybe(variable.name) ?? '', maybe(variable.expression) ?? ''];
  if (name.trim() === '') errors.push(required(`${field}.name`, 'name is not specified'));
  else if (!IDENTIFIER.test(name) || RESERVED.has(name))
    errors.push(invalid(`${field}.name`, name, 'name is not a valid CEL identifier'));
  if (expression.trim() === '')
    errors.push(required(`${field}.expression`, 'expression is not specified'));
  else checkCompiled(compiler.variable(name, expression), `${field}.expression`, errors);
}

function checkValidation(
  compiler: PolicyCompiler,
  validation: V1Validation,
  field: string,
  errors: Errors,
): void {
  const { message = '', messageExpression = '', reason } = validation;
  const expression = maybe(validation.expression) ?? '';
  if (expression.trim() === '')
    errors.push(required(`${field}.expression`, 'expression is not specified'));
  else checkCompiled(compiler.validation(expression), `${field}.expression`, errors);
  const place = `${field}.messageExpression`;
  if (messageExpression !== '') {
    if (messageExpression.trim() === '')
      errors.push(invalid(place, messageExpression, 'must be non-empty if specified'));
    else checkCompiled(compiler.message(messageExpression), place, errors);
  }
  if (message !== '' && message.trim() === '')
    errors.push(invalid(`${field}.message`, message, 'message must be non-empty if specified'));
  else if (/[\n\r]/.test(message.trim()))
    errors.push(invalid(`${field}.message`, message, 'message must not contain line breaks'));
  if (reason !== undefined && !DENIAL_REASONS.includes(reason))
    errors.push(notSupported(`${field}.reason`, reason, DENIAL_REASONS));
}

export function checkCompiled(
  { expression, program }: CompiledExpression,
  field: string,
  errors: Errors,
): void {
  if (!program.ok) errors.push(invalid(field, expression, program.error));
}

const ANNOTATIONS_MAX = 20;
const VALUE_EXPRESSION_BYTES_MAX = 5 * 1024;

function checkAnnotations(
  compiler: PolicyCompiler,
  name: string,
  annotations: readonly V1AuditAnnotation[],
  errors: Errors,
): void {
  if (annotations.length > ANNOTATIONS_MAX) {
    const text = `must not have more than ${String(ANNOTATIONS_MAX)} auditAnnotations`;
    errors.push(invalid('spec.auditAnnotations', annotations, text));
  }
  const keys = new Set<string>();
  annotations.forEach((annotation, index) => {
    const field = `spec.auditAnnotations[${String(index)}]`;
    const key = maybe(annotation.key) ?? '';
    if (name === '')
      errors.push(invalid(`${field}.key`, key, 'requires metadata.name be non-empty'));
    else
      checkProblems(labelKeyProblems(`${name}/${key}`), `${field}.key`, `${name}/${key}`, errors);
    checkValueExpression(compiler, annotation, `${field}.valueExpression`, errors);
    if (keys.has(key)) errors.push(duplicate(`${field}.key`, key));
    keys.add(key);
  });
}

function checkValueExpression(
  compiler: PolicyCompiler,
  { valueExpression }: V1AuditAnnotation,
  field: string,
  errors: Errors,
): void {
  const expression = (maybe(valueExpression) ?? '').trim();
  if (expression === '') errors.push(required(field, 'valueExpression is not specified'));
  else if (utf8Length(expression) > VALUE_EXPRESSION_BYTES_MAX) {
    const text = `must not exceed ${String(VALUE_EXPRESSION_BYTES_MAX)} bytes in length`;
    errors.push(required(field, text));
  } else {
    const { program } = compiler.annotation(expression);
    if (!program.ok) errors.push(invalid(field, valueExpression, program.error));
  }
}

/** admissionregistration ValidateValidatingAdmissionPolicyBinding. */
export function checkPolicyBinding(
  binding: V1ValidatingAdmissionPolicyBinding,
  errors: Errors,
): void {
  const spec = maybe(binding.spec);
  checkPolicyName(maybe(spec?.policyName), 'spec.policyName', errors);
  if (spec?.paramRef !== undefined) checkParamRef(spec.paramRef, 'spec.paramRef', errors);
  if (spec?.matchResources !== undefined)
    checkMatchResources(spec.matchResources, 'spec.matchResources', errors);
  checkActions(listOf(spec?.validationActions), 'spec.validationActions', errors);
}

export function checkPolicyName(name: string | undefined, field: string, errors: Errors): void {
  if (isUnset(name)) errors.push(required(field));
  else checkProblems(dnsSubdomainProblems(name), field, name, errors);
}

export function checkParamRef(ref: V1ParamRef, field: string, errors: Errors): void {
  const { name = '', selector, parameterNotFoundAction: action } = ref;
  const exclusive = 'name and selector are mutually exclusive';
  if (name !== '') {
    checkProblems(pathSegmentProblems(name), `${field}.name`, name, errors);
    if (selector !== undefined) errors.push(forbidden(`${field}.name`, exclusive));
  }
  if (selector !== undefined) {
    checkLabelSelector(selector, `${field}.selector`, errors);
    if (name !== '') errors.push(forbidden(`${field}.selector`, exclusive));
  } else if (name === '') errors.push(required(field, 'one of name or selector must be specified'));
  const place = `${field}.parameterNotFoundAction`;
  if (isUnset(action)) errors.push(required(place));
  else checkOneOf(action, ['Deny', 'Allow'], place, errors);
}

const ACTIONS = ['Audit', 'Deny', 'Warn'];

function checkActions(actions: readonly string[], field: string, errors: Errors): void {
  actions.forEach((action, index) => {
    const place = `${field}[${String(index)}]`;
    if (!ACTIONS.includes(action)) errors.push(notSupported(place, action, ACTIONS));
    if (actions.indexOf(action) < index) errors.push(duplicate(place, action));
  });
  if (actions.includes('Deny') && actions.includes('Warn')) {
    const text =
      'must not contain both Deny and Warn (repeating the same validation failure information in ' +
      'the API response and headers serves no purpose)';
    errors.push(invalid(field, actions, text));
  }
  if (actions.length === 0)
    errors.push(required(field, 'at least one validation action is required'));
}
