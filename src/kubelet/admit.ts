import { matchesNodeAffinity, podRequests, type NodeFacts, type V1Pod } from '../api/index.js';
import type { NodeLedger } from './node-ledger.js';

export interface Rejection {
  /** `OutOfcpu`, `OutOfpods`, `NodeAffinity`. */
  readonly reason: string;
  readonly message: string;
}

/**
 * Whether a pod that was bound to this node fits beside those already admitted: the last word, since the scheduler may
 * have decided on an old picture. Pure; the kubelet's own reasons and words. Amounts of cpu are in thousandths.
 */
export function admit(pod: V1Pod, ledger: NodeLedger, node: NodeFacts): Rejection | undefined {
  const podsMax = ledger.allocatable.get('pods') ?? Infinity;
  if (ledger.pods + 1 > podsMax) return insufficient('pods', 1, ledger.pods, podsMax);
  for (const [resource, wanted] of podRequests(pod)) {
    if (isForeign(resource, ledger)) continue;
    const capacity = ledger.allocatable.get(resource) ?? 0;
    const used = ledger.used.get(resource) ?? 0;
    if (wanted > 0 && used + wanted > capacity)
      return insufficient(resource, wanted, used, capacity);
  }
  if (matchesNodeAffinity(pod, node)) return undefined;
  return {
    reason: 'NodeAffinity',
    message: "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
  };
}

/** An extended resource that this kubelet does not count: the scheduler has. */
function isForeign(resource: string, { allocatable }: NodeLedger): boolean {
  return (
    resource.includes('/') && !resource.includes('kubernetes.io/') && !allocatable.has(resource)
  );
}

function insufficient(resource: string, wanted: number, used: number, capacity: number): Rejection {
  return {
    reason: `OutOf${resource}`,
    message: `Node didn't have enough resource: ${resource}, requested: ${wanted}, used: ${used}, capacity: ${capacity}`,
  };
}
