/** The kubelet's backoff, of crashes and of image pulls: 10 s, doubling, at most 5 min; forgotten after 10 min of peace. */
export interface Backoff {
  readonly delayMs: number;
  /** When it was last raised. */
  readonly sinceMs: number;
}

export const FIRST_MS = 10_000;
const LAST_MS = 300_000;
const FORGET_MS = 2 * LAST_MS;

export function raised(old: Backoff | undefined, nowMs: number): Backoff {
  if (old === undefined || nowMs - old.sinceMs - old.delayMs > FORGET_MS) return { delayMs: FIRST_MS, sinceMs: nowMs };
  return { delayMs: Math.min(old.delayMs * 2, LAST_MS), sinceMs: nowMs };
}

/** When the next try may be. */
export function dueMs(backoff: Backoff): number {
  return backoff.sinceMs + backoff.delayMs;
}

/** `10s`, `2m40s`: Go's durations, as the kubelet prints them. */
export function backoffText({ delayMs }: Backoff): string {
  const seconds = Math.round(delayMs / 1000);
  if (seconds < 60) return `${seconds}s`;
  return `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}
