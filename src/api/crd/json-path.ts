import type { Result } from '../../base/index.js';
import { failed, ok } from '../../base/index.js';
import { isJsonMap } from './json-schema.js';

/** A step of a path: a field, an index, a slice, all there is, or what a filter finds. */
export type Step =
  | { readonly type: 'field'; readonly name: string }
  | { readonly type: 'index'; readonly index: number }
  | { readonly type: 'slice'; readonly start: number; readonly end: number | undefined }
  | { readonly type: 'all' }
  | {
      readonly type: 'filter';
      readonly path: readonly Step[];
      readonly operator: string;
      readonly value: unknown;
    };

const STEPS_MAX = 100;
const FILTER =
  /^\?\(\s*@((?:\.[A-Za-z0-9_\-/]+)*)\s*(?:(==|!=|<=|>=|<|>)\s*("[^"]*"|'[^']*'|-?\d+(?:\.\d+)?|true|false))?\s*\)$/;
const NAME = /^(?:[^.[\]\\]|\\.)+/;

/** Reads the JSONPath of a printer column: `.spec.replicas`, `.status.conditions[?(@.type=="Ready")].status`. */
export function parseJsonPath(text: string): Result<readonly Step[], string> {
  const steps: Step[] = [];
  let rest = text.startsWith('$') ? text.slice(1) : text;
  while (rest !== '' && rest !== '.') {
    if (steps.length >= STEPS_MAX) return failed('too many steps');
    const read = rest.startsWith('[') ? readBracket(rest) : readField(rest);
    if (!read.ok) return read;
    steps.push(read.value.step);
    rest = read.value.rest;
  }
  return ok(steps);
}

type Read = Result<{ readonly step: Step; readonly rest: string }, string>;

function readField(text: string): Read {
  if (!text.startsWith('.')) return failed(`unexpected path string, expected a . at ${text}`);
  if (text.startsWith('.*')) return ok({ step: { type: 'all' }, rest: text.slice(2) });
  const found = NAME.exec(text.slice(1))?.[0];
  if (found === undefined) return failed(`unrecognized character in action: ${text}`);
  const name = found.replace(/\\(.)/g, '$1');
  return ok({ step: { type: 'field', name }, rest: text.slice(1 + found.length) });
}

function readBracket(text: string): Read {
  const end = text.startsWith('[?(') ? text.indexOf(')]') + 1 : text.indexOf(']');
  if (end <= 0) return failed('unterminated array');
  const inner = text.slice(1, end).trim();
  const step = bracketStep(inner);
  return step === undefined
    ? failed(`invalid array index ${inner}`)
    : ok({ step, rest: text.slice(end + 1) });
}

function bracketStep(inner: string): Step | undefined {
  if (inner === '*') return { type: 'all' };
  if (/^-?\d+$/.test(inner)) return { type: 'index', index: Number(inner) };
  const slice = /^(\d*):(\d*)$/.exec(inner);
  if (slice !== null)
    return {
      type: 'slice',
      start: Number(slice[1] ?? ''),
      end: slice[2] === '' ? undefined : Number(slice[2]),
    };
  const quoted = /^'([^']*)'$|^"([^"]*)"$/.exec(inner);
  if (quoted !== null) return { type: 'field', name: quoted[1] ?? quoted[2] ?? '' };
  const filter = FILTER.exec(inner);
  if (filter === null) return undefined;
  const names = (filter[1] ?? '').split('.').filter((name) => name !== '');
  const path = names.map((name): Step => ({ type: 'field', name }));
  return { type: 'filter', path, operator: filter[2] ?? '', value: literal(filter[3] ?? '') };
}

function literal(text: string): unknown {
  if (text.startsWith('"') || text.startsWith("'")) return text.slice(1, -1);
  if (text === 'true' || text === 'false') return text === 'true';
  return text === '' ? undefined : Number(text);
}

/** What a path leads to: none, one, or many values. */
export function evaluateJsonPath(steps: readonly Step[], value: unknown): readonly unknown[] {
  let found: readonly unknown[] = [value];
  for (const step of steps) found = found.flatMap((each) => follow(step, each));
  return found;
}

function follow(step: Step, value: unknown): readonly unknown[] {
  switch (step.type) {
    case 'field':
      return isJsonMap(value) && Object.hasOwn(value, step.name) ? [value[step.name]] : [];
    case 'index': {
      const item: unknown = Array.isArray(value) ? value.at(step.index) : undefined;
      return item === undefined ? [] : [item];
    }
    case 'slice':
      return Array.isArray(value) ? value.slice(step.start, step.end) : [];
    case 'all':
      if (Array.isArray(value)) return value;
      return isJsonMap(value) ? Object.values(value) : [];
    case 'filter':
      return Array.isArray(value) ? value.filter((item) => passes(step, item)) : [];
  }
}

function passes(step: Extract<Step, { type: 'filter' }>, item: unknown): boolean {
  const [found] = evaluateJsonPath(step.path, item);
  if (step.operator === '') return found !== undefined;
  if (step.operator === '==') return found === step.value;
  if (found === undefined) return false;
  if (step.operator === '!=') return found !== step.value;
  if (typeof found !== typeof step.value) return false;
  const [a, b] = [found as number, step.value as number];
  if (step.operator === '<') return a < b;
  if (step.operator === '<=') return a <= b;
  return step.operator === '>' ? a > b : a >= b;
}
