import { isJsonObject } from '../scheme/json.js';
import type { PathElement } from './field-set.js';
import { keyElement, valueElement } from './path-element.js';

/** How far server-side apply looks into a value, and how it tells the items of a list apart (structured-merge-diff's schema). */
export type Shape = ScalarShape | ListShape | MapShape | DeducedShape;

export interface ScalarShape {
  readonly type: 'scalar';
  readonly of: 'string' | 'numeric' | 'boolean' | 'any';
}

export interface ListShape {
  readonly type: 'list';
  /** `atomic`: owned as a whole. `set`: of scalars, each owned. `map`: items told apart by keys, each owned by parts. */
  readonly relation: 'atomic' | 'set' | 'map';
  readonly keys: readonly ListKey[];
  item(): Shape;
}

export interface ListKey {
  readonly name: string;
  /** What stands for a key that an item leaves out; undefined: it must not. */
  readonly default?: unknown;
}

/** A struct has fields of known names, a map any with one shape; both at once are possible. */
export interface MapShape {
  readonly type: 'map';
  readonly atomic: boolean;
  /** Undefined: no field of this name is known. */
  field(name: string): Shape | undefined;
  /** Of all other names; undefined: there are none. */
  readonly value: Shape | undefined;
}

/** Nothing is known: maps are owned by their parts, lists as a whole. */
export interface DeducedShape {
  readonly type: 'deduced';
}

export type JsonMap = Readonly<Record<string, unknown>>;

export const DEDUCED: DeducedShape = { type: 'deduced' };
export const ANY_SCALAR: ScalarShape = { type: 'scalar', of: 'any' };
const DEDUCED_MAP: MapShape = {
  type: 'map',
  atomic: false,
  field: () => undefined,
  value: DEDUCED,
};
const ATOMIC_LIST: ListShape = { type: 'list', relation: 'atomic', keys: [], item: () => DEDUCED };

/** A shape that is known: where nothing is, the value itself tells. */
export function resolve(shape: Shape, value: unknown): Exclude<Shape, DeducedShape> {
  if (shape.type !== 'deduced') return shape;
  if (Array.isArray(value)) return ATOMIC_LIST;
  return isJsonObject(value) ? DEDUCED_MAP : ANY_SCALAR;
}

export function childShape(shape: MapShape, name: string): Shape {
  return shape.field(name) ?? shape.value ?? DEDUCED;
}

/** The element of a list's item; undefined where it lacks a key, or is nothing that can be told apart. */
export function itemElement(shape: ListShape, item: unknown): PathElement | undefined {
  if (shape.relation === 'set') {
    return item === null || typeof item === 'object' ? undefined : valueElement(item);
  }
  if (!isJsonObject(item)) return undefined;
  const keys: [string, unknown][] = [];
  for (const key of shape.keys) {
    const value = item[key.name] ?? key.default;
    if (value === undefined) return undefined;
    keys.push([key.name, value]);
  }
  return keyElement(keys);
}

/** The elements of all items of a list; undefined where one has none: then the list can only be taken as a whole. */
export function itemElements(
  shape: ListShape,
  list: readonly unknown[],
): PathElement[] | undefined {
  const elements: PathElement[] = [];
  for (const item of list) {
    const element = itemElement(shape, item);
    if (element === undefined) return undefined;
    elements.push(element);
  }
  return elements;
}

export function asMap(value: unknown): JsonMap | undefined {
  return isJsonObject(value) ? value : undefined;
}

export function asList(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

export function isEmptyMap(map: JsonMap | undefined): boolean {
  return map === undefined || Object.keys(map).length === 0;
}
