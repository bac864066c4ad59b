import type { FieldError } from '../validation/field-error.js';
import { duplicate, invalid } from '../validation/field-error.js';
import { canonicalJson } from './json-equal.js';
import type { JsonSchema } from './json-schema.js';
import { fieldPath, isJsonMap, propertySchema } from './json-schema.js';

/** The items of a list that is a set, and the keys of one that is a map, come once (x-kubernetes-list-type). */
export function validateListTypes(value: unknown, schema: JsonSchema, path = ''): FieldError[] {
  if (Array.isArray(value)) return validateList(value, schema, path);
  if (!isJsonMap(value)) return [];
  return Object.entries(value).flatMap(([name, item]) => {
    const property = propertySchema(schema, name);
    return property === undefined ? [] : validateListTypes(item, property, fieldPath(path, name));
  });
}

function validateList(list: readonly unknown[], schema: JsonSchema, path: string): FieldError[] {
  const errors = ownErrors(list, schema, path);
  const { items } = schema;
  if (items === undefined) return errors;
  const deeper = list.flatMap((item, index) =>
    validateListTypes(item, items, `${path}[${String(index)}]`),
  );
  return [...errors, ...deeper];
}

function ownErrors(list: readonly unknown[], schema: JsonSchema, path: string): FieldError[] {
  const type = schema['x-kubernetes-list-type'];
  if (type === 'set') return duplicates(list, path);
  if (type !== 'map') return [];
  const notObject = list.findIndex((item) => item !== null && !isJsonMap(item));
  if (notObject >= 0) {
    const detail = 'must be an object for an array of list-type map';
    return [invalid(`${path}[${String(notObject)}]`, list[notObject], detail)];
  }
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  return duplicates(
    list.map((item) => keysOf(item, keys)),
    path,
  );
}

function keysOf(item: unknown, names: readonly string[]): Record<string, unknown> {
  if (!isJsonMap(item)) return {};
  return Object.fromEntries(
    names.filter((name) => Object.hasOwn(item, name)).map((name) => [name, item[name]]),
  );
}

/** Each value that comes more than once is told once, at its second place. */
function duplicates(values: readonly unknown[], path: string): FieldError[] {
  const times = new Map<string, number>();
  const errors: FieldError[] = [];
  values.forEach((value, index) => {
    const key = canonicalJson(value);
    const before = times.get(key) ?? 0;
    times.set(key, before + 1);
    if (before === 1) errors.push(duplicate(`${path}[${String(index)}]`, value));
  });
  return errors;
}
