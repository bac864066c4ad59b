import type { Clock, Timer } from '../../base/index.js';
import { realClock } from './host-ports.js';
import { TIMER_MS_MAX } from './timer-step.js';

/** A wait is cut into pieces of this, or of a sixteenth of what is left of it. */
const PIECE_MS = 250;
const PIECES = 16;

/**
 * Calls back when this thread has seen so much time pass. A process that is stopped (Ctrl-Z, a laptop asleep), or that gets no
 * processor, sees none: each piece of the wait counts for what was asked, however late it comes. So a patience that is measured
 * by it never ends while nobody could do anything. On a machine that has time to spare it is as exact as a timer.
 */
export function afterSeen(delayMs: number, callback: () => void): Timer {
  let timer: NodeJS.Timeout;
  function wait(leftMs: number): void {
    const pieceMs = Math.min(leftMs, Math.max(PIECE_MS, leftMs / PIECES), TIMER_MS_MAX);
    timer = setTimeout(() => {
      if (leftMs <= pieceMs) callback();
      else wait(leftMs - pieceMs);
    }, pieceMs);
  }
  wait(Math.max(0, Math.ceil(delayMs)));
  return {
    cancel: () => {
      clearTimeout(timer);
    },
  };
}

/** By which actors are supervised: how long one may take counts in time that was seen to pass. */
export const supervisionClock: Clock = { ...realClock, after: afterSeen };
