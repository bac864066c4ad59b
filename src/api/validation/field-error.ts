import { goJson, goQuote } from '../go-quote.js';

/** Why a field is refused; the values are those of a `Status`' causes (apimachinery field.ErrorType). */
export type FieldErrorType =
  | 'FieldValueNotFound'
  | 'FieldValueRequired'
  | 'FieldValueDuplicate'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'FieldValueTooFew'
  | 'FieldValueTooShort'
  | 'FieldValueTypeInvalid'
  | 'InternalError';

export interface FieldError {
  readonly type: FieldErrorType;
  /** `spec.containers[0].image`, `metadata.annotations`. */
  readonly field: string;
  /** What was there. Absent where Kubernetes does not show it. */
  readonly badValue?: unknown;
  /** May be empty. */
  readonly detail: string;
}

const TITLES: Readonly<Record<FieldErrorType, string>> = {
  FieldValueNotFound: 'Not found',
  FieldValueRequired: 'Required value',
  FieldValueDuplicate: 'Duplicate value',
  FieldValueInvalid: 'Invalid value',
  FieldValueNotSupported: 'Unsupported value',
  FieldValueForbidden: 'Forbidden',
  FieldValueTooLong: 'Too long',
  FieldValueTooMany: 'Too many',
  FieldValueTooFew: 'Too few',
  FieldValueTooShort: 'Too short',
  FieldValueTypeInvalid: 'Invalid value',
  InternalError: 'Internal error',
};

/** The kinds of error that never show the value. */
const WITHOUT_VALUE: ReadonlySet<FieldErrorType> = new Set<FieldErrorType>([
  'FieldValueRequired',
  'FieldValueForbidden',
  'FieldValueTooLong',
  'FieldValueTooShort',
  'InternalError',
]);

/** `spec.replicas: Invalid value: -1: must be greater than or equal to 0`. */
export function formatFieldError(error: FieldError): string {
  return `${error.field}: ${formatFieldErrorBody(error)}`;
}

/** The same without the field: the message of a `Status`' cause. */
export function formatFieldErrorBody(error: FieldError): string {
  let text = TITLES[error.type];
  if (!WITHOUT_VALUE.has(error.type) && 'badValue' in error) {
    text += `: ${formatBadValue(error.badValue)}`;
  }
  return error.detail === '' ? text : `${text}: ${error.detail}`;
}

function formatBadValue(value: unknown): string {
  if (typeof value === 'string') return goQuote(value);
  if (value === undefined) return 'null';
  return goJson(value);
}

export function required(field: string, detail = ''): FieldError {
  return { type: 'FieldValueRequired', field, detail };
}

export function invalid(field: string, badValue: unknown, detail: string): FieldError {
  return { type: 'FieldValueInvalid', field, badValue, detail };
}

export function notSupported(
  field: string,
  badValue: unknown,
  supported: readonly string[],
): FieldError {
  const detail =
    supported.length === 0 ? '' : `supported values: ${supported.map(goQuote).join(', ')}`;
  return { type: 'FieldValueNotSupported', field, badValue, detail };
}

export function duplicate(field: string, badValue: unknown): FieldError {
  return { type: 'FieldValueDuplicate', field, badValue, detail: '' };
}

export function notFound(field: string, badValue: unknown): FieldError {
  return { type: 'FieldValueNotFound', field, badValue, detail: '' };
}

export function forbidden(field: string, detail: string): FieldError {
  return { type: 'FieldValueForbidden', field, detail };
}

export function tooLong(field: string, bytesMax: number): FieldError {
  const unit = bytesMax === 1 ? 'byte' : 'bytes';
  return {
    type: 'FieldValueTooLong',
    field,
    detail: `may not be more than ${String(bytesMax)} ${unit}`,
  };
}

export function tooMany(field: string, count: number, countMax: number): FieldError {
  const unit = countMax === 1 ? 'item' : 'items';
  const detail = `must have at most ${String(countMax)} ${unit}`;
  return { type: 'FieldValueTooMany', field, badValue: count, detail };
}
