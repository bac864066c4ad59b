import { assert } from '../../src/base/index.js';

/** One command of a transcript, and what it has to print. */
export interface TranscriptCase {
  readonly command: string;
  readonly args: readonly CommandArgument[];
  /** The lines between the command and `----`, trimmed. */
  readonly input: string;
  readonly expected: string;
  /** Of the command, from 1. */
  readonly line: number;
  /** Where the expected text stands, its terminator left out: a half-open range of lines, from 0. */
  readonly expectedLines: { readonly from: number; readonly to: number };
}

/** `key` has no values; `key=a` has one; `key=(a,b)` has two. */
export interface CommandArgument {
  readonly key: string;
  readonly values: readonly string[];
}

const SEPARATOR = '----';

/**
 * Parses the format of cockroachdb/datadriven. `#` begins a comment line; a trailing `\` joins
 * lines. The expected text ends at a blank line; one that holds blank lines stands between two
 * doubled separators.
 */
export function parseTranscript(text: string): TranscriptCase[] {
  const lines = text.split('\n');
  const cases: TranscriptCase[] = [];
  for (let at = 0; at < lines.length; ) {
    const start = at;
    let directive = (lines[at++] ?? '').trim();
    if (directive === '' || directive.startsWith('#')) continue;
    while (directive.endsWith('\\') && at < lines.length) {
      directive = `${directive.slice(0, -1)} ${(lines[at++] ?? '').trim()}`;
    }
    const separator = lines.indexOf(SEPARATOR, at);
    assert(separator >= 0, `line ${String(start + 1)}: a command without ----`);
    const input = lines.slice(at, separator).join('\n').trim();
    const expected = readExpected(lines, separator + 1);
    at = expected.end;
    const [command = '', ...args] = splitDirective(directive);
    cases.push({
      command,
      args: args.map(parseArgument),
      input,
      expected: expected.text,
      line: start + 1,
      expectedLines: { from: expected.from, to: expected.to },
    });
  }
  return cases;
}

function readExpected(
  lines: readonly string[],
  start: number,
): { text: string; from: number; to: number; end: number } {
  const doubled = lines[start] === SEPARATOR;
  let end = doubled ? start + 1 : start;
  const ends = (at: number): boolean =>
    doubled
      ? lines[at] === SEPARATOR && lines[at + 1] === SEPARATOR
      : (lines[at] ?? '').trim() === '';
  const first = end;
  while (end < lines.length && !ends(end)) end++;
  const text = lines
    .slice(first, end)
    .map((line) => `${line}\n`)
    .join('');
  return { text, from: first, to: end, end: doubled ? end + 2 : end };
}

/** Splits at spaces that are not within parentheses. */
function splitDirective(directive: string): string[] {
  const words: string[] = [];
  let word = '';
  let depth = 0;
  for (const char of directive) {
    if (char === '(') depth++;
    if (char === ')') depth--;
    if (/\s/.test(char) && depth === 0) {
      if (word !== '') words.push(word);
      word = '';
    } else {
      word += char;
    }
  }
  if (word !== '') words.push(word);
  return words;
}

function parseArgument(word: string): CommandArgument {
  const equals = word.indexOf('=');
  if (equals < 0) return { key: word, values: [] };
  const key = word.slice(0, equals);
  const value = word.slice(equals + 1);
  const isList = value.startsWith('(') && value.endsWith(')');
  return { key, values: isList ? splitList(value.slice(1, -1)) : [value] };
}

/** Splits at commas that are not within further parentheses. */
function splitList(text: string): string[] {
  if (text.trim() === '') return [];
  const items = [''];
  let depth = 0;
  for (const char of text) {
    if (char === '(') depth++;
    if (char === ')') depth--;
    if (char === ',' && depth === 0) items.push('');
    else items[items.length - 1] = `${items.at(-1) ?? ''}${char}`;
  }
  return items.map((item) => item.trim());
}

/** Numbers and truth values as Go reads them; what is neither is a mistake in the transcript. */
export function parseNumber(text: string): number {
  const value = Number(text);
  assert(/^\d+$/.test(text) && Number.isSafeInteger(value), `not a number: ${text}`);
  return value;
}

export function parseBoolean(text: string): boolean {
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return true;
  assert(['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text), `not a boolean: ${text}`);
  return false;
}
