import { compare, equals, int64, uint64 } from '../equality.js';
import { itemIdentity } from '../identity.js';
import type { Overload } from '../function.js';
import { define } from '../function.js';
import type { Duration, List, Mapping, Optional, Timestamp, Unsigned, Value } from '../value.js';
import { EvaluationError, NONE, itemsOf, listOf, optionalOf } from '../value.js';
import { duration, timestamp } from './time.js';

const NUMBERS = ['int', 'uint', 'double'];
const ORDERED = ['bool', 'string', 'bytes', 'timestamp', 'duration'];

const TESTS: readonly (readonly [string, (order: number) => boolean])[] = [
  ['_<_', (order) => order < 0],
  ['_<=_', (order) => order <= 0],
  ['_>_', (order) => order > 0],
  ['_>=_', (order) => order >= 0],
];

const comparisons: Overload[] = TESTS.flatMap(([name, test]) => {
  const run = (a: Value, b: Value): Value => test(compare(a, b));
  return [
    ...ORDERED.map((type) => define(name, [type, type], 'bool', run)),
    ...NUMBERS.flatMap((left) => NUMBERS.map((right) => define(name, [left, right], 'bool', run))),
  ];
});

/** A list or string that is longer than this is made by nothing that a cost would allow. */
const SIZE_MAX = 16 * 1024 * 1024;

function concatenate(a: List, b: List): List {
  if (a.identity !== undefined) return merge(a, b, a.identity);
  if (a.size + b.size > SIZE_MAX) throw new EvaluationError('list is too long');
  return {
    kind: 'list',
    size: a.size + b.size,
    at: (index) => (index < a.size ? a.at(index) : b.at(index - a.size)),
  };
}

/** To a set only what is new is added; in a list of type map what has the same keys takes the other's place. */
function merge(a: List, b: List, identity: 'set' | readonly string[]): List {
  const items = new Map<string, Value>();
  for (const item of [...itemsOf(a), ...itemsOf(b)]) items.set(itemIdentity(item, identity), item);
  return { ...listOf([...items.values()]), identity };
}

function dividing(a: bigint, b: bigint, text: string): bigint {
  if (b === 0n) throw new EvaluationError(text);
  return a / b;
}

function remainder(a: bigint, b: bigint): bigint {
  if (b === 0n) throw new EvaluationError('modulus by zero');
  return a % b;
}

const arithmetic: readonly Overload[] = [
  define('_+_', ['int', 'int'], 'int', (a: bigint, b: bigint) => int64(a + b)),
  define('_-_', ['int', 'int'], 'int', (a: bigint, b: bigint) => int64(a - b)),
  define('_*_', ['int', 'int'], 'int', (a: bigint, b: bigint) => int64(a * b)),
  define('_/_', ['int', 'int'], 'int', (a: bigint, b: bigint) =>
    int64(dividing(a, b, 'division by zero')),
  ),
  define('_%_', ['int', 'int'], 'int', remainder),
  define('_+_', ['uint', 'uint'], 'uint', (a: Unsigned, b: Unsigned) => uint64(a.value + b.value)),
  define('_-_', ['uint', 'uint'], 'uint', (a: Unsigned, b: Unsigned) => uint64(a.value - b.value)),
  define('_*_', ['uint', 'uint'], 'uint', (a: Unsigned, b: Unsigned) => uint64(a.value * b.value)),
  define('_/_', ['uint', 'uint'], 'uint', (a: Unsigned, b: Unsigned) =>
    uint64(dividing(a.value, b.value, 'division by zero')),
  ),
  define('_%_', ['uint', 'uint'], 'uint', (a: Unsigned, b: Unsigned) =>
    uint64(remainder(a.value, b.value)),
  ),
  define('_+_', ['double', 'double'], 'double', (a: number, b: number) => a + b),
  define('_-_', ['double', 'double'], 'double', (a: number, b: number) => a - b),
  define('_*_', ['double', 'double'], 'double', (a: number, b: number) => a * b),
  define('_/_', ['double', 'double'], 'double', (a: number, b: number) => a / b),
  define('-_', ['int'], 'int', (a: bigint) => int64(-a)),
  define('-_', ['double'], 'double', (a: number) => -a),
  define('!_', ['bool'], 'bool', (a: boolean) => !a),
  define('_+_', ['string', 'string'], 'string', (a: string, b: string) => {
    if (a.length + b.length > SIZE_MAX) throw new EvaluationError('string is too long');
    return a + b;
  }),
  define('_+_', ['bytes', 'bytes'], 'bytes', (a: Uint8Array, b: Uint8Array) => {
    if (a.length + b.length > SIZE_MAX) throw new EvaluationError('bytes are too long');
    const joined = new Uint8Array(a.length + b.length);
    joined.set(a);
    joined.set(b, a.length);
    return joined;
  }),
  define('_+_', ['list(A)', 'list(A)'], 'list(A)', concatenate),
  define('_+_', ['timestamp', 'duration'], 'timestamp', (a: Timestamp, b: Duration) =>
    timestamp(a.nanos + b.nanos),
  ),
  define('_+_', ['duration', 'timestamp'], 'timestamp', (a: Duration, b: Timestamp) =>
    timestamp(a.nanos + b.nanos),
  ),
  define('_+_', ['duration', 'duration'], 'duration', (a: Duration, b: Duration) =>
    duration(a.nanos + b.nanos),
  ),
  define('_-_', ['timestamp', 'timestamp'], 'duration', (a: Timestamp, b: Timestamp) =>
    duration(a.nanos - b.nanos),
  ),
  define('_-_', ['timestamp', 'duration'], 'timestamp', (a: Timestamp, b: Duration) =>
    timestamp(a.nanos - b.nanos),
  ),
  define('_-_', ['duration', 'duration'], 'duration', (a: Duration, b: Duration) =>
    duration(a.nanos - b.nanos),
  ),
];

function item(list: List, index: bigint): Value {
  const at = Number(index);
  if (at < 0 || at >= list.size) throw new EvaluationError(`index out of bounds: ${String(index)}`);
  return list.at(at);
}

function itemOf(list: List, index: bigint): Optional {
  return index < 0n || index >= BigInt(list.size) ? NONE : optionalOf(list.at(Number(index)));
}

function entry(map: Mapping, key: Value): Value {
  const found = map.get(key);
  if (found === undefined) throw new EvaluationError(`no such key: ${keyText(key)}`);
  return found;
}

function keyText(key: Value): string {
  return typeof key === 'object' ? '' : String(key);
}

function entryOf(map: Mapping, key: Value): Optional {
  const found = map.get(key);
  return found === undefined ? NONE : optionalOf(found);
}

function within(
  find: (whole: never, key: never) => Optional,
): (whole: Optional, key: never) => Optional {
  return ({ value }, key) => (value === undefined ? NONE : find(value as never, key));
}

const access: readonly Overload[] = [
  define('_[_]', ['list(A)', 'int'], 'A', item),
  define('_[_]', ['map(A,B)', 'A'], 'B', entry),
  define('_[_]', ['optional(list(A))', 'int'], 'optional(A)', within(itemOf)),
  define('_[_]', ['optional(map(A,B))', 'A'], 'optional(B)', within(entryOf)),
  define('_[?_]', ['list(A)', 'int'], 'optional(A)', itemOf),
  define('_[?_]', ['map(A,B)', 'A'], 'optional(B)', entryOf),
  define('_[?_]', ['optional(list(A))', 'int'], 'optional(A)', within(itemOf)),
  define('_[?_]', ['optional(map(A,B))', 'A'], 'optional(B)', within(entryOf)),
  define('@in', ['A', 'list(A)'], 'bool', (value: Value, list: List) => {
    for (let at = 0; at < list.size; at++) if (equals(value, list.at(at))) return true;
    return false;
  }),
  define(
    '@in',
    ['A', 'map(A,B)'],
    'bool',
    (key: Value, map: Mapping) => map.get(key) !== undefined,
  ),
  define('_==_', ['A', 'A'], 'bool', (a: Value, b: Value) => equals(a, b)),
  define('_!=_', ['A', 'A'], 'bool', (a: Value, b: Value) => !equals(a, b)),
];

/** These are evaluated by themselves: not all of their operands are looked at. */
const lazily = (): Value => {
  throw new EvaluationError('no such overload');
};

export const OPERATORS: readonly Overload[] = [
  ...comparisons,
  ...arithmetic,
  ...access,
  define('_&&_', ['bool', 'bool'], 'bool', lazily),
  define('_||_', ['bool', 'bool'], 'bool', lazily),
  define('_?_:_', ['bool', 'A', 'A'], 'A', lazily),
];
