import { goQuote } from '../go-quote.js';
import type { Timestamp } from '../scheme/timestamp.js';
import { parseTimestamp } from '../scheme/timestamp.js';

const RFC_3339 = '2006-01-02T15:04:05Z07:00';
const RFC_3339_MICRO = '2006-01-02T15:04:05.000000Z07:00';

/** The elements of the layouts, in order, and what each takes. */
const DATE_TIME: readonly (readonly [string, RegExp])[] = [
  ['2006', /^\d{4}/],
  ['-', /^-/],
  ['01', /^\d\d/],
  ['-', /^-/],
  ['02', /^\d\d/],
  ['T', /^T/],
  ['15', /^\d\d?/],
  [':', /^:/],
  ['04', /^\d\d/],
  [':', /^:/],
  ['05', /^\d\d(?:[.,]\d+)?/],
];
const MICROS: readonly [string, RegExp] = ['.000000', /^[.,]\d{6}/];
const ZONE: readonly [string, RegExp] = ['Z07:00', /^(?:Z|[+-]\d\d:\d\d)/];

/** A time, or what Go's time.Parse says of the text. */
export type ParsedTime = { readonly time: Timestamp } | { readonly error: string };

/** meta/v1 Time: RFC 3339, with or without a fraction. */
export function parseGoTime(text: string): ParsedTime {
  const time = parseTimestamp(text);
  if (time !== undefined) return { time };
  return parseLayout(text, RFC_3339, [...DATE_TIME, ZONE]);
}

/** meta/v1 MicroTime: RFC 3339 with six digits of a fraction. */
export function parseGoMicroTime(text: string): ParsedTime {
  const seconds: readonly [string, RegExp] = ['05', /^\d\d/];
  return parseLayout(text, RFC_3339_MICRO, [...DATE_TIME.slice(0, -1), seconds, MICROS, ZONE]);
}

function parseLayout(
  text: string,
  layout: string,
  elements: readonly (readonly [string, RegExp])[],
): ParsedTime {
  let rest = text;
  for (const [element, pattern] of elements) {
    const match = pattern.exec(rest);
    if (!match) {
      const where = `cannot parse ${goQuote(rest)} as ${goQuote(element)}`;
      return { error: `${parsing(text)} as ${goQuote(layout)}: ${where}` };
    }
    rest = rest.slice(match[0].length);
  }
  if (rest !== '') return { error: `${parsing(text)}: extra text: ${goQuote(rest)}` };
  const time = parseTimestamp(text);
  return time ? { time } : { error: `${parsing(text)}: ${outOfRange(text)} out of range` };
}

function parsing(text: string): string {
  return `parsing time ${goQuote(text)}`;
}

function outOfRange(text: string): string {
  const [, month = 0, day = 0, hour = 0, minute = 0] = text.split(/[-T:]/).map(Number);
  if (month < 1 || month > 12) return 'month';
  if (hour > 23) return 'hour';
  if (minute > 59) return 'minute';
  return day < 1 || day > 28 ? 'day' : 'second';
}
