import { equals } from '../equality.js';
import type { Overload } from '../function.js';
import { define, method } from '../function.js';
import type {
  Duration,
  List,
  Mapping,
  Message,
  Opaque,
  Optional,
  Unsigned,
  Value,
} from '../value.js';
import { EvaluationError, NONE, itemsOf, kindOf, optionalOf } from '../value.js';

function contains(whole: List, part: List): boolean {
  const items = itemsOf(whole);
  return itemsOf(part).every((item) => items.some((each) => equals(each, item)));
}

function intersects(a: List, b: List): boolean {
  const items = itemsOf(a);
  return itemsOf(b).some((item) => items.some((each) => equals(each, item)));
}

const SETS: readonly Overload[] = [
  define('sets.contains', ['list(A)', 'list(A)'], 'bool', contains),
  define('sets.intersects', ['list(A)', 'list(A)'], 'bool', intersects),
  define(
    'sets.equivalent',
    ['list(A)', 'list(A)'],
    'bool',
    (a: List, b: List) => contains(a, b) && contains(b, a),
  ),
];

function isZero(value: Value): boolean {
  switch (kindOf(value)) {
    case 'uint':
      return (value as Unsigned).value === 0n;
    case 'duration':
      return (value as Duration).nanos === 0n;
    case 'list':
      return (value as List).size === 0;
    case 'map':
      return (value as Mapping).size === 0;
    case 'message':
      return (value as Message).fields.size === 0;
    case 'bytes':
      return (value as Uint8Array).length === 0;
    case 'optional':
      return (value as Optional).value === undefined;
    case 'opaque':
      return (value as Opaque).content === undefined;
    default:
      return value === null || value === false || value === 0n || value === 0 || value === '';
  }
}

const OPTIONALS: readonly Overload[] = [
  define('optional.of', ['A'], 'optional(A)', optionalOf),
  define('optional.none', [], 'optional(A)', () => NONE),
  define('optional.ofNonZeroValue', ['A'], 'optional(A)', (value: Value) =>
    isZero(value) ? NONE : optionalOf(value),
  ),
  method('hasValue', ['optional(A)'], 'bool', ({ value }: Optional) => value !== undefined),
  method('value', ['optional(A)'], 'A', ({ value }: Optional) => {
    if (value === undefined) throw new EvaluationError('optional.none() dereference');
    return value;
  }),
  method('or', ['optional(A)', 'optional(A)'], 'optional(A)', (one: Optional, other: Optional) =>
    one.value === undefined ? other : one,
  ),
  method('orValue', ['optional(A)', 'A'], 'A', ({ value }: Optional, other: Value) =>
    value === undefined ? other : value,
  ),
];

export const COLLECTIONS: readonly Overload[] = [...SETS, ...OPTIONALS];
