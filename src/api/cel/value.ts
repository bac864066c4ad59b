import type { Type } from './types.js';

/** A value of CEL. Whole numbers are `bigint`, so that they are never taken for doubles. */
export type Value =
  | null
  | boolean
  | bigint
  | number
  | string
  | Uint8Array
  | Unsigned
  | Timestamp
  | Duration
  | List
  | Mapping
  | Message
  | Optional
  | TypeValue
  | Opaque;

export interface Unsigned {
  readonly kind: 'uint';
  readonly value: bigint;
}
export interface Timestamp {
  readonly kind: 'timestamp';
  /** Nanoseconds since 1970. */
  readonly nanos: bigint;
}
export interface Duration {
  readonly kind: 'duration';
  readonly nanos: bigint;
}
/** Items are made when they are asked for: a rule may look at one of ten thousand. */
export interface List {
  readonly kind: 'list';
  readonly size: number;
  at(index: number): Value;
  /** Items have no order (x-kubernetes-list-type: set), or are told apart by these fields (map). */
  readonly identity?: 'set' | readonly string[];
}
export interface Mapping {
  readonly kind: 'map';
  readonly size: number;
  keys(): readonly Value[];
  /** Undefined: there is no such key. */
  get(key: Value): Value | undefined;
}
/** A value of a type that has a name: `Object.spec{a: 1}`. */
export interface Message {
  readonly kind: 'message';
  readonly type: string;
  readonly fields: ReadonlyMap<string, Value>;
  /** What a field has that was not written. */
  unset(field: string): Value;
}
export interface Optional {
  readonly kind: 'optional';
  readonly value: Value | undefined;
}
export interface TypeValue {
  readonly kind: 'type';
  readonly name: string;
}
/** A value of a library: a quantity, an address. */
export interface Opaque {
  readonly kind: 'opaque';
  readonly type: string;
  readonly content: unknown;
  equals(other: Opaque): boolean;
  /** Addresses have a size in bytes. */
  readonly size?: number;
}

/** An error of evaluation, in CEL's words. `&&` and `||` may make nothing of it. */
export class EvaluationError extends Error {}

export function noSuchOverload(): EvaluationError {
  return new EvaluationError('no such overload');
}

export function listOf(items: readonly Value[]): List {
  return {
    kind: 'list',
    size: items.length,
    at: (index) => items[index] ?? null,
  };
}

export function itemsOf(list: List): Value[] {
  return Array.from({ length: list.size }, (_none, index) => list.at(index));
}

export const NONE: Optional = { kind: 'optional', value: undefined };

export function optionalOf(value: Value): Optional {
  return { kind: 'optional', value };
}

/** A map of entries, the keys of which are equal only to themselves. */
export function mapOf(
  entries: Iterable<readonly [Value, Value]>,
  repeated: (key: Value) => string = () => 'Failed with repeated key',
): Mapping {
  const found = new Map<string, readonly [Value, Value]>();
  for (const [key, value] of entries) {
    const id = keyId(key);
    if (found.has(id)) throw new EvaluationError(repeated(key));
    found.set(id, [key, value]);
  }
  return {
    kind: 'map',
    size: found.size,
    keys: () => [...found.values()].map(([key]) => key),
    get: (key) => found.get(keyId(key))?.[1],
  };
}

/** 1, 1u and 1.0 are the same key. */
function keyId(key: Value): string {
  if (typeof key === 'string') return `s${key}`;
  if (typeof key === 'boolean') return `b${String(key)}`;
  if (typeof key === 'bigint') return `n${String(key)}`;
  if (typeof key === 'number')
    return `n${Number.isInteger(key) ? String(BigInt(key)) : String(key)}`;
  if (kindOf(key) === 'uint') return `n${String((key as Unsigned).value)}`;
  throw new EvaluationError(`unsupported key type: ${kindOf(key)}`);
}

export type Kind =
  | Exclude<Type['kind'], 'dyn' | 'error' | 'param' | 'object'>
  | 'optional'
  | 'map'
  | 'message';

export function kindOf(value: Value): Kind {
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'int';
    case 'number':
      return 'double';
    case 'string':
      return 'string';
    default:
      if (value === null) return 'null';
      return value instanceof Uint8Array ? 'bytes' : value.kind;
  }
}

/** What `type()` says of a value. */
export function typeNameOf(value: Value): string {
  const kind = kindOf(value);
  switch (kind) {
    case 'null':
      return 'null_type';
    case 'timestamp':
      return 'google.protobuf.Timestamp';
    case 'duration':
      return 'google.protobuf.Duration';
    case 'optional':
      return 'optional_type';
    case 'opaque':
    case 'message':
      return (value as Opaque | Message).type;
    default:
      return kind;
  }
}

/** What a cost is reckoned from: code points, bytes, items, or 1. */
export function sizeOf(value: Value): number {
  if (typeof value === 'string') return codePoints(value);
  if (value instanceof Uint8Array) return value.length;
  if (value === null || typeof value !== 'object') return 1;
  if (value.kind === 'list' || value.kind === 'map') return value.size;
  if (value.kind === 'optional') return value.value === undefined ? 1 : sizeOf(value.value);
  return value.kind === 'opaque' ? (value.size ?? 1) : 1;
}

export function codePoints(text: string): number {
  let count = text.length;
  for (let at = 0; at < text.length - 1; at++) {
    const high = text.charCodeAt(at);
    if (high < 0xd800 || high > 0xdbff) continue;
    const low = text.charCodeAt(at + 1);
    if (low >= 0xdc00 && low <= 0xdfff) count--;
  }
  return count;
}
