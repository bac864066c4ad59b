import type { Plugin } from '../framework.js';
import { nodeNameOf } from '../node-info.js';

/** A pod that names its node goes there or nowhere. */
export const nodeName: Plugin = {
  name: 'NodeName',
  mayHelp: ['node-added'],
  fits: (pod, node) => {
    const wanted = pod.spec?.nodeName ?? '';
    if (wanted === '' || wanted === nodeNameOf(node)) return undefined;
    return { reasons: ["node(s) didn't match the requested node name"], resolvable: false };
  },
};
