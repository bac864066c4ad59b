import { assertNever } from '../base/index.js';
import type { AskFailure } from '../actor/index.js';

/** What a request may be sent again for: it changes nothing. */
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * A request that was handed over so often, and each time outlived by nobody, may be what kills the API server: it is not
 * tried on it again.
 */
export const HAND_OVERS_MAX = 5;

export function isSafe(method: string): boolean {
  return SAFE_METHODS.has(method);
}

export type Verdict =
  | 'send-again'
  /** 503 with Retry-After: the API server never saw it. */
  | 'unavailable'
  /** 429 with Retry-After: the API server never saw it. */
  | 'overloaded'
  /** 504 without Retry-After: the API server may have done it. */
  | 'unanswered';

/**
 * What becomes of a request whose ask failed. Pure: the promise of design section 3. `handOvers` counts how often the API
 * server got it, this time included; `canceled` is the gateway's own giving up on a server that stays down.
 */
export function afterFailure(
  { code }: Pick<AskFailure, 'code'>,
  method: string,
  handOvers: number,
): Verdict {
  switch (code) {
    case 'actor-down':
      if (handOvers === 0) return 'send-again';
      return isSafe(method) && handOvers < HAND_OVERS_MAX ? 'send-again' : 'unanswered';
    case 'timeout':
    case 'canceled':
      return handOvers === 0 ? 'unavailable' : 'unanswered';
    case 'overloaded':
      return handOvers === 0 ? 'overloaded' : 'unanswered';
    case 'not-encodable':
    case 'unknown-operation':
    case 'not-linked':
    case 'ask-to-self':
      throw new Error(`the API server cannot be asked for http: ${code}`);
    default:
      return assertNever(code);
  }
}

/** Where a streamed response stands, seen from the client. */
export interface StreamProgress {
  readonly bytesSent: boolean;
  /** The stream can go on after this resourceVersion; undefined within the initial events. */
  readonly resumeAfter: string | undefined;
  /** Lives of the API server that ended since the stream last got anything. */
  readonly deathsInARow: number;
}

/** What to do when the API server dies under a stream. Pure: the promise of design section 3. */
export function afterDeath(progress: StreamProgress): 'start-over' | 'resume' | 'end' {
  if (progress.deathsInARow >= HAND_OVERS_MAX) return 'end';
  if (!progress.bytesSent) return 'start-over';
  return progress.resumeAfter === undefined ? 'end' : 'resume';
}
