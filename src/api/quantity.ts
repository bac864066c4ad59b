import type { Result } from '../base/index.js';
import { assert, failed, ok } from '../base/index.js';

/**
 * An exact amount: `unscaled` × 10^`exponent`, with the suffix family in which it was written.
 * The exponent is at least -9: finer digits are rounded up, as Kubernetes does (apimachinery resource.Quantity).
 */
export interface Quantity {
  readonly unscaled: bigint;
  readonly exponent: number;
  readonly format: QuantityFormat;
}

/** `BinarySI`: Ki, Mi, …; `DecimalSI`: m, k, M, …; `DecimalExponent`: e3, E6. */
export type QuantityFormat = 'BinarySI' | 'DecimalSI' | 'DecimalExponent';

/** Kubernetes' words for text that is no quantity. */
export const QUANTITY_FORMAT_ERROR =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const NUMERIC_ERROR = 'unable to parse numeric part of quantity';
/** Far more than any amount needs; bounds the work that a text can cause. */
const DIGITS_MAX = 256;
const SUFFIX_ERROR = "unable to parse quantity's suffix";

const NANO_EXPONENT = -9;
/** A larger magnitude with a binary suffix is capped to it, as in Kubernetes, where amounts are 64-bit. */
const AMOUNT_MAX = 2n ** 63n - 1n;
/** Laxer than the words of the error: Kubernetes takes `.5`, `1.` and even `Ki` (which is 0). */
const SHAPE = /^([+-]?)([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*[+-]?[0-9]*)$/;

const BINARY_SUFFIXES: readonly string[] = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const DECIMAL_SUFFIXES: ReadonlyMap<string, number> = new Map([
  ['n', -9],
  ['u', -6],
  ['m', -3],
  ['', 0],
  ['k', 3],
  ['M', 6],
  ['G', 9],
  ['T', 12],
  ['P', 15],
  ['E', 18],
]);
const SUFFIX_OF_EXPONENT: ReadonlyMap<number, string> = new Map(
  [...DECIMAL_SUFFIXES].map(([suffix, exponent]) => [exponent, suffix]),
);

interface Scale {
  readonly format: QuantityFormat;
  readonly multiplier: bigint;
  readonly exponent: number;
}

export function parseQuantity(text: string): Result<Quantity, string> {
  const shape = SHAPE.exec(text);
  if (shape === null) return failed(QUANTITY_FORMAT_ERROR);
  const [, sign = '', whole = '', fraction = '', suffix = ''] = shape;
  if (text === '' || whole.length + fraction.length > DIGITS_MAX) {
    return failed(text === '' ? QUANTITY_FORMAT_ERROR : NUMERIC_ERROR);
  }
  const scale = readSuffix(suffix);
  if (scale === undefined) return failed(SUFFIX_ERROR);
  const magnitude = BigInt(whole + fraction) * scale.multiplier;
  const exponent = scale.exponent - fraction.length;
  const rounded = roundUpToNano({ unscaled: magnitude, exponent });
  const bounded = scale.format === 'BinarySI' ? capMagnitude(rounded) : rounded;
  const unscaled = sign === '-' ? -bounded.unscaled : bounded.unscaled;
  return ok({ unscaled, exponent: bounded.exponent, format: scale.format });
}

/** For text that was validated before. */
export function quantity(text: string): Quantity {
  const parsed = parseQuantity(text);
  assert(parsed.ok, `not a quantity: ${JSON.stringify(text)}`);
  return parsed.value;
}

export function quantityFromNumber(value: number | bigint): Quantity {
  return { unscaled: BigInt(value), exponent: 0, format: 'DecimalSI' };
}

function readSuffix(suffix: string): Scale | undefined {
  const power = BINARY_SUFFIXES.indexOf(suffix);
  if (power > 0) return { format: 'BinarySI', multiplier: 1024n ** BigInt(power), exponent: 0 };
  const decimal = DECIMAL_SUFFIXES.get(suffix);
  if (decimal !== undefined) return { format: 'DecimalSI', multiplier: 1n, exponent: decimal };
  const written = /^[eE]([+-]?[0-9]{1,10})$/.exec(suffix);
  if (written === null) return undefined;
  const exponent = Math.max(-1000, Math.min(1000, Number(written[1])));
  return { format: 'DecimalExponent', multiplier: 1n, exponent };
}

interface Amount {
  readonly unscaled: bigint;
  readonly exponent: number;
}

/** Away from zero: 0.5n is 1n. `unscaled` is not negative. */
function roundUpToNano(amount: Amount): Amount {
  if (amount.exponent >= NANO_EXPONENT) return amount;
  const divisor = 10n ** BigInt(NANO_EXPONENT - amount.exponent);
  return { unscaled: (amount.unscaled + divisor - 1n) / divisor, exponent: NANO_EXPONENT };
}

/** For amounts with an exponent of at most 0. */
function capMagnitude(amount: Amount): Amount {
  const capped: Amount = { unscaled: AMOUNT_MAX, exponent: 0 };
  return amount.unscaled > atExponent(capped, amount.exponent) ? capped : amount;
}

/** The unscaled value at a smaller or equal exponent. */
function atExponent(amount: Amount, exponent: number): bigint {
  return amount.unscaled * 10n ** BigInt(amount.exponent - exponent);
}

/** Below 0, 0 or above 0. */
export function compareQuantities(a: Quantity, b: Quantity): number {
  const exponent = Math.min(a.exponent, b.exponent);
  const left = atExponent(a, exponent);
  const right = atExponent(b, exponent);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The sum, in the format of the first (or of the second where the first is 0). */
export function addQuantities(a: Quantity, b: Quantity): Quantity {
  const exponent = Math.min(a.exponent, b.exponent);
  const format = a.unscaled === 0n ? b.format : a.format;
  return { unscaled: atExponent(a, exponent) + atExponent(b, exponent), exponent, format };
}

export function subtractQuantities(a: Quantity, b: Quantity): Quantity {
  return addQuantities(a, { ...b, unscaled: -b.unscaled, format: a.format });
}

/** The amount in whole units of 10^`exponent`, rounded away from zero: -3 for milli-units (MilliValue), 0 for bytes (Value). */
export function quantityValue(value: Quantity, exponent = 0): bigint {
  if (value.exponent >= exponent) return atExponent(value, exponent);
  const divisor = 10n ** BigInt(exponent - value.exponent);
  const negative = value.unscaled < 0n;
  const magnitude = negative ? -value.unscaled : value.unscaled;
  const rounded = (magnitude + divisor - 1n) / divisor;
  return negative ? -rounded : rounded;
}

/**
 * The canonical text: no fraction, and the largest suffix that leaves none. 1.5Gi is `1536Mi`, 0.5 is `500m`,
 * 1024 stays `1024`. A BinarySI amount below 1024, or one with a fraction, is written as DecimalSI.
 */
export function formatQuantity(value: Quantity): string {
  if (value.unscaled === 0n) return '0';
  if (value.format === 'BinarySI') {
    const binary = formatBinary(value);
    if (binary !== undefined) return binary;
  }
  return formatDecimal(value, value.format === 'DecimalExponent');
}

function formatBinary(value: Quantity): string | undefined {
  const whole = quantityValue(value);
  const magnitude = whole < 0n ? -whole : whole;
  const exact =
    compareQuantities(value, { unscaled: whole, exponent: 0, format: 'BinarySI' }) === 0;
  if (!exact || magnitude < 1024n) return undefined;
  let rest = whole;
  let power = 0;
  while (rest % 1024n === 0n && power < BINARY_SUFFIXES.length - 1) {
    rest /= 1024n;
    power++;
  }
  return `${String(rest)}${BINARY_SUFFIXES[power] ?? ''}`;
}

function formatDecimal(value: Quantity, asExponent: boolean): string {
  let { unscaled, exponent } = value;
  while (unscaled % 10n === 0n) {
    unscaled /= 10n;
    exponent++;
  }
  while (exponent % 3 !== 0) {
    unscaled *= 10n;
    exponent--;
  }
  while (exponent > 18) {
    unscaled *= 1000n;
    exponent -= 3;
  }
  if (asExponent)
    return exponent === 0 ? String(unscaled) : `${String(unscaled)}e${String(exponent)}`;
  return `${String(unscaled)}${SUFFIX_OF_EXPONENT.get(exponent) ?? ''}`;
}

/** `1.50Gi` → `1536Mi`; the text as it is where it is no quantity. */
export function canonicalQuantity(text: string): string {
  const parsed = parseQuantity(text);
  return parsed.ok ? formatQuantity(parsed.value) : text;
}
