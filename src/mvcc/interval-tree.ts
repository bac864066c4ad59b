import { assertDefined } from '../base/index.js';
import type { KeyBounds } from './key-range.js';
import type { Key } from './request.js';

/**
 * Items on ranges of keys, asked which ranges hold a key: O(log ranges + hits). A treap (Seidel and Aragon 1996) in
 * order of the lower bound, each node knowing how far up the ranges below it reach. Its priorities are hashes of the
 * bounds, so that the shape depends on what is in it and on nothing else. Items on equal ranges share a node.
 */
export interface IntervalTree<T> {
  insert(bounds: KeyBounds, item: T): void;
  /** The item must be there. */
  remove(bounds: KeyBounds, item: T): void;
  /** Visits every item whose range holds the key. */
  visit(key: Key, visitor: (item: T) => void): void;
}

interface Node<T> {
  readonly low: Key;
  /** Undefined: to the end of the key space. */
  readonly high: Key | undefined;
  readonly priority: number;
  readonly items: Set<T>;
  /** The highest `high` of this node and all below. */
  reach: Key | undefined;
  left: Node<T> | undefined;
  right: Node<T> | undefined;
}

export function createIntervalTree<T>(): IntervalTree<T> {
  let root: Node<T> | undefined;
  return {
    insert(bounds, item) {
      const node = find(root, bounds);
      if (node !== undefined) {
        node.items.add(item);
        return;
      }
      root = insertNode(root, makeNode(bounds, item));
    },
    remove(bounds, item) {
      const node = assertDefined(find(root, bounds), 'the range of an item');
      node.items.delete(item);
      if (node.items.size === 0) root = removeNode(root, bounds);
    },
    visit(key, visitor) {
      visitNode(root, key, visitor);
    },
  };
}

function makeNode<T>(bounds: KeyBounds, item: T): Node<T> {
  const { low, high } = bounds;
  const priority = hashText(high ?? '', hashText(low, 0x811c9dc5));
  return {
    low,
    high,
    priority,
    items: new Set([item]),
    reach: high,
    left: undefined,
    right: undefined,
  };
}

function visitNode<T>(node: Node<T> | undefined, key: Key, visitor: (item: T) => void): void {
  if (node === undefined || (node.reach !== undefined && node.reach <= key)) return;
  visitNode(node.left, key, visitor);
  if (node.low > key) return;
  if (node.high === undefined || key < node.high) for (const item of node.items) visitor(item);
  visitNode(node.right, key, visitor);
}

function find<T>(root: Node<T> | undefined, bounds: KeyBounds): Node<T> | undefined {
  let node = root;
  while (node !== undefined) {
    const order = compareBounds(bounds, node);
    if (order === 0) return node;
    node = order < 0 ? node.left : node.right;
  }
  return undefined;
}

function insertNode<T>(node: Node<T> | undefined, added: Node<T>): Node<T> {
  if (node === undefined) return added;
  if (compareBounds(added, node) < 0) {
    node.left = insertNode(node.left, added);
    return node.left.priority > node.priority ? rotateRight(node, node.left) : withReach(node);
  }
  node.right = insertNode(node.right, added);
  return node.right.priority > node.priority ? rotateLeft(node, node.right) : withReach(node);
}

function removeNode<T>(node: Node<T> | undefined, bounds: KeyBounds): Node<T> | undefined {
  if (node === undefined) return undefined;
  const order = compareBounds(bounds, node);
  if (order === 0) return merge(node.left, node.right);
  if (order < 0) node.left = removeNode(node.left, bounds);
  else node.right = removeNode(node.right, bounds);
  return withReach(node);
}

/** Joins two trees of which all of the first stands before all of the second. */
function merge<T>(left: Node<T> | undefined, right: Node<T> | undefined): Node<T> | undefined {
  if (left === undefined) return right;
  if (right === undefined) return left;
  if (left.priority > right.priority) {
    left.right = merge(left.right, right);
    return withReach(left);
  }
  right.left = merge(left, right.left);
  return withReach(right);
}

function rotateRight<T>(node: Node<T>, up: Node<T>): Node<T> {
  node.left = up.right;
  up.right = withReach(node);
  return withReach(up);
}

function rotateLeft<T>(node: Node<T>, up: Node<T>): Node<T> {
  node.right = up.left;
  up.left = withReach(node);
  return withReach(up);
}

function withReach<T>(node: Node<T>): Node<T> {
  node.reach = node.high;
  for (const child of [node.left, node.right]) {
    if (child !== undefined && compareHigh(child.reach, node.reach) > 0) node.reach = child.reach;
  }
  return node;
}

function compareBounds(a: KeyBounds, b: KeyBounds): number {
  if (a.low !== b.low) return a.low < b.low ? -1 : 1;
  return compareHigh(a.high, b.high);
}

function compareHigh(a: Key | undefined, b: Key | undefined): number {
  if (a === b) return 0;
  if (a === undefined) return 1;
  if (b === undefined) return -1;
  return a < b ? -1 : 1;
}

function hashText(text: string, seed: number): number {
  let hash = seed;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
