import type { Quantity } from '../../quantity.js';
import {
  addQuantities,
  compareQuantities,
  formatQuantity,
  parseQuantity,
  quantityFromNumber,
  quantityValue,
  subtractQuantities,
} from '../../quantity.js';
import type { Overload } from '../function.js';
import { define, method } from '../function.js';
import type { Opaque } from '../value.js';
import { EvaluationError } from '../value.js';

const TYPE = 'kubernetes.Quantity';

function contentOf({ content }: Opaque): Quantity {
  return content as Quantity;
}

function wrap(content: Quantity): Opaque {
  return {
    kind: 'opaque',
    type: TYPE,
    content,
    equals: (other) => compareQuantities(content, contentOf(other)) === 0,
  };
}

function read(text: string): Opaque {
  const parsed = parseQuantity(text);
  if (!parsed.ok) throw new EvaluationError(parsed.error);
  return wrap(parsed.value);
}

function isWhole(value: Quantity): boolean {
  const whole = quantityFromNumber(quantityValue(value));
  return (
    compareQuantities(value, whole) === 0 && BigInt.asIntN(64, whole.unscaled) === whole.unscaled
  );
}

function wholeOf(value: Opaque): bigint {
  const content = contentOf(value);
  if (!isWhole(content)) throw new EvaluationError('cannot convert value to integer');
  return quantityValue(content);
}

const order = (a: Opaque, b: Opaque): number => compareQuantities(contentOf(a), contentOf(b));

export const QUANTITIES: readonly Overload[] = [
  define('quantity', ['string'], TYPE, read),
  define('isQuantity', ['string'], 'bool', (text: string) => parseQuantity(text).ok),
  method('sign', [TYPE], 'int', (value: Opaque) => {
    const { unscaled } = contentOf(value);
    return unscaled > 0n ? 1n : unscaled < 0n ? -1n : 0n;
  }),
  method('isGreaterThan', [TYPE, TYPE], 'bool', (a: Opaque, b: Opaque) => order(a, b) > 0),
  method('isLessThan', [TYPE, TYPE], 'bool', (a: Opaque, b: Opaque) => order(a, b) < 0),
  method('compareTo', [TYPE, TYPE], 'int', (a: Opaque, b: Opaque) => BigInt(order(a, b))),
  method('asApproximateFloat', [TYPE], 'double', (value: Opaque) => {
    const { unscaled, exponent } = contentOf(value);
    return Number(`${String(unscaled)}e${String(exponent)}`);
  }),
  method('asInteger', [TYPE], 'int', wholeOf),
  method('isInteger', [TYPE], 'bool', (value: Opaque) => isWhole(contentOf(value))),
  method('add', [TYPE, TYPE], TYPE, (a: Opaque, b: Opaque) =>
    wrap(addQuantities(contentOf(a), contentOf(b))),
  ),
  method('add', [TYPE, 'int'], TYPE, (a: Opaque, b: bigint) =>
    wrap(addQuantities(contentOf(a), quantityFromNumber(b))),
  ),
  method('sub', [TYPE, TYPE], TYPE, (a: Opaque, b: Opaque) =>
    wrap(subtractQuantities(contentOf(a), contentOf(b))),
  ),
  method('sub', [TYPE, 'int'], TYPE, (a: Opaque, b: bigint) =>
    wrap(subtractQuantities(contentOf(a), quantityFromNumber(b))),
  ),
  define('string', [TYPE], 'string', (value: Opaque) => formatQuantity(contentOf(value))),
];
