import type { Amounts, V1Pod } from '../api/index.js';
import { addAmounts, amountsOf, podRequests, subtractAmounts } from '../api/index.js';

/** What the pods of this node take of it: kept as sums, so that admitting one does not look at all others. */
export interface NodeLedger {
  readonly allocatable: Amounts;
  readonly used: Amounts;
  readonly pods: number;
  /** Repeating it is no error. */
  take(uid: string, pod: V1Pod): void;
  /** Repeating it is no error. */
  release(uid: string): void;
}

export function nodeLedger(allocatable: Readonly<Record<string, string>>): NodeLedger {
  const taken = new Map<string, Amounts>();
  let used: Amounts = new Map();
  return {
    allocatable: amountsOf(allocatable),
    get used() {
      return used;
    },
    get pods() {
      return taken.size;
    },
    take(uid, pod) {
      if (taken.has(uid)) return;
      const requests = podRequests(pod);
      taken.set(uid, requests);
      used = addAmounts(used, requests);
    },
    release(uid) {
      const requests = taken.get(uid);
      if (requests === undefined) return;
      taken.delete(uid);
      used = subtractAmounts(used, requests);
    },
  };
}
