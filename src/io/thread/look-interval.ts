/** What one actor can fill in a millisecond at most: pages of buffers. A heap grows by a sixth of that. */
const BYTES_PER_MS = 3e6;
/** No actor may take more than this share of the memory that is left, unseen between two looks. */
const SHARE_MAX = 1 / 6;
/** The process grows: it may be an actor that has begun to leak. */
const GROWTH_BYTES = 32 * 2 ** 20;

const LOOK_MS_MIN = 100;
/**
 * Each look wakes main: four a second took a tenth of what an idle cluster costs. A heap that grows from one look on is looked
 * at again soon, well before it meets V8's own limit, where it could abort the process: in half a second it grows by 250 MB at most.
 */
const LOOK_MS_MAX = 500;

export interface LookReasons {
  readonly rssBytes: number;
  /** At the look before. */
  readonly rssBytesBefore: number;
  /** What the process may have. */
  readonly rssBytesMax: number;
  /** The shortest of all limits on silence. */
  readonly stallMs: number;
}

/** When the process is to be looked at again: soon where it grows, where memory is short, or where a stall is to be found soon. Pure. */
export function lookIntervalMs(reasons: LookReasons): number {
  const { rssBytes, rssBytesBefore, rssBytesMax, stallMs } = reasons;
  if (rssBytes - rssBytesBefore > GROWTH_BYTES) return LOOK_MS_MIN;
  const roomMs = ((rssBytesMax - rssBytes) * SHARE_MAX) / BYTES_PER_MS;
  return Math.max(LOOK_MS_MIN, Math.min(LOOK_MS_MAX, roomMs, stallMs / 10));
}
