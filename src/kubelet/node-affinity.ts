import type { V1NodeSelectorRequirement, V1NodeSelectorTerm, V1Pod } from '../api/index.js';

/** What a pod may ask of its node. */
export interface NodeFacts {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** nodeSelector, and the required terms of nodeAffinity. */
export function matchesNodeAffinity({ spec }: V1Pod, node: NodeFacts): boolean {
  const selected = Object.entries(spec?.nodeSelector ?? {}).every(
    ([key, value]) => node.labels[key] === value,
  );
  const required = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return (
    selected &&
    (required === undefined || required.nodeSelectorTerms.some((term) => matchesTerm(term, node)))
  );
}

/** All of a term's requirements must hold; a term without any matches nothing. */
function matchesTerm(
  { matchExpressions = [], matchFields = [] }: V1NodeSelectorTerm,
  node: NodeFacts,
): boolean {
  if (matchExpressions.length + matchFields.length === 0) return false;
  return (
    matchExpressions.every((requirement) => matches(requirement, node.labels[requirement.key])) &&
    matchFields.every((requirement) =>
      matches(requirement, requirement.key === 'metadata.name' ? node.name : undefined),
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
