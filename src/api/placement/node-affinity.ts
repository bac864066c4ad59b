import type { V1NodeSelectorRequirement, V1NodeSelectorTerm, V1Pod } from '../generated/types.js';
import type { LabelRequirement, Labels } from '../selector/label-requirement.js';
import { requirementMatches } from '../selector/label-requirement.js';

/** What a pod may ask of its node. */
export interface NodeFacts {
  readonly name: string;
  readonly labels: Labels;
}

/** Operators of node selectors, and those of label selectors that mean the same. */
const OPERATORS: ReadonlyMap<string, LabelRequirement['operator']> = /* @__PURE__ */ new Map([
  ['In', 'in'],
  ['NotIn', 'notin'],
  ['Exists', 'exists'],
  ['DoesNotExist', '!'],
  ['Gt', 'gt'],
  ['Lt', 'lt'],
]);

/** Whether a node is one that the pod demands: by nodeSelector, and by the required terms of its nodeAffinity. */
export function matchesNodeAffinity({ spec }: V1Pod, node: NodeFacts): boolean {
  const selected = Object.entries(spec?.nodeSelector ?? {}).every(([key, value]) =>
    requirementMatches({ key, operator: '=', values: [value] }, node.labels),
  );
  const required = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return (
    selected &&
    (required === undefined ||
      required.nodeSelectorTerms.some((term) => matchesNodeSelectorTerm(term, node)))
  );
}

/** All of a term's requirements must hold; a term without any matches nothing. The one field there is, is the name. */
export function matchesNodeSelectorTerm(
  { matchExpressions = [], matchFields = [] }: V1NodeSelectorTerm,
  { name, labels }: NodeFacts,
): boolean {
  if (matchExpressions.length + matchFields.length === 0) return false;
  const fields = { 'metadata.name': name };
  return (
    matchExpressions.every((requirement) => matches(requirement, labels)) &&
    matchFields.every((requirement) => matches(requirement, fields))
  );
}

/** An operator that nobody knows matches nothing. */
function matches({ key, operator, values = [] }: V1NodeSelectorRequirement, of: Labels): boolean {
  const known = OPERATORS.get(operator);
  return known !== undefined && requirementMatches({ key, operator: known, values }, of);
}
