import type { V1Node, V1Pod } from '../api/index.js';
import { objectKey } from '../client/index.js';
import type { NodeInfo } from './node-info.js';
import { nodeInfo, nodeNameOf, withNode, withoutPod, withPod } from './node-info.js';

/**
 * The nodes and what is on them, as the scheduler must see it: with the pods that it has just decided about (assumed) and
 * that the API server does not yet show as bound, so that two decisions in a row do not promise the same room twice.
 */
export interface ClusterCache {
  setNode(node: V1Node): void;
  removeNode(name: string): void;
  /** A pod as the API server shows it. Returns true where that frees room. */
  setPod(pod: V1Pod): boolean;
  removePod(pod: V1Pod): boolean;
  /** It is being bound there. */
  assume(pod: V1Pod, nodeName: string): void;
  /** It was not bound after all. Its successor of the same name keeps its place. */
  forget(pod: V1Pod): void;
  isAssumed(key: string): boolean;
  nodes(): readonly NodeInfo[];
  readonly assumed: number;
}

export function createClusterCache(): ClusterCache {
  const infos = new Map<string, NodeInfo>();
  /** Pods of nodes that are not (yet) there. */
  const placed = new Map<string, { readonly pod: V1Pod; readonly nodeName: string }>();
  const assumed = new Map<
    string,
    { readonly uid: string | undefined; readonly nodeName: string }
  >();

  function put(key: string, pod: V1Pod, nodeName: string): void {
    take(key);
    placed.set(key, { pod, nodeName });
    const info = infos.get(nodeName);
    if (info !== undefined) infos.set(nodeName, withPod(info, key, pod));
  }

  function take(key: string): boolean {
    const old = placed.get(key);
    if (old === undefined) return false;
    placed.delete(key);
    const info = infos.get(old.nodeName);
    if (info !== undefined) infos.set(old.nodeName, withoutPod(info, key));
    return true;
  }

  return {
    get assumed() {
      return assumed.size;
    },
    setNode: (node) => {
      const name = node.metadata?.name ?? '';
      const info = infos.get(name);
      if (info !== undefined) {
        infos.set(name, withNode(info, node));
        return;
      }
      const pods = [...placed].filter(([, { nodeName }]) => nodeName === name);
      infos.set(name, nodeInfo(node, new Map(pods.map(([key, { pod }]) => [key, pod]))));
    },
    removeNode: (name) => {
      infos.delete(name);
    },
    setPod: (pod) => {
      const key = objectKey(pod);
      const nodeName = pod.spec?.nodeName ?? '';
      if (nodeName === '') {
        const assumption = assumed.get(key);
        if (assumption === undefined || assumption.uid === pod.metadata?.uid) return false;
        assumed.delete(key);
        return take(key);
      }
      assumed.delete(key);
      if (hasEnded(pod)) return take(key);
      put(key, pod, nodeName);
      return false;
    },
    removePod: (pod) => {
      const key = objectKey(pod);
      assumed.delete(key);
      return take(key);
    },
    assume: (pod, nodeName) => {
      const key = objectKey(pod);
      assumed.set(key, { uid: pod.metadata?.uid, nodeName });
      put(key, pod, nodeName);
    },
    forget: (pod) => {
      const key = objectKey(pod);
      const assumption = assumed.get(key);
      if (assumption === undefined || assumption.uid !== pod.metadata?.uid) return;
      assumed.delete(key);
      take(key);
    },
    isAssumed: (key) => assumed.has(key),
    nodes: () => [...infos.values()].sort((a, b) => (nodeNameOf(a) < nodeNameOf(b) ? -1 : 1)),
  };
}

export function hasEnded(pod: V1Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}
