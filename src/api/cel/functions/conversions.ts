import { int64, uint64 } from '../equality.js';
import type { Overload } from '../function.js';
import { define, method } from '../function.js';
import type { Duration, List, Mapping, Timestamp, Unsigned, Value } from '../value.js';
import { EvaluationError, codePoints, typeNameOf } from '../value.js';
import { formatDuration, formatTimestamp, noConversion } from './time.js';
import { fromUtf8, toUtf8 } from '../utf8.js';

function intOf(text: string): bigint {
  if (!/^[+-]?\d+$/.test(text) || text.length > 20) throw noConversion('int');
  try {
    return int64(BigInt(text.replace(/^\+/, '')));
  } catch {
    throw noConversion('int');
  }
}

function uintOf(text: string): Unsigned {
  if (!/^\d+$/.test(text) || text.length > 20) throw noConversion('uint');
  try {
    return uint64(BigInt(text));
  } catch {
    throw noConversion('uint');
  }
}

function doubleOf(text: string): number {
  if (/^[+-]?(inf|infinity)$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  if (/^nan$/i.test(text)) return Number.NaN;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) throw noConversion('double');
  return Number(text);
}

function truncated(value: number): bigint {
  if (!Number.isFinite(value) || Math.abs(value) >= 2 ** 63)
    throw new EvaluationError('integer overflow');
  return BigInt(Math.trunc(value));
}

function unsignedOf(value: number): Unsigned {
  if (!Number.isFinite(value) || value < 0 || value >= 2 ** 64)
    throw new EvaluationError('unsigned integer overflow');
  return uint64(BigInt(Math.trunc(value)));
}

/** As Go writes a double. */
export function formatDouble(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (value === 0 || (Math.abs(value) >= 1e-4 && Math.abs(value) < 1e21)) return String(value);
  const [mantissa = '', exponent = ''] = value.toExponential().split('e');
  const digits = exponent.slice(1).padStart(2, '0');
  return `${mantissa}e${exponent.startsWith('-') ? '-' : '+'}${digits}`;
}

function boolOf(text: string): boolean {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true;
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) return false;
  throw noConversion('bool');
}

const same = (value: Value): Value => value;
const sizes: readonly Overload[] = [define, method].flatMap((make) => [
  make('size', ['string'], 'int', (text: string) => BigInt(codePoints(text))),
  make('size', ['bytes'], 'int', (bytes: Uint8Array) => BigInt(bytes.length)),
  make('size', ['list(A)'], 'int', ({ size }: List) => BigInt(size)),
  make('size', ['map(A,B)'], 'int', ({ size }: Mapping) => BigInt(size)),
]);

export const CONVERSIONS: readonly Overload[] = [
  ...sizes,
  define('dyn', ['A'], 'dyn', same),
  define('type', ['A'], 'type', (value: Value) => ({ kind: 'type', name: typeNameOf(value) })),
  define('bool', ['bool'], 'bool', same),
  define('bool', ['string'], 'bool', boolOf),
  define('int', ['int'], 'int', same),
  define('int', ['uint'], 'int', ({ value }: Unsigned) => int64(value)),
  define('int', ['double'], 'int', truncated),
  define('int', ['string'], 'int', intOf),
  define('int', ['timestamp'], 'int', ({ nanos }: Timestamp) => nanos / 1_000_000_000n),
  define('int', ['duration'], 'int', ({ nanos }: Duration) => nanos),
  define('uint', ['uint'], 'uint', same),
  define('uint', ['int'], 'uint', uint64),
  define('uint', ['double'], 'uint', unsignedOf),
  define('uint', ['string'], 'uint', uintOf),
  define('double', ['double'], 'double', same),
  define('double', ['int'], 'double', Number),
  define('double', ['uint'], 'double', ({ value }: Unsigned) => Number(value)),
  define('double', ['string'], 'double', doubleOf),
  define('bytes', ['bytes'], 'bytes', same),
  define('bytes', ['string'], 'bytes', toUtf8),
  define('string', ['string'], 'string', same),
  define('string', ['bool'], 'string', String),
  define('string', ['int'], 'string', String),
  define('string', ['uint'], 'string', ({ value }: Unsigned) => String(value)),
  define('string', ['double'], 'string', formatDouble),
  define('string', ['timestamp'], 'string', formatTimestamp),
  define('string', ['duration'], 'string', formatDuration),
  define('string', ['bytes'], 'string', (bytes: Uint8Array) => {
    const text = fromUtf8(bytes);
    if (text === undefined)
      throw new EvaluationError('invalid UTF-8 in bytes, cannot convert to string');
    return text;
  }),
];
