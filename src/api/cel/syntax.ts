import type { Value } from './value.js';

/** A node of the syntax tree. `at` is where the word or sign stands that an error about it points to. */
export type Expression = { readonly at: number } & (
  | { readonly op: 'literal'; readonly value: Value }
  | { readonly op: 'name'; readonly name: string }
  | Select
  | Call
  | List
  | MapLiteral
  | MessageLiteral
  | Loop
);

/** `[a, ?b]`: what is optional is in it where it has a value. */
export interface List {
  readonly op: 'list';
  readonly items: readonly Expression[];
  /** Their indices. */
  readonly optionals: ReadonlySet<number>;
}

/** `{a: b, ?c: d}`. */
export interface MapLiteral {
  readonly op: 'map';
  readonly entries: readonly (readonly [Expression, Expression])[];
  readonly optionals: ReadonlySet<number>;
}

/** `Object.spec{a: b, ?c: d}`: a value of the type of that name. */
export interface MessageLiteral {
  readonly op: 'message';
  readonly type: string;
  readonly fields: readonly MessageField[];
}

export interface MessageField {
  /** That of the colon: there Kubernetes tells what is wrong with a field. */
  readonly at: number;
  readonly name: string;
  readonly value: Expression;
  readonly isOptional: boolean;
}

/** `a.b`, `a.?b`, and `has(a.b)`. */
export interface Select {
  readonly op: 'select';
  readonly operand: Expression;
  readonly field: string;
  readonly form: 'value' | 'optional' | 'presence';
}

/** A function, a method (it has a target) or an operator, whose name is like `_+_`. */
export interface Call {
  readonly op: 'call';
  readonly name: string;
  readonly target: Expression | undefined;
  readonly args: readonly Expression[];
}

export type LoopKind =
  | 'all'
  | 'exists'
  | 'existsOne'
  | 'map'
  | 'filter'
  | 'transformMap'
  | 'transformMapEntry'
  | 'sortBy'
  | 'optMap'
  | 'optFlatMap';

/** A macro over a list or map. With two variables the first is the index or key, the second the value. */
export interface Loop {
  readonly op: 'loop';
  readonly kind: LoopKind;
  readonly range: Expression;
  readonly variables: readonly [string] | readonly [string, string];
  /** What has to hold: of `map(x, p, t)` and its like. */
  readonly condition: Expression | undefined;
  /** The predicate, or what each item becomes. */
  readonly body: Expression;
}

export type LoopExpression = Extract<Expression, { op: 'loop' }>;
export type CallExpression = Extract<Expression, { op: 'call' }>;
export type MessageExpression = Extract<Expression, { op: 'message' }>;
export type SelectExpression = Extract<Expression, { op: 'select' }>;

/** What is wrong with an expression, and where. */
export interface Issue {
  readonly at: number;
  readonly message: string;
}

/** A line that is longer than this is not shown. */
const SNIPPET_MAX = 16_384;

/** Issues as CEL shows them: the place, the line, and a mark below it. */
export function formatIssues(source: string, issues: readonly Issue[]): string {
  return [...issues]
    .sort((a, b) => a.at - b.at)
    .map((issue) => formatIssue(source, issue))
    .join('\n');
}

function formatIssue(source: string, { at, message }: Issue): string {
  const before = source.slice(0, at).split('\n');
  const line = before.length;
  const column = Array.from(before.at(-1) ?? '').length;
  const text = `ERROR: <input>:${String(line)}:${String(column + 1)}: ${message}`;
  const snippet = (source.split('\n')[line - 1] ?? '').replaceAll('\t', ' ');
  if (snippet.length > SNIPPET_MAX) return text;
  const characters = Array.from(snippet);
  const isWide = (character: string): boolean => character > '\u007f';
  const dots = characters.slice(0, column).map((each) => (isWide(each) ? '\uff0e' : '.'));
  const mark = isWide(characters[column] ?? '') ? '\uff3e' : '^';
  return `${text}\n | ${snippet}\n | ${dots.join('')}${mark}`;
}
