/** A pod that waits for a node. */
export interface QueuedPod {
  readonly key: string;
  readonly priority: number;
  /** When it came, for first come, first served within a priority. */
  readonly arrivedMs: number;
}

export interface SchedulingQueue {
  /** A new pod, or one that changed so that it may fit now: to be tried at once. */
  add(key: string, priority: number, nowMs: number): void;
  remove(key: string): void;
  /** The next pod to try: of the highest priority the oldest. It is out of the queue then. */
  take(nowMs: number): QueuedPod | undefined;
  /** Back, since no node fits: waits for an event that `helps` names (a plugin and event matter), or five minutes. */
  unschedulable(pod: QueuedPod, plugins: ReadonlySet<string>, nowMs: number): void;
  /** Back, since something failed that a little time may mend. */
  backOff(pod: QueuedPod, nowMs: number): void;
  /** Something happened that may make the pods fit which one of these plugins turned away. */
  wake(helps: (plugin: string) => boolean, nowMs: number): void;
  nextDueMs(): number | undefined;
  counts(): { readonly active: number; readonly backoff: number; readonly unschedulable: number };
}

/** kube-scheduler's: podInitialBackoffSeconds, podMaxBackoffSeconds, and how long a pod stays unschedulable at most. */
const FIRST_BACKOFF_MS = 1_000;
const BACKOFF_MS_MAX = 10_000;
const UNSCHEDULABLE_MS_MAX = 300_000;

interface Waiting {
  readonly pod: QueuedPod;
  readonly untilMs: number;
}

interface Unschedulable extends Waiting {
  readonly plugins: ReadonlySet<string>;
  readonly backoffUntilMs: number;
}

/** kube-scheduler's three queues, with time as an input (monotonic milliseconds). */
export function createSchedulingQueue(): SchedulingQueue {
  const active = new Map<string, QueuedPod>();
  const backoff = new Map<string, Waiting>();
  const unschedulable = new Map<string, Unschedulable>();
  const attempts = new Map<string, number>();

  function backoffMs(key: string): number {
    const count = attempts.get(key) ?? 1;
    return Math.min(FIRST_BACKOFF_MS * 2 ** Math.min(count - 1, 10), BACKOFF_MS_MAX);
  }

  function ripen(nowMs: number): void {
    for (const queue of [backoff, unschedulable]) {
      for (const [key, { pod, untilMs }] of queue) {
        if (untilMs > nowMs) continue;
        queue.delete(key);
        active.set(key, pod);
      }
    }
  }

  return {
    add: (key, priority, nowMs) => {
      const known = active.get(key) ?? backoff.get(key)?.pod ?? unschedulable.get(key)?.pod;
      backoff.delete(key);
      unschedulable.delete(key);
      active.set(key, { key, priority, arrivedMs: known?.arrivedMs ?? nowMs });
    },
    remove: (key) => {
      for (const queue of [active, backoff, unschedulable, attempts]) queue.delete(key);
    },
    take: (nowMs) => {
      ripen(nowMs);
      let next: QueuedPod | undefined;
      for (const pod of active.values()) if (next === undefined || before(pod, next)) next = pod;
      if (next === undefined) return undefined;
      active.delete(next.key);
      attempts.set(next.key, (attempts.get(next.key) ?? 0) + 1);
      return next;
    },
    unschedulable: (pod, plugins, nowMs) => {
      unschedulable.set(pod.key, {
        pod,
        plugins,
        untilMs: nowMs + UNSCHEDULABLE_MS_MAX,
        backoffUntilMs: nowMs + backoffMs(pod.key),
      });
    },
    backOff: (pod, nowMs) => {
      backoff.set(pod.key, { pod, untilMs: nowMs + backoffMs(pod.key) });
    },
    wake: (helps, nowMs) => {
      for (const [key, { pod, plugins, backoffUntilMs }] of unschedulable) {
        // Without any node no plugin was asked: whatever happens may help.
        if (plugins.size > 0 && ![...plugins].some(helps)) continue;
        unschedulable.delete(key);
        if (backoffUntilMs > nowMs) backoff.set(key, { pod, untilMs: backoffUntilMs });
        else active.set(key, pod);
      }
    },
    nextDueMs: () => {
      let dueMs: number | undefined;
      for (const queue of [backoff, unschedulable]) {
        for (const { untilMs } of queue.values()) dueMs = Math.min(untilMs, dueMs ?? Infinity);
      }
      return dueMs;
    },
    counts: () => ({
      active: active.size,
      backoff: backoff.size,
      unschedulable: unschedulable.size,
    }),
  };
}

function before(a: QueuedPod, b: QueuedPod): boolean {
  return a.priority === b.priority ? a.arrivedMs < b.arrivedMs : a.priority > b.priority;
}
