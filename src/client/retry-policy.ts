import type { Random } from '../base/index.js';
import { randomFraction } from '../base/index.js';
import type { ApiError } from './api-error.js';

/** What may be done when a request got no clear answer. */
export type Repeatability =
  /** Reads, and writes whose second execution changes nothing or is refused. */
  | 'idempotent'
  /** Sent again only where the first was surely not executed. */
  | 'once';

/**
 * Whether sending the same request again may help. A clear refusal (400, 403, 404, 409, 422, …) is final; so is an unclear
 * end of a request that must not run twice.
 */
export function mayRetry(error: ApiError, repeatability: Repeatability): boolean {
  if (error.uncertain) return repeatability === 'idempotent';
  switch (error.code) {
    case 429:
    case 503:
      return true;
    case 500:
      return error.reason === 'ServerTimeout';
    default:
      return false;
  }
}

const FIRST_DELAY_MS = 10;
const DELAY_MS_MAX = 1_000;

/**
 * How long to wait before attempt number `attempt` (the first retry is 1): 10 ms, doubled each time up to 1 s, of which a
 * random half is left off so that clients do not come back all at once. A stated Retry-After is the least.
 */
export function retryDelayMs(attempt: number, error: ApiError, random: Random): number {
  const exponential = Math.min(FIRST_DELAY_MS * 2 ** Math.min(attempt - 1, 20), DELAY_MS_MAX);
  const jittered = exponential * (0.5 + randomFraction(random) / 2);
  return Math.max(jittered, (error.details?.retryAfterSeconds ?? 0) * 1_000);
}
