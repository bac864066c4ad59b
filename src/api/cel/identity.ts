import { EvaluationError, itemsOf, kindOf } from './value.js';
import type { Duration, List, Mapping, Timestamp, Unsigned, Value } from './value.js';

/** A text that two values share only where they are the same: to find one among many thousands. */
export function identityOf(value: Value): string {
  if (typeof value === 'bigint') return `n${String(value)}`;
  if (value === null || typeof value === 'boolean') return String(value);
  if (value instanceof Uint8Array) return `b${value.join()}`;
  switch (kindOf(value)) {
    case 'uint':
      return `n${String((value as Unsigned).value)}`;
    case 'double': {
      const number = value as number;
      return `n${Number.isInteger(number) ? String(BigInt(number)) : String(number)}`;
    }
    case 'string':
      return JSON.stringify(value);
    case 'timestamp':
    case 'duration':
      return `t${String((value as Timestamp | Duration).nanos)}`;
    case 'list':
      return `[${itemsOf(value as List)
        .map(identityOf)
        .join()}]`;
    case 'map': {
      const map = value as Mapping;
      const entries = map
        .keys()
        .map((key) => `${identityOf(key)}:${identityOf(map.get(key) ?? null)}`);
      return `{${entries.sort().join()}}`;
    }
    default:
      throw new EvaluationError('no such overload');
  }
}

/** What tells the items of a list apart: themselves in a set, some of their fields in a list of type map. */
export function itemIdentity(item: Value, identity: 'set' | readonly string[]): string {
  if (identity === 'set') return identityOf(item);
  if (kindOf(item) !== 'map') return identityOf(item);
  return identity.map((name) => identityOf((item as Mapping).get(name) ?? null)).join();
}
