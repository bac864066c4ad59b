import type { V1Node, V1NodeSelectorRequirement, V1NodeSelectorTerm } from '../../api/index.js';
import type { Plugin } from '../framework.js';

/** nodeSelector and nodeAffinity: required terms are a rule, preferred ones a score. */
export const nodeAffinity: Plugin = {
  name: 'NodeAffinity',
  mayHelp: ['node-added', 'node-changed'],
  weight: 2,
  fits: (pod, { node }) => {
    const labels = node.metadata?.labels ?? {};
    const selected = Object.entries(pod.spec?.nodeSelector ?? {}).every(
      ([key, value]) => labels[key] === value,
    );
    const terms =
      pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
        ?.nodeSelectorTerms;
    if (selected && (terms === undefined || terms.some((term) => matchesTerm(term, node))))
      return undefined;
    return { reasons: ["node(s) didn't match Pod's node affinity/selector"], resolvable: false };
  },
  score: (pod, { node }) => {
    const preferred =
      pod.spec?.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    return preferred.reduce(
      (sum, { preference, weight }) => sum + (matchesTerm(preference, node) ? weight : 0),
      0,
    );
  },
};

/** All of a term's requirements must hold; a term without any matches nothing. */
function matchesTerm(term: V1NodeSelectorTerm, node: V1Node): boolean {
  const expressions = term.matchExpressions ?? [];
  const fields = term.matchFields ?? [];
  if (expressions.length + fields.length === 0) return false;
  const labels = node.metadata?.labels ?? {};
  return (
    expressions.every((requirement) => matches(requirement, labels[requirement.key])) &&
    fields.every((requirement) =>
      matches(requirement, requirement.key === 'metadata.name' ? node.metadata?.name : undefined),
    )
  );
}

function matches(
  { operator, values = [] }: V1NodeSelectorRequirement,
  value: string | undefined,
): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return value !== undefined && Number.parseInt(value, 10) > Number(values[0]);
    case 'Lt':
      return value !== undefined && Number.parseInt(value, 10) < Number(values[0]);
    default:
      return false;
  }
}
