import type { Clock } from '../src/base/index.js';

/** Time that passes only when it is told to, timer by timer, with all that follows from each. */
export interface VirtualTime {
  readonly clock: Clock;
  /** Lets so much time pass. */
  readonly advance: (durationMs: number) => Promise<void>;
  /** Lets time pass until it holds; throws where it does not within `limitMs`, a minute by default. */
  readonly until: (what: string, holds: () => boolean, limitMs?: number) => Promise<void>;
  /** Until all promises that can go on have gone on. No time passes. */
  readonly settle: () => Promise<void>;
  /** Moves the wall clock without time passing. */
  readonly jumpWallClock: (byMs: number) => void;
}

export interface VirtualTimeOptions {
  /** What the wall clock shows at the start. Default: the beginning of 2026. */
  readonly wallMs?: number;
  /** Turns of the event loop that promises may take to go on. Default 1. */
  readonly turns?: number;
}

interface Due {
  readonly atMs: number;
  readonly order: number;
  readonly callback: () => void;
}

const START_MS = 1_000;

export function virtualTime(options: VirtualTimeOptions = {}): VirtualTime {
  const { wallMs = Date.UTC(2026, 0, 1), turns = 1 } = options;
  let nowMs = START_MS;
  let wallOffsetMs = wallMs - START_MS;
  let order = 0;
  const timers = new Set<Due>();

  async function settle(): Promise<void> {
    for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Runs the next timer; false: there is none until then. */
  async function step(untilMs: number): Promise<boolean> {
    let next: Due | undefined;
    for (const due of timers) if (next === undefined || isBefore(due, next)) next = due;
    if (next === undefined || next.atMs > untilMs) return false;
    timers.delete(next);
    nowMs = Math.max(nowMs, next.atMs);
    next.callback();
    await settle();
    return true;
  }

  return {
    clock: {
      monotonicMs: () => nowMs,
      wallMs: () => nowMs + wallOffsetMs,
      after: (delayMs, callback) => {
        const due: Due = { atMs: nowMs + Math.max(0, delayMs), order: order++, callback };
        timers.add(due);
        return { cancel: () => timers.delete(due) };
      },
    },
    settle,
    advance: async (durationMs) => {
      const untilMs = nowMs + durationMs;
      await settle();
      while (await step(untilMs));
      nowMs = untilMs;
    },
    until: async (what, holds, limitMs = 60_000) => {
      const untilMs = nowMs + limitMs;
      await settle();
      while (!holds()) {
        if (!(await step(untilMs))) throw new Error(`not within ${String(limitMs)} ms: ${what}`);
      }
    },
    jumpWallClock: (byMs) => {
      wallOffsetMs += byMs;
    },
  };
}

function isBefore(a: Due, b: Due): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
