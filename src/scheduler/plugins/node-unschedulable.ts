import type { Plugin } from '../framework.js';
import { tolerates } from '../tolerations.js';

const TAINT = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

/** A cordoned node takes only pods that tolerate it. */
export const nodeUnschedulable: Plugin = {
  name: 'NodeUnschedulable',
  mayHelp: ['node-added', 'node-changed'],
  fits: (pod, { node }) => {
    if (node.spec?.unschedulable !== true || tolerates(pod.spec?.tolerations, TAINT))
      return undefined;
    return { reasons: ['node(s) were unschedulable'], resolvable: false };
  },
};
