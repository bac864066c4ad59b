import { podRequests } from '../../api/index.js';
import type { Plugin } from '../framework.js';

/** The requests of all pods on a node stay within what it can give (KEP-2837's rules of what a pod requests). */
export const nodeResources: Plugin = {
  name: 'NodeResourcesFit',
  mayHelp: ['node-added', 'node-changed', 'pod-removed'],
  fits: (pod, { allocatable, pods, requested }) => {
    const reasons: string[] = [];
    let resolvable = true;
    if (pods.size + 1 > (allocatable.get('pods') ?? 0)) reasons.push('Too many pods');
    for (const [resource, amount] of podRequests(pod)) {
      const capacity = allocatable.get(resource) ?? 0;
      if (amount === 0 || amount + (requested.get(resource) ?? 0) <= capacity) continue;
      reasons.push(`Insufficient ${resource}`);
      if (amount > capacity) resolvable = false;
    }
    return reasons.length === 0 ? undefined : { reasons, resolvable };
  },
  /** The node that is left with the largest free share of cpu and memory. */
  score: (pod, { allocatable, requested }) => {
    const wanted = podRequests(pod);
    let free = 0;
    for (const resource of ['cpu', 'memory']) {
      const capacity = allocatable.get(resource) ?? 0;
      const used = (requested.get(resource) ?? 0) + (wanted.get(resource) ?? 0);
      if (capacity > 0) free += (capacity - used) / capacity;
    }
    return free;
  },
};
