/** Readings closer together than this leave nothing to be gained. */
const CLOSE_MS = 0.01;
const TRIES_MAX = 20;

/**
 * How far one clock is ahead of another, both in milliseconds. A thread may be held up between two readings, by tens of
 * milliseconds where the machine is busy, so that the pair that was read closest together tells.
 */
export function aheadMs(clockMs: () => number, otherMs: () => number): number {
  let [closestMs, ahead] = [Infinity, 0];
  for (let tries = 0; tries < TRIES_MAX && closestMs > CLOSE_MS; tries++) {
    const beforeMs = otherMs();
    const nowMs = clockMs();
    const afterMs = otherMs();
    if (afterMs - beforeMs >= closestMs) continue;
    closestMs = afterMs - beforeMs;
    ahead = nowMs - (beforeMs + afterMs) / 2;
  }
  return ahead;
}
