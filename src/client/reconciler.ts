import type { ActorContext } from '../actor/index.js';
import type { Timer } from '../base/index.js';
import { assertNever } from '../base/index.js';
import type { ApiError, ApiResult } from './api-error.js';
import type { ObjectKey } from './object-key.js';
import type { WorkQueueConfig } from './work-queue.js';
import { createWorkQueue } from './work-queue.js';

/** How a reconcile ended. */
export type Reconciled =
  | { readonly type: 'done' }
  /** All is well, but look again after this time, or in an hour if that is sooner. */
  | { readonly type: 'again'; readonly afterMs: number }
  /** Again, with backoff. */
  | { readonly type: 'failed'; readonly error: ApiError };

/** Timers do not run for months, and a clock may be set meanwhile. */
const AGAIN_MS_MAX = 3_600_000;

export const RECONCILED: Reconciled = { type: 'done' };

/** The reconcile's end that a call's result means. */
export function reconciledBy(result: ApiResult<unknown>): Reconciled {
  return result.ok ? RECONCILED : { type: 'failed', error: result.error };
}

export interface ReconcilerConfig extends WorkQueueConfig {
  readonly name: string;
  /** Keys worked on at the same time. Default 4. */
  readonly concurrency?: number;
}

/** Works off keys. A reconcile gets a key, never an event: it reads the state as it is now. */
export interface Reconciler {
  readonly enqueue: (key: ObjectKey) => void;
  readonly enqueueAfter: (key: ObjectKey, delayMs: number) => void;
  /** From here on keys are worked on; before, they gather. */
  readonly start: () => void;
  /** No new key is taken; what is in hand goes on. */
  readonly stop: () => void;
  readonly report: () => ReconcilerReport;
}

export interface ReconcilerReport {
  readonly queueDepth: number;
  readonly delayed: number;
  readonly working: number;
  readonly reconciles: number;
  readonly failures: number;
  readonly lastError: string | undefined;
}

export function createReconciler(
  context: ActorContext,
  config: ReconcilerConfig,
  reconcile: (key: ObjectKey) => Promise<Reconciled>,
): Reconciler {
  const { concurrency = 4, name } = config;
  const queue = createWorkQueue(config);
  const traces = new Map<ObjectKey, string>();
  const now = (): number => context.clock.monotonicMs();
  let running = false;
  let timer: Timer | undefined;
  let timerDueMs = Infinity;
  let reconciles = 0;
  let failures = 0;
  let lastError: string | undefined;

  function pump(): void {
    if (!running) return;
    while (queue.working < concurrency) {
      const key = queue.take(now());
      if (key === undefined) break;
      void work(key);
    }
    wakeUpInTime();
  }

  function wakeUpInTime(): void {
    const dueMs = queue.nextDueMs();
    if (dueMs === undefined || dueMs >= timerDueMs) return;
    timer?.cancel();
    timerDueMs = dueMs;
    timer = context.clock.after(Math.max(0, dueMs - now()), () => {
      timerDueMs = Infinity;
      pump();
    });
  }

  /** A key that was added for a trace is worked on for it; for which, where there were several, is that of the last. */
  function traced(key: ObjectKey): Promise<Reconciled> {
    const trace = traces.get(key);
    const { tracing } = context;
    if (tracing === undefined) return reconcile(key);
    if (trace === undefined) return tracing.apart(() => reconcile(key));
    traces.delete(key);
    const span = tracing.begin(`reconcile ${name} ${key}`, trace);
    return span.run(async () => {
      const end = await reconcile(key);
      span.end(end.type === 'failed' ? `failed ${end.error.reason}` : 'ok');
      return end;
    });
  }

  async function work(key: ObjectKey): Promise<void> {
    reconciles++;
    const end = await traced(key);
    switch (end.type) {
      case 'done':
        queue.forget(key);
        break;
      case 'again':
        queue.forget(key);
        queue.addAfter(key, Math.min(end.afterMs, AGAIN_MS_MAX), now());
        break;
      case 'failed':
        failures++;
        lastError = `${key}: ${end.error.message}`;
        context.log.debug('reconcile failed', {
          controller: name,
          key,
          reason: end.error.reason,
          error: end.error.message,
        });
        queue.addRateLimited(key, now());
        break;
      default:
        assertNever(end);
    }
    queue.done(key);
    pump();
  }

  return {
    enqueue: (key) => {
      const trace = context.tracing?.current();
      if (trace !== undefined) traces.set(key, trace);
      queue.add(key);
      pump();
    },
    enqueueAfter: (key, delayMs) => {
      queue.addAfter(key, delayMs, now());
      pump();
    },
    start: () => {
      running = true;
      pump();
    },
    stop: () => {
      running = false;
      timer?.cancel();
      timerDueMs = Infinity;
    },
    report: () => ({
      queueDepth: queue.depth,
      delayed: queue.delayed,
      working: queue.working,
      reconciles,
      failures,
      lastError,
    }),
  };
}
