import { isMainThread, workerData } from 'node:worker_threads';
import type { ThreadData } from './control.js';
import { setInSync } from './words.js';

/** Runs a blocking disk sync; while it lasts, the thread is not taken as stalled. */
export function inSync<T>(sync: () => T): T {
  if (isMainThread) return sync();
  const { words } = workerData as ThreadData;
  setInSync(words, true);
  try {
    return sync();
  } finally {
    setInSync(words, false);
  }
}

/** Blocks this thread: the fault `pause` of chaos. It is meant, and not taken as a stall. */
export function blockThread(ms: number): void {
  inSync(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms));
}
