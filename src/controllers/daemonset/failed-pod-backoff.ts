/** As client-go's flowcontrol.Backoff, with the controller's bounds. */
const FIRST_MS = 1_000;
const MAX_MS = 15 * 60_000;
/** Entries that are kept; the oldest are forgotten first. */
const ENTRIES_MAX = 10_000;

/** How long a node's next failed pod is left alone. Times are monotonic milliseconds. */
export interface FailedPodBackoff {
  /** 0: it may go, and the next one has to wait longer. */
  waitMs(key: string, nowMs: number): number;
}

export function createFailedPodBackoff(): FailedPodBackoff {
  const entries = new Map<string, { readonly delayMs: number; readonly sinceMs: number }>();
  return {
    waitMs: (key, nowMs) => {
      const entry = entries.get(key);
      const leftMs = entry === undefined ? 0 : entry.sinceMs + entry.delayMs - nowMs;
      if (leftMs > 0) return leftMs;
      // Nothing failed for so long that it counts as the first time.
      const fresh = entry === undefined || nowMs - entry.sinceMs > 2 * MAX_MS;
      const delayMs = fresh ? FIRST_MS : Math.min(2 * entry.delayMs, MAX_MS);
      entries.delete(key);
      entries.set(key, { delayMs, sinceMs: nowMs });
      for (const oldest of entries.keys()) if (entries.size > ENTRIES_MAX) entries.delete(oldest);
      return 0;
    },
  };
}
