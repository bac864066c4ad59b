import { createIntervalTree } from './interval-tree.js';
import { boundsOf, isSingleKey } from './key-range.js';
import type { Key, KeyRange } from './request.js';

/** Who watches a key: watchers of one key by a map, those of ranges by an interval tree. Thousands of each are fine. */
export interface WatcherIndex<W extends { readonly range: KeyRange }> {
  add(watcher: W): void;
  /** The watcher must be there. */
  remove(watcher: W): void;
  visit(key: Key, visitor: (watcher: W) => void): void;
}

export function createWatcherIndex<W extends { readonly range: KeyRange }>(): WatcherIndex<W> {
  const exact = new Map<Key, Set<W>>();
  const ranges = createIntervalTree<W>();
  return {
    add(watcher) {
      const { range } = watcher;
      if (!isSingleKey(range)) {
        ranges.insert(boundsOf(range), watcher);
        return;
      }
      const watchers = exact.get(range.key);
      if (watchers === undefined) exact.set(range.key, new Set([watcher]));
      else watchers.add(watcher);
    },
    remove(watcher) {
      const { range } = watcher;
      if (!isSingleKey(range)) {
        ranges.remove(boundsOf(range), watcher);
        return;
      }
      const watchers = exact.get(range.key);
      watchers?.delete(watcher);
      if (watchers?.size === 0) exact.delete(range.key);
    },
    visit(key, visitor) {
      for (const watcher of exact.get(key) ?? []) visitor(watcher);
      ranges.visit(key, visitor);
    },
  };
}
