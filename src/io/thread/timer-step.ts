/** The longest that Node's timers can wait, 24.8 days; what is longer would fire at once. */
export const TIMER_MS_MAX = 2 ** 31 - 1;

export interface TimerStep {
  /** What to set a timer to: whole milliseconds, at most `TIMER_MS_MAX`. */
  readonly stepMs: number;
  /** The delay is over when this timer fires; otherwise the rest is to be waited for. */
  readonly isLast: boolean;
}

/** The first of the timers that a delay takes; `Infinity` takes one after another without end. Pure. */
export function timerStep(delayMs: number): TimerStep {
  const wholeMs = Math.max(0, Math.ceil(delayMs));
  return wholeMs > TIMER_MS_MAX
    ? { stepMs: TIMER_MS_MAX, isLast: false }
    : { stepMs: wholeMs, isLast: true };
}
