import type { V1Pod, V1Taint } from '../../api/index.js';
import { toleratesTaint } from '../../api/index.js';
import type { Plugin } from '../framework.js';
import type { NodeInfo } from '../node-info.js';

/** A taint with NoSchedule or NoExecute keeps pods away that do not tolerate it; PreferNoSchedule makes it a last choice. */
export const taintToleration: Plugin = {
  name: 'TaintToleration',
  mayHelp: ['node-added', 'node-changed'],
  weight: 3,
  fits: (pod, { node }) => {
    const taint = (node.spec?.taints ?? []).find(
      (each) => each.effect !== 'PreferNoSchedule' && !tolerates(pod, each),
    );
    if (taint === undefined) return undefined;
    return {
      reasons: [`node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`],
      resolvable: false,
    };
  },
  score: (pod, node) => -intolerablePreferences(pod, node),
};

function intolerablePreferences(pod: V1Pod, { node }: NodeInfo): number {
  return (node.spec?.taints ?? []).filter(
    (taint) => taint.effect === 'PreferNoSchedule' && !tolerates(pod, taint),
  ).length;
}

function tolerates(pod: V1Pod, taint: V1Taint): boolean {
  return pod.spec?.tolerations?.some((each) => toleratesTaint(each, taint)) ?? false;
}
