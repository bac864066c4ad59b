import type { V1DaemonSet, V1Node } from '../../api/index.js';
import { matchesNodeAffinity, toleratesTaint } from '../../api/index.js';
import { nameOf } from '../../client/index.js';
import { daemonPodSpec } from './pod.js';

export interface Placement {
  readonly shouldRun: boolean;
  /** A pod that is there already stays: what keeps others away is no NoExecute taint. */
  readonly mayStay: boolean;
}

/** Whether a node should have a pod: by its name, its labels and its taints, not by its room. */
export function placementOn(set: V1DaemonSet, node: V1Node): Placement {
  const spec = daemonPodSpec(set);
  const named = (spec.nodeName ?? '') === '' || spec.nodeName === nameOf(node);
  const facts = { name: nameOf(node), labels: node.metadata?.labels ?? {} };
  if (!named || !matchesNodeAffinity({ spec }, facts)) return { shouldRun: false, mayStay: false };
  const untolerated = (node.spec?.taints ?? []).filter(
    (taint) => !(spec.tolerations ?? []).some((toleration) => toleratesTaint(toleration, taint)),
  );
  return {
    shouldRun: untolerated.every(({ effect }) => effect === 'PreferNoSchedule'),
    mayStay: untolerated.every(({ effect }) => effect !== 'NoExecute'),
  };
}
