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
  const viewed = (cached: CachedObject | undefined): CachedObject | undefined =>
    cached === undefined ? undefined : (selection.view?.(cached) ?? cached);
  const current = viewed(event.current);
  const previous = viewed(event.previous);
  const gone = viewed(event.gone);
  const before = previous !== undefined && isSelected(selection, previous);
  if (current !== undefined && isSelected(selection, current)) {
    return { type: before ? 'MODIFIED' : 'ADDED', object: current, resumeAfter };
  }
  if (before && gone !== undefined) return { type: 'DELETED', object: gone, resumeAfter };
  return undefined;
}
