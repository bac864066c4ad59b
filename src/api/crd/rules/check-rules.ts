import type { Declared } from '../../cel/index.js';
import type { FieldError } from '../../validation/field-error.js';
import { forbidden, invalid } from '../../validation/field-error.js';
import type { JsonSchema, ValidationRule } from '../json-schema.js';
import type { CompiledRule } from './compile-rules.js';
import { SELF_TYPE, compileRules } from './compile-rules.js';
import { REQUEST_BYTES_MAX, declare } from './declare.js';

/** What one rule, and what all rules of a definition, may cost at most by their estimate (apiextensions, validation.go). */
const RULE_COST_MAX = 10_000_000;
const TOTAL_COST_MAX = 100_000_000;
const EXPENSIVE_SHOWN_MAX = 4;
const COST_MAX = 2 ** 64;

interface Place {
  readonly path: string;
  readonly isResource: boolean;
  /** How often a value of this schema may be in an object. Undefined: as often as a request has room for. */
  readonly timesMax: number | undefined;
  /** The list or map around it whose old and new items cannot be told which is which. */
  readonly uncorrelated: string | undefined;
}

interface Check {
  readonly errors: FieldError[];
  total: number;
  readonly expensive: { readonly path: string; readonly cost: number }[];
}

/** What is wrong with the rules of a version's schema, which is right otherwise: what does not compile or costs too much. */
export function checkRules(schema: JsonSchema, path: string): FieldError[] {
  const check: Check = { errors: [], total: 0, expensive: [] };
  visit(schema, { path, isResource: true, timesMax: 1, uncorrelated: undefined }, check);
  if (check.total > TOTAL_COST_MAX) {
    const worst = check.expensive.sort((a, b) => b.cost - a.cost).slice(0, EXPENSIVE_SHOWN_MAX);
    const text =
      'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema';
    for (const each of worst) check.errors.push(forbidden(each.path, text));
    const name = 'x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema';
    check.errors.push(forbidden(path, costText(name, check.total, TOTAL_COST_MAX)));
  }
  return check.errors;
}

function visit(schema: JsonSchema, place: Place, check: Check): void {
  const { path } = place;
  const { properties = {}, additionalProperties, items } = schema;
  const timesMax = timesOf(schema, place.timesMax);
  const inner = (at: string, next: JsonSchema, uncorrelated = place.uncorrelated): void => {
    const isResource = next['x-kubernetes-embedded-resource'] === true;
    visit(next, { path: `${path}.${at}`, isResource, timesMax, uncorrelated }, check);
  };
  if (typeof additionalProperties === 'object') inner('additionalProperties', additionalProperties);
  for (const [name, property] of Object.entries(properties)) inner(`properties[${name}]`, property);
  if (items !== undefined)
    inner('items', items, schema['x-kubernetes-list-type'] === 'map' ? place.uncorrelated : path);
  checkOwn(schema, place, check);
}

function timesOf(schema: JsonSchema, times: number | undefined): number | undefined {
  const factor =
    schema.type === 'array'
      ? schema.maxItems
      : schema.type === 'object' && schema.additionalProperties !== undefined
        ? schema.maxProperties
        : 1;
  return times === undefined || factor === undefined ? undefined : times * Math.max(0, factor);
}

function checkOwn(schema: JsonSchema, place: Place, check: Check): void {
  if ((schema['x-kubernetes-validations'] ?? []).length === 0) return;
  const self = declare(schema, place.isResource, SELF_TYPE);
  if (self === undefined) {
    const text =
      'internal error: failed to construct type information for x-kubernetes-validations rules: unable to convert structural schema to CEL declarations';
    const field = `${place.path}.x-kubernetes-validations`;
    check.errors.push({ type: 'InternalError', field, detail: text });
    return;
  }
  compileRules(schema, self).forEach((compiled, index) => {
    const path = `${place.path}.x-kubernetes-validations[${String(index)}]`;
    checkCost(compiled, self, place, path, check);
    checkCompiled(compiled, place, path, check.errors);
  });
}

function checkCost(
  { program, messageProgram }: CompiledRule,
  self: Declared,
  place: Place,
  path: string,
  check: Check,
): void {
  const observe = (name: string, at: string, cost: number): void => {
    if (cost > RULE_COST_MAX) check.errors.push(forbidden(at, costText(name, cost, RULE_COST_MAX)));
    check.total += cost;
    if (cost >= TOTAL_COST_MAX / 100) check.expensive.push({ path: at, cost });
  };
  if (program !== undefined) {
    const times = place.timesMax ?? Math.floor(REQUEST_BYTES_MAX / (self.bytesMin + 1));
    const cost = Math.min(program.costMax(self) * times, COST_MAX);
    observe('estimated rule cost', `${path}.rule`, cost);
  }
  if (messageProgram !== undefined)
    observe(
      'estimated messageExpression cost',
      `${path}.messageExpression`,
      messageProgram.costMax(self),
    );
}

function costText(name: string, cost: number, limit: number): string {
  const factor = cost / limit;
  const shown =
    factor > 100 ? 'more than 100x' : `${factor < 1.5 ? factor.toFixed(6) : factor.toFixed(1)}x`;
  const advice =
    'try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared';
  return `${name} exceeds budget by factor of ${shown} (${advice})`;
}

function checkCompiled(
  { rule, error, messageError, usesOldSelf, program }: CompiledRule,
  { uncorrelated }: Place,
  path: string,
  errors: FieldError[],
): void {
  if (error !== undefined) errors.push(invalid(`${path}.rule`, shownRule(rule), error));
  if (messageError !== undefined)
    errors.push(invalid(`${path}.messageExpression`, shownRule(rule), messageError));
  if (usesOldSelf && uncorrelated !== undefined) {
    const text = `oldSelf cannot be used on the uncorrelatable portion of the schema within ${uncorrelated}`;
    errors.push(invalid(`${path}.rule`, rule.rule, text));
  }
  if (!usesOldSelf && program !== undefined && rule.optionalOldSelf !== undefined) {
    const text = 'may not be set if oldSelf is not used in rule';
    errors.push(invalid(`${path}.optionalOldSelf`, rule.optionalOldSelf, text));
  }
}

/** A rule as Kubernetes shows it in its errors: by the names that its fields have in Go. */
function shownRule(rule: ValidationRule): Record<string, unknown> {
  return {
    Rule: rule.rule,
    Message: rule.message ?? '',
    MessageExpression: rule.messageExpression ?? '',
    Reason: rule.reason ?? null,
    FieldPath: rule.fieldPath ?? '',
    OptionalOldSelf: rule.optionalOldSelf ?? null,
  };
}
