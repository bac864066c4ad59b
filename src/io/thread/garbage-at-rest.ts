/** How often it is looked whether a thread rests, and leaves garbage lying. */
const LOOK_MS = 300_000;
/** A thread that works less than this share of the time is at rest. */
const ACTIVE_SHARE_MAX = 0.05;
/** A full collection of a larger heap takes a good part of a second: that one is left to V8. */
const HEAP_BYTES_MAX = 128 * 2 ** 20;
/** It is worth it where the heap has grown by so much since. */
const GROWTH = 1.15;

export interface ThreadAtRest {
  readonly nowMs: number;
  /** How long its event loop has worked since it began. */
  readonly activeMs: number;
  readonly heapBytes: number;
}

/**
 * Says when a thread is to collect its garbage by itself. V8 does so when a heap has grown by a good part of what it may hold,
 * which takes a resting thread many hours: an idle cluster of thirteen grew by 18 MB an hour, nearly all of it garbage.
 */
export class GarbageAtRest {
  #lookedMs: number;
  #activeMs = 0;
  /** After the last collection; before the first one a heap is full of what its start left behind. */
  #liveBytes = 0;

  constructor(nowMs: number) {
    this.#lookedMs = nowMs;
  }

  /** To be asked now and then. */
  isDue({ nowMs, activeMs, heapBytes }: ThreadAtRest): boolean {
    const passedMs = nowMs - this.#lookedMs;
    if (passedMs < LOOK_MS) return false;
    const activeShare = (activeMs - this.#activeMs) / passedMs;
    this.#lookedMs = nowMs;
    this.#activeMs = activeMs;
    if (activeShare > ACTIVE_SHARE_MAX || heapBytes > HEAP_BYTES_MAX) return false;
    return heapBytes > GROWTH * this.#liveBytes;
  }

  collected(heapBytes: number): void {
    this.#liveBytes = heapBytes;
  }
}
