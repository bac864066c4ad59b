import type { Amounts, V1Node, V1Pod } from '../api/index.js';
import { addAmounts, amountsOf, podRequests, subtractAmounts } from '../api/index.js';

/** A node, with what is on it. */
export interface NodeInfo {
  readonly node: V1Node;
  /** Pods that are bound or assumed to it and have not ended, by key. */
  readonly pods: ReadonlyMap<string, V1Pod>;
  /** The sum of their requests. */
  readonly requested: Amounts;
  readonly allocatable: Amounts;
}

export function nodeInfo(node: V1Node, pods: ReadonlyMap<string, V1Pod> = new Map()): NodeInfo {
  let requested: Amounts = new Map();
  for (const pod of pods.values()) requested = addAmounts(requested, podRequests(pod));
  return { node, pods, requested, allocatable: amountsOf(node.status?.allocatable) };
}

export function withNode(info: NodeInfo, node: V1Node): NodeInfo {
  return { ...info, node, allocatable: amountsOf(node.status?.allocatable) };
}

export function withPod(info: NodeInfo, key: string, pod: V1Pod): NodeInfo {
  const without = withoutPod(info, key);
  const pods = new Map(without.pods).set(key, pod);
  return { ...without, pods, requested: addAmounts(without.requested, podRequests(pod)) };
}

export function withoutPod(info: NodeInfo, key: string): NodeInfo {
  const pod = info.pods.get(key);
  if (pod === undefined) return info;
  const pods = new Map(info.pods);
  pods.delete(key);
  return { ...info, pods, requested: subtractAmounts(info.requested, podRequests(pod)) };
}

export function nodeNameOf(info: NodeInfo): string {
  return info.node.metadata?.name ?? '';
}
