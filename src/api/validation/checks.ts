import type { FieldError } from './field-error.js';
import { invalid, notSupported, required } from './field-error.js';
import { semanticEqual } from './json-equal.js';
import { percentProblems, portNameProblems, portNumberProblems } from './names.js';

/** Where the checks of this folder write what they find. */
export type Errors = FieldError[];

/** One error for each of the problems that a value has. */
export function checkProblems(
  problems: readonly string[],
  field: string,
  value: unknown,
  errors: Errors,
): void {
  for (const problem of problems) errors.push(invalid(field, value, problem));
}

export function checkNonNegative(value: number | undefined, field: string, errors: Errors): void {
  if (value !== undefined && value < 0) {
    errors.push(invalid(field, value, 'must be greater than or equal to 0'));
  }
}

/** The value must be there and be one of those; the message lists them in this order. */
export function checkOneOf(
  value: string | undefined,
  supported: readonly string[],
  field: string,
  errors: Errors,
): void {
  if (value === undefined || value === '') errors.push(required(field));
  else if (!supported.includes(value)) errors.push(notSupported(field, value, supported));
}

export function checkImmutable(value: unknown, old: unknown, field: string, errors: Errors): void {
  if (!semanticEqual(value, old)) errors.push(invalid(field, value, 'field is immutable'));
}

/** A port by its number or by the name of a container's port. */
export function checkPort(port: number | string | undefined, field: string, errors: Errors): void {
  if (typeof port === 'string') checkProblems(portNameProblems(port), field, port, errors);
  else checkProblems(portNumberProblems(port ?? 0), field, port ?? 0, errors);
}

export function checkPortNumber(port: number | undefined, field: string, errors: Errors): void {
  checkProblems(portNumberProblems(port ?? 0), field, port ?? 0, errors);
}

/** `3` or `25%`. */
export function checkIntOrPercent(value: number | string, field: string, errors: Errors): void {
  if (typeof value === 'string') checkProblems(percentProblems(value), field, value, errors);
  else checkNonNegative(value, field, errors);
}

/** The number of `3` or of `25%`; undefined for other text. */
export function amountOf(value: number | string): number | undefined {
  if (typeof value === 'number') return value;
  return /^[0-9]+%$/.test(value) ? Number(value.slice(0, -1)) : undefined;
}

/** User and group ids. */
export function checkId(id: number | undefined, field: string, errors: Errors): void {
  if (id === undefined || (id >= 0 && id <= INT32_MAX)) return;
  errors.push(invalid(field, id, `must be between 0 and ${String(INT32_MAX)}, inclusive`));
}

export const INT32_MAX = 2 ** 31 - 1;
