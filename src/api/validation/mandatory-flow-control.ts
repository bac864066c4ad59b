import type {
  V1FlowSchemaSpec,
  V1PolicyRulesWithSubjects,
  V1PriorityLevelConfigurationSpec,
} from '../generated/types.js';

/*
 * What priority and fairness rests on: requests that are never held back, and where those go that nothing else
 * matches. Their specs are fixed (flowcontrol internalbootstrap), but for the limits of the exempt level.
 */

const ALL = ['*'];
const ANYTHING = {
  resourceRules: [
    { verbs: ALL, apiGroups: ALL, resources: ALL, namespaces: ALL, clusterScope: true },
  ],
  nonResourceRules: [{ verbs: ALL, nonResourceURLs: ALL }],
};

function ofGroups(...names: string[]): V1PolicyRulesWithSubjects[] {
  const subjects = names.map((name) => ({ kind: 'Group', group: { name } }));
  return [{ subjects, ...ANYTHING }];
}

export const MANDATORY_FLOW_SCHEMAS: ReadonlyMap<string, V1FlowSchemaSpec> = new Map([
  [
    'exempt',
    {
      matchingPrecedence: 1,
      priorityLevelConfiguration: { name: 'exempt' },
      rules: ofGroups('system:masters'),
    },
  ],
  [
    'catch-all',
    {
      matchingPrecedence: 10_000,
      priorityLevelConfiguration: { name: 'catch-all' },
      distinguisherMethod: { type: 'ByUser' },
      rules: ofGroups('system:unauthenticated', 'system:authenticated'),
    },
  ],
]);

/** Without what an administrator may change. */
export const MANDATORY_LEVELS: ReadonlyMap<string, V1PriorityLevelConfigurationSpec> = new Map([
  ['exempt', { type: 'Exempt' }],
  [
    'catch-all',
    {
      type: 'Limited',
      limited: {
        nominalConcurrencyShares: 5,
        lendablePercent: 0,
        limitResponse: { type: 'Reject' },
      },
    },
  ],
]);
