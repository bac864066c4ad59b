import { selfCompareCost } from './call-cost.js';
import { compare } from './equality.js';
import type { Evaluator, Scope } from './scope.js';
import type { LoopExpression } from './syntax.js';
import type { List, Mapping, Optional, Value } from './value.js';
import {
  EvaluationError,
  NONE,
  itemsOf,
  kindOf,
  listOf,
  mapOf,
  noSuchOverload,
  optionalOf,
} from './value.js';

/**
 * What an iteration costs beside its parts: Kubernetes' macros stand for a loop over an accumulator, whose reading,
 * testing and growing count.
 */
const STEP = {
  all: 3,
  exists: 4,
  existsOne: 2,
  skipped: 1,
  append: 12,
  appendItem: 13,
  insert: 2,
} as const;
const LIST_COST = 10;
const MAP_COST = 30;
/** The macro reads the list twice, by a name of its own. */
const SORT_NAMES = 3;

/** Evaluates a macro over a list, a map or an optional value. */
export function runLoop(evaluator: Evaluator, loop: LoopExpression, scope: Scope): Value {
  const range = evaluator.evaluate(loop.range, scope);
  switch (loop.kind) {
    case 'all':
      return quantify(evaluator, loop, range, scope, false);
    case 'exists':
      return quantify(evaluator, loop, range, scope, true);
    case 'existsOne':
      return existsOne(evaluator, loop, range, scope);
    case 'map':
      return mapItems(evaluator, loop, range, scope);
    case 'filter':
      return filterItems(evaluator, loop, range, scope);
    case 'transformMap':
      return transformMap(evaluator, loop, range, scope);
    case 'transformMapEntry':
      return transformEntries(evaluator, loop, range, scope);
    case 'sortBy':
      return sortBy(evaluator, loop, range, scope);
    case 'optMap':
    case 'optFlatMap':
      return overOptional(evaluator, loop, range, scope);
  }
}

/** The variables of each iteration, and the item that they are of. */
function* iterations(
  loop: LoopExpression,
  range: Value,
  outer: Scope,
): Generator<{ scope: Scope; first: Value }> {
  const [one, two] = loop.variables;
  const bind = (first: Value, second: Value): { scope: Scope; first: Value } => {
    const scope: Scope = { name: one, value: first, outer };
    return { first, scope: two === undefined ? scope : { name: two, value: second, outer: scope } };
  };
  switch (kindOf(range)) {
    case 'list': {
      const list = range as List;
      for (let at = 0; at < list.size; at++) {
        const item = list.at(at);
        yield two === undefined ? bind(item, item) : bind(BigInt(at), item);
      }
      return;
    }
    case 'map': {
      const map = range as Mapping;
      for (const key of map.keys())
        yield bind(key, two === undefined ? null : (map.get(key) ?? null));
      return;
    }
    default:
      throw noSuchOverload();
  }
}

/** `all` ends at what is false, `exists` at what is true; an error counts only where nothing ends them. */
function quantify(
  evaluator: Evaluator,
  loop: LoopExpression,
  range: Value,
  outer: Scope,
  decisive: boolean,
): boolean {
  const { meter } = evaluator;
  let error: Error | undefined;
  for (const { scope } of iterations(loop, range, outer)) {
    meter.charge(decisive ? STEP.exists : STEP.all);
    try {
      const value = evaluator.evaluate(loop.body, scope);
      if (value === decisive) {
        meter.charge(1);
        return decisive;
      }
      if (typeof value !== 'boolean') error ??= noSuchOverload();
    } catch (caught) {
      if (!(caught instanceof EvaluationError)) throw caught;
      error ??= caught;
    }
  }
  meter.charge(1);
  if (error !== undefined) throw error;
  return !decisive;
}

function existsOne(
  evaluator: Evaluator,
  loop: LoopExpression,
  range: Value,
  outer: Scope,
): boolean {
  const { meter } = evaluator;
  let count = 0;
  for (const { scope } of iterations(loop, range, outer)) {
    const holds = holdsFor(evaluator, loop.body, scope);
    meter.charge(holds ? STEP.existsOne : STEP.skipped);
    if (holds) count++;
  }
  meter.charge(2);
  return count === 1;
}

function holdsFor(evaluator: Evaluator, body: LoopExpression['body'], scope: Scope): boolean {
  const value = evaluator.evaluate(body, scope);
  if (typeof value !== 'boolean') throw noSuchOverload();
  return value;
}

function mapItems(evaluator: Evaluator, loop: LoopExpression, range: Value, outer: Scope): List {
  const { meter } = evaluator;
  meter.charge(LIST_COST);
  const items: Value[] = [];
  for (const { scope } of iterations(loop, range, outer)) {
    if (loop.condition !== undefined && !holdsFor(evaluator, loop.condition, scope)) {
      meter.charge(STEP.skipped);
      continue;
    }
    items.push(evaluator.evaluate(loop.body, scope));
    meter.charge(STEP.append);
  }
  meter.charge(1);
  return listOf(items);
}

function filterItems(evaluator: Evaluator, loop: LoopExpression, range: Value, outer: Scope): List {
  const { meter } = evaluator;
  meter.charge(LIST_COST);
  const items: Value[] = [];
  for (const { scope, first } of iterations(loop, range, outer)) {
    const holds = holdsFor(evaluator, loop.body, scope);
    meter.charge(holds ? STEP.appendItem : STEP.skipped);
    if (holds) items.push(first);
  }
  meter.charge(1);
  return listOf(items);
}

function transformMap(
  evaluator: Evaluator,
  loop: LoopExpression,
  range: Value,
  outer: Scope,
): Mapping {
  const { meter } = evaluator;
  meter.charge(MAP_COST);
  const entries: [Value, Value][] = [];
  for (const { scope, first } of iterations(loop, range, outer)) {
    if (loop.condition !== undefined && !holdsFor(evaluator, loop.condition, scope)) {
      meter.charge(STEP.skipped);
      continue;
    }
    entries.push([first, evaluator.evaluate(loop.body, scope)]);
    meter.charge(STEP.append);
  }
  meter.charge(1);
  return mapOf(entries);
}

/** Each iteration makes a map of its own, whose entries are put together. */
function transformEntries(
  evaluator: Evaluator,
  loop: LoopExpression,
  range: Value,
  outer: Scope,
): Mapping {
  const { meter } = evaluator;
  meter.charge(MAP_COST);
  const entries: [Value, Value][] = [];
  for (const { scope } of iterations(loop, range, outer)) {
    if (loop.condition !== undefined && !holdsFor(evaluator, loop.condition, scope)) {
      meter.charge(STEP.skipped);
      continue;
    }
    const made = evaluator.evaluate(loop.body, scope);
    if (kindOf(made) !== 'map') throw noSuchOverload();
    const map = made as Mapping;
    for (const key of map.keys()) entries.push([key, map.get(key) ?? null]);
    meter.charge(STEP.insert);
  }
  meter.charge(1);
  return mapOf(entries, (key) => `insert failed: key ${textOf(key)} already exists`);
}

function textOf(key: Value): string {
  return typeof key === 'object' ? '' : String(key);
}

/** Sorting compares each key with each other one, as far as its cost goes. Items of equal keys stay in their order. */
function sortBy(evaluator: Evaluator, loop: LoopExpression, range: Value, outer: Scope): List {
  if (kindOf(range) !== 'list') throw noSuchOverload();
  const list = range as List;
  const keys = mapItems(evaluator, loop, range, outer);
  evaluator.meter.charge(SORT_NAMES + selfCompareCost(keys));
  const first = list.size === 0 ? null : keys.at(0);
  const pairs = itemsOf(list).map((item, index) => ({ item, key: keys.at(index) }));
  if (pairs.some(({ key }) => kindOf(key) !== kindOf(first)))
    throw new EvaluationError('list elements must have the same type');
  pairs.sort((a, b) => compare(a.key, b.key));
  return listOf(pairs.map(({ item }) => item));
}

function overOptional(
  evaluator: Evaluator,
  loop: LoopExpression,
  range: Value,
  outer: Scope,
): Value {
  if (kindOf(range) !== 'optional') throw noSuchOverload();
  const { value } = range as Optional;
  evaluator.meter.charge(1);
  if (value === undefined) return NONE;
  const result = evaluator.evaluate(loop.body, { name: loop.variables[0], value, outer });
  return loop.kind === 'optMap' ? optionalOf(result) : result;
}
