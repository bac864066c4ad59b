import type { V1Pod } from '../../api/index.js';
import { nameOf } from '../../client/index.js';
import { daemonBounds } from './bounds.js';
import { placementOn } from './placement.js';
import { isUpdated } from './pod.js';
import type { DaemonState } from './pods-on-nodes.js';
import { isAvailable, isTerminating, podsOnNodes } from './pods-on-nodes.js';

export interface RollingPlan {
  /** Nodes that get a new pod beside the old one. */
  readonly create: readonly string[];
  readonly delete: readonly V1Pod[];
}

/** What one node has. `excess`: more than an old and a new one, which the other plan clears up. */
type OnNode =
  | { readonly type: 'excess' }
  | { readonly type: 'pods'; readonly updated: V1Pod | undefined; readonly old: V1Pod | undefined };

/** Which old pods give way now. A pod that is being deleted does not count: its successor is on its way. */
export function planRollingUpdate(state: DaemonState): RollingPlan {
  const { set } = state;
  const shouldRun = new Set(
    state.nodes.filter((node) => placementOn(set, node).shouldRun).map(nameOf),
  );
  const byNode = new Map<string, readonly V1Pod[]>(podsOnNodes(state.pods));
  for (const name of shouldRun) if (!byNode.has(name)) byNode.set(name, []);
  const { maxSurge, maxUnavailable } = daemonBounds(set, shouldRun.size);
  const onNodes = [...byNode].map(([name, pods]) => [name, onNode(state, pods)] as const);
  return maxSurge > 0
    ? surge(state, onNodes, shouldRun, maxSurge)
    : replace(state, onNodes, maxUnavailable);
}

function onNode(state: DaemonState, pods: readonly V1Pod[]): OnNode {
  const alive = pods.filter((pod) => !isTerminating(pod));
  const isNew = (pod: V1Pod): boolean => isUpdated(state.set, pod, state.hash);
  const [updated, ...moreUpdated] = alive.filter(isNew);
  const [old, ...moreOld] = alive.filter((pod) => !isNew(pod));
  return moreUpdated.length + moreOld.length > 0
    ? { type: 'excess' }
    : { type: 'pods', updated, old };
}

/** Old pods that are unavailable go at once, and so many others that no more than `maxUnavailable` nodes are without. */
function replace(
  state: DaemonState,
  onNodes: readonly (readonly [string, OnNode])[],
  maxUnavailable: number,
): RollingPlan {
  let unavailable = 0;
  const broken: V1Pod[] = [];
  const candidates: V1Pod[] = [];
  for (const [, there] of onNodes) {
    if (there.type === 'pods' && there.old !== undefined && there.updated === undefined) {
      const available = isAvailable(state, there.old);
      (available ? candidates : broken).push(there.old);
      if (!available) unavailable++;
      continue;
    }
    const updated = there.type === 'pods' && there.old === undefined ? there.updated : undefined;
    if (updated === undefined || !isAvailable(state, updated)) unavailable++;
  }
  const more = Math.max(0, maxUnavailable - unavailable);
  return { create: [], delete: [...broken, ...candidates.slice(0, more)] };
}

/** New pods come beside old ones that are unavailable, and beside `maxSurge` others; an old one goes when they are available. */
function surge(
  state: DaemonState,
  onNodes: readonly (readonly [string, OnNode])[],
  shouldRun: ReadonlySet<string>,
  maxSurge: number,
): RollingPlan {
  let surging = 0;
  let available = 0;
  const done: V1Pod[] = [];
  const misplaced: V1Pod[] = [];
  const broken: string[] = [];
  const candidates: string[] = [];
  for (const [name, there] of onNodes) {
    if (there.type === 'excess') {
      surging++;
      continue;
    }
    const { updated, old } = there;
    const counted = old ?? updated;
    if (counted !== undefined && isAvailable(state, counted)) available++;
    if (old === undefined) continue;
    if (updated !== undefined) {
      if (isAvailable(state, updated)) done.push(old);
      else surging++;
    } else if (!shouldRun.has(name)) {
      (isAvailable(state, old) ? misplaced : done).push(old);
    } else {
      (isAvailable(state, old) ? candidates : broken).push(name);
    }
  }
  // A pod on a node that should not have one any more helps until there are enough elsewhere.
  const spare = Math.max(0, available - shouldRun.size);
  return {
    create: [...broken, ...candidates.slice(0, Math.max(0, maxSurge - surging))],
    delete: [...done, ...misplaced.slice(0, spare)],
  };
}
