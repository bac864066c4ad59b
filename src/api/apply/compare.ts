import type { Draft, FieldSet, PathElement } from './field-set.js';
import { MEMBER, NO_FIELDS, withSelf } from './field-set.js';
import { wholeOf } from './fields-of.js';
import { fieldElement } from './path-element.js';
import type { ListShape, MapShape, Shape } from './shape.js';
import { asList, asMap, childShape, isEmptyMap, itemElements, resolve } from './shape.js';

/** In which fields two versions of an object differ. */
export interface Changes {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

/** The same of a node within; what is absent is empty. */
type NodeChanges = { -readonly [Kind in keyof Changes]?: Draft };

const KINDS = ['added', 'modified', 'removed'] as const;

/** Undefined: they are the same. This runs for every write, so equal parts cost no more than their comparison. */
export function compareObjects(before: unknown, after: unknown, shape: Shape): Changes | undefined {
  const changes = compareNodes(before, after, shape);
  if (changes === undefined) return undefined;
  const { added = NO_FIELDS, modified = NO_FIELDS, removed = NO_FIELDS } = changes;
  return { added, modified, removed };
}

function compareNodes(before: unknown, after: unknown, shape: Shape): NodeChanges | undefined {
  if (before === after) return undefined;
  if (before === undefined) return { added: wholeOf(after, shape) };
  if (after === undefined) return { removed: wholeOf(before, shape) };
  const known = resolve(shape, after ?? before);
  if (shape.type === 'deduced' && resolve(shape, before).type !== known.type && before !== null)
    return replaced(before, after, shape);
  switch (known.type) {
    case 'scalar':
      return leaf(before, after);
    case 'map':
      return known.atomic ? leaf(before, after) : compareMaps(before, after, known);
    case 'list':
      return known.relation === 'atomic' ? leaf(before, after) : compareLists(before, after, known);
  }
}

/** A value of one sort has made way for one of another. */
function replaced(before: unknown, after: unknown, shape: Shape): NodeChanges {
  const gone = wholeOf(before, shape);
  const come = wholeOf(after, shape);
  return {
    modified: MEMBER,
    ...(gone !== MEMBER && { removed: gone }),
    ...(come !== MEMBER && { added: come }),
  };
}

function leaf(before: unknown, after: unknown): NodeChanges | undefined {
  return equal(before, after) ? undefined : { modified: MEMBER };
}

function compareMaps(before: unknown, after: unknown, shape: MapShape): NodeChanges | undefined {
  const left = asMap(before) ?? {};
  const right = asMap(after) ?? {};
  // What is empty on both sides is one value: `null` and `{}` are told apart.
  if (isEmptyMap(left) && isEmptyMap(right)) return leaf(before, after);
  let changes: NodeChanges | undefined;
  for (const name of Object.keys(left)) {
    const own = Object.hasOwn(right, name) ? right[name] : undefined;
    if (left[name] === own) continue;
    const below = compareNodes(left[name], own, childShape(shape, name));
    if (below !== undefined) changes = collect(changes, fieldElement(name), below);
  }
  for (const name of Object.keys(right)) {
    if (Object.hasOwn(left, name) || right[name] === undefined) continue;
    const below = { added: wholeOf(right[name], childShape(shape, name)) };
    changes = collect(changes, fieldElement(name), below);
  }
  return changes;
}

function compareLists(before: unknown, after: unknown, shape: ListShape): NodeChanges | undefined {
  const left = asList(before) ?? [];
  const right = asList(after) ?? [];
  if (left.length === 0 && right.length === 0) return leaf(before, after);
  return inStep(shape, left, right)
    ? comparePairs(left, right, shape)
    : compareByElement(before, after, left, right, shape);
}

/** Whether the items have the same keys, place by place: then nobody needs to know the keys of equal ones. */
function inStep(shape: ListShape, left: readonly unknown[], right: readonly unknown[]): boolean {
  if (left.length !== right.length) return false;
  return left.every((item, at) => {
    const other = right[at];
    if (shape.relation === 'set') return item === other;
    const [a, b] = [asMap(item), asMap(other)];
    if (a === undefined || b === undefined) return false;
    return shape.keys.every(
      (key) =>
        equal(a[key.name] ?? key.default, b[key.name] ?? key.default) && a[key.name] !== null,
    );
  });
}

function comparePairs(
  left: readonly unknown[],
  right: readonly unknown[],
  shape: ListShape,
): NodeChanges | undefined {
  let changes: NodeChanges | undefined;
  let elements: readonly PathElement[] | undefined;
  for (const [at, item] of left.entries()) {
    const below = compareNodes(item, right[at], shape.item());
    if (below === undefined) continue;
    elements ??= itemElements(shape, left);
    const element = elements?.[at];
    if (element === undefined) return { modified: MEMBER };
    // Of two items with the same keys, nobody can own a part.
    const twice = elements?.indexOf(element) !== elements?.lastIndexOf(element);
    changes = collect(changes, element, twice ? { modified: MEMBER } : below);
  }
  return changes;
}

function compareByElement(
  before: unknown,
  after: unknown,
  left: readonly unknown[],
  right: readonly unknown[],
  shape: ListShape,
): NodeChanges | undefined {
  const lefts = group(shape, left);
  const rights = group(shape, right);
  if (lefts === undefined || rights === undefined) return leaf(before, after);
  let changes: NodeChanges | undefined;
  for (const element of new Set([...lefts.keys(), ...rights.keys()])) {
    const below = compareItems(lefts.get(element) ?? [], rights.get(element) ?? [], shape);
    if (below !== undefined) changes = collect(changes, element, below);
  }
  return changes;
}

function compareItems(
  left: readonly unknown[],
  right: readonly unknown[],
  shape: ListShape,
): NodeChanges | undefined {
  if (left.length <= 1 && right.length <= 1) return compareNodes(left[0], right[0], shape.item());
  if (right.length === 0) return { removed: withSelf(wholeOf(left[0], shape.item())) };
  return leaf(left, right);
}

function group(
  shape: ListShape,
  list: readonly unknown[],
): Map<PathElement, unknown[]> | undefined {
  const elements = itemElements(shape, list);
  if (elements === undefined) return undefined;
  const groups = new Map<PathElement, unknown[]>();
  for (const [at, element] of elements.entries()) {
    const known = groups.get(element);
    if (known === undefined) groups.set(element, [list[at]]);
    else known.push(list[at]);
  }
  return groups;
}

function collect(
  changes: NodeChanges | undefined,
  element: PathElement,
  below: NodeChanges,
): NodeChanges {
  const result = changes ?? {};
  for (const kind of KINDS) {
    const node = below[kind];
    if (node !== undefined) (result[kind] ??= {})[element] = node;
  }
  return result;
}

/** Whether two JSON values are the same, whatever the order of their keys. */
export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const [lists, list] = [asList(a), asList(b)];
  if (lists !== undefined || list !== undefined) {
    return (
      lists !== undefined &&
      list?.length === lists.length &&
      lists.every((item, at) => equal(item, list[at]))
    );
  }
  return mapsEqual(a as Record<string, unknown>, b as Record<string, unknown>);
}

function mapsEqual(a: Record<string, unknown>, b: Record<string, unknown>): boolean {
  let known = 0;
  for (const name of Object.keys(a)) {
    if (a[name] === undefined) continue;
    if (!Object.hasOwn(b, name) || !equal(a[name], b[name])) return false;
    known++;
  }
  for (const name of Object.keys(b)) if (b[name] !== undefined) known--;
  return known === 0;
}
