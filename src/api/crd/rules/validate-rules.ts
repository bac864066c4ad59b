import type { Outcome, Value } from '../../cel/index.js';
import { NONE, optionalOf } from '../../cel/index.js';
import { goQuote } from '../../go-quote.js';
import type { FieldError } from '../../validation/field-error.js';
import { invalid } from '../../validation/field-error.js';
import { jsonEqualStrict } from '../json-equal.js';
import type { JsonMap, JsonSchema, ValidationRule } from '../json-schema.js';
import { fieldPath, isJsonMap } from '../json-schema.js';
import type { CompiledRule } from './compile-rules.js';
import type { RuleTree } from './rule-tree.js';
import { ruleTreeOf } from './rule-tree.js';
import { schemaValue } from './schema-value.js';

/** What one evaluation, and all of an object, may cost (apiserver, apis/cel/config.go). */
const CALL_COST_MAX = 1_000_000;
const OBJECT_COST_MAX = 10_000_000;
const MESSAGE_BYTES_MAX = 5 * 1024;
const BUDGET_TEXT =
  'validation failed due to running out of cost budget, no further validation rules will be run';

interface Run {
  readonly errors: FieldError[];
  /** Below 0: no further rule is run. */
  budget: number;
}

/** A value, what it was before an update, and where it is. */
interface Part {
  readonly value: unknown;
  /** Undefined: there was none, or it cannot be told which it was. */
  readonly old: unknown;
  readonly path: string;
  /** Whether the nearest part around it that has an old value is as it was. */
  readonly isWithinUnchanged: boolean;
}

/**
 * What the rules of a schema say of an object (x-kubernetes-validations). What is as it was before an update is not
 * refused, unless the rule is one of changes (KEP-4008, ratcheting).
 */
export function validateRules(
  object: JsonMap,
  old: JsonMap | undefined,
  schema: JsonSchema,
): FieldError[] {
  const tree = ruleTreeOf(schema);
  if (tree === undefined) return [];
  const run: Run = { errors: [], budget: OBJECT_COST_MAX };
  visit(tree, { value: object, old, path: '', isWithinUnchanged: false }, run);
  return run.errors;
}

export function hasRules(schema: JsonSchema): boolean {
  return ruleTreeOf(schema) !== undefined;
}

function visit(tree: RuleTree, part: Part, run: Run): void {
  if (part.value === null || part.value === undefined || run.budget < 0) return;
  runRules(tree, part, run);
  if (Array.isArray(part.value)) visitItems(tree, part, part.value, run);
  else if (isJsonMap(part.value)) visitProperties(tree, part, part.value, run);
}

function isUnchanged({ value, old, isWithinUnchanged }: Part): boolean {
  return old === undefined ? isWithinUnchanged : jsonEqualStrict(value, old);
}

function visitItems(tree: RuleTree, part: Part, list: readonly unknown[], run: Run): void {
  const { items, schema } = tree;
  if (items === undefined) return;
  const before = Array.isArray(part.old) ? (part.old as readonly unknown[]) : [];
  const isWithinUnchanged = isUnchanged(part);
  list.forEach((value, index) => {
    const old = oldItem(value, before, schema);
    const path = `${part.path}[${String(index)}]`;
    visit(items, { value, old, path, isWithinUnchanged }, run);
  });
}

/** The item that an item was: only a list of type map says so. */
function oldItem(value: unknown, before: readonly unknown[], schema: JsonSchema): unknown {
  if (schema['x-kubernetes-list-type'] !== 'map' || !isJsonMap(value)) return undefined;
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  return before.find(
    (old) => isJsonMap(old) && keys.every((key) => jsonEqualStrict(old[key], value[key])),
  );
}

function visitProperties(tree: RuleTree, part: Part, object: JsonMap, run: Run): void {
  const { additional, properties } = tree;
  if (additional === undefined && properties.size === 0) return;
  const before = isJsonMap(part.old) ? part.old : undefined;
  const isWithinUnchanged = isUnchanged(part);
  for (const [name, value] of Object.entries(object)) {
    const own = properties.get(name);
    const next = own ?? additional;
    if (next === undefined) continue;
    const path = own === undefined ? `${part.path}[${name}]` : fieldPath(part.path, name);
    const old =
      before !== undefined && Object.hasOwn(before, name) ? (before[name] ?? undefined) : undefined;
    visit(next, { value, old, path, isWithinUnchanged }, run);
  }
}

function runRules({ rules, schema }: RuleTree, part: Part, run: Run): void {
  if (rules.length === 0) return;
  if (run.budget <= 0) {
    stop(run, refused(part, schema, BUDGET_TEXT));
    return;
  }
  for (const compiled of rules) {
    if (run.budget < 0) return;
    runRule(compiled, schema, part, run);
  }
}

/** Errors of evaluation show the type; what is refused shows the value. */
function refused({ path }: Part, { type = '' }: JsonSchema, detail: string): FieldError {
  return invalid(path === '' ? '<nil>' : path, type, detail);
}

function stop(run: Run, error: FieldError): void {
  run.errors.push(error);
  run.budget = -1;
}

function runRule(compiled: CompiledRule, schema: JsonSchema, part: Part, run: Run): void {
  const { rule, program, usesOldSelf } = compiled;
  if (compiled.error !== undefined) {
    run.errors.push(refused(part, schema, `rule compile error: ${compiled.error}`));
    return;
  }
  if (program === undefined) return;
  if (usesOldSelf && part.old === undefined && rule.optionalOldSelf !== true) return;
  const variables = variablesOf(part, schema, rule);
  const outcome = program.run(variables, CALL_COST_MAX);
  if (outcome.cost > run.budget) {
    stop(run, refused(part, schema, BUDGET_TEXT));
    return;
  }
  run.budget -= outcome.cost;
  if (outcome.type === 'error') {
    const error = refused(part, schema, evaluationText(outcome, rule));
    if (outcome.isLimit) stop(run, error);
    else run.errors.push(error);
    return;
  }
  if (outcome.value === true) return;
  if (!usesOldSelf && isUnchanged(part)) return;
  const detail = messageOf(compiled, variables, run);
  if ('stopped' in detail) stop(run, refused(part, schema, detail.stopped));
  else run.errors.push(failure(compiled, part, detail.message));
}

function variablesOf(
  { value, old }: Part,
  schema: JsonSchema,
  { optionalOldSelf }: ValidationRule,
): (name: string) => Value | undefined {
  return (name) => {
    if (name === 'self') return schemaValue(value, schema);
    if (name !== 'oldSelf') return undefined;
    if (optionalOldSelf !== true) return schemaValue(old, schema);
    return old === undefined ? NONE : optionalOf(schemaValue(old, schema));
  };
}

function ruleText({ rule, message = '' }: ValidationRule): string {
  return (message === '' ? rule : message).trim();
}

function evaluationText(
  { message, isLimit }: Extract<Outcome, { type: 'error' }>,
  rule: ValidationRule,
): string {
  const text = ruleText(rule);
  if (isLimit)
    return `'${message}': no further validation rules will be run due to call cost exceeds limit for rule: ${text}`;
  if (message.startsWith('no such overload'))
    return `'${message}': call arguments did not match a supported operator, function or macro signature for rule: ${text}`;
  return `${message} evaluating rule: ${text}`;
}

/** What is said of a value that a rule refuses: the messageExpression's text where it gives a good one. */
function messageOf(
  { rule, messageProgram }: CompiledRule,
  variables: (name: string) => Value | undefined,
  run: Run,
): { readonly message: string } | { readonly stopped: string } {
  const { message = '' } = rule;
  const otherwise = message === '' ? `failed rule: ${ruleText(rule)}` : message.trim();
  if (messageProgram === undefined) return { message: otherwise };
  const outcome = messageProgram.run(variables, CALL_COST_MAX);
  if (outcome.cost > run.budget) {
    const text = 'messageExpression evaluation failed due to running out of cost budget';
    return { stopped: `${text}, no further validation rules will be run` };
  }
  if (outcome.type === 'error' && outcome.isLimit) {
    const source = goQuote(rule.messageExpression ?? '');
    const text = 'no further validation rules will be run due to call cost exceeds limit';
    return { stopped: `${text} for messageExpression: ${source}` };
  }
  run.budget -= outcome.cost;
  const text =
    outcome.type === 'value' && typeof outcome.value === 'string' ? outcome.value.trim() : '';
  const isGood = text !== '' && !text.includes('\n') && text.length <= MESSAGE_BYTES_MAX;
  return { message: isGood ? text : otherwise };
}

function failure({ rule, fieldPath: below }: CompiledRule, part: Part, detail: string): FieldError {
  const whole = below === '' ? part.path : fieldPath(part.path, below);
  const field = whole === '' ? '<nil>' : whole;
  const { value } = part;
  const isSimple = typeof value !== 'object';
  switch (rule.reason) {
    case 'FieldValueForbidden':
    case 'FieldValueRequired':
      return { type: rule.reason, field, detail };
    case 'FieldValueDuplicate':
      return isSimple
        ? { type: rule.reason, field, badValue: value, detail: '' }
        : { type: rule.reason, field, detail: '' };
    default:
      return isSimple
        ? invalid(field, value, detail)
        : { type: 'FieldValueInvalid', field, detail };
  }
}
