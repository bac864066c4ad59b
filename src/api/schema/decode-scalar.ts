import { assertNever } from '../../base/index.js';
import { formatQuantity, parseQuantity, QUANTITY_FORMAT_ERROR } from '../quantity.js';
import { decodeBase64, encodeBase64 } from '../scheme/base64.js';
import type { Scalar } from '../scheme/field-type.js';
import { isJsonObject } from '../scheme/json.js';
import { formatMicroTime, formatTime } from '../scheme/timestamp.js';
import type { Decoding } from './decoding.js';
import { reportBareTypeError, reportError, reportTypeError } from './decoding.js';
import type { ParsedTime } from './go-time.js';
import { parseGoMicroTime, parseGoTime } from './go-time.js';
import { goTypeName } from './go-type.js';

const INT_32 = { min: -(2 ** 31), max: 2 ** 31 - 1 };
const INT_64 = { min: -(2 ** 63), max: 2 ** 63 };

/** The value in the form in which Kubernetes writes it; undefined where it is not of the type (reported). */
export function decodeScalar(scalar: Scalar, value: unknown, decoding: Decoding): unknown {
  switch (scalar) {
    case 'string':
      return typeof value === 'string' ? value : mismatch(scalar, value, decoding);
    case 'boolean':
      return typeof value === 'boolean' ? value : mismatch(scalar, value, decoding);
    case 'double':
      return typeof value === 'number' ? value : mismatch(scalar, value, decoding);
    case 'int32':
      return isIntegerIn(value, INT_32) ? value : mismatch(scalar, value, decoding);
    case 'int64':
      return isIntegerIn(value, INT_64) ? value : mismatch(scalar, value, decoding);
    case 'bytes':
      return decodeBytes(value, decoding);
    case 'time':
      return decodeTime(value, parseGoTime, formatTime, decoding);
    case 'micro-time':
      return decodeTime(value, parseGoMicroTime, formatMicroTime, decoding);
    case 'int-or-string':
      if (typeof value === 'string' || isIntegerIn(value, INT_32)) return value;
      reportBareTypeError(decoding, value, 'int32');
      return undefined;
    case 'quantity':
      return decodeQuantity(value, decoding);
    case 'string-list':
      return decodeStrings(value, decoding);
    case 'empty':
      return isJsonObject(value) ? {} : mismatch(scalar, value, decoding);
    case 'any':
    case 'raw-extension':
    case 'fields-v1':
    case 'json':
      return value;
    case 'schema-or-bool':
    case 'schema-or-array':
    case 'schema-or-string-array':
      return decodeSchemaOr(scalar, value, decoding);
    default:
      return assertNever(scalar);
  }
}

function mismatch(scalar: Scalar, value: unknown, decoding: Decoding): unknown {
  reportTypeError(decoding, value, goTypeName({ type: 'scalar', scalar }));
  return undefined;
}

function isIntegerIn(value: unknown, range: { min: number; max: number }): value is number {
  return Number.isInteger(value) && Number(value) >= range.min && Number(value) <= range.max;
}

function decodeBytes(value: unknown, decoding: Decoding): unknown {
  if (typeof value !== 'string') return mismatch('bytes', value, decoding);
  const decoded = decodeBase64(value);
  if ('bytes' in decoded) return encodeBase64(decoded.bytes);
  reportError(decoding, `illegal base64 data at input byte ${String(decoded.illegalAt)}`);
  return undefined;
}

function decodeTime(
  value: unknown,
  parse: (text: string) => ParsedTime,
  format: (time: { seconds: number; nanos: number }) => string,
  decoding: Decoding,
): string | undefined {
  if (typeof value !== 'string') {
    reportBareTypeError(decoding, value, 'string');
    return undefined;
  }
  if (parse === parseGoTime && canonicalTimes.has(value)) return value;
  const parsed = parse(value);
  if (!('time' in parsed)) {
    reportError(decoding, parsed.error);
    return undefined;
  }
  const text = format(parsed.time);
  if (parse === parseGoTime && text === value) noteCanonical(value);
  return text;
}

/** Times that were found to be as Kubernetes writes them: an object is sent again and again, with the same ones. */
const canonicalTimes = new Set<string>();
const CANONICAL_TIMES_MAX = 2_000;

function noteCanonical(text: string): void {
  if (canonicalTimes.size >= CANONICAL_TIMES_MAX) canonicalTimes.clear();
  canonicalTimes.add(text);
}

/** A number stands for its text: `cpu: 2` is `cpu: "2"`. */
function decodeQuantity(value: unknown, decoding: Decoding): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') {
    reportError(decoding, QUANTITY_FORMAT_ERROR);
    return undefined;
  }
  const parsed = parseQuantity(String(value).trim());
  if (parsed.ok) return formatQuantity(parsed.value);
  reportError(decoding, parsed.error);
  return undefined;
}

function decodeStrings(value: unknown, decoding: Decoding): unknown {
  if (!Array.isArray(value)) return mismatch('string-list', value, decoding);
  const items: string[] = [];
  for (const item of value as readonly unknown[]) {
    if (typeof item === 'string') items.push(item);
    else if (item === null) items.push('');
    else reportTypeError(decoding, item, 'string');
  }
  return items;
}

/** What the schema of a CustomResourceDefinition holds is checked there; here it must only be of the right sort. */
function decodeSchemaOr(
  scalar: 'schema-or-bool' | 'schema-or-array' | 'schema-or-string-array',
  value: unknown,
  decoding: Decoding,
): unknown {
  if (isJsonObject(value)) return value;
  if (scalar === 'schema-or-bool') {
    if (typeof value === 'boolean') return value;
    reportError(decoding, 'boolean or JSON schema expected');
    return undefined;
  }
  if (Array.isArray(value)) return value;
  return mismatch(scalar, value, decoding);
}
