import type { V1Pod } from '../../api/index.js';
import type { Plugin } from '../framework.js';

/** Pods of one owner spread over the nodes first, and all pods second: the node with the fewest wins. */
export const spread: Plugin = {
  name: 'SpreadByCount',
  weight: 2,
  score: (pod, { pods }) => {
    const owner = ownerUid(pod);
    let siblings = 0;
    if (owner !== undefined)
      for (const other of pods.values()) if (ownerUid(other) === owner) siblings++;
    return -(siblings * SIBLING_WEIGHT + pods.size);
  },
};

const SIBLING_WEIGHT = 3;

function ownerUid(pod: V1Pod): string | undefined {
  return pod.metadata?.ownerReferences?.find((reference) => reference.controller === true)?.uid;
}
