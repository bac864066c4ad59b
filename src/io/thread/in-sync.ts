import { assignedLife } from './assignment.js';
import { type Blocked, setBlocked } from './words.js';

/** Runs a blocking disk sync; while it lasts, the thread is not taken as stalled. */
export function inSync<T>(sync: () => T): T {
  return blocked('inSync', sync);
}

/** Blocks this thread: the fault `pause` of chaos. It is meant, and main does not take it as a stall. */
export function blockThread(ms: number): void {
  blocked('paused', () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms));
}

function blocked<T>(how: Blocked, work: () => T): T {
  const life = assignedLife();
  if (life === undefined) return work();
  setBlocked(life.words, how);
  try {
    return work();
  } finally {
    setBlocked(life.words, undefined);
  }
}
