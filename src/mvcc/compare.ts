import { assertNever } from '../base/index.js';
import type { MvccState } from './mvcc-state.js';
import { compareBytes, liveVersionsOf } from './range.js';
import type { Compare, KeyValue } from './request.js';

const NO_VALUE = new Uint8Array(0);

/**
 * Whether a comparison holds for every key of its range. A range without keys is compared as one key that does not
 * exist: all its numbers are 0. Only its value compares with nothing, so that it never holds (etcd `applyCompare`).
 */
export function compareHolds(state: MvccState, compare: Compare): boolean {
  const kvs = liveVersionsOf(state, compare);
  if (kvs.length === 0)
    return compare.target !== 'value' && resultHolds(compare, order(compare, undefined));
  return kvs.every((kv) => resultHolds(compare, order(compare, kv)));
}

/**
 * The sign of (the key's own field minus the given value). A value of another type than the target's counts as none was
 * given, 0 or no bytes, as an unset field does in etcd.
 */
function order(compare: Compare, kv: KeyValue | undefined): number {
  const { target, value } = compare;
  switch (target) {
    case 'version':
      return orderNumbers(kv?.version ?? 0, value);
    case 'create':
      return orderNumbers(kv?.createRevision ?? 0, value);
    case 'mod':
      return orderNumbers(kv?.modRevision ?? 0, value);
    case 'lease':
      return orderNumbers(kv?.lease ?? 0n, value);
    case 'value':
      return compareBytes(kv?.value ?? NO_VALUE, value instanceof Uint8Array ? value : NO_VALUE);
    default:
      return assertNever(target, 'compare target');
  }
}

function orderNumbers(own: number | bigint, value: Compare['value']): number {
  const given = typeof value === 'object' ? 0 : value;
  return own < given ? -1 : own > given ? 1 : 0;
}

function resultHolds(compare: Compare, sign: number): boolean {
  switch (compare.result) {
    case '=':
      return sign === 0;
    case '!=':
      return sign !== 0;
    case '<':
      return sign < 0;
    case '>':
      return sign > 0;
    default:
      return assertNever(compare.result, 'compare result');
  }
}
