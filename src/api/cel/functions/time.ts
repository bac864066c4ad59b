import type { Overload } from '../function.js';
import { define, method } from '../function.js';
import type { Duration, Timestamp } from '../value.js';
import { EvaluationError } from '../value.js';

const SECOND = 1_000_000_000n;
/** The years 1 to 9999. */
const TIMESTAMP_MIN = -62_135_596_800n * SECOND;
const TIMESTAMP_MAX = 253_402_300_800n * SECOND - 1n;
const INT_MAX = 2n ** 63n - 1n;

export function timestamp(nanos: bigint): Timestamp {
  if (nanos < TIMESTAMP_MIN || nanos > TIMESTAMP_MAX)
    throw new EvaluationError('timestamp overflow');
  return { kind: 'timestamp', nanos };
}

export function duration(nanos: bigint): Duration {
  if (nanos > INT_MAX || nanos < -INT_MAX - 1n) throw new EvaluationError('duration overflow');
  return { kind: 'duration', nanos };
}

const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: SECOND,
  m: 60n * SECOND,
  h: 3_600n * SECOND,
};
const PART = /(\d+)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/gy;

/** Longer than any that is written on purpose. */
const DURATION_LENGTH_MAX = 200;

/** Reads a duration as Go writes it: `1h30m`, `-1.5s`, `0`. Undefined: it is none. */
export function parseGoDuration(text: string): bigint | undefined {
  if (text.length > DURATION_LENGTH_MAX) return undefined;
  const sign = /^[+-]?/.exec(text)?.[0] ?? '';
  const rest = text.slice(sign.length);
  if (rest === '0') return 0n;
  let total = 0n;
  let end = 0;
  PART.lastIndex = 0;
  for (let found = PART.exec(rest); found !== null; found = PART.exec(rest)) {
    const [whole, digits = '', fraction = '', unit = ''] = found;
    const scale = UNITS[unit] ?? 1n;
    total += BigInt(digits) * scale;
    if (fraction !== '') total += (BigInt(fraction) * scale) / 10n ** BigInt(fraction.length);
    end += whole.length;
  }
  if (end === 0 || end < rest.length || total > INT_MAX) return undefined;
  return sign === '-' ? -total : total;
}

const DATE_TIME =
  /^(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))?\d*([Zz]|[+-]\d\d:\d\d)$/;

/** Reads RFC 3339; a date alone is its midnight. Undefined: it is none. */
export function parseDateTime(text: string): bigint | undefined {
  const full = /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text;
  const found = DATE_TIME.exec(full);
  if (found === null) return undefined;
  const [, date = '', time = '', fraction = '', zone = ''] = found;
  const milliseconds = Date.parse(`${date}T${time}${zone.toUpperCase()}`);
  const day = new Date(`${date}T00:00:00Z`);
  if (Number.isNaN(milliseconds) || Number.isNaN(day.getTime())) return undefined;
  if (!day.toISOString().startsWith(date)) return undefined;
  return BigInt(milliseconds) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
}

/** RFC 3339 in UTC, with as many digits of a second as are needed. */
export function formatTimestamp({ nanos }: Timestamp): string {
  const seconds = floorDivide(nanos, SECOND);
  const fraction = nanos - seconds * SECOND;
  const text = new Date(Number(seconds) * 1_000).toISOString().replace(/\.000Z$/, '');
  if (fraction === 0n) return `${text}Z`;
  return `${text}.${String(fraction).padStart(9, '0').replace(/0+$/, '')}Z`;
}

function floorDivide(a: bigint, b: bigint): bigint {
  return a < 0n && a % b !== 0n ? a / b - 1n : a / b;
}

/** `90.5s`. */
export function formatDuration({ nanos }: Duration): string {
  const magnitude = nanos < 0n ? -nanos : nanos;
  const fraction = String(magnitude % SECOND)
    .padStart(9, '0')
    .replace(/0+$/, '');
  const whole = String(magnitude / SECOND);
  return `${nanos < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}s`;
}

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

interface Parts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly weekday: number;
}

const zones = new Map<string, Intl.DateTimeFormat>();

function partsOf({ nanos }: Timestamp, zone: string): Parts {
  const date = new Date(Number(floorDivide(nanos, 1_000_000n)));
  const offset = /^([+-]?)(\d\d):(\d\d)$/.exec(zone);
  if (zone === 'UTC' || offset !== null) {
    const minutes = offset === null ? 0 : Number(offset[2]) * 60 + Number(offset[3]);
    return utcParts(new Date(date.getTime() + (offset?.[1] === '-' ? -minutes : minutes) * 60_000));
  }
  const found = Object.fromEntries(
    zoneFormat(zone)
      .formatToParts(date)
      .map(({ type, value }) => [type, value]),
  );
  const number = (name: string): number => Number(found[name] ?? 0);
  return {
    year: number('year'),
    month: number('month') - 1,
    day: number('day'),
    hour: number('hour') % 24,
    minute: number('minute'),
    second: number('second'),
    weekday: WEEKDAYS.indexOf(found['weekday'] ?? ''),
  };
}

function zoneFormat(zone: string): Intl.DateTimeFormat {
  const known = zones.get(zone);
  if (known !== undefined) return known;
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hour12: false,
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
      weekday: 'short',
    });
    if (zones.size > 100) zones.clear();
    zones.set(zone, format);
    return format;
  } catch {
    throw new EvaluationError(`unknown time zone ${zone}`);
  }
}

function utcParts(date: Date): Parts {
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth(),
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    weekday: date.getUTCDay(),
  };
}

function dayOfYear({ year, month, day }: Parts): number {
  return Math.round((Date.UTC(year, month, day) - Date.UTC(year, 0, 1)) / 86_400_000);
}

const OF_TIMESTAMP: readonly (readonly [string, (parts: Parts) => number])[] = [
  ['getFullYear', ({ year }) => year],
  ['getMonth', ({ month }) => month],
  ['getDayOfYear', dayOfYear],
  ['getDayOfMonth', ({ day }) => day - 1],
  ['getDate', ({ day }) => day],
  ['getDayOfWeek', ({ weekday }) => weekday],
  ['getHours', ({ hour }) => hour],
  ['getMinutes', ({ minute }) => minute],
  ['getSeconds', ({ second }) => second],
];

const OF_DURATION: readonly (readonly [string, bigint])[] = [
  ['getHours', 3_600n * SECOND],
  ['getMinutes', 60n * SECOND],
  ['getSeconds', SECOND],
  ['getMilliseconds', 1_000_000n],
];

/** Of text that is nothing of the type. */
export function noConversion(type: string): EvaluationError {
  return new EvaluationError(`type conversion error from 'string' to '${type}'`);
}

function readTimestamp(text: string): Timestamp {
  const nanos = /T/i.test(text) ? parseDateTime(text) : undefined;
  if (nanos === undefined) throw noConversion('google.protobuf.Timestamp');
  return timestamp(nanos);
}

function readDuration(text: string): Duration {
  const nanos = parseGoDuration(text);
  if (nanos === undefined) throw noConversion('google.protobuf.Duration');
  return duration(nanos);
}

export const TIME: readonly Overload[] = [
  define('timestamp', ['string'], 'timestamp', readTimestamp),
  define('timestamp', ['timestamp'], 'timestamp', (value: Timestamp) => value),
  define('timestamp', ['int'], 'timestamp', (seconds: bigint) => timestamp(seconds * SECOND)),
  define('duration', ['string'], 'duration', readDuration),
  define('duration', ['duration'], 'duration', (value: Duration) => value),
  define('duration', ['int'], 'duration', (nanos: bigint) => duration(nanos)),
  ...OF_TIMESTAMP.flatMap(([name, part]) => [
    method(name, ['timestamp'], 'int', (value: Timestamp) => BigInt(part(partsOf(value, 'UTC')))),
    method(name, ['timestamp', 'string'], 'int', (value: Timestamp, zone: string) =>
      BigInt(part(partsOf(value, zone))),
    ),
  ]),
  method('getMilliseconds', ['timestamp'], 'int', ({ nanos }: Timestamp) =>
    floorDivide(nanos - floorDivide(nanos, SECOND) * SECOND, 1_000_000n),
  ),
  ...OF_DURATION.map(([name, unit]) =>
    method(name, ['duration'], 'int', ({ nanos }: Duration) => nanos / unit),
  ),
];
