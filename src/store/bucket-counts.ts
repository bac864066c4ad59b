import type { HistogramCounts } from '../protocol/index.js';

/** etcd's own bounds for disk calls: 1 ms to 8 s, doubling. */
export const FSYNC_BOUNDS_MS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192];
/** For elections and gaps between writes. */
export const ELECTION_BOUNDS_MS = [5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000];

/** A histogram of durations. */
export class BucketCounts {
  readonly #boundsMs: readonly number[];
  /** One more than there are bounds: the last counts what is above all of them. */
  readonly #counts: number[];
  #sumMs = 0;

  constructor(boundsMs: readonly number[]) {
    this.#boundsMs = boundsMs;
    this.#counts = Array.from({ length: boundsMs.length + 1 }, () => 0);
  }

  add(ms: number): void {
    const found = this.#boundsMs.findIndex((boundMs) => ms <= boundMs);
    const at = found === -1 ? this.#boundsMs.length : found;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#sumMs += ms;
  }

  read(): HistogramCounts {
    return { boundsMs: this.#boundsMs, counts: [...this.#counts], sumMs: this.#sumMs };
  }
}
