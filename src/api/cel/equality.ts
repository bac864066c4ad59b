import { itemIdentity } from './identity.js';
import type {
  Kind,
  List,
  Mapping,
  Message,
  Opaque,
  Optional,
  Timestamp,
  TypeValue,
  Unsigned,
  Value,
} from './value.js';
import { EvaluationError, itemsOf, kindOf, noSuchOverload } from './value.js';

const NUMBERS: readonly Kind[] = ['int', 'uint', 'double'];

/** Whether two values are the same. Numbers of different types may be; anything else of different types is not. */
export function equals(a: Value, b: Value): boolean {
  const [left, right] = [kindOf(a), kindOf(b)];
  if (NUMBERS.includes(left) && NUMBERS.includes(right)) return compare(a, b) === 0;
  if (left !== right) return false;
  switch (left) {
    case 'list':
      return listsEqual(a as List, b as List);
    case 'map':
      return mapsEqual(a as Mapping, b as Mapping);
    case 'message':
      return messagesEqual(a as Message, b as Message);
    case 'bytes':
      return compareBytes(a as Uint8Array, b as Uint8Array) === 0;
    case 'timestamp':
    case 'duration':
      return (a as Timestamp).nanos === (b as Timestamp).nanos;
    case 'optional': {
      const [one, other] = [(a as Optional).value, (b as Optional).value];
      return one === undefined || other === undefined ? one === other : equals(one, other);
    }
    case 'type':
      return (a as TypeValue).name === (b as TypeValue).name;
    case 'opaque':
      return (a as Opaque).type === (b as Opaque).type && (a as Opaque).equals(b as Opaque);
    default:
      return a === b;
  }
}

function listsEqual(a: List, b: List): boolean {
  if (a.size !== b.size) return false;
  const identity = a.identity ?? b.identity;
  if (identity === undefined) {
    for (let at = 0; at < a.size; at++) if (!equals(a.at(at), b.at(at))) return false;
    return true;
  }
  const items = new Map(itemsOf(b).map((item) => [itemIdentity(item, identity), item]));
  return itemsOf(a).every((item) => {
    const other = items.get(itemIdentity(item, identity));
    return other !== undefined && equals(item, other);
  });
}

function mapsEqual(a: Mapping, b: Mapping): boolean {
  return (
    a.size === b.size &&
    a.keys().every((key) => {
      const [one, other] = [a.get(key), b.get(key)];
      return one !== undefined && other !== undefined && equals(one, other);
    })
  );
}

function messagesEqual(a: Message, b: Message): boolean {
  if (a.type !== b.type || a.fields.size !== b.fields.size) return false;
  return [...a.fields].every(([name, one]) => {
    const other = b.fields.get(name);
    return other !== undefined && equals(one, other);
  });
}

function numberOf(value: Value): bigint | number {
  return kindOf(value) === 'uint' ? (value as Unsigned).value : (value as bigint | number);
}

/** Below 0, 0, or above: of numbers, strings, bytes, booleans, timestamps and durations. NaN is NaN. */
export function compare(a: Value, b: Value): number {
  const [left, right] = [kindOf(a), kindOf(b)];
  if (NUMBERS.includes(left) && NUMBERS.includes(right)) {
    const [one, other] = [numberOf(a), numberOf(b)];
    if (Number.isNaN(one) || Number.isNaN(other)) return Number.NaN;
    return one < other ? -1 : one > other ? 1 : 0;
  }
  if (left !== right) throw noSuchOverload();
  switch (left) {
    case 'string':
      return compareText(a as string, b as string);
    case 'bool':
      return Number(a) - Number(b);
    case 'bytes':
      return compareBytes(a as Uint8Array, b as Uint8Array);
    case 'timestamp':
    case 'duration': {
      const difference = (a as Timestamp).nanos - (b as Timestamp).nanos;
      return difference < 0n ? -1 : difference > 0n ? 1 : 0;
    }
    default:
      throw noSuchOverload();
  }
}

/** By code points, as Go orders the bytes of UTF-8. */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    if (a.charCodeAt(at) === b.charCodeAt(at)) continue;
    return (a.codePointAt(at) ?? 0) - (b.codePointAt(at) ?? 0);
  }
  return a.length - b.length;
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

const INT_MIN = -(2n ** 63n);
const INT_MAX = 2n ** 63n - 1n;

/** Whole numbers have 64 bits. */
export function int64(value: bigint): bigint {
  if (value < INT_MIN || value > INT_MAX) throw new EvaluationError('integer overflow');
  return value;
}

export function uint64(value: bigint): Unsigned {
  if (value < 0n || value >= 2n ** 64n) throw new EvaluationError('unsigned integer overflow');
  return { kind: 'uint', value };
}
