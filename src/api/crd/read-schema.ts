import { decodeObject } from '../schema/decode.js';
import type { JsonMap, JsonSchema } from './json-schema.js';
import { isJsonMap } from './json-schema.js';

export interface ReadSchema {
  readonly schema: JsonSchema;
  /** Empty: all of it has the types that a schema has. */
  readonly errors: readonly string[];
}

/**
 * Reads a schema as it was decoded or stored. `items` and `additionalProperties` may be schemas or something else, so that
 * decoding leaves them as they came: they are read here, all the way down.
 */
export function readSchema(raw: unknown): ReadSchema {
  const errors: string[] = [];
  return { schema: read(raw, errors), errors };
}

function read(raw: unknown, errors: string[]): JsonSchema {
  const decoded = decodeObject('V1JSONSchemaProps', raw);
  errors.push(...decoded.errors);
  const schema = { ...decoded.value } as JsonMap;
  const nested = (value: unknown): unknown => (isJsonMap(value) ? read(value, errors) : value);
  for (const name of ['items', 'additionalProperties', 'not'] as const)
    if (schema[name] !== undefined) schema[name] = nested(schema[name]);
  for (const name of ['allOf', 'anyOf', 'oneOf'] as const) {
    const list = schema[name];
    if (Array.isArray(list)) schema[name] = list.map(nested);
  }
  const { properties } = schema;
  if (isJsonMap(properties))
    schema['properties'] = Object.fromEntries(
      Object.entries(properties).map(([name, property]) => [name, nested(property)]),
    );
  checkOneSchema(schema, errors);
  return schema;
}

function checkOneSchema(schema: JsonMap, errors: string[]): void {
  const { items, additionalProperties } = schema;
  if (items !== undefined && !isJsonMap(items) && !Array.isArray(items))
    errors.push('items must be a schema');
  const allowed = additionalProperties === undefined || typeof additionalProperties === 'boolean';
  if (!allowed && !isJsonMap(additionalProperties)) errors.push('boolean or JSON schema expected');
}
