import type { KubernetesObject } from '../../api/index.js';
import { objectOf } from './cached-object.js';
import type { CachedObject } from './cached-object.js';
import type { CacheEvent } from './resource-cache.js';

/** What a watcher is sent, before it is put into the form that the client asked for. */
export type WatchItem =
  | {
      readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
      readonly object: CachedObject;
      /** Undefined for initial events: they come in the order of keys, and nobody can resume among them. */
      readonly resumeAfter: number | undefined;
    }
  | { readonly type: 'BOOKMARK'; readonly resumeAfter: number; readonly initialEventsEnd: boolean };

/** What a client selects: objects below a key prefix for which `matches` holds. */
export interface Selection {
  readonly prefix: string;
  /** Absent: all of them. */
  readonly matches?: ((object: KubernetesObject) => boolean) | undefined;
  /** Objects as they are served, where that is not as they are stored. */
  readonly view?: (stored: CachedObject) => CachedObject;
}

export function isSelected(selection: Selection, object: CachedObject): boolean {
  return object.key.startsWith(selection.prefix) && (selection.matches?.(objectOf(object)) ?? true);
}

/**
 * A change as one watcher sees it: an object that begins to match is ADDED, one that ceases to match is DELETED (in its
 * last matching state), and what never matched is nothing at all.
 */
export function watchItemOf(event: CacheEvent, selection: Selection): WatchItem | undefined {
  const resumeAfter = event.revision;
  // A view may cost something: only those that are looked at are made.
  const viewed = (cached: CachedObject): CachedObject => selection.view?.(cached) ?? cached;
  const selected = (cached: CachedObject | undefined): boolean =>
    cached?.key.startsWith(selection.prefix) === true &&
    (selection.matches?.(objectOf(viewed(cached))) ?? true);
  const { current, previous, gone } = event;
  const before = selected(previous);
  if (current !== undefined && selected(current))
    return { type: before ? 'MODIFIED' : 'ADDED', object: viewed(current), resumeAfter };
  if (before && gone !== undefined) return { type: 'DELETED', object: viewed(gone), resumeAfter };
  return undefined;
}
