import { tooManyRequests } from '../api/index.js';
import { ok } from '../base/index.js';
import { refuse } from './outcome.js';
import type { Outcome } from './outcome.js';

const RETRY_AFTER_SECONDS = 1;
const READ_ONLY: ReadonlySet<string> = new Set(['get', 'list', 'watch']);

/** Bounds the requests that are worked on at the same time (--max-requests-inflight). Overflow policy: 429. */
export interface InFlight {
  /** The function that ends the request, or a refusal: nothing of it was done. */
  begin(verb: string): Outcome<() => void>;
  readonly readOnly: number;
  readonly mutating: number;
}

export function inFlight(readOnlyMax: number, mutatingMax: number): InFlight {
  const counts = { readOnly: 0, mutating: 0 };
  return {
    begin(verb) {
      const kind = READ_ONLY.has(verb) ? 'readOnly' : 'mutating';
      if (counts[kind] >= (kind === 'readOnly' ? readOnlyMax : mutatingMax)) {
        return refuse(
          tooManyRequests('Too many requests, please try again later.', RETRY_AFTER_SECONDS),
        );
      }
      counts[kind]++;
      return ok(() => {
        counts[kind]--;
      });
    },
    get readOnly() {
      return counts.readOnly;
    },
    get mutating() {
      return counts.mutating;
    },
  };
}
