/** Buckets of a histogram of microseconds: bucket `n` counts what took less than 2^n; the last one, all that took longer. */
const BUCKETS = 24;

/** How long messages took to handle, in buckets that double. */
export class HandlingHistogram {
  #totalMs = 0;
  readonly #buckets = new Array<number>(BUCKETS).fill(0);

  /** So many messages took `ms` together. */
  add(messages: number, ms: number): void {
    if (messages === 0) return;
    this.#totalMs += Math.max(0, ms);
    const microseconds = Math.max(0, (ms * 1000) / messages);
    const bucket = Math.min(BUCKETS - 1, 32 - Math.clz32(Math.min(microseconds, 2 ** 31)));
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + messages;
  }

  get totalMs(): number {
    return this.#totalMs;
  }

  counts(): number[] {
    return [...this.#buckets];
  }
}
