import type { V1DaemonSetStatus, V1Pod } from '../../api/index.js';
import { nameOf } from '../../client/index.js';
import { isPodReady } from '../pod-state.js';
import { placementOn } from './placement.js';
import { isUpdated } from './pod.js';
import type { DaemonState } from './pods-on-nodes.js';
import { isAvailable, podsOnNodes } from './pods-on-nodes.js';

/** What was done in this reconcile, beside looking. */
export interface Observed {
  /** Undefined: the set was not acted on, so its generation is not said to be observed. */
  readonly generation: number | undefined;
  readonly collisionCount: number;
}

/** The status that the pods justify: of each node its oldest pod counts. Counts of 0 are absent where the API leaves them out. */
export function daemonSetStatus(state: DaemonState, observed: Observed): V1DaemonSetStatus {
  const { set, hash } = state;
  const byNode = podsOnNodes(state.pods);
  const oldest: V1Pod[] = [];
  let desired = 0;
  let misscheduled = 0;
  for (const node of state.nodes) {
    const pod = byNode.get(nameOf(node))?.[0];
    const { shouldRun } = placementOn(set, node);
    if (shouldRun) desired++;
    if (pod === undefined) continue;
    if (shouldRun) oldest.push(pod);
    else misscheduled++;
  }
  const available = oldest.filter((pod) => isAvailable(state, pod)).length;
  const optional = {
    updatedNumberScheduled: oldest.filter((pod) => isUpdated(set, pod, hash)).length,
    numberAvailable: available,
    numberUnavailable: desired - available,
    observedGeneration: observed.generation ?? set.status?.observedGeneration ?? 0,
    collisionCount: observed.collisionCount,
  };
  const conditions = set.status?.conditions;
  return {
    currentNumberScheduled: oldest.length,
    numberMisscheduled: misscheduled,
    desiredNumberScheduled: desired,
    numberReady: oldest.filter(isPodReady).length,
    ...Object.fromEntries(Object.entries(optional).filter(([, count]) => count !== 0)),
    ...(conditions !== undefined && { conditions }),
  };
}
