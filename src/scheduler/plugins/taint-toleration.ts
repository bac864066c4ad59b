import type { V1Pod } from '../../api/index.js';
import type { Plugin } from '../framework.js';
import type { NodeInfo } from '../node-info.js';
import { tolerates } from '../tolerations.js';

/** A taint with NoSchedule or NoExecute keeps pods away that do not tolerate it; PreferNoSchedule makes it a last choice. */
export const taintToleration: Plugin = {
  name: 'TaintToleration',
  mayHelp: ['node-added', 'node-changed'],
  weight: 3,
  fits: (pod, { node }) => {
    const taint = (node.spec?.taints ?? []).find(
      (each) => each.effect !== 'PreferNoSchedule' && !tolerates(pod.spec?.tolerations, each),
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
    (taint) => taint.effect === 'PreferNoSchedule' && !tolerates(pod.spec?.tolerations, taint),
  ).length;
}
