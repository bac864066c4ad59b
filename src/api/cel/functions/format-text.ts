import type { Duration, List, Mapping, Timestamp, TypeValue, Unsigned, Value } from '../value.js';
import { EvaluationError, itemsOf, kindOf, typeNameOf } from '../value.js';
import { CostExceeded } from '../meter.js';
import { fromUtf8, toUtf8 } from '../utf8.js';
import { formatDouble } from './conversions.js';
import { formatDuration, formatTimestamp } from './time.js';

const CLAUSE = /%(?:%|(?:\.(\d+))?([a-zA-Z]?))/g;
const PRECISION_MAX = 100;
const LENGTH_MAX = 1024 * 1024;

/** `'%s is %d'.format([a, b])` (cel-go, ext.Strings). */
export function formatText(template: string, list: List): string {
  const values = itemsOf(list);
  let next = 0;
  let length = 0;
  const text = template.replace(CLAUSE, (clause, precision: string | undefined, verb: string) => {
    if (clause === '%%') return '%';
    if (verb === '') throw problem('unexpected end of string');
    const value = values[next];
    if (value === undefined) throw problem(`index ${String(next)} out of range`);
    next++;
    const digits = precision === undefined ? undefined : Number(precision);
    if (digits !== undefined && digits > PRECISION_MAX) throw problem('precision is too large');
    const put = formatted(verb, value, digits);
    length += put.length;
    if (length > LENGTH_MAX) throw new CostExceeded();
    return put;
  });
  return text;
}

function problem(text: string): EvaluationError {
  return new EvaluationError(text);
}

function formatted(verb: string, value: Value, digits: number | undefined): string {
  switch (verb) {
    case 's':
      return shown(value);
    case 'd':
      return decimal(value);
    case 'f':
      return numeric(value, verb).toFixed(digits ?? 6);
    case 'e':
      return exponential(numeric(value, verb), digits ?? 6);
    case 'b':
      return typeof value === 'boolean' ? String(Number(value)) : whole(value, verb).toString(2);
    case 'o':
      return whole(value, verb).toString(8);
    case 'x':
      return hexadecimal(value, verb);
    case 'X':
      return hexadecimal(value, verb).toUpperCase();
    default:
      throw problem(`could not parse formatting clause: unrecognized formatting clause "${verb}"`);
  }
}

function wrong(verb: string, value: Value, kinds: string): EvaluationError {
  const type = typeNameOf(value);
  return problem(
    `error during formatting: ${verb} clause can only be used on ${kinds}, was given ${type}`,
  );
}

function whole(value: Value, verb: string): bigint {
  if (typeof value === 'bigint') return value;
  if (kindOf(value) === 'uint') return (value as Unsigned).value;
  throw wrong(verb, value, 'integers');
}

function numeric(value: Value, verb: string): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint' || kindOf(value) === 'uint') return Number(whole(value, verb));
  throw wrong(verb, value, 'doubles');
}

function decimal(value: Value): string {
  return typeof value === 'number' ? formatDouble(value) : String(whole(value, 'd'));
}

function exponential(value: number, digits: number): string {
  return value
    .toExponential(digits)
    .replace(/e([+-])(\d)$/, (_all, sign: string, digit: string) => `e${sign}0${digit}`);
}

function hexadecimal(value: Value, verb: string): string {
  const bytes = typeof value === 'string' ? toUtf8(value) : value;
  if (bytes instanceof Uint8Array)
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return whole(value, verb).toString(16);
}

/** Any value as text; the entries of a map are sorted by it. */
function shown(value: Value): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return formatDouble(value);
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  switch (kindOf(value)) {
    case 'null':
      return 'null';
    case 'uint':
      return String((value as Unsigned).value);
    case 'bytes':
      return fromUtf8(value as Uint8Array) ?? '';
    case 'timestamp':
      return formatTimestamp(value as Timestamp);
    case 'duration':
      return formatDuration(value as Duration);
    case 'list':
      return `[${itemsOf(value as List)
        .map(shown)
        .join(', ')}]`;
    case 'map': {
      const map = value as Mapping;
      const entries = map.keys().map((key) => `${shown(key)}: ${shown(map.get(key) ?? null)}`);
      return `{${entries.sort().join(', ')}}`;
    }
    case 'type':
      return (value as TypeValue).name;
    default:
      throw wrong(
        's',
        value,
        'strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps',
      );
  }
}
