import { addQuantities, compareQuantities, formatQuantity, quantity, type Quantity, type V1Pod } from '../api/index.js';

export interface Rejection {
  /** `OutOfcpu`, `OutOfpods`. */
  readonly reason: string;
  readonly message: string;
}

const RESOURCES = ['cpu', 'memory', 'ephemeral-storage'] as const;

/**
 * Whether a pod that was bound to this node fits beside those already admitted: the last word, since the scheduler may
 * have decided on an old picture. Pure; the kubelet's own reasons and words.
 */
export function admit(pod: V1Pod, others: readonly V1Pod[], allocatable: Readonly<Record<string, string>>): Rejection | undefined {
  const podsMax = Number(allocatable['pods'] ?? Infinity);
  if (others.length + 1 > podsMax) {
    return rejected('pods', '1', String(others.length), String(podsMax));
  }
  for (const resource of RESOURCES) {
    const capacity = allocatable[resource];
    const wanted = requested([pod], resource);
    if (capacity === undefined || compareQuantities(wanted, NONE) === 0) continue;
    const used = requested(others, resource);
    if (compareQuantities(addQuantities(used, wanted), quantity(capacity)) <= 0) continue;
    return rejected(resource, formatQuantity(wanted), formatQuantity(used), capacity);
  }
  return undefined;
}

const NONE = quantity('0');

function rejected(resource: string, wanted: string, used: string, capacity: string): Rejection {
  return {
    reason: `OutOf${resource}`,
    message: `Pod was rejected: Node didn't have enough resource: ${resource}, requested: ${wanted}, used: ${used}, capacity: ${capacity}`,
  };
}

/** The sum of what the containers ask for. */
function requested(pods: readonly V1Pod[], resource: string): Quantity {
  return pods
    .flatMap((pod) => pod.spec?.containers ?? [])
    .map((container) => quantity(container.resources?.requests?.[resource] ?? '0'))
    .reduce(addQuantities, NONE);
}
