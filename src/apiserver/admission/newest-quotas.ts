import type { V1ResourceQuota } from '../../api/index.js';
import type { AlongChanged } from '../storage/object-storage.js';
import { objectOf } from '../watch-cache/cached-object.js';
import type { CachedObject } from '../watch-cache/cached-object.js';
import type { ResourceCache } from '../watch-cache/resource-cache.js';

/** The quotas of each namespace: as the watch cache has them, or newer, where a write of our own is still on its way to it. */
export interface NewestQuotas {
  /** Whether there is any quota at all. */
  readonly some: boolean;
  /** In the order of their names. */
  in(prefix: string): readonly StoredQuota[];
  /** What was written. */
  wrote(written: readonly CachedObject[]): void;
  /** What was found instead of what was expected. */
  found(changed: AlongChanged): void;
}

export interface StoredQuota {
  readonly key: string;
  /** How the store tells that it is still this one: by its mod revision, or by its value where that is not known yet. */
  readonly expected: number | Uint8Array;
  /** Shared: nobody may change it. */
  readonly quota: V1ResourceQuota;
}

interface Newer {
  readonly revision: number;
  /** Undefined: it is gone. */
  readonly current: CachedObject | undefined;
}

export function newestQuotas(
  cache: Pick<ResourceCache, 'size' | 'list'>,
  cacheRevision: () => number,
): NewestQuotas {
  /** Only what the cache has yet to see. */
  const newer = new Map<string, Newer>();

  function note(key: string, seen: Newer): void {
    const known = newer.get(key);
    if (known === undefined || known.revision < seen.revision) newer.set(key, seen);
  }

  function sweep(): void {
    for (const [key, { revision }] of newer) if (revision <= cacheRevision()) newer.delete(key);
  }

  return {
    get some() {
      return cache.size > 0;
    },
    in(prefix) {
      sweep();
      const quotas: StoredQuota[] = [];
      for (const cached of cache.list(prefix)) {
        const seen = newer.get(cached.key);
        const current = seen === undefined ? cached : seen.current;
        if (current === undefined) continue;
        const quota = objectOf(current) as V1ResourceQuota;
        quotas.push({ key: current.key, expected: current.revision, quota });
      }
      return quotas;
    },
    wrote(written) {
      for (const each of written) note(each.key, { revision: each.revision, current: each });
    },
    found({ revision, current }) {
      for (const [key, each] of current) note(key, { revision, current: each });
    },
  };
}
