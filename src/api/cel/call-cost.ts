import type { Overload } from './function.js';
import type { List, Mapping, Value } from './value.js';
import { itemsOf, kindOf, sizeOf } from './value.js';

/** What a unit of a string or of a regular expression costs to go over (cel-go, common/cost.go). */
export const PER_CHARACTER = 0.1;
export const PER_PATTERN_CHARACTER = 0.25;

/** Longer than any pattern that a named format is of. */
export const FORMAT_PATTERN_MAX = 128;

/** How the cost of a function grows. What is not here costs 1. */
export type Growth =
  | 'one'
  | 'items'
  | 'text'
  | 'textTwice'
  | 'resultTwice'
  | 'regex'
  | 'containsIp'
  | 'containsCidr'
  | 'sets'
  | 'newList'
  | 'flatten'
  | 'selfCompare'
  | 'format';

export const GROWTH: Readonly<Record<string, Growth>> = {
  isSorted: 'items',
  sum: 'items',
  max: 'items',
  min: 'items',
  indexOf: 'items',
  lastIndexOf: 'items',
  url: 'text',
  isURL: 'one',
  lowerAscii: 'text',
  upperAscii: 'text',
  substring: 'text',
  trim: 'text',
  'jsonpatch.escapeKey': 'text',
  replace: 'textTwice',
  split: 'textTwice',
  join: 'resultTwice',
  find: 'regex',
  findAll: 'regex',
  matches: 'regex',
  cidr: 'text',
  isIP: 'text',
  isCIDR: 'text',
  'ip.isCanonical': 'textTwice',
  quantity: 'text',
  isQuantity: 'text',
  semver: 'text',
  isSemver: 'text',
  containsIP: 'containsIp',
  containsCIDR: 'containsCidr',
  validate: 'format',
  slice: 'newList',
  reverse: 'newList',
  'lists.range': 'newList',
  flatten: 'flatten',
  distinct: 'selfCompare',
  sort: 'selfCompare',
  'sets.contains': 'sets',
  'sets.intersects': 'sets',
  'sets.equivalent': 'sets',
};

/** A call, and the list that it makes. */
export const NEW_LIST_COST = 11;

/** An expression may ask for two decisions. */
const AUTHORIZATION_COST = 350_000;

/** What these cost is known afterwards: it depends on what they make. */
const BY_RESULT = ['join', 'slice', 'lists.range'];

export function isByResult({ name }: Overload): boolean {
  return BY_RESULT.includes(name);
}

const COMPARISONS = ['_<_', '_<=_', '_>_', '_>=_'];

/** What a call costs, as Kubernetes counts it (its library/cost.go over cel-go's runtimecost.go). */
export function callCost(form: Overload, args: readonly Value[], result: Value): number {
  const { name } = form;
  const [first = null, second = null] = args;
  const growth = Object.hasOwn(GROWTH, name) ? GROWTH[name] : undefined;
  if (growth !== undefined) return grown(growth, first, second, result);
  switch (name) {
    case 'check':
      return AUTHORIZATION_COST;
    case 'ip':
      return kindOf(first) === 'string' ? characters(sizeOf(first)) : 1;
    case '_==_':
    case '_!=_':
      if (kindOf(first) === 'opaque') return 1;
      return characters(Math.min(sizeOf(first), sizeOf(second)));
    case '_+_':
      return isTextual(first) ? characters(sizeOf(first) + sizeOf(second)) : 1;
    case '@in':
      return kindOf(second) === 'list' ? sizeOf(second) : 1;
    case 'startsWith':
    case 'endsWith':
    case 'format':
    case 'strings.quote':
      return characters(sizeOf(first));
    case 'contains':
      return characters(sizeOf(first)) * characters(sizeOf(second));
    case 'bytes':
      return kindOf(first) === 'string' ? characters(sizeOf(first)) : 1;
    case 'string':
      return kindOf(first) === 'bytes' ? characters(sizeOf(first)) : 1;
    default:
      if (COMPARISONS.includes(name) && isTextual(first))
        return characters(Math.min(sizeOf(first), sizeOf(second)));
      return 1;
  }
}

function grown(growth: Growth, first: Value, second: Value, result: Value): number {
  const size = sizeOf(first);
  switch (growth) {
    case 'one':
      return 1;
    case 'items':
      return traversal(first);
    case 'text':
      return characters(size);
    case 'textTwice':
      return characters(size * 2);
    case 'resultTwice':
      return characters(sizeOf(result) * 2);
    case 'regex':
      return characters(size + 1) * pattern(sizeOf(second));
    case 'containsIp':
      return characters(size * 2) + parsed(second);
    case 'containsCidr':
      return characters(size * 2) + characters(size) + 1 + parsed(second);
    case 'sets':
      return 1 + size * sizeOf(second);
    case 'newList':
      return NEW_LIST_COST + sizeOf(result === null ? first : result);
    case 'flatten':
      return NEW_LIST_COST + size * (typeof second === 'bigint' ? Math.max(0, Number(second)) : 1);
    case 'selfCompare':
      return kindOf(first) === 'list' ? selfCompareCost(first as List) : NEW_LIST_COST + 2;
    case 'format':
      return characters(sizeOf(second) + 1) * pattern(FORMAT_PATTERN_MAX);
  }
}

/** Of what compares each item of a list with each other one. */
export function selfCompareCost(list: List): number {
  const isText = list.size > 0 && isTextual(list.at(0));
  return NEW_LIST_COST + Math.floor(list.size ** 2 * (isText ? 2 + PER_CHARACTER : 2));
}

function parsed(value: Value): number {
  return kindOf(value) === 'string' ? characters(sizeOf(value)) : 0;
}

function characters(count: number): number {
  return Math.ceil(count * PER_CHARACTER);
}

function pattern(length: number): number {
  return Math.ceil(length * PER_PATTERN_CHARACTER);
}

function isTextual(value: Value): boolean {
  return typeof value === 'string' || value instanceof Uint8Array;
}

function traversal(value: Value): number {
  if (isTextual(value)) return Math.floor(sizeOf(value) * PER_CHARACTER);
  const add = (sum: number, each: Value): number => sum + traversal(each);
  switch (kindOf(value)) {
    case 'list':
      return itemsOf(value as List).reduce(add, 0);
    case 'map': {
      const map = value as Mapping;
      return map.keys().reduce((sum: number, key) => add(add(sum, key), map.get(key) ?? null), 0);
    }
    default:
      return 1;
  }
}
