import type { FieldError } from '../validation/field-error.js';
import { invalid, notSupported, required, tooMany } from '../validation/field-error.js';
import { goQuote } from '../go-quote.js';
import { jsonEqualStrict } from './json-equal.js';
import { hasFormat } from '../validation/formats.js';
import type { JsonMap, JsonSchema } from './json-schema.js';
import { isJsonMap, propertySchema } from './json-schema.js';
import type { Pattern } from './pattern.js';
import { compilePattern } from './pattern.js';

/** What a schema says of a value, in the words of kube-openapi's validator. */
export function validateValue(value: unknown, schema: JsonSchema): FieldError[] {
  return check(value, schema, '').errors;
}

/** `matches` counts what held: of several alternatives that fail, the one that fits best is told. */
interface Verdict {
  readonly errors: FieldError[];
  matches: number;
}

function check(value: unknown, schema: JsonSchema, path: string): Verdict {
  const verdict: Verdict = { errors: [], matches: 0 };
  const wrongType = checkType(value, schema, path);
  if (wrongType !== undefined) verdict.errors.push(wrongType);
  else verdict.matches++;
  if (wrongType === undefined || value !== null) checkConstraints(value, schema, path, verdict);
  if (value !== null || schema.nullable !== true) checkAlternatives(value, schema, path, verdict);
  if (wrongType !== undefined || value === null) return verdict;
  if (Array.isArray(value)) checkItems(value, schema, path, verdict);
  else if (isJsonMap(value)) checkProperties(value, schema, path, verdict);
  return verdict;
}

function take(into: Verdict, from: Verdict): void {
  into.errors.push(...from.errors);
  into.matches += from.matches;
}

function bodyText(path: string): string {
  return `${path} in body`;
}

function jsonType(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function checkType(value: unknown, schema: JsonSchema, path: string): FieldError | undefined {
  const types = typesOf(schema);
  if (types.length === 0) return undefined;
  const found = jsonType(value);
  if (found === 'null' && schema.nullable === true) return undefined;
  if (types.includes(found)) return undefined;
  if (found === 'integer' && types.includes('number')) return undefined;
  const detail = `${bodyText(path)} must be of type ${types.join(',')}: ${goQuote(found)}`;
  return { type: 'FieldValueTypeInvalid', field: path, badValue: found, detail };
}

function typesOf(schema: JsonSchema): readonly string[] {
  if (schema['x-kubernetes-int-or-string'] === true) return ['integer', 'string'];
  return schema.type === undefined || schema.type === '' ? [] : [schema.type];
}

function checkConstraints(
  value: unknown,
  schema: JsonSchema,
  path: string,
  verdict: Verdict,
): void {
  const fail = (detail: string): void => {
    verdict.errors.push(invalid(path, value, `${bodyText(path)} ${detail}`));
  };
  if (schema.enum !== undefined && schema.enum.length > 0) {
    if (schema.enum.some((allowed) => jsonEqualStrict(allowed, value))) verdict.matches++;
    else verdict.errors.push(notSupported(path, value, schema.enum.map(enumText)));
  }
  if (typeof value === 'number') checkNumber(value, schema, fail);
  if (typeof value === 'string') checkString(value, schema, path, verdict, fail);
}

function enumText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function checkNumber(value: number, schema: JsonSchema, fail: (detail: string) => void): void {
  const { minimum, maximum, multipleOf } = schema;
  if (multipleOf !== undefined && multipleOf > 0) {
    const ratio = value / multipleOf;
    if (!Number.isInteger(ratio)) fail(`should be a multiple of ${String(multipleOf)}`);
  }
  if (maximum !== undefined) {
    if (schema.exclusiveMaximum === true) {
      if (value >= maximum) fail(`should be less than ${String(maximum)}`);
    } else if (value > maximum) fail(`should be less than or equal to ${String(maximum)}`);
  }
  if (minimum !== undefined) {
    if (schema.exclusiveMinimum === true) {
      if (value <= minimum) fail(`should be greater than ${String(minimum)}`);
    } else if (value < minimum) fail(`should be greater than or equal to ${String(minimum)}`);
  }
}

function checkString(
  value: string,
  schema: JsonSchema,
  path: string,
  verdict: Verdict,
  fail: (detail: string) => void,
): void {
  const { minLength, maxLength, pattern, format } = schema;
  const length = minLength === undefined && maxLength === undefined ? 0 : runeCount(value);
  if (maxLength !== undefined && length > maxLength) {
    const unit = maxLength === 1 ? 'byte' : 'bytes';
    const detail = `may not be more than ${String(maxLength)} ${unit}`;
    verdict.errors.push({ type: 'FieldValueTooLong', field: path, detail });
  }
  if (minLength !== undefined && length < minLength)
    fail(`should be at least ${String(minLength)} chars long`);
  if (pattern !== undefined && pattern !== '' && patternOf(pattern)?.matches(value) !== true)
    fail(`should match '${pattern}'`);
  if (format !== undefined && format !== '' && !hasFormat(format, value)) {
    const detail = `${bodyText(path)} must be of type ${format}: ${goQuote(value)}`;
    verdict.errors.push({ type: 'FieldValueTypeInvalid', field: path, badValue: value, detail });
  }
}

/** Go counts code points. */
function runeCount(text: string): number {
  let count = 0;
  for (const _rune of text) count++;
  return count;
}

/** Patterns come from CRDs, whose number is bounded by the store; the newest are kept compiled. */
const compiled = new Map<string, Pattern | undefined>();
const COMPILED_MAX = 2_000;

function patternOf(source: string): Pattern | undefined {
  if (compiled.has(source)) return compiled.get(source);
  const result = compilePattern(source);
  const pattern = result.ok ? result.value : undefined;
  if (compiled.size >= COMPILED_MAX) compiled.clear();
  compiled.set(source, pattern);
  return pattern;
}

function checkItems(
  list: readonly unknown[],
  schema: JsonSchema,
  path: string,
  verdict: Verdict,
): void {
  const { minItems, maxItems, items } = schema;
  if (items !== undefined)
    list.forEach((item, index) => {
      take(verdict, check(item, items, `${path}[${String(index)}]`));
    });
  if (minItems !== undefined && list.length < minItems)
    verdict.errors.push(
      invalid(
        path,
        list.length,
        `${bodyText(path)} should have at least ${String(minItems)} items`,
      ),
    );
  if (maxItems !== undefined && list.length > maxItems)
    verdict.errors.push(tooMany(path, list.length, maxItems));
}

function checkProperties(
  object: JsonMap,
  schema: JsonSchema,
  path: string,
  verdict: Verdict,
): void {
  const { minProperties, maxProperties } = schema;
  const names = Object.keys(object);
  if (minProperties !== undefined && names.length < minProperties) {
    const detail = `${bodyText(path)} should have at least ${String(minProperties)} properties`;
    verdict.errors.push(invalid(path, names.length, detail));
  }
  if (maxProperties !== undefined && names.length > maxProperties)
    verdict.errors.push(tooMany(path, names.length, maxProperties));
  const at = (name: string): string => (path === '' ? name : `${path}.${name}`);
  for (const name of schema.required ?? []) {
    if (Object.hasOwn(object, name)) verdict.matches++;
    else verdict.errors.push(required(at(name)));
  }
  for (const name of names) {
    const property = propertySchema(schema, name);
    if (property !== undefined) take(verdict, check(object[name], property, at(name)));
  }
}

function checkAlternatives(
  value: unknown,
  schema: JsonSchema,
  path: string,
  verdict: Verdict,
): void {
  const composite = (detail: string): void => {
    verdict.errors.push(invalid('<nil>', '', `${goQuote(path)} ${detail}`));
  };
  const { allOf = [], anyOf = [], oneOf = [], not } = schema;
  if (anyOf.length > 0) {
    const verdicts = anyOf.map((each) => check(value, each, path));
    const fits = verdicts.find((each) => each.errors.length === 0);
    if (fits !== undefined) take(verdict, fits);
    else {
      composite('must validate at least one schema (anyOf)');
      take(verdict, bestOf(verdicts));
    }
  }
  if (oneOf.length > 0) {
    const verdicts = oneOf.map((each) => check(value, each, path));
    const fitting = verdicts.filter((each) => each.errors.length === 0);
    if (fitting.length === 0) {
      composite('must validate one and only one schema (oneOf). Found none valid');
      take(verdict, bestOf(verdicts));
    } else if (fitting.length > 1) {
      const count = String(fitting.length);
      composite(`must validate one and only one schema (oneOf). Found ${count} valid alternatives`);
    }
  }
  if (allOf.length > 0) {
    const verdicts = allOf.map((each) => check(value, each, path));
    const fitting = verdicts.filter((each) => each.errors.length === 0).length;
    for (const each of verdicts) take(verdict, each);
    if (fitting < allOf.length)
      composite(`must validate all the schemas (allOf)${fitting === 0 ? '. None validated' : ''}`);
  }
  if (not !== undefined && check(value, not, path).errors.length === 0)
    composite('must not validate the schema (not)');
}

function bestOf(verdicts: readonly Verdict[]): Verdict {
  return verdicts.reduce((best, each) => (each.matches > best.matches ? each : best));
}
