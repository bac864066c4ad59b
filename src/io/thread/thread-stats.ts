import { createHistogram, PerformanceObserver, type RecordableHistogram } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import type { ThreadStats } from '../../actor/index.js';

/** Beats of one window; what is shown is of the current one and the one before. */
const WINDOW_BEATS = 60;

/** perf_hooks' histograms hold whole nanoseconds, from 1 on. */
const NS_PER_MS = 1e6;
/** An hour, and two digits: such a histogram takes 40 KB, one of all that fits a number half a megabyte. */
const DELAY_NS_MAX = 3600e9;
const DELAY_DIGITS = 2;

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
  #window = delayHistogram();
  /** Of the window before this one: empty in the first. */
  #before = delayHistogram();
  /** Both together, when they are read. V8 does not see what a histogram takes: made anew each time they pile up for hours. */
  readonly #both = delayHistogram();
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
      [this.#before, this.#window] = [this.#window, this.#before];
      this.#window.reset();
      this.#beats = 0;
    }
    this.#beats++;
    const lateNs = Math.round((nowMs - this.#dueMs) * NS_PER_MS);
    this.#window.record(Math.max(1, Math.min(DELAY_NS_MAX, lateNs)));
    // An interval starts anew from when it was called, late or not.
    this.#dueMs = nowMs + this.#beatMs;
  }

  read(): ThreadStats {
    const delays = this.#both;
    delays.reset();
    delays.add(this.#window);
    delays.add(this.#before);
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

function delayHistogram(): RecordableHistogram {
  return createHistogram({ highest: DELAY_NS_MAX, figures: DELAY_DIGITS });
}
