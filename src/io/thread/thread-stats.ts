import { createHistogram, PerformanceObserver, type RecordableHistogram } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import type { ThreadStats } from '../../actor/index.js';

/** Beats of one window; what is shown is of the current one and the one before. */
const WINDOW_BEATS = 60;

/** perf_hooks' histograms hold whole nanoseconds, from 1 on. */
const NS_PER_MS = 1e6;

/**
 * Measures this thread without waking it: the loop's delay is how late the beat is, which comes anyway. (`monitorEventLoopDelay`
 * has a timer of its own, which wakes an idle thread a hundred times a second.) A beat is an unbiased sample of the loop: one
 * that is blocked for a hundredth of the time is seen so by a hundredth of the beats.
 */
export class ThreadMeter {
  readonly #beatMs: number;
  readonly #heapBytesMax: number;
  #dueMs: number;
  #beats = 0;
  #window = createHistogram();
  #before: RecordableHistogram | undefined;
  #gcCount = 0;
  #gcMs = 0;
  #gcMsMax = 0;

  /** `heapBytesMax`: the actor's own limit, `Infinity` where it has none. */
  constructor(beatMs: number, heapBytesMax: number) {
    this.#beatMs = beatMs;
    this.#heapBytesMax = heapBytesMax;
    this.#dueMs = performance.now() + beatMs;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) {
        this.#gcCount++;
        this.#gcMs += duration;
        this.#gcMsMax = Math.max(this.#gcMsMax, duration);
      }
    }).observe({ entryTypes: ['gc'] });
  }

  /** From the interval of `beatMs`, each time. */
  beat(): void {
    const nowMs = performance.now();
    if (this.#beats === WINDOW_BEATS) {
      this.#before = this.#window;
      this.#window = createHistogram();
      this.#beats = 0;
    }
    this.#beats++;
    this.#window.record(Math.max(1, Math.round((nowMs - this.#dueMs) * NS_PER_MS)));
    // An interval starts anew from when it was called, late or not.
    this.#dueMs = nowMs + this.#beatMs;
  }

  read(): ThreadStats {
    const delays = createHistogram();
    delays.add(this.#window);
    if (this.#before !== undefined) delays.add(this.#before);
    const delayMs = (ns: number): number | null => (delays.count === 0 ? null : ns / NS_PER_MS);
    const loop = performance.eventLoopUtilization();
    const heap = getHeapStatistics();
    return {
      loopDelayP50Ms: delayMs(delays.percentile(50)),
      loopDelayP99Ms: delayMs(delays.percentile(99)),
      loopDelayMaxMs: delayMs(delays.max),
      loopActiveMs: loop.active,
      loopIdleMs: loop.idle,
      gcCount: this.#gcCount,
      gcMs: this.#gcMs,
      gcMsMax: this.#gcMsMax,
      heapUsedBytes: heap.used_heap_size,
      heapLimitBytes: Math.min(this.#heapBytesMax, heap.heap_size_limit),
      bufferBytes: heap.external_memory,
    };
  }
}
