import { assertDefined, failed, ok } from '../../base/index.js';
import type { Result } from '../../base/index.js';
import { formatFieldError, invalid } from '../validation/field-error.js';
import { labelKeyProblems } from '../validation/names.js';
import type { LabelToken, LabelTokenType } from './label-lexer.js';
import { labelTokens } from './label-lexer.js';
import type { LabelRequirement } from './label-requirement.js';
import { newRequirement } from './label-requirement.js';

type Parsed<T> = Result<T, string>;

/** The tokens and how far they are read. */
interface Cursor {
  readonly tokens: readonly LabelToken[];
  next: number;
}

const BINARY_OPERATORS = 'in, notin, =, ==, !=, gt, lt';

/** `KEY`, `!KEY`, `KEY = VALUE`, `KEY in (A,B)`, …, with commas between (apimachinery pkg/labels). */
export function parseRequirements(text: string): Parsed<LabelRequirement[]> {
  const cursor: Cursor = { tokens: labelTokens(text), next: 0 };
  const requirements: LabelRequirement[] = [];
  for (;;) {
    const first = peek(cursor);
    if (first.type === 'end') return ok(requirements);
    if (!startsRequirement(first)) {
      return failed(`found '${first.text}', expected: !, identifier, or 'end of string'`);
    }
    const requirement = parseRequirement(cursor);
    if (!requirement.ok) return failed(`unable to parse requirement: ${requirement.error}`);
    requirements.push(requirement.value);
    const separator = take(cursor);
    if (separator.type === 'end') return ok(requirements);
    if (separator.type !== ',') {
      return failed(`found '${separator.text}', expected: ',' or 'end of string'`);
    }
    const following = peek(cursor);
    if (!startsRequirement(following)) {
      return failed(`found '${following.text}', expected: identifier after ','`);
    }
  }
}

function peek(cursor: Cursor): LabelToken {
  return assertDefined(cursor.tokens[cursor.next], 'token');
}

function take(cursor: Cursor): LabelToken {
  const token = peek(cursor);
  if (token.type !== 'end') cursor.next++;
  return token;
}

/** `in` and `notin` are identifiers everywhere but after a key. */
function isIdentifier(token: LabelToken): boolean {
  return token.type === 'identifier' || token.type === 'in' || token.type === 'notin';
}

function startsRequirement(token: LabelToken): boolean {
  return isIdentifier(token) || token.type === '!';
}

function parseRequirement(cursor: Cursor): Parsed<LabelRequirement> {
  let token = take(cursor);
  const negated = token.type === '!';
  if (negated) token = take(cursor);
  if (!isIdentifier(token)) return failed(`found '${token.text}', expected: identifier`);
  const key = token.text;
  const problems = labelKeyProblems(key);
  if (problems.length > 0) return failed(keyErrorText(key, problems));
  if (negated) return newRequirement(key, '!', []);
  const following = peek(cursor).type;
  if (following === 'end' || following === ',') return newRequirement(key, 'exists', []);
  const operator = parseOperator(cursor);
  if (!operator.ok) return operator;
  const setBased = operator.value === 'in' || operator.value === 'notin';
  const values = setBased ? parseValues(cursor) : parseExactValue(cursor);
  return values.ok
    ? newRequirement(key, operator.value, [...new Set(values.value)].sort())
    : values;
}

/** A path that is nil prints as `<nil>` in Go. */
function keyErrorText(key: string, problems: readonly string[]): string {
  return formatFieldError(invalid('<nil>', key, problems.join('; ')));
}

const OPERATOR_OF_TOKEN: Partial<Record<LabelTokenType, LabelRequirement['operator']>> = {
  in: 'in',
  notin: 'notin',
  '=': '=',
  '==': '==',
  '!=': '!=',
  '>': 'gt',
  '<': 'lt',
};

function parseOperator(cursor: Cursor): Parsed<LabelRequirement['operator']> {
  const token = take(cursor);
  const operator = OPERATOR_OF_TOKEN[token.type];
  if (operator !== undefined) return ok(operator);
  return failed(`found '${token.text}', expected: ${BINARY_OPERATORS}`);
}

function parseExactValue(cursor: Cursor): Parsed<string[]> {
  const following = peek(cursor);
  if (following.type === 'end' || following.type === ',') return ok(['']);
  const token = take(cursor);
  if (isIdentifier(token)) return ok([token.text]);
  return failed(`found '${token.text}', expected: identifier`);
}

/** `(a,b)`; `()`, `(a,)` and `(,a)` hold the empty value. */
function parseValues(cursor: Cursor): Parsed<string[]> {
  const open = take(cursor);
  if (open.type !== '(') return failed(`found '${open.text}' expected: '('`);
  const first = peek(cursor);
  if (first.type === ')') {
    take(cursor);
    return ok(['']);
  }
  if (!isIdentifier(first) && first.type !== ',') {
    return failed(`found '${first.text}', expected: ',', ')' or identifier`);
  }
  const values = parseIdentifiers(cursor);
  if (!values.ok) return values;
  const close = take(cursor);
  return close.type === ')' ? values : failed(`found '${first.text}', expected: ')'`);
}

function parseIdentifiers(cursor: Cursor): Parsed<string[]> {
  const values: string[] = [];
  for (;;) {
    const token = take(cursor);
    const following = peek(cursor);
    if (isIdentifier(token)) {
      values.push(token.text);
      if (following.type === ')') return ok(values);
      if (following.type !== ',') return failed(`found '${following.text}', expected: ',' or ')'`);
    } else if (token.type === ',') {
      if (values.length === 0) values.push('');
      if (following.type === ')') return ok([...values, '']);
      if (following.type === ',') values.push('');
    } else {
      return failed(`found '${token.text}', expected: ',', or identifier`);
    }
  }
}
