import type { V1Pod, V1Taint } from '../../api/index.js';
import { uidOf } from '../../client/index.js';
import { staysMs } from './plan.js';

export interface Evictions {
  readonly due: readonly V1Pod[];
  /** When the next pod falls due, from now; undefined: none will. */
  readonly nextMs: number | undefined;
}

/** Counts how long each pod has had to bear its node's NoExecute taints, on a monotonic clock. */
export interface EvictionTimers {
  /** What is due on one node now. */
  plan(
    pods: readonly V1Pod[],
    taints: readonly V1Taint[],
    defaultMs: number,
    nowMs: number,
  ): Evictions;
  /** Nobody's fault until now: all count from here on. */
  restart(): void;
  forget(pod: V1Pod): void;
}

export function createEvictionTimers(): EvictionTimers {
  const sinceMs = new Map<string, number>();
  return {
    plan: (pods, taints, defaultMs, nowMs) => {
      const due: V1Pod[] = [];
      let nextMs: number | undefined;
      for (const pod of pods) {
        const uid = uidOf(pod);
        const limitMs = staysMs(pod, taints, defaultMs);
        if (limitMs === Infinity) {
          // A taint that goes takes the count with it; one that comes starts it again.
          sinceMs.delete(uid);
          continue;
        }
        const since = sinceMs.get(uid) ?? nowMs;
        sinceMs.set(uid, since);
        const leftMs = since + limitMs - nowMs;
        if (leftMs <= 0) due.push(pod);
        else nextMs = Math.min(leftMs, nextMs ?? Infinity);
      }
      return { due, nextMs };
    },
    restart: () => {
      sinceMs.clear();
    },
    forget: (pod) => {
      sinceMs.delete(uidOf(pod));
    },
  };
}
