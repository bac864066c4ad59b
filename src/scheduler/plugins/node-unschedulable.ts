import { toleratesTaint } from '../../api/index.js';
import type { Plugin } from '../framework.js';

const TAINT = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

/** A cordoned node takes only pods that tolerate it. */
export const nodeUnschedulable: Plugin = {
  name: 'NodeUnschedulable',
  mayHelp: ['node-added', 'node-changed'],
  fits: (pod, { node }) => {
    const tolerated = pod.spec?.tolerations?.some((each) => toleratesTaint(each, TAINT)) ?? false;
    if (node.spec?.unschedulable !== true || tolerated) return undefined;
    return { reasons: ['node(s) were unschedulable'], resolvable: false };
  },
};
