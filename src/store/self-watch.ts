import type { Clock } from '../base/index.js';
import type { Blocker } from '../protocol/index.js';

export interface SelfWatchOptions {
  readonly clock: Clock;
  readonly tickMs: number;
  /** It was held up from `fromMs` on. */
  readonly blocked: (by: Blocker, fromMs: number, ms: number) => void;
}

interface Span {
  readonly fromMs: number;
  readonly ms: number;
}

/**
 * How a replica notices that it was held up itself. Its disk and its entries are timed; what else makes a tick late is its event
 * loop standing still. Holdups shorter than half a tick go by unnoticed: they cost no election.
 */
export class SelfWatch {
  readonly #options: SelfWatchOptions;
  readonly #noteMs: number;
  #tickedMs: number;
  /** What was noted since the last tick. */
  #known: Span[] = [];

  constructor(options: SelfWatchOptions) {
    this.#options = options;
    this.#noteMs = options.tickMs / 2;
    this.#tickedMs = options.clock.monotonicMs();
  }

  /** Up to here it knows what held it up. */
  get watchedUntilMs(): number {
    return this.#tickedMs;
  }

  timed(by: 'disk' | 'apply', fromMs: number, ms: number): void {
    if (ms < this.#noteMs) return;
    // A sync within the applying of entries is the disk's.
    const ownMs = by === 'apply' ? ms - this.#knownWithin(fromMs, fromMs + ms) : ms;
    if (ownMs < this.#noteMs) return;
    this.#known.push({ fromMs, ms: ownMs });
    this.#options.blocked(by, fromMs, ownMs);
  }

  /** A tick that was to be at `dueMs`, on the monotonic clock. */
  ticked(dueMs: number): void {
    const nowMs = this.#options.clock.monotonicMs();
    const lateMs = nowMs - dueMs;
    const unknownMs = lateMs - this.#knownWithin(dueMs, nowMs);
    if (unknownMs >= this.#noteMs) this.#options.blocked('loop', dueMs, unknownMs);
    this.#known = [];
    this.#tickedMs = nowMs;
  }

  #knownWithin(fromMs: number, toMs: number): number {
    let sum = 0;
    for (const span of this.#known)
      sum += Math.max(0, Math.min(toMs, span.fromMs + span.ms) - Math.max(fromMs, span.fromMs));
    return sum;
  }
}
