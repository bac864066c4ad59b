import type { ApiObject } from '../client/index.js';

/**
 * Own writes that an informer does not show yet: with them the next step need not wait for it. An object of the informer
 * is old if it is one that a write of ours has replaced.
 */
export interface Newest<T extends ApiObject> {
  readonly of: (key: string, shown: T) => T;
  readonly wrote: (key: string, replaced: T, written: T) => void;
  readonly forget: (key: string) => void;
}

export function createNewest<T extends ApiObject>(): Newest<T> {
  const writes = new Map<string, { replaced: Set<string | undefined>; written: T }>();
  return {
    of: (key, shown) => {
      const entry = writes.get(key);
      if (entry?.replaced.has(shown.metadata?.resourceVersion) === true) return entry.written;
      writes.delete(key);
      return shown;
    },
    wrote: (key, replaced, written) => {
      const before = writes.get(key)?.replaced ?? new Set();
      // A write that changes nothing replaces nothing.
      if (replaced.metadata?.resourceVersion === written.metadata?.resourceVersion) return;
      writes.set(key, { replaced: before.add(replaced.metadata?.resourceVersion), written });
    },
    forget: (key) => {
      writes.delete(key);
    },
  };
}
