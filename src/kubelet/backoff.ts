/** The kubelet's backoff, of crashes and of image pulls: 10 s, doubling, at most 5 min; forgotten after 10 min of peace. */
export interface Backoff {
  readonly delayMs: number;
  /** When it was last raised. */
  readonly sinceMs: number;
}

export const FIRST_MS = 10_000;
const LAST_MS = 300_000;
const FORGET_MS = 2 * LAST_MS;

/** The backoff after one more try. `eventMs` is when the last one failed: peace is counted up to then. */
export function raised(old: Backoff | undefined, nowMs: number, eventMs = nowMs): Backoff {
  if (old === undefined || isForgotten(old, eventMs)) return { delayMs: FIRST_MS, sinceMs: nowMs };
  return { delayMs: Math.min(old.delayMs * 2, LAST_MS), sinceMs: nowMs };
}

/** Images: when the next try may be. */
export function dueMs(backoff: Backoff): number {
  return backoff.sinceMs + backoff.delayMs;
}

/**
 * Crashes: when a container that ended at `exitedMs` may be started again. The first restart is at once; each one raises
 * the backoff that the next crash then waits for, from its own time on.
 */
export function restartDueMs(backoff: Backoff | undefined, exitedMs: number): number {
  return backoff === undefined || isForgotten(backoff, exitedMs)
    ? exitedMs
    : exitedMs + backoff.delayMs;
}

function isForgotten(backoff: Backoff, eventMs: number): boolean {
  return eventMs - backoff.sinceMs > FORGET_MS;
}

/** `10s`, `2m40s`: Go's durations, as the kubelet prints them. */
export function backoffText({ delayMs }: Backoff): string {
  return durationText(delayMs);
}

/** Go's duration, to the millisecond: `20ms`, `1.5s`, `2m40s`. */
export function durationText(ms: number): string {
  const wholeMs = Math.round(ms);
  if (wholeMs < 1000) return wholeMs === 0 ? '0s' : `${wholeMs}ms`;
  if (wholeMs < 60_000) return `${wholeMs / 1000}s`;
  return `${Math.floor(wholeMs / 60_000)}m${(wholeMs % 60_000) / 1000}s`;
}
