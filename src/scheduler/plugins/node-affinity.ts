import type { NodeFacts, V1Node } from '../../api/index.js';
import { matchesNodeAffinity, matchesNodeSelectorTerm } from '../../api/index.js';
import type { Plugin } from '../framework.js';

/** nodeSelector and nodeAffinity: required terms are a rule, preferred ones a score. */
export const nodeAffinity: Plugin = {
  name: 'NodeAffinity',
  mayHelp: ['node-added', 'node-changed'],
  weight: 2,
  fits: (pod, { node }) =>
    matchesNodeAffinity(pod, factsOf(node))
      ? undefined
      : { reasons: ["node(s) didn't match Pod's node affinity/selector"], resolvable: false },
  score: (pod, { node }) => {
    const preferred =
      pod.spec?.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    const facts = factsOf(node);
    return preferred.reduce(
      (sum, { preference, weight }) =>
        sum + (matchesNodeSelectorTerm(preference, facts) ? weight : 0),
      0,
    );
  },
};

function factsOf({ metadata }: V1Node): NodeFacts {
  return { name: metadata?.name ?? '', labels: metadata?.labels ?? {} };
}
