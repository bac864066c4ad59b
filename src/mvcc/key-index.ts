import sortedBTree from 'sorted-btree';
import { assert } from '../base/index.js';
import type { Key, KeyValue } from './request.js';
import type { KeyBounds } from './key-range.js';
import { createShardedMap } from './sharded-map.js';

/**
 * Every version of one key since the last compaction, oldest first. A tombstone is a version with `version` 0; what lies
 * between two tombstones is what etcd calls a generation.
 *
 * ```
 * put a (3), put a (5), delete a (6), put a (9)   →   versions 1, 2, 0, 1 at mod revisions 3, 5, 6, 9
 * ```
 */
export interface KeyEntry {
  readonly key: Key;
  readonly versions: KeyValue[];
}

/** An ordered map from key to entry. Deleted keys stay until a compaction takes their tombstones. */
export interface KeyIndex {
  /** Entries, those of deleted keys included. */
  readonly size: number;
  get(key: Key): KeyEntry | undefined;
  /** Appends a version, making the entry where there is none. */
  append(version: KeyValue): void;
  remove(key: Key): void;
  /** Calls back in order of key, until false is returned. */
  scan(bounds: KeyBounds, visit: (entry: KeyEntry) => boolean): void;
}

const BTree = sortedBTree.default;

export function createKeyIndex(): KeyIndex {
  const tree = new BTree<Key, KeyEntry>(undefined, compareKeys);
  // One key is looked up far more often than a range is walked, and a hash needs a tenth of the tree's time.
  const entries = createShardedMap<KeyEntry>();
  return {
    get size() {
      return entries.size;
    },
    get: (key) => entries.get(key),
    append(version) {
      const entry = entries.get(version.key);
      if (entry === undefined) {
        const added: KeyEntry = { key: version.key, versions: [version] };
        tree.set(version.key, added);
        entries.set(version.key, added);
        return;
      }
      assert(
        (newestVersion(entry)?.modRevision ?? 0) < version.modRevision,
        'a version out of order',
      );
      entry.versions.push(version);
    },
    remove(key) {
      tree.delete(key);
      entries.delete(key);
    },
    scan(bounds, visit) {
      const high = bounds.high ?? tree.maxKey();
      if (high === undefined || high < bounds.low) return;
      tree.editRange(bounds.low, high, bounds.high === undefined, (_key, entry) =>
        visit(entry) ? undefined : { break: 0 },
      );
    },
  };
}

/** The last version of an entry, which may be a tombstone. */
export function newestVersion(entry: KeyEntry): KeyValue | undefined {
  return entry.versions[entry.versions.length - 1];
}

/** The index of the last version at or before a revision, or -1. */
export function versionIndexAt(entry: KeyEntry, revision: number): number {
  const versions = entry.versions;
  let low = 0;
  let high = versions.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((versions[middle] as KeyValue).modRevision <= revision) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** What a reader at a revision sees: undefined where the key does not exist then. */
export function liveVersionAt(entry: KeyEntry, revision: number): KeyValue | undefined {
  const newest = newestVersion(entry);
  const version =
    newest !== undefined && newest.modRevision <= revision
      ? newest
      : entry.versions[versionIndexAt(entry, revision)];
  return version === undefined || isTombstone(version) ? undefined : version;
}

export function isTombstone(version: KeyValue): boolean {
  return version.version === 0;
}

function compareKeys(a: Key, b: Key): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
