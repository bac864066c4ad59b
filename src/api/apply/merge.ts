import { setEntry } from '../scheme/json.js';
import type { ListShape, MapShape, Shape } from './shape.js';
import { asList, asMap, childShape, isEmptyMap, itemElements, resolve } from './shape.js';

/** The live object with what the configuration sets. Nothing is removed; neither argument is changed, parts are shared. */
export function mergeObjects(live: unknown, config: unknown, shape: Shape): unknown {
  if (config === undefined) return live;
  if (live === undefined) return config;
  const known = resolve(shape, config ?? live);
  if (known.type === 'map' && !known.atomic) return mergeMaps(live, config, known);
  if (known.type === 'list' && known.relation !== 'atomic') return mergeLists(live, config, known);
  return config;
}

function mergeMaps(live: unknown, config: unknown, shape: MapShape): unknown {
  const left = asMap(live) ?? {};
  const right = asMap(config) ?? {};
  if (isEmptyMap(left) && isEmptyMap(right)) return config;
  const merged: Record<string, unknown> = { ...left };
  for (const [name, value] of Object.entries(right)) {
    const before = Object.hasOwn(left, name) ? left[name] : undefined;
    setEntry(merged, name, mergeObjects(before, value, childShape(shape, name)));
  }
  return merged;
}

/**
 * The items of both. Those of the configuration stand in its order; what only the live list has stays before the item
 * that it stood before.
 */
function mergeLists(live: unknown, config: unknown, shape: ListShape): unknown {
  const left = asList(live) ?? [];
  const right = asList(config) ?? [];
  if (left.length === 0) return config;
  const leftElements = itemElements(shape, left);
  const rightElements = itemElements(shape, right);
  if (leftElements === undefined || rightElements === undefined) return config;
  const wanted = new Set(rightElements);
  const present = new Set(leftElements);
  const shared = rightElements.filter((element) => present.has(element));
  const merged: unknown[] = [];
  let at = 0;
  let awaited = 0;
  const takeLeft = (): void => {
    for (; at < left.length && leftElements[at] !== shared[awaited]; at++) {
      if (!wanted.has(leftElements[at] ?? '')) merged.push(left[at]);
    }
  };
  for (const [place, element] of rightElements.entries()) {
    takeLeft();
    const before = present.has(element) ? left[leftElements.indexOf(element)] : undefined;
    merged.push(mergeObjects(before, right[place], shape.item()));
    if (element === shared[awaited]) awaited++;
  }
  takeLeft();
  return merged;
}
