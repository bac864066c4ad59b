import { goValue } from './go-value.js';
import type { JsonMap } from './json-map.js';
import { getOwn, isMap } from './json-map.js';
import { PatchFailure } from './patch-error.js';

/** Merges two items of a list that have the same merge key. */
export type MergeItems = (original: JsonMap, patch: JsonMap) => JsonMap;

type List = readonly unknown[];

/** Strategic merge of a list with patch strategy `merge`; items that the patch names take its order. */
export function mergeList(
  original: List,
  patch: List,
  mergeKey: string | undefined,
  mergeItems: MergeItems,
): List {
  if (original.length === 0 && patch.length === 0) return original;
  if (!holdsMaps(original, patch)) {
    return orderList([...new Set([...original, ...patch])], patch, original, undefined);
  }
  if (mergeKey === undefined) {
    throw new PatchFailure('inconsistent', 'cannot merge lists without merge key for struct');
  }
  const prepared = applyItemDirectives(original, patch, mergeKey);
  const merged = mergeByKey(prepared.original, prepared.patch, mergeKey, mergeItems);
  return orderList(merged, prepared.patch, prepared.original, mergeKey);
}

/**
 * Puts the items that `order` names into its order. The others keep that of `serverOrder`, and stand as near to their old
 * neighbours as that allows.
 */
export function orderList(
  merged: List,
  order: List,
  serverOrder: List,
  mergeKey: string | undefined,
): List {
  const orderRanks = ranksOf(order, mergeKey);
  const serverRanks = ranksOf(serverOrder, mergeKey);
  const named: unknown[] = [];
  const others: unknown[] = [];
  for (const item of merged) (orderRanks.has(keyOf(item, mergeKey)) ? named : others).push(item);
  sortByRank(named, orderRanks, mergeKey);
  sortByRank(others, serverRanks, mergeKey);
  return interleave(others, named, serverRanks, mergeKey);
}

/** True: all items of both are maps; false: none is. Anything else is refused. */
export function holdsMaps(...lists: List[]): boolean {
  let kind: string | undefined;
  for (const item of lists.flat(1)) {
    const found = kindOf(item);
    if (found === 'list')
      throw new PatchFailure('unprocessable', 'lists of lists are not supported');
    if (kind !== undefined && found !== kind) {
      const shown = lists.map((list) => goValue(list)).join(' ');
      throw new PatchFailure('inconsistent', `list element types are not identical: [${shown}]`);
    }
    kind = found;
  }
  return kind === 'map';
}

/** The value by which a list tells its items apart: that of the merge key, or the item itself. */
export function keyOf(item: unknown, mergeKey: string | undefined): unknown {
  if (mergeKey === undefined) return item;
  if (!isMap(item)) {
    throw new PatchFailure(
      'inconsistent',
      `expected a map[string]interface {}, but received a ${goTypeOf(item)}`,
    );
  }
  const key = getOwn(item, mergeKey);
  if (key === undefined) {
    const text = `map: ${goValue(item)} does not contain declared merge key: ${mergeKey}`;
    throw new PatchFailure('inconsistent', text);
  }
  return key;
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'list';
  return value === null ? 'null' : typeof value === 'object' ? 'map' : typeof value;
}

export function goTypeOf(value: unknown): string {
  if (value === null || value === undefined) return '%!s(<nil>)';
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'object' ? 'map[string]interface {}' : typeof value;
}

/** Carries out the items `$patch: delete` and `$patch: replace`, and takes them out of the patch. */
function applyItemDirectives(
  original: List,
  patch: List,
  mergeKey: string,
): { original: List; patch: List } {
  const rest: unknown[] = [];
  const deleted = new Set<unknown>();
  let replace = false;
  for (const item of patch) {
    const directive = isMap(item) ? getOwn(item, '$patch') : undefined;
    if (directive === undefined) rest.push(item);
    else if (directive === 'replace') replace = true;
    else if (directive === 'delete') deleted.add(keyOf(item, mergeKey));
    else throw badListDirective(directive, item);
  }
  if (replace) return { original: rest, patch: [] };
  if (deleted.size === 0) return { original, patch: rest };
  const kept = original.filter((item) => !(isMap(item) && deleted.has(getOwn(item, mergeKey))));
  return { original: kept, patch: rest };
}

function badListDirective(directive: unknown, item: unknown): PatchFailure {
  if (directive === 'merge') {
    return new PatchFailure('inconsistent', 'merging lists cannot yet be specified in the patch');
  }
  const text = `unknown patch type: ${goValue(directive)} in map: ${goValue(item)}`;
  return new PatchFailure('inconsistent', text);
}

function mergeByKey(original: List, patch: List, mergeKey: string, mergeItems: MergeItems): List {
  const merged = [...original];
  const places = new Map<unknown, number>();
  merged.forEach((item, place) => {
    const key = isMap(item) ? getOwn(item, mergeKey) : undefined;
    if (key !== undefined && !places.has(key)) places.set(key, place);
  });
  for (const item of patch) {
    const key = keyOf(item, mergeKey);
    const place = places.get(key);
    const found = place === undefined ? undefined : merged[place];
    if (place !== undefined && isMap(found) && isMap(item)) merged[place] = mergeItems(found, item);
    else places.set(key, merged.push(item) - 1);
  }
  return merged;
}

function ranksOf(list: List, mergeKey: string | undefined): ReadonlyMap<unknown, number> {
  const ranks = new Map<unknown, number>();
  list.forEach((item, rank) => {
    const key = keyOf(item, mergeKey);
    if (!ranks.has(key)) ranks.set(key, rank);
  });
  return ranks;
}

/** Stable; items without a rank stay behind those before them. */
function sortByRank(
  list: unknown[],
  ranks: ReadonlyMap<unknown, number>,
  mergeKey: string | undefined,
): void {
  const rank = (item: unknown): number => ranks.get(keyOf(item, mergeKey)) ?? ranks.size;
  list.sort((a, b) => rank(a) - rank(b));
}

/** Merges two ordered lists: an item of `others` goes first only where the server had it before. */
function interleave(
  others: List,
  named: List,
  serverRanks: ReadonlyMap<unknown, number>,
  mergeKey: string | undefined,
): List {
  const result: unknown[] = [];
  let next = 0;
  for (const item of named) {
    const rank = serverRanks.get(keyOf(item, mergeKey));
    while (next < others.length && rank !== undefined) {
      const other = serverRanks.get(keyOf(others[next], mergeKey));
      if (other === undefined || other >= rank) break;
      result.push(others[next++]);
    }
    result.push(item);
  }
  return [...result, ...others.slice(next)];
}
