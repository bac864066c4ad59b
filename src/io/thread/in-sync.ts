import { assignedLife } from './assignment.js';
import { setInSync } from './words.js';

/** Runs a blocking disk sync; while it lasts, the thread is not taken as stalled. */
export function inSync<T>(sync: () => T): T {
  const life = assignedLife();
  if (life === undefined) return sync();
  setInSync(life.words, true);
  try {
    return sync();
  } finally {
    setInSync(life.words, false);
  }
}

/** Blocks this thread: the fault `pause` of chaos. It is meant, and not taken as a stall. */
export function blockThread(ms: number): void {
  inSync(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms));
}
