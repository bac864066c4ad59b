import { assert } from '../base/index.js';

export interface WorkQueueConfig {
  /** The delay after a key's first failure; doubled with each further one. Default 5 ms. */
  readonly firstDelayMs?: number;
  /** Default 30 s (client-go waits up to 1000 s, which is too long for a cluster that is broken on purpose). */
  readonly delayMsMax?: number;
}

/**
 * Keys that wait to be worked on: client-go's rate limiting queue as a pure structure, with time as an input. A key is in
 * it once, however often it is added. One that is added while it is worked on comes again after `done`. Times are
 * monotonic milliseconds.
 */
export interface WorkQueue {
  add(key: string): void;
  /** Adds at `nowMs + delayMs`; of several times the earliest counts. */
  addAfter(key: string, delayMs: number, nowMs: number): void;
  /** Adds after the backoff for so many failures, and counts one more. */
  addRateLimited(key: string, nowMs: number): void;
  /** Forgets a key's failures. */
  forget(key: string): void;
  /** The next key that is due. It is worked on until `done`. */
  take(nowMs: number): string | undefined;
  done(key: string): void;
  /** When the next delayed key falls due; undefined: there is none. */
  nextDueMs(): number | undefined;
  failuresOf(key: string): number;
  /** Keys ready to be taken. */
  readonly depth: number;
  /** Keys that wait for their time. */
  readonly delayed: number;
  readonly working: number;
}

export function createWorkQueue(config: WorkQueueConfig = {}): WorkQueue {
  const { firstDelayMs = 5, delayMsMax = 30_000 } = config;
  /** In the order of their arrival: a Set keeps it. */
  const ready = new Set<string>();
  const working = new Set<string>();
  const addedWhileWorking = new Set<string>();
  const dueMs = new Map<string, number>();
  const failures = new Map<string, number>();
  let earliestMs = Infinity;

  function add(key: string): void {
    if (working.has(key)) addedWhileWorking.add(key);
    else ready.add(key);
  }

  function addAfter(key: string, delayMs: number, nowMs: number): void {
    if (delayMs <= 0) {
      add(key);
      return;
    }
    const due = Math.min(nowMs + delayMs, dueMs.get(key) ?? Infinity);
    dueMs.set(key, due);
    earliestMs = Math.min(earliestMs, due);
  }

  function ripen(nowMs: number): void {
    if (nowMs < earliestMs) return;
    earliestMs = Infinity;
    for (const [key, due] of dueMs) {
      if (due > nowMs) {
        earliestMs = Math.min(earliestMs, due);
      } else {
        dueMs.delete(key);
        add(key);
      }
    }
  }

  return {
    get depth() {
      return ready.size;
    },
    get delayed() {
      return dueMs.size;
    },
    get working() {
      return working.size;
    },
    add,
    addAfter,
    addRateLimited: (key, nowMs) => {
      const count = failures.get(key) ?? 0;
      failures.set(key, count + 1);
      addAfter(key, Math.min(firstDelayMs * 2 ** Math.min(count, 40), delayMsMax), nowMs);
    },
    forget: (key) => {
      failures.delete(key);
    },
    take: (nowMs) => {
      ripen(nowMs);
      for (const key of ready) {
        ready.delete(key);
        working.add(key);
        return key;
      }
      return undefined;
    },
    done: (key) => {
      assert(working.delete(key), `done with ${key}, which nobody works on`);
      if (addedWhileWorking.delete(key)) ready.add(key);
    },
    nextDueMs: () => (earliestMs === Infinity ? undefined : earliestMs),
    failuresOf: (key) => failures.get(key) ?? 0,
  };
}
