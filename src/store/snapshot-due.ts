import type { Random } from '../base/index.js';

/** Fewer applied proposals are not worth a snapshot: they are replayed in a tenth of a second. */
const WORTH_PROPOSALS = 10_000;
/** Of a large state's weight so much log comes before the next snapshot: a snapshot writes no more than four times the log. */
const STATE_SHARE = 0.25;

export interface AppliedSince {
  readonly proposals: number;
  readonly bytes: number;
}

export interface StateWeight {
  /** Versions that it holds. */
  readonly records: number;
  readonly imageBytes: number;
}

/**
 * Whether a snapshot is due after what was applied since the last one.
 * - A small state: as soon as the log has its weight, so that a restart replays no more than it loads, and a snapshot writes no
 *   more than the log did.
 * - At the configured bounds otherwise.
 * - A state that is so large that these would write it again and again: when the log has a quarter of its weight.
 *
 * `share` stretches all of it for one replica: see `drawShare`.
 */
export function snapshotDue(
  since: AppliedSince,
  boundsMax: AppliedSince,
  { records, imageBytes }: StateWeight,
  share: number,
): boolean {
  if (since.proposals >= WORTH_PROPOSALS * share && since.bytes >= imageBytes * share) return true;
  const proposalsMax = Math.max(boundsMax.proposals, records * STATE_SHARE);
  const bytesMax = Math.max(boundsMax.bytes, imageBytes * STATE_SHARE);
  return since.proposals >= proposalsMax * share || since.bytes >= bytesMax * share;
}

/** 0.75 to 1.25: the replicas apply the same entries, and should not all write their snapshots at the same time. */
export function drawShare(random: Random): number {
  return 0.75 + random.uint32() / 2 ** 33;
}
