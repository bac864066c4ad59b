import type { Draft, FieldSet } from './field-set.js';
import { MEMBER, NO_FIELDS, union, withSelf } from './field-set.js';
import { fieldElement, fieldNameOf } from './path-element.js';
import type { ListShape, MapShape, Shape } from './shape.js';
import { asList, asMap, childShape, isEmptyMap, itemElement, resolve } from './shape.js';

/** The fields that an object sets: what an applier owns of it (structured-merge-diff's ToFieldSet). */
export function fieldsOf(object: unknown, shape: Shape): FieldSet {
  return nodeOf(object, shape) ?? NO_FIELDS;
}

function nodeOf(value: unknown, shape: Shape): FieldSet | undefined {
  const known = resolve(shape, value);
  switch (known.type) {
    case 'scalar':
      return MEMBER;
    case 'list':
      return known.relation === 'atomic' ? MEMBER : listNode(asList(value) ?? [], known);
    case 'map':
      return known.atomic ? MEMBER : mapNode(value, known);
  }
}

function listNode(list: readonly unknown[], shape: ListShape): FieldSet | undefined {
  let node: FieldSet | undefined;
  for (const item of list) {
    const element = itemElement(shape, item);
    if (element === undefined) return MEMBER;
    const one = { [element]: withSelf(nodeOf(item, shape.item())) };
    node = node === undefined ? one : union(node, one);
  }
  return node;
}

/** A field of a struct is only the way to what is below it; a key of a map is itself something that was set. */
function mapNode(value: unknown, shape: MapShape): FieldSet | undefined {
  const map = asMap(value);
  if (map === undefined) return undefined;
  let node: Draft | undefined;
  for (const [name, item] of Object.entries(map)) {
    if (item === undefined) continue;
    const below = nodeOf(item, childShape(shape, name));
    const empty = item === null || (asMap(item) !== undefined && isEmptyMap(asMap(item)));
    const own = empty || shape.field(name) === undefined ? withSelf(below) : below;
    if (own !== undefined) (node ??= {})[fieldElement(name)] = own;
  }
  return node;
}

/** Every part of a value, down to what is owned as a whole: what comes with it, or goes. */
export function wholeOf(value: unknown, shape: Shape): FieldSet {
  const known = resolve(shape, value);
  if (known.type === 'map' && !known.atomic) {
    const node: Draft = {};
    for (const [name, item] of Object.entries(asMap(value) ?? {})) {
      if (item !== undefined) node[fieldElement(name)] = wholeOf(item, childShape(known, name));
    }
    return withSelf(node);
  }
  if (known.type === 'list' && known.relation !== 'atomic') {
    let node: FieldSet = NO_FIELDS;
    for (const item of asList(value) ?? []) {
      const element = itemElement(known, item);
      if (element === undefined) return MEMBER;
      node = union(node, { [element]: wholeOf(item, known.item()) });
    }
    return withSelf(node);
  }
  return MEMBER;
}

/**
 * The set, and the fields of structs that lead to its paths: a struct goes with the last of its fields, a map may stay
 * empty.
 */
export function withNamedFields(set: FieldSet, shape: Shape): FieldSet {
  const result: Draft = {};
  for (const [element, node] of Object.entries(set)) {
    if (element === '.') {
      result[element] = node;
      continue;
    }
    const name = fieldNameOf(element);
    const field = name !== undefined && shape.type === 'map' ? shape.field(name) : undefined;
    const below =
      field ??
      (shape.type === 'map' ? shape.value : shape.type === 'list' ? shape.item() : undefined);
    const inner = below === undefined ? node : withNamedFields(node, below);
    result[element] = field === undefined ? inner : withSelf(inner);
  }
  return result;
}
