import { EvaluationError, formatDuration, formatTimestamp, itemsOf, kindOf } from '../cel/index.js';
import type {
  Duration,
  List,
  Mapping,
  Message,
  Optional,
  Timestamp,
  Unsigned,
  Value,
} from '../cel/index.js';
import { goQuote } from '../go-quote.js';
import { encodeBase64 } from '../scheme/base64.js';
import { setEntry } from '../scheme/json.js';

/** A value as JSON. Throws `EvaluationError`: it has a key that is no text, or is of a type that JSON has not. */
export function jsonOf(value: Value): unknown {
  switch (kindOf(value)) {
    case 'int':
      return wholeNumber(value as bigint);
    case 'uint':
      return wholeNumber((value as Unsigned).value);
    case 'double':
      return double(value as number);
    case 'bytes':
      return encodeBase64(value as Uint8Array);
    case 'timestamp':
      return formatTimestamp(value as Timestamp);
    case 'duration':
      return formatDuration(value as Duration);
    case 'optional':
      return jsonOf((value as Optional).value ?? null);
    case 'list':
      return itemsOf(value as List).map(jsonOf);
    case 'map': {
      const map = value as Mapping;
      return objectOf(map.keys().map((key) => [key, map.get(key) ?? null] as const));
    }
    case 'message':
      return objectOf((value as Message).fields);
    case 'null':
    case 'bool':
    case 'string':
      return value;
    default:
      throw new EvaluationError(`unsupported type conversion from '${kindOf(value)}' to JSON`);
  }
}

function double(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

/** Numbers of JSON are doubles: what they cannot hold is a text. */
function wholeNumber(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

function objectOf(entries: Iterable<readonly [Value, Value]>): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const [key, value] of entries) {
    if (typeof key !== 'string')
      throw new EvaluationError(`unsupported type conversion from '${kindOf(key)}' to string`);
    setEntry(object, key, jsonOf(value));
  }
  return object;
}

/**
 * Where parts of an object are not of the type that their place asks for: `Object{spec: Object.status{}}`. Lists and maps have no
 * names of their own (apiserver, CheckTypeNamesMatchFieldPathNames).
 */
export function misplacedTypes(root: Message): readonly string[] {
  const found: string[] = [];
  const visit = (value: Value, place: string): void => {
    switch (kindOf(value)) {
      case 'message': {
        const { type, fields } = value as Message;
        if (type !== place)
          found.push(
            `unexpected type name ${goQuote(type)}, expected ${goQuote(place)}, which matches field name path from root Object type`,
          );
        for (const [name, field] of fields) visit(field, `${place}.${name}`);
        return;
      }
      case 'list':
        for (const item of itemsOf(value as List)) visit(item, place);
        return;
      case 'map': {
        const map = value as Mapping;
        for (const key of map.keys()) visit(map.get(key) ?? null, place);
        return;
      }
      default:
    }
  };
  visit(root, root.type);
  return found;
}
