import { ElectionCause } from '../protocol/index.js';
import type { Blocker, Witness } from '../protocol/index.js';

/** More than this of a silence explains it; less than `FREE_SHARE` does not. What lies between explains nothing. */
const BLOCKED_SHARE = 0.6;
const FREE_SHARE = 0.2;

export const BLOCKER_TEXT: Readonly<Record<Blocker, string>> = {
  loop: 'its event loop stood still',
  disk: 'it waited for its disk',
  apply: 'it was applying entries',
};

export const CAUSE_OF_BLOCKED_LEADER: Readonly<Record<Blocker, ElectionCause>> = {
  loop: ElectionCause.leaderStall,
  disk: ElectionCause.slowDisk,
  apply: ElectionCause.slowApply,
};

/** What a replica did in a span of time, by its own account. */
export type Whereabouts =
  | { readonly was: 'blocked'; readonly by: Blocker; readonly ms: number }
  /** It worked, and would have said so. */
  | { readonly was: 'working' }
  /** It has no account of all of it, or one that decides nothing. */
  | { readonly was: 'unclear' };

/**
 * Where a replica was from `fromMs` to `toMs`. Blocked by several things one after another, the longest names it. An account
 * that does not reach over the whole span can prove that it was blocked, never that it was not.
 */
export function whereabouts(witness: Witness, fromMs: number, toMs: number): Whereabouts {
  const spanMs = toMs - fromMs;
  if (spanMs <= 0) return { was: 'unclear' };
  const spent: Record<Blocker, number> = { loop: 0, disk: 0, apply: 0 };
  for (const event of witness.events) {
    if (event.is !== 'blocked') continue;
    const overlapMs = Math.min(event.atMs + event.ms, toMs) - Math.max(event.atMs, fromMs);
    if (overlapMs > 0) spent[event.by] += overlapMs;
  }
  const blockedMs = spent.loop + spent.disk + spent.apply;
  if (blockedMs >= spanMs * BLOCKED_SHARE) {
    const by = longest(spent);
    return { was: 'blocked', by, ms: lengthOf(witness, by, fromMs, toMs) };
  }
  const seenWhole = witness.sinceMs <= fromMs && witness.watchedUntilMs >= toMs;
  return seenWhole && blockedMs <= spanMs * FREE_SHARE ? { was: 'working' } : { was: 'unclear' };
}

function longest(spent: Readonly<Record<Blocker, number>>): Blocker {
  if (spent.disk >= spent.loop && spent.disk >= spent.apply) return 'disk';
  return spent.apply >= spent.loop ? 'apply' : 'loop';
}

/** The whole length of what blocked it in that span, beyond its ends too. */
function lengthOf(witness: Witness, by: Blocker, fromMs: number, toMs: number): number {
  let ms = 0;
  for (const event of witness.events) {
    if (event.is === 'blocked' && event.by === by && event.atMs < toMs)
      if (event.atMs + event.ms > fromMs) ms += event.ms;
  }
  return ms;
}
