import type { Overload } from '../function.js';
import { define, method } from '../function.js';
import { CostExceeded } from '../meter.js';
import type { List } from '../value.js';
import { EvaluationError, itemsOf, listOf, noSuchOverload } from '../value.js';
import { goQuote } from '../../go-quote.js';
import { formatText } from './format-text.js';

/** Nothing that a rule may cost makes a longer text; `replace` and `join` could, at a cost counted afterwards. */
const LENGTH_MAX = 16 * 1024 * 1024;

function bounded(length: number): void {
  if (length > LENGTH_MAX) throw new CostExceeded();
}

/** Text by code points, as CEL counts. Most texts have no others than their units. */
function runes(text: string): readonly string[] | string {
  return /[\ud800-\udfff]/.test(text) ? Array.from(text) : text;
}

function slice(text: readonly string[] | string, from: number, to?: number): string {
  const part = text.slice(from, to);
  return typeof part === 'string' ? part : part.join('');
}

function outOfRange(index: bigint): EvaluationError {
  return new EvaluationError(`index out of range: ${String(index)}`);
}

function charAt(text: string, index: bigint): string {
  const letters = runes(text);
  if (index < 0n || index > BigInt(letters.length)) throw outOfRange(index);
  return letters[Number(index)] ?? '';
}

function indexOf(text: string, part: string, from = 0n): bigint {
  if (part === '') return from;
  const letters = runes(text);
  if (from < 0n || from > BigInt(letters.length)) throw outOfRange(from);
  const start = slice(letters, 0, Number(from)).length;
  const at = text.indexOf(part, start);
  return at < 0 ? -1n : BigInt(runes(text.slice(0, at)).length);
}

function lastIndexOf(text: string, part: string, from?: bigint): bigint {
  const letters = runes(text);
  if (from !== undefined && (from < 0n || from > BigInt(letters.length))) throw outOfRange(from);
  if (part === '') return from ?? BigInt(letters.length);
  const start = from === undefined ? undefined : slice(letters, 0, Number(from)).length;
  const at = text.lastIndexOf(part, start);
  return at < 0 ? -1n : BigInt(runes(text.slice(0, at)).length);
}

function replace(text: string, from: string, to: string, count = -1n): string {
  const limit = count < 0n ? Infinity : Number(count);
  const times = Math.min(limit, from === '' ? text.length + 1 : text.length / from.length);
  bounded(text.length + times * to.length);
  let done = 0;
  if (from === '') {
    const letters = Array.from(runes(text));
    const put = letters.map((letter) => (done++ < limit ? to : '') + letter).join('');
    return done < limit ? put + to : put;
  }
  let result = '';
  let at = 0;
  while (done < limit) {
    const next = text.indexOf(from, at);
    if (next < 0) break;
    result += text.slice(at, next) + to;
    at = next + from.length;
    done++;
  }
  return result + text.slice(at);
}

function split(text: string, separator: string, count = -1n): List {
  if (count === 0n) return listOf([]);
  const parts = separator === '' ? Array.from(text) : text.split(separator);
  if (count < 0n || BigInt(parts.length) <= count) return listOf(parts);
  const kept = parts.slice(0, Number(count) - 1);
  return listOf([...kept, parts.slice(Number(count) - 1).join(separator)]);
}

function substring(text: string, from: bigint, to?: bigint): string {
  const letters = runes(text);
  const end = to ?? BigInt(letters.length);
  if (from < 0n || from > BigInt(letters.length)) throw outOfRange(from);
  if (end < 0n || end > BigInt(letters.length)) throw outOfRange(end);
  if (from > end) {
    const range = `start: ${String(from)}, end: ${String(end)}`;
    throw new EvaluationError(`invalid substring range. ${range}`);
  }
  return slice(letters, Number(from), Number(end));
}

function join(list: List, separator = ''): string {
  let length = 0;
  const texts = itemsOf(list).map((item) => {
    if (typeof item !== 'string') throw noSuchOverload();
    length += item.length + separator.length;
    bounded(length);
    return item;
  });
  return texts.join(separator);
}

/** Without Go's white space at both ends; a pattern would take its time over blanks in the middle. */
function trim(text: string): string {
  const isBlank = (at: number): boolean => /[\s\u0085]/.test(text[at] ?? '-');
  let [from, to] = [0, text.length];
  while (isBlank(from)) from++;
  while (to > from && isBlank(to - 1)) to--;
  return text.slice(from, to);
}

export const STRINGS: readonly Overload[] = [
  method('contains', ['string', 'string'], 'bool', (text: string, part: string) =>
    text.includes(part),
  ),
  method('startsWith', ['string', 'string'], 'bool', (text: string, part: string) =>
    text.startsWith(part),
  ),
  method('endsWith', ['string', 'string'], 'bool', (text: string, part: string) =>
    text.endsWith(part),
  ),
  method('charAt', ['string', 'int'], 'string', charAt),
  method('indexOf', ['string', 'string'], 'int', indexOf),
  method('indexOf', ['string', 'string', 'int'], 'int', indexOf),
  method('lastIndexOf', ['string', 'string'], 'int', lastIndexOf),
  method('lastIndexOf', ['string', 'string', 'int'], 'int', lastIndexOf),
  method('lowerAscii', ['string'], 'string', (text: string) =>
    text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()),
  ),
  method('upperAscii', ['string'], 'string', (text: string) =>
    text.replace(/[a-z]+/g, (letters) => letters.toUpperCase()),
  ),
  method('replace', ['string', 'string', 'string'], 'string', replace),
  method('replace', ['string', 'string', 'string', 'int'], 'string', replace),
  method('split', ['string', 'string'], 'list(string)', split),
  method('split', ['string', 'string', 'int'], 'list(string)', split),
  method('substring', ['string', 'int'], 'string', substring),
  method('substring', ['string', 'int', 'int'], 'string', substring),
  method('trim', ['string'], 'string', trim),
  method('join', ['list(string)'], 'string', join),
  method('join', ['list(string)', 'string'], 'string', join),
  method('format', ['string', 'list(dyn)'], 'string', formatText),
  define('strings.quote', ['string'], 'string', goQuote),
];
