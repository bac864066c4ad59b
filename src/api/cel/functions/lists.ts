import { compare, equals, int64, uint64 } from '../equality.js';
import type { Overload } from '../function.js';
import { define, method } from '../function.js';
import { CostExceeded } from '../meter.js';
import type { Duration, List, Unsigned, Value } from '../value.js';
import {
  EvaluationError,
  NONE,
  itemsOf,
  kindOf,
  listOf,
  noSuchOverload,
  optionalOf,
} from '../value.js';
import { duration } from './time.js';

const COMPARABLE = ['int', 'uint', 'double', 'bool', 'duration', 'timestamp', 'string', 'bytes'];
const RANGE_MAX = 1_000_000n;

function isSorted(list: List): boolean {
  for (let at = 1; at < list.size; at++)
    if (compare(list.at(at - 1), list.at(at)) > 0) return false;
  return true;
}

/** The first of the least, or of the greatest. */
function extreme(name: 'min' | 'max'): (list: List) => Value {
  return (list) => {
    if (list.size === 0) throw new EvaluationError(`${name} called on empty list`);
    return itemsOf(list).reduce((best, item) => {
      const order = compare(item, best);
      return (name === 'min' ? order < 0 : order > 0) ? item : best;
    });
  };
}

function indexOf(list: List, wanted: Value): bigint {
  for (let at = 0; at < list.size; at++) if (equals(list.at(at), wanted)) return BigInt(at);
  return -1n;
}

function lastIndexOf(list: List, wanted: Value): bigint {
  for (let at = list.size - 1; at >= 0; at--) if (equals(list.at(at), wanted)) return BigInt(at);
  return -1n;
}

const SUMS: readonly (readonly [string, Value, (sum: never, item: never) => Value])[] = [
  ['int', 0n, (sum: bigint, item: bigint) => int64(sum + item)],
  [
    'uint',
    { kind: 'uint', value: 0n },
    (sum: Unsigned, item: Unsigned) => uint64(sum.value + item.value),
  ],
  ['double', 0, (sum: number, item: number) => sum + item],
  [
    'duration',
    { kind: 'duration', nanos: 0n },
    (sum: Duration, item: Duration) => duration(sum.nanos + item.nanos),
  ],
];

/** Of a list whose type is not known, what is in it says how it is added. */
function sum(list: List, type: string): Value {
  const items = itemsOf(list);
  const kind = items[0] === undefined ? type : kindOf(items[0]);
  const found = SUMS.find(([name]) => name === kind);
  if (found === undefined || items.some((item) => kindOf(item) !== kind)) throw noSuchOverload();
  const [, zero, add] = found;
  return items.reduce<Value>((total, item) => add(total as never, item as never), zero);
}

function distinct(list: List): List {
  const found: Value[] = [];
  for (const item of itemsOf(list)) if (!found.some((each) => equals(each, item))) found.push(item);
  return listOf(found);
}

function flatten(list: List, depth = 1n): List {
  if (depth < 0n) throw new EvaluationError('level must be non-negative');
  const flat = (value: Value, levels: bigint): Value[] =>
    kindOf(value) === 'list' && levels >= 0n
      ? itemsOf(value as List).flatMap((item) => flat(item, levels - 1n))
      : [value];
  return listOf(flat(list, depth));
}

function slice(list: List, from: bigint, to: bigint): List {
  const range = `cannot slice(${String(from)}, ${String(to)})`;
  if (from < 0n || to < 0n) throw new EvaluationError(`${range}, negative indexes not supported`);
  if (from > to)
    throw new EvaluationError(`${range}, start index must be less than or equal to end index`);
  if (to > BigInt(list.size))
    throw new EvaluationError(`${range}, list is length ${String(list.size)}`);
  return listOf(itemsOf(list).slice(Number(from), Number(to)));
}

function range(count: bigint): List {
  if (count > RANGE_MAX) throw new CostExceeded();
  const size = count < 0n ? 0 : Number(count);
  return { kind: 'list', size, at: (index) => BigInt(index) };
}

export const LISTS: readonly Overload[] = [
  ...COMPARABLE.flatMap((type) => [
    method('isSorted', [`list(${type})`], 'bool', isSorted),
    method('min', [`list(${type})`], type, extreme('min')),
    method('max', [`list(${type})`], type, extreme('max')),
    method('sort', [`list(${type})`], `list(${type})`, (list: List) =>
      listOf(itemsOf(list).sort(compare)),
    ),
  ]),
  ...SUMS.map(([type]) => method('sum', [`list(${type})`], type, (list: List) => sum(list, type))),
  method('indexOf', ['list(A)', 'A'], 'int', indexOf),
  method('lastIndexOf', ['list(A)', 'A'], 'int', lastIndexOf),
  method('distinct', ['list(A)'], 'list(A)', distinct),
  method('flatten', ['list(list(A))'], 'list(A)', flatten),
  method('flatten', ['list(dyn)', 'int'], 'list(dyn)', flatten),
  method('reverse', ['list(A)'], 'list(A)', (list: List) => listOf(itemsOf(list).reverse())),
  method('slice', ['list(A)', 'int', 'int'], 'list(A)', slice),
  method('first', ['list(A)'], 'optional(A)', (list: List) =>
    list.size === 0 ? NONE : optionalOf(list.at(0)),
  ),
  method('last', ['list(A)'], 'optional(A)', (list: List) =>
    list.size === 0 ? NONE : optionalOf(list.at(list.size - 1)),
  ),
  define('lists.range', ['int'], 'list(int)', range),
];
