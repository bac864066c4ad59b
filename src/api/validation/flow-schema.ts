import { isUnset, listOf, maybe } from '../absent.js';
import type {
  FlowcontrolV1Subject,
  V1FlowSchema,
  V1FlowSchemaSpec,
  V1NonResourcePolicyRule,
  V1PolicyRulesWithSubjects,
  V1ResourcePolicyRule,
  V1ServiceAccountSubject,
} from '../generated/types.js';
import type { Errors } from './checks.js';
import { checkProblems } from './checks.js';
import { duplicate, forbidden, invalid, notSupported, required } from './field-error.js';
import { semanticEqual } from './json-equal.js';
import { MANDATORY_FLOW_SCHEMAS } from './mandatory-flow-control.js';
import { dnsLabelProblems, dnsSubdomainProblems } from './names.js';

const PRECEDENCE_MAX = 10_000;
const METHODS = ['ByNamespace', 'ByUser'];
const NOTHING: Partial<V1FlowSchemaSpec> = {};

/** flowcontrol ValidateFlowSchema. */
export function checkFlowSchema(schema: V1FlowSchema, errors: Errors): void {
  const name = schema.metadata?.name ?? '';
  const spec = schema.spec ?? NOTHING;
  checkPrecedence(name, spec.matchingPrecedence ?? 0, 'spec.matchingPrecedence', errors);
  const method = spec.distinguisherMethod;
  if (method !== undefined && !METHODS.includes(method.type))
    errors.push(notSupported('spec.distinguisherMethod.type', method, METHODS));
  checkLevelName(spec.priorityLevelConfiguration?.name, errors);
  listOf(spec.rules).forEach((rule, index) => {
    checkRule(rule, `spec.rules[${String(index)}]`, errors);
  });
  const fixed = MANDATORY_FLOW_SCHEMAS.get(name);
  if (fixed !== undefined && !semanticEqual(schema.spec, fixed))
    errors.push(invalid('spec', schema.spec, `spec of '${name}' must equal the fixed value`));
  checkFlowConditions(schema, errors);
}

function checkPrecedence(name: string, value: number, field: string, errors: Errors): void {
  if (value <= 0) errors.push(invalid(field, value, 'must be a positive value'));
  if (value > PRECEDENCE_MAX)
    errors.push(invalid(field, value, `must not be greater than ${String(PRECEDENCE_MAX)}`));
  if (value !== 1 || name === 'exempt') return;
  const text = "only the schema named 'exempt' may have matchingPrecedence 1";
  errors.push(invalid(field, value, text));
}

function checkLevelName(name: string | undefined, errors: Errors): void {
  const field = 'spec.priorityLevelConfiguration.name';
  if (isUnset(name)) errors.push(required(field, 'must reference a priority level'));
  else checkProblems(dnsSubdomainProblems(name), field, name, errors);
}

/** What either kind of object says of itself: each condition once. */
export function checkFlowConditions(
  { status }: { readonly status?: { readonly conditions?: readonly { type?: string }[] } },
  errors: Errors,
): void {
  const types = new Set<string>();
  listOf(status?.conditions).forEach(({ type = '' }, index) => {
    const field = `status.conditions[${String(index)}].type`;
    if (types.has(type)) errors.push(duplicate(field, type));
    types.add(type);
    if (type === '') errors.push(required(field, 'must not be empty'));
  });
}

function checkRule(rule: V1PolicyRulesWithSubjects, place: string, errors: Errors): void {
  const subjects = listOf(rule.subjects);
  const [resources, paths] = [listOf(rule.resourceRules), listOf(rule.nonResourceRules)];
  if (subjects.length === 0)
    errors.push(required(`${place}.subjects`, 'subjects must contain at least one value'));
  subjects.forEach((subject, index) => {
    checkSubject(subject, `${place}.subjects[${String(index)}]`, errors);
  });
  if (resources.length + paths.length === 0) {
    const text = 'at least one of resourceRules and nonResourceRules has to be non-empty';
    errors.push(required(place, text));
  }
  resources.forEach((each, index) => {
    checkResourceRule(each, `${place}.resourceRules[${String(index)}]`, errors);
  });
  paths.forEach((each, index) => {
    checkPathRule(each, `${place}.nonResourceRules[${String(index)}]`, errors);
  });
}

const KINDS = ['Group', 'ServiceAccount', 'User'];
/** By kind, in the order of Kubernetes' errors. */
const SUBJECT_FIELDS = [
  ['ServiceAccount', 'serviceAccount'],
  ['User', 'user'],
  ['Group', 'group'],
] as const;

function checkSubject(subject: FlowcontrolV1Subject, place: string, errors: Errors): void {
  const kind = maybe(subject.kind) ?? '';
  const own = SUBJECT_FIELDS.find(([of]) => of === kind)?.[1];
  if (own === undefined) {
    errors.push(notSupported(`${place}.kind`, kind, KINDS));
    return;
  }
  const field = `${place}.${own}`;
  const value = subject[own];
  if (value === undefined)
    errors.push(required(field, `${own} is required when subject kind is '${kind}'`));
  else if (own === 'serviceAccount') checkAccount(subject.serviceAccount, field, errors);
  else if (isUnset(value.name)) errors.push(required(`${field}.name`));
  for (const [of, name] of SUBJECT_FIELDS) {
    if (name === own || subject[name] === undefined) continue;
    const text = `${name} is forbidden when subject kind is not '${of}'`;
    errors.push(forbidden(`${place}.${name}`, text));
  }
}

function checkAccount(
  account: V1ServiceAccountSubject | undefined,
  field: string,
  errors: Errors,
): void {
  const { name, namespace } = account ?? {};
  if (isUnset(name)) errors.push(required(`${field}.name`));
  else if (name !== '*') checkProblems(dnsSubdomainProblems(name), `${field}.name`, name, errors);
  const place = `${field}.namespace`;
  if (isUnset(namespace))
    errors.push(required(place, 'must specify namespace for service account'));
  else checkProblems(dnsLabelProblems(namespace), place, namespace, errors);
}

const VERBS = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'proxy',
  'update',
  'watch',
];

function checkVerbs(verbs: readonly string[], field: string, errors: Errors): void {
  if (verbs.length === 0) errors.push(required(field, 'verbs must contain at least one value'));
  else if (verbs.includes('*')) checkAlone(verbs, field, 'verbs', errors);
  else if (!verbs.every((verb) => VERBS.includes(verb)))
    errors.push(notSupported(field, verbs, VERBS));
}

function checkAlone(list: readonly string[], field: string, what: string, errors: Errors): void {
  if (list.length <= 1 || !list.includes('*')) return;
  errors.push(invalid(field, list, `if '*' is present, must not specify other ${what}`));
}

function checkResourceRule(rule: V1ResourcePolicyRule, place: string, errors: Errors): void {
  checkVerbs(listOf(rule.verbs), `${place}.verbs`, errors);
  for (const [name, one, many] of [
    ['apiGroups', 'api group', 'api groups'],
    ['resources', 'resource', 'resources'],
  ] as const) {
    const list = listOf(rule[name]);
    const field = `${place}.${name}`;
    if (list.length === 0)
      errors.push(required(field, `resource rules must supply at least one ${one}`));
    checkAlone(list, field, many, errors);
  }
  checkNamespaces(listOf(rule.namespaces), rule.clusterScope === true, place, errors);
}

function checkNamespaces(
  namespaces: readonly string[],
  clusterScope: boolean,
  place: string,
  errors: Errors,
): void {
  const field = `${place}.namespaces`;
  if (namespaces.length === 0 && !clusterScope) {
    const text = 'resource rules that are not cluster scoped must supply at least one namespace';
    errors.push(required(field, text));
  }
  if (namespaces.includes('*')) {
    checkAlone(namespaces, field, 'namespaces', errors);
    return;
  }
  const intro = "each member of this list must be '*' or a DNS-1123 label; ";
  namespaces.forEach((namespace, index) => {
    const problems = dnsLabelProblems(namespace).map((problem) => intro + problem);
    checkProblems(problems, `${field}[${String(index)}]`, namespace, errors);
  });
}

function checkPathRule(rule: V1NonResourcePolicyRule, place: string, errors: Errors): void {
  checkVerbs(listOf(rule.verbs), `${place}.verbs`, errors);
  const urls = listOf(rule.nonResourceURLs);
  const field = `${place}.nonResourceURLs`;
  if (urls.length === 0)
    errors.push(required(field, 'nonResourceURLs must contain at least one value'));
  if (urls.includes('*')) {
    checkAlone(urls, field, 'non-resource URLs', errors);
    return;
  }
  urls.forEach((url, index) => {
    const problem = pathProblem(url);
    if (problem !== undefined) errors.push(invalid(`${field}[${String(index)}]`, url, problem));
  });
}

/** Only a last segment may be `*`, for all that is below. */
function pathProblem(path: string): string | undefined {
  if (path === '') return 'must not be empty';
  if (!path.startsWith('/')) return 'must start with slash';
  if (path.includes(' ')) return 'must not contain white-space';
  if (path.includes('//')) return 'must not contain double slash';
  const stars = path.split('*').length - 1;
  if (stars > 1 || (stars === 1 && !path.endsWith('/*')))
    return 'wildcard can only do suffix matching';
  return undefined;
}
