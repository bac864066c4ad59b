import type { Backoff } from './child-spec.js';

/**
 * How long to wait after the n-th crash in a row. The first restarts at once: most crashes do not repeat. From the second
 * on the delay grows from `minMs` by `factor` up to `maxMs`, less a share of up to `jitter` of it, by `draw` in [0, 1).
 */
export function backoffMs(backoff: Backoff, crashesInRow: number, draw: number): number {
  if (crashesInRow <= 1) return 0;
  const delayMs = Math.min(backoff.maxMs, backoff.minMs * backoff.factor ** (crashesInRow - 2));
  return delayMs * (1 - backoff.jitter * draw);
}

/** The crashes that still count: those of the last `periodMs`, with this one. */
export function crashesInPeriod(
  timesMs: readonly number[],
  nowMs: number,
  periodMs: number,
): number[] {
  return [...timesMs.filter((timeMs) => nowMs - timeMs <= periodMs), nowMs];
}
