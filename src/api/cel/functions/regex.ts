import { RE2JS } from 're2js';
import type { Overload } from '../function.js';
import { define, method } from '../function.js';
import type { List } from '../value.js';
import { EvaluationError, listOf } from '../value.js';

/** Patterns come from rules, mostly; a rule may make some of its own, of which the newest are kept. */
const compiled = new Map<string, RE2JS>();
const COMPILED_MAX = 500;
const PATTERN_LENGTH_MAX = 10_000;

/** RE2 takes time in proportion to the text, whatever the pattern. Throws what Go says of a wrong pattern. */
export function compiledPattern(source: string): RE2JS {
  const known = compiled.get(source);
  if (known !== undefined) return known;
  if (source.length > PATTERN_LENGTH_MAX)
    throw new EvaluationError('error parsing regexp: expression too large');
  try {
    const pattern = RE2JS.compile(source);
    if (compiled.size >= COMPILED_MAX) compiled.clear();
    compiled.set(source, pattern);
    return pattern;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const text = reason.startsWith('error parsing') ? reason : `error parsing regexp: ${reason}`;
    throw new EvaluationError(text);
  }
}

const matches = (text: string, pattern: string): boolean =>
  compiledPattern(pattern).matcher(text).find();

function find(text: string, pattern: string): string {
  const matcher = compiledPattern(pattern).matcher(text);
  return matcher.find() ? (matcher.group() ?? '') : '';
}

function findAll(text: string, pattern: string, count = -1n): List {
  const found: string[] = [];
  const matcher = compiledPattern(pattern).matcher(text);
  while ((count < 0n || BigInt(found.length) < count) && matcher.find())
    found.push(matcher.group() ?? '');
  return listOf(found);
}

export const REGEX: readonly Overload[] = [
  method('matches', ['string', 'string'], 'bool', matches),
  define('matches', ['string', 'string'], 'bool', matches),
  method('find', ['string', 'string'], 'string', find),
  method('findAll', ['string', 'string'], 'list(string)', findAll),
  method('findAll', ['string', 'string', 'int'], 'list(string)', findAll),
];
