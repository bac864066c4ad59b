import { listOf, maybe } from '../absent.js';
import type { Type } from '../cel/index.js';
import type {
  V1ExpressionWarning,
  V1NamedRuleWithOperations,
  V1ValidatingAdmissionPolicySpec,
} from '../generated/types.js';
import type { ApiResource } from '../scheme/resource.js';
import { groupVersionOf } from '../scheme/resource.js';
import { policyCompiler } from './compile-policy.js';
import { kindType } from './kind-type.js';

/** Against so many kinds of one rule is a policy checked. */
const KINDS_MAX = 10;

/**
 * What does not fit the kinds that a policy is about (`status.typeChecking`; apiserver, TypeChecker). It says nothing of groups,
 * versions and resources that are given by `*`, nor of subresources. `rows` are all resources that are served.
 */
export function typeWarnings(
  spec: V1ValidatingAdmissionPolicySpec,
  rows: readonly ApiResource[],
): V1ExpressionWarning[] {
  const checkers = checkedKinds(spec, rows).map((row) => ({
    kind: `${groupVersionOf(row).includes('/') ? '' : '/'}${groupVersionOf(row)}, Kind=${row.kind}`,
    check: checkerOf(spec, kindType(row), paramsType(spec, rows)),
  }));
  const warnings: V1ExpressionWarning[] = [];
  const check = (expression: string, fieldRef: string): void => {
    const found = checkers.flatMap(({ kind, check: problemOf }) => {
      const problem = problemOf(expression);
      return problem === undefined ? [] : [`${kind}: ${problem}\n`];
    });
    if (found.length > 0) warnings.push({ fieldRef, warning: found.join('\n') });
  };
  listOf(spec.validations).forEach(({ expression, messageExpression = '' }, index) => {
    const place = `spec.validations[${String(index)}]`;
    check(maybe(expression) ?? '', `${place}.expression`);
    if (messageExpression !== '') check(messageExpression, `${place}.messageExpression`);
  });
  return warnings;
}

function checkerOf(
  { variables }: V1ValidatingAdmissionPolicySpec,
  object: Type,
  params: Type | undefined,
): (expression: string) => string | undefined {
  const compiler = policyCompiler({ object, params });
  for (const { name, expression } of listOf(variables)) compiler.variable(name, expression);
  return (expression) => {
    const { program } = compiler.checked(expression);
    return program.ok ? undefined : program.error.replace(/^compilation failed: /, '');
  };
}

function paramsType(
  { paramKind }: V1ValidatingAdmissionPolicySpec,
  rows: readonly ApiResource[],
): Type | undefined {
  if (paramKind === undefined) return undefined;
  const { apiVersion = '', kind = '' } = paramKind;
  const row = rows.find((each) => each.kind === kind && groupVersionOf(each) === apiVersion);
  return row === undefined ? { kind: 'dyn' } : kindType(row);
}

/** By group, version and kind. */
function checkedKinds(
  { matchConstraints }: V1ValidatingAdmissionPolicySpec,
  rows: readonly ApiResource[],
): readonly ApiResource[] {
  const found = new Map<string, ApiResource>();
  for (const rule of listOf(matchConstraints?.resourceRules)) {
    const named = namedBy(rule, rows).slice(0, KINDS_MAX);
    for (const row of named) found.set(`${row.group} ${row.version} ${row.kind}`, row);
    if (named.length === KINDS_MAX) break;
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

function namedBy(
  { apiGroups, apiVersions, resources }: V1NamedRuleWithOperations,
  rows: readonly ApiResource[],
): readonly ApiResource[] {
  const [groups, versions] = [listOf(apiGroups), listOf(apiVersions)];
  if ([...groups, ...versions].some((each) => each.includes('*'))) return [];
  const named = listOf(resources).filter((each) => !/[*/]/.test(each));
  return rows.filter(
    ({ group, version, resource }) =>
      groups.includes(group) && versions.includes(version) && named.includes(resource),
  );
}
