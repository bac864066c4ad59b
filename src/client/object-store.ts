import { assert, assertDefined } from '../base/index.js';
import type { ObjectKey } from './object-key.js';
import { objectKey } from './object-key.js';
import type { ApiObject } from './resource-descriptor.js';

/** Reads from a local copy. What it returns is shared: never change it. */
export interface Lister<T extends ApiObject> {
  get(key: ObjectKey): T | undefined;
  list(): readonly T[];
  /** The objects for which the named indexer gave this value. */
  byIndex(index: string, value: string): readonly T[];
  readonly size: number;
}

/** The values under which an object is found. */
export type Indexer<T> = (object: T) => readonly string[];

/** A local copy of a collection: objects by key, and indexes over them. */
export interface ObjectStore<T extends ApiObject> extends Lister<T> {
  addIndexer(name: string, indexer: Indexer<T>): void;
  /** Returns what was there. */
  put(object: T): T | undefined;
  remove(key: ObjectKey): T | undefined;
}

interface Index<T> {
  readonly indexer: Indexer<T>;
  readonly keys: Map<string, Set<ObjectKey>>;
}

export function createObjectStore<T extends ApiObject>(): ObjectStore<T> {
  const objects = new Map<ObjectKey, T>();
  const indexes = new Map<string, Index<T>>();

  function enter(index: Index<T>, key: ObjectKey, object: T): void {
    for (const value of index.indexer(object)) {
      const keys = index.keys.get(value);
      if (keys === undefined) index.keys.set(value, new Set([key]));
      else keys.add(key);
    }
  }

  function leave(index: Index<T>, key: ObjectKey, object: T): void {
    for (const value of index.indexer(object)) {
      const keys = index.keys.get(value);
      keys?.delete(key);
      if (keys?.size === 0) index.keys.delete(value);
    }
  }

  function remove(key: ObjectKey): T | undefined {
    const old = objects.get(key);
    if (old === undefined) return undefined;
    for (const index of indexes.values()) leave(index, key, old);
    objects.delete(key);
    return old;
  }

  return {
    get size() {
      return objects.size;
    },
    get: (key) => objects.get(key),
    list: () => [...objects.values()],
    byIndex: (name, value) => {
      const keys = assertDefined(indexes.get(name), `index ${name}`).keys.get(value) ?? [];
      return [...keys].map((key) => assertDefined(objects.get(key), `indexed object ${key}`));
    },
    addIndexer: (name, indexer) => {
      assert(!indexes.has(name), `index ${name} exists already`);
      const index: Index<T> = { indexer, keys: new Map() };
      indexes.set(name, index);
      for (const [key, object] of objects) enter(index, key, object);
    },
    put: (object) => {
      const key = objectKey(object);
      const old = remove(key);
      objects.set(key, object);
      for (const index of indexes.values()) enter(index, key, object);
      return old;
    },
    remove,
  };
}
