import type { List, Mapping, Value } from '../../cel/index.js';
import {
  EvaluationError,
  escapeName,
  fromBase64,
  parseDateTime,
  parseGoDuration,
} from '../../cel/index.js';
import { jsonEqualStrict } from '../json-equal.js';
import type { JsonMap, JsonSchema } from '../json-schema.js';
import { isJsonMap } from '../json-schema.js';
import { withObjectMeta } from './declare.js';

/**
 * A part of an object as rules see it, by its schema (apiserver, UnstructuredToVal). What is within it is made when a rule
 * asks for it. Throws `EvaluationError` where the data is not of the schema.
 */
export function schemaValue(data: unknown, schema: JsonSchema): Value {
  if (data === null || data === undefined) {
    if (schema.nullable === true) return null;
    throw new EvaluationError('invalid data, got null for schema with nullable=false');
  }
  if (schema['x-kubernetes-int-or-string'] === true) {
    if (typeof data === 'string') return data;
    if (typeof data === 'number' && Number.isInteger(data)) return BigInt(data);
    throw wrong('XIntOrString value to be either a string or integer');
  }
  switch (schema.type) {
    case 'object':
      if (!isJsonMap(data)) throw wrong('a map for the provided schema with type=object');
      return mappingOf(data, schema);
    case 'array':
      if (!Array.isArray(data)) throw wrong('an array for the provided schema with type=array');
      return listOf(data, schema);
    case 'string':
      if (typeof data !== 'string') throw wrong(`string, got ${typeof data}`);
      return textOf(data, schema.format);
    case 'number':
      if (typeof data !== 'number') throw wrong(`float, got ${typeof data}`);
      return data;
    case 'integer':
      if (typeof data !== 'number' || !Number.isInteger(data))
        throw wrong(`int, got ${typeof data}`);
      return BigInt(data);
    case 'boolean':
      if (typeof data !== 'boolean') throw wrong(`bool, got ${typeof data}`);
      return data;
    default:
      return unknownValue(data);
  }
}

function wrong(expected: string): EvaluationError {
  return new EvaluationError(`invalid data, expected ${expected}`);
}

/** What no schema describes: rules do not see it, but it makes objects equal or not. */
function unknownValue(data: unknown): Value {
  return {
    kind: 'opaque',
    type: 'unknown',
    content: data,
    equals: ({ content }) => jsonEqualStrict(content, data),
  };
}

/** The properties of a schema by the names that rules have for them. */
const namesOf = new WeakMap<JsonSchema, ReadonlyMap<string, string>>();

function escapedNames(schema: JsonSchema): ReadonlyMap<string, string> {
  const known = namesOf.get(schema);
  if (known !== undefined) return known;
  const names = new Map<string, string>();
  for (const name of Object.keys(schema.properties ?? {})) {
    const escaped = escapeName(name);
    if (escaped !== undefined && escaped !== name) names.set(escaped, name);
  }
  namesOf.set(schema, names);
  return names;
}

const resources = new WeakMap<JsonSchema, JsonSchema>();

/** The same schema each time, so that what is kept for it is found again. */
function resourceSchema(schema: JsonSchema): JsonSchema {
  let whole = resources.get(schema);
  if (whole === undefined) {
    whole = withObjectMeta(schema);
    resources.set(schema, whole);
  }
  return whole;
}

function mappingOf(data: JsonMap, given: JsonSchema): Mapping {
  const schema = given['x-kubernetes-embedded-resource'] === true ? resourceSchema(given) : given;
  const { properties, additionalProperties } = schema;
  const others = typeof additionalProperties === 'object' ? additionalProperties : undefined;
  const names = properties === undefined ? undefined : escapedNames(schema);
  const keys = Object.keys(data);
  return {
    kind: 'map',
    size: keys.length,
    keys: () => keys,
    get(key) {
      if (typeof key !== 'string') return undefined;
      const name = names?.get(key) ?? key;
      if (!Object.hasOwn(data, name)) return undefined;
      const value = data[name];
      if (properties === undefined)
        return others === undefined ? unknownValue(value) : schemaValue(value, others);
      if (value === null) return undefined;
      const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
      return property === undefined ? unknownValue(value) : schemaValue(value, property);
    },
  };
}

function listOf(data: readonly unknown[], schema: JsonSchema): List {
  const { items = {} } = schema;
  const list: List = {
    kind: 'list',
    size: data.length,
    at: (index) => schemaValue(data[index], items),
  };
  const type = schema['x-kubernetes-list-type'];
  if (type === 'set') return { ...list, identity: 'set' };
  if (type !== 'map') return list;
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  return { ...list, identity: keys.map((key) => escapeName(key) ?? key) };
}

function textOf(text: string, format: string | undefined): Value {
  switch (format) {
    case 'byte': {
      const bytes = fromBase64(text);
      if (bytes === undefined) throw new EvaluationError(`Invalid byte formatted string ${text}`);
      return bytes;
    }
    case 'duration': {
      const nanos = durationOf(text);
      if (nanos === undefined) throw new EvaluationError(`Invalid duration ${text}`);
      return { kind: 'duration', nanos };
    }
    case 'date':
    case 'date-time': {
      const nanos = parseDateTime(text.replace(/^(\d{4}-\d\d-\d\d) /, '$1T'));
      if (nanos === undefined)
        throw new EvaluationError(`Invalid ${format} formatted string ${text}`);
      return { kind: 'timestamp', nanos };
    }
    default:
      return text;
  }
}

const LONG_UNITS: readonly (readonly [RegExp, bigint])[] = [
  [/^(ns|nanoseconds?)$/, 1n],
  [/^(us|µs|microseconds?)$/, 1_000n],
  [/^(ms|milliseconds?)$/, 1_000_000n],
  [/^(s|seconds?)$/, 1_000_000_000n],
  [/^(m|minutes?)$/, 60_000_000_000n],
  [/^(h|hours?)$/, 3_600_000_000_000n],
  [/^(d|days?)$/, 86_400_000_000_000n],
  [/^(w|weeks?)$/, 604_800_000_000_000n],
];

/** As Go writes it, or in the words that OpenAPI's format allows: `3 days`. */
function durationOf(text: string): bigint | undefined {
  const plain = parseGoDuration(text);
  if (plain !== undefined || text.length > 200) return plain;
  const parts = [...text.matchAll(/(\d+)\s*([a-zµ]+)/g)];
  if (parts.length === 0) return undefined;
  let total = 0n;
  for (const [, digits = '0', word = ''] of parts) {
    const unit = LONG_UNITS.find(([pattern]) => pattern.test(word));
    if (unit === undefined) return undefined;
    total += BigInt(digits) * unit[1];
  }
  return total;
}
