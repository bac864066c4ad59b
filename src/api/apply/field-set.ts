/**
 * A set of paths into an object, in the very form of the wire (FieldsV1 of meta/v1): each key is one step of a path, and a
 * node is in the set itself where it is empty or holds a `.`. At the top, `{}` is the empty set.
 *
 *     {"f:spec": {"f:replicas": {}, "f:selector": {".": {}, "f:app": {}}}}
 *
 * has `spec.replicas`, `spec.selector` and `spec.selector.app`, and not `spec`. As it is the stored form, nothing is read or
 * written to work with it. Sets are never changed: operations share what they keep, and return the same set where nothing
 * changes.
 */
export interface FieldSet {
  readonly [element: string]: FieldSet;
}

export type Draft = Record<string, FieldSet>;

export const NO_FIELDS: FieldSet = {};
/** A node that is in the set, and has nothing below it. */
export const MEMBER: FieldSet = {};
const SELF = '.';

/** One step of a path, as a key of a set: `f:spec`, `k:{"name":"web"}`, `v:"a"`, `i:0`. */
export type PathElement = string;

export function isEmptySet(set: FieldSet): boolean {
  for (const element in set) if (Object.hasOwn(set, element)) return false;
  return true;
}

/** Of a node below the top: whether it is in the set itself. */
export function isMember(node: FieldSet): boolean {
  return SELF in node || isEmptySet(node);
}

/** The node as one that is in the set itself. */
export function withSelf(node: FieldSet | undefined): FieldSet {
  if (node === undefined || isEmptySet(node)) return MEMBER;
  return SELF in node ? node : { [SELF]: MEMBER, ...node };
}

/** The steps that lead on from a node. */
export function elementsOf(node: FieldSet): PathElement[] {
  return Object.keys(node).filter((element) => element !== SELF);
}

export function hasPath(set: FieldSet, path: readonly PathElement[]): boolean {
  const node = nodeAt(set, path);
  return node !== undefined && isMember(node);
}

/** What the set has at and below a path. */
export function nodeAt(set: FieldSet, path: readonly PathElement[]): FieldSet | undefined {
  let node: FieldSet | undefined = set;
  for (const element of path) {
    node = node[element];
    if (node === undefined) return undefined;
  }
  return node;
}

/** The set of these paths. */
export function setOf(...paths: readonly (readonly PathElement[])[]): FieldSet {
  return paths.reduce<FieldSet>((set, path) => union(set, alone(path)), NO_FIELDS);
}

function alone(path: readonly PathElement[]): FieldSet {
  return path.reduceRight<FieldSet>((below, element) => ({ [element]: below }), MEMBER);
}

export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmptySet(b)) return a;
  if (isEmptySet(a)) return b;
  const result: Draft = { ...a };
  for (const [element, node] of Object.entries(b)) {
    const known = a[element];
    result[element] = known === undefined ? node : unionNodes(known, node);
  }
  return result;
}

function unionNodes(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmptySet(a)) return withSelf(b);
  return isEmptySet(b) ? withSelf(a) : union(a, b);
}

export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  return commonChildren(a, b) ?? NO_FIELDS;
}

function commonChildren(a: FieldSet, b: FieldSet): FieldSet | undefined {
  let result: Draft | undefined;
  for (const element of elementsOf(b)) {
    const left = a[element];
    const right = b[element];
    if (left === undefined || right === undefined) continue;
    const children = commonChildren(left, right);
    const node = isMember(left) && isMember(right) ? withSelf(children) : children;
    if (node !== undefined) (result ??= {})[element] = node;
  }
  return result;
}

/** Of a, what is not in b. What lies below a path of b stays, unless b has it, too. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  return subtract(a, b, (left, right) => (isMember(right) ? withoutSelf(left) : left));
}

/** Of a, what is neither in b nor below a path of b. */
export function differenceBelow(a: FieldSet, b: FieldSet): FieldSet {
  return subtract(a, b, (left, right) => (isMember(right) ? undefined : left));
}

/** `taken` says what is left of a node of a, at a place where b has one, before its children are looked at. */
function subtract(
  a: FieldSet,
  b: FieldSet,
  taken: (left: FieldSet, right: FieldSet) => FieldSet | undefined,
): FieldSet {
  let result: Draft | undefined;
  for (const element of elementsOf(b)) {
    const left = a[element];
    const right = b[element];
    if (left === undefined || right === undefined) continue;
    const rest = restOf(taken(left, right), right, taken);
    if (rest === left) continue;
    result ??= { ...a };
    if (rest === undefined) Reflect.deleteProperty(result, element);
    else result[element] = rest;
  }
  return result ?? a;
}

function restOf(
  node: FieldSet | undefined,
  right: FieldSet,
  taken: (left: FieldSet, right: FieldSet) => FieldSet | undefined,
): FieldSet | undefined {
  if (node === undefined || isEmptySet(node)) return node;
  const rest = subtract(node, right, taken);
  return isEmptySet(rest) ? undefined : rest;
}

function withoutSelf(node: FieldSet): FieldSet | undefined {
  if (isEmptySet(node)) return undefined;
  if (!(SELF in node)) return node;
  const { [SELF]: _self, ...children } = node;
  return isEmptySet(children) ? undefined : children;
}

export function setsEqual(a: FieldSet, b: FieldSet): boolean {
  if (a === b) return true;
  const elements = Object.keys(a);
  return (
    elements.length === Object.keys(b).length &&
    elements.every((element) => {
      const left = a[element];
      const right = b[element];
      return left !== undefined && right !== undefined && setsEqual(left, right);
    })
  );
}

/** Every path of the set, in the order of its elements. */
export function* pathsOf(
  set: FieldSet,
  above: readonly PathElement[] = [],
): Generator<readonly PathElement[]> {
  for (const element of elementsOf(set).sort()) {
    const node = set[element] ?? MEMBER;
    const path = [...above, element];
    if (isMember(node)) yield path;
    yield* pathsOf(node, path);
  }
}

/** The paths of the set that have none below them. */
export function leavesOf(set: FieldSet): FieldSet {
  const result: Draft = {};
  for (const element of elementsOf(set)) {
    const node = set[element];
    if (node === undefined) continue;
    const below = leavesOf(node);
    result[element] = isEmptySet(below) ? MEMBER : below;
  }
  return result;
}
