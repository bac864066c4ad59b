import type { V1Node, V1Pod } from '../../api/index.js';
import { nameOf } from '../../client/index.js';
import { isPodReady } from '../pod-state.js';
import { allowsSurge } from './bounds.js';
import { placementOn } from './placement.js';
import { REVISION_HASH, targetNodeOf } from './pod.js';
import type { DaemonState } from './pods-on-nodes.js';
import { isAvailable, isTerminating, podsOnNodes } from './pods-on-nodes.js';

/** A pod that has ended though it should run for ever. */
export interface EndedPod {
  readonly pod: V1Pod;
  readonly node: string;
  readonly phase: 'Failed' | 'Succeeded';
}

export interface DaemonPlan {
  /** Nodes that get a pod. */
  readonly create: readonly string[];
  readonly delete: readonly V1Pod[];
  /** To be deleted, failed ones with backoff: whatever made one fail will do so again. */
  readonly ended: readonly EndedPod[];
}

/** How each node gets the one pod that it should have (DaemonSetsController.manage). */
export function planDaemons(state: DaemonState): DaemonPlan {
  const byNode = podsOnNodes(state.pods);
  const plan = { create: [] as string[], delete: [] as V1Pod[], ended: [] as EndedPod[] };
  for (const node of state.nodes) {
    const there = byNode.get(nameOf(node));
    const { shouldRun, mayStay } = placementOn(state.set, node);
    if (shouldRun && there === undefined) plan.create.push(nameOf(node));
    const alive = (there ?? []).filter((pod) => !isTerminating(pod));
    if (!mayStay) {
      plan.delete.push(...alive);
      continue;
    }
    const running: V1Pod[] = [];
    for (const pod of alive) {
      const phase = pod.status?.phase;
      if (phase === 'Failed' || phase === 'Succeeded')
        plan.ended.push({ pod, node: nameOf(node), phase });
      else running.push(pod);
    }
    plan.delete.push(...excess(state, running));
  }
  plan.delete.push(...withoutNode(state.pods, state.nodes));
  return plan;
}

/** One stays; while a surge is allowed, one old and one new, until the new one can do alone. */
function excess(state: DaemonState, running: readonly V1Pod[]): V1Pod[] {
  if (!allowsSurge(state.set)) return running.slice(1);
  const isNew = (pod: V1Pod): boolean => pod.metadata?.labels?.[REVISION_HASH] === state.hash;
  const [newest, ...moreNew] = running.filter(isNew);
  const [old, ...moreOld] = running.filter((pod) => !isNew(pod));
  const surplus = [...moreNew, ...moreOld];
  if (newest === undefined || old === undefined) return surplus;
  return !isPodReady(old) || isAvailable(state, newest) ? [...surplus, old] : surplus;
}

/** Pods that wait for a node that is gone: nobody binds them, so nobody else collects them. */
function withoutNode(pods: readonly V1Pod[], nodes: readonly V1Node[]): V1Pod[] {
  const names = new Set(nodes.map(nameOf));
  return pods.filter(
    (pod) =>
      (pod.spec?.nodeName ?? '') === '' &&
      !isTerminating(pod) &&
      !names.has(targetNodeOf(pod) ?? ''),
  );
}
