import type { Growth } from './call-cost.js';
import {
  FORMAT_PATTERN_MAX,
  GROWTH,
  NEW_LIST_COST,
  PER_CHARACTER,
  PER_PATTERN_CHARACTER,
} from './call-cost.js';
import type { Step } from './declared.js';
import { ITEMS, VALUES, stepInto } from './declared.js';
import type { Estimate } from './estimated.js';
import { sizeOf } from './estimated.js';
import type { Range } from './estimate-range.js';
import { UNKNOWN, ZERO, add, fixed, multiply, scale, union } from './estimate-range.js';
import type { Overload } from './function.js';
import type { CallExpression, Expression } from './syntax.js';
import type { Type } from './types.js';

const ONE = fixed(1);

/** The cost of a call without that of its arguments, and the size of what it gives. */
export interface CallEstimate {
  readonly cost: Range;
  readonly size?: Range | undefined;
  readonly itemSize?: Range | undefined;
  readonly path?: readonly Step[] | undefined;
}

const characters = (size: Range): Range => scale(size, PER_CHARACTER);

/** The target of a method is the first of the arguments. */
export function estimateCall(
  name: string,
  overloads: readonly Overload[],
  args: readonly Estimate[],
  call: CallExpression,
): CallEstimate {
  const [first, second] = args;
  const growth = Object.hasOwn(GROWTH, name) ? GROWTH[name] : undefined;
  if (growth !== undefined) return grown(growth, name, args, call);
  const takes = (kind: Type['kind'], at = 0): boolean =>
    overloads.some(({ params }) => params[at]?.kind === kind);
  const isText = takes('string') || takes('bytes');
  switch (name) {
    case 'dyn':
      return { cost: ONE, size: first?.size, itemSize: first?.itemSize };
    case 'startsWith':
    case 'endsWith':
      return { cost: characters(sizeOf(second)) };
    case 'format':
      return { cost: characters(sizeOf(first)) };
    case 'strings.quote': {
      const { min, max } = sizeOf(first);
      return { cost: characters(sizeOf(first)), size: { min: min + 2, max: max * 2 + 2 } };
    }
    case 'ip':
      return { cost: isText ? characters(sizeOf(first)) : ONE };
    case 'bytes':
      if (!takes('string')) return { cost: ONE };
      return { cost: characters(sizeOf(first)), size: multiply(sizeOf(first), { min: 1, max: 4 }) };
    case 'string': {
      if (!takes('bytes')) return { cost: ONE };
      const { min, max } = sizeOf(first);
      return { cost: characters(sizeOf(first)), size: { min: Math.floor(min / 4), max } };
    }
    case '@in':
      return { cost: takes('list', 1) ? sizeOf(second) : ONE };
    case 'contains':
      return { cost: multiply(characters(sizeOf(first)), characters(sizeOf(second))) };
    case '_==_':
    case '_!=_':
      if (first?.type.kind === 'opaque' && second?.type.kind === 'opaque') return { cost: ONE };
      return { cost: comparison(sizeOf(first), sizeOf(second)) };
    case '_<_':
    case '_<=_':
    case '_>_':
    case '_>=_':
      return { cost: isText ? comparison(sizeOf(first), sizeOf(second)) : ONE };
    case '_+_':
      return added(first, second, isText, isText || takes('list'));
    case '_[_]':
    case '_[?_]':
      return indexed(first);
    default:
      return { cost: ONE };
  }
}

function comparison(a: Range, b: Range): Range {
  const max = Math.min(a.max, b.max);
  return characters({ min: max > 0 ? 1 : 0, max });
}

function added(
  first: Estimate | undefined,
  second: Estimate | undefined,
  isText: boolean,
  isSized: boolean,
): CallEstimate {
  if (!isSized) return { cost: ONE };
  const size = add(sizeOf(first), sizeOf(second));
  const both = first?.itemSize !== undefined && second?.itemSize !== undefined;
  const itemSize = both ? union(first.itemSize, second.itemSize) : undefined;
  return { cost: isText ? characters(size) : ONE, size, itemSize };
}

function indexed(first: Estimate | undefined): CallEstimate {
  const step = first?.type.kind === 'map' ? VALUES : ITEMS;
  return { cost: ONE, size: first?.itemSize, path: stepInto(first?.path, step) };
}

function grown(
  growth: Growth,
  name: string,
  args: readonly Estimate[],
  call: CallExpression,
): CallEstimate {
  const [first, second, third] = args;
  const size = sizeOf(first);
  switch (growth) {
    case 'one':
      return { cost: ONE };
    case 'items':
      return { cost: first?.type.kind === 'list' ? itemsCost(first) : characters(size) };
    case 'text':
      return { cost: characters(size), size: TEXTS.includes(name) ? size : undefined };
    case 'textTwice': {
      const cost = scale(size, 2 * PER_CHARACTER);
      if (name === 'replace') return { cost, size: replaced(size, sizeOf(second), sizeOf(third)) };
      return { cost, size: name === 'split' ? splitSize(size, call) : undefined };
    }
    case 'resultTwice': {
      const joined = joinedSize(first, second);
      return { cost: characters(joined), size: joined };
    }
    case 'regex': {
      const cost = multiply(
        characters(add(size, ONE)),
        scale(sizeOf(second), PER_PATTERN_CHARACTER),
      );
      return { cost, size: name === 'matches' ? undefined : { min: 0, max: size.max } };
    }
    case 'containsIp':
      return { cost: add(characters({ min: 8, max: 32 }), parsed(second)) };
    case 'containsCidr': {
      const compared = add(characters({ min: 8, max: 32 }), characters({ min: 4, max: 16 }), ONE);
      return { cost: add(compared, parsed(second)) };
    }
    case 'sets': {
      const factor = name === 'sets.equivalent' ? 2 : 1;
      return { cost: add(ONE, scale(multiply(size, sizeOf(second)), factor)) };
    }
    case 'newList': {
      const made = name === 'reverse' ? size : madeSize(name, size, call);
      return { cost: add(fixed(NEW_LIST_COST), made), size: made };
    }
    case 'flatten': {
      const depth = second === undefined ? 1 : literalOr(call.args[0], UNKNOWN.max);
      return { cost: add(fixed(NEW_LIST_COST), scale(size, depth)), size };
    }
    case 'selfCompare': {
      const element = first?.type.kind === 'list' ? first.type.element.kind : 'dyn';
      const factor = element === 'string' || element === 'bytes' ? 2 + PER_CHARACTER : 2;
      const squared = multiply(size, size);
      return { cost: add(fixed(NEW_LIST_COST), scale(squared, factor)), size: squared };
    }
    case 'format':
      return {
        cost: scale(characters(sizeOf(second)), FORMAT_PATTERN_MAX * PER_PATTERN_CHARACTER),
      };
  }
}

const TEXTS = ['url', 'lowerAscii', 'upperAscii', 'substring', 'trim', 'jsonpatch.escapeKey'];

function parsed(estimate: Estimate | undefined): Range {
  return estimate?.type.kind === 'string' ? characters(sizeOf(estimate)) : ZERO;
}

/** One for each item, and what it takes to go over the item where it is text. */
function itemsCost(list: Estimate): Range {
  const element = list.type.kind === 'list' ? list.type.element.kind : 'dyn';
  const isText = element === 'string' || element === 'bytes';
  const item = isText ? add(ONE, characters(list.elementSize ?? UNKNOWN)) : ONE;
  return multiply(sizeOf(list), item);
}

function replaced(size: Range, from: Range, to: Range): Range {
  const [count, kept] = [{ ...ZERO }, { ...ZERO }];
  if (from.min === 0) [count.max, kept.max] = [size.max + 1, size.max];
  else if (to.max <= from.min) kept.max = size.max;
  else count.max = Math.ceil(size.max / from.min);
  if (from.max === 0) [count.min, kept.min] = [size.min + 1, size.min];
  else if (from.max <= to.min) kept.min = size.min;
  else count.min = Math.ceil(size.min / from.max);
  return add(multiply(count, to), kept);
}

/** The number that is written out as an argument. */
function literalOr(arg: Expression | undefined, otherwise: number): number {
  return arg?.op === 'literal' && typeof arg.value === 'bigint' ? Number(arg.value) : otherwise;
}

/** `slice` and `lists.range` make what their numbers say, where they are written out. */
function madeSize(name: string, size: Range, { args }: CallExpression): Range {
  const [from, to] = args;
  if (name === 'lists.range') return fixed(Math.max(0, literalOr(from, UNKNOWN.max)));
  return fixed(Math.max(0, literalOr(to, size.max) - literalOr(from, 0)));
}

function splitSize(size: Range, { args }: CallExpression): Range {
  const limit = args[1];
  if (limit?.op === 'literal' && typeof limit.value === 'bigint' && limit.value >= 0n)
    return { min: 0, max: Number(limit.value) };
  return { min: 0, max: size.max };
}

function joinedSize(list: Estimate | undefined, separator: Estimate | undefined): Range {
  const count = sizeOf(list);
  const items = multiply(count, list?.elementSize ?? UNKNOWN);
  if (separator === undefined) return items;
  const between = { min: Math.max(0, count.min - 1), max: Math.max(0, count.max - 1) };
  return add(items, multiply(sizeOf(separator), between));
}
