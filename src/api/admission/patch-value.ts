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

/** A part that is in a value many times costs nothing when it is evaluated, and much as JSON. So much is no object that could be sent. */
const BYTES_MAX = 3 * 1024 * 1024;
/** What a value takes at least, with what is around it. */
const VALUE_BYTES = 16;
export const TOO_LARGE = `a patch must not have more than ${String(BYTES_MAX)} bytes`;

function createMeter(): (bytes: number) => void {
  let left = BYTES_MAX;
  return (bytes) => {
    left -= bytes;
    if (left < 0) throw new EvaluationError(TOO_LARGE);
  };
}

/**
 * A value as JSON. Throws `EvaluationError`: it has a key that is no text, is of a type that JSON has not, or is too large.
 */
export function jsonOf(value: Value, charge: (bytes: number) => void = createMeter()): unknown {
  const inner = (each: Value): unknown => jsonOf(each, charge);
  charge(VALUE_BYTES);
  switch (kindOf(value)) {
    case 'int':
      return wholeNumber(value as bigint);
    case 'uint':
      return wholeNumber((value as Unsigned).value);
    case 'double':
      return double(value as number);
    case 'bytes':
      charge((value as Uint8Array).length);
      return encodeBase64(value as Uint8Array);
    case 'timestamp':
      return formatTimestamp(value as Timestamp);
    case 'duration':
      return formatDuration(value as Duration);
    case 'optional':
      return inner((value as Optional).value ?? null);
    case 'list':
      return itemsOf(value as List).map(inner);
    case 'map': {
      const map = value as Mapping;
      return objectOf(
        map.keys().map((key) => [key, map.get(key) ?? null] as const),
        inner,
      );
    }
    case 'message':
      return objectOf((value as Message).fields, inner);
    case 'string':
      charge((value as string).length);
      return value;
    case 'null':
    case 'bool':
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

function objectOf(
  entries: Iterable<readonly [Value, Value]>,
  inner: (value: Value) => unknown,
): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const [key, value] of entries) {
    if (typeof key !== 'string')
      throw new EvaluationError(`unsupported type conversion from '${kindOf(key)}' to string`);
    setEntry(object, key, inner(value));
  }
  return object;
}

/**
 * Where parts of an object are not of the type that their place asks for: `Object{spec: Object.status{}}`. Lists and maps have no
 * names of their own (apiserver, CheckTypeNamesMatchFieldPathNames). Throws `EvaluationError`: it is too large.
 */
export function misplacedTypes(root: Message): readonly string[] {
  const found: string[] = [];
  const charge = createMeter();
  const visit = (value: Value, place: string): void => {
    charge(VALUE_BYTES);
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
