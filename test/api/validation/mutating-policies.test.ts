import t from 'tap';
import { SUBDOMAIN_RULE } from './cases.js';
import type { Fields } from './cases.js';
import { checkTypes } from './whole-objects.js';

const RULE = { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] };
const APPLY = { patchType: 'ApplyConfiguration', applyConfiguration: { expression: 'Object{}' } };
const policy = (fields: Fields): Fields => ({
  spec: {
    matchConstraints: { resourceRules: [RULE] },
    mutations: [APPLY],
    reinvocationPolicy: 'Never',
    ...fields,
  },
});
const binding = (fields: Fields): Fields => ({ spec: { policyName: 'p', ...fields } });
const MUTATION = 'spec.mutations[0]';
const OPERATIONS =
  'Unsupported value: "DELETE": supported values: "*", "CONNECT", "CREATE", "UPDATE"';
const ON_DELETE = { resourceRules: [{ ...RULE, operations: ['DELETE'] }] };

void t.test('policies that change what is written', (t) => {
  checkTypes(t, 'admissionregistration.k8s.io', [
    {
      resource: 'mutatingadmissionpolicies',
      valid: policy({
        variables: [{ name: 'made', expression: 'Object.spec{replicas: 1}' }],
        matchConditions: [{ name: 'named', expression: "object.metadata.name != ''" }],
      }),
      refused: [
        [
          {},
          'spec.failurePolicy: Required value',
          'spec.matchConstraints: Required value',
          'spec.mutations: Required value: mutations must contain at least one item',
          'spec.reinvocationPolicy: Required value',
        ],
        [
          policy({ failurePolicy: 'Some', reinvocationPolicy: 'Some' }),
          'spec.failurePolicy: Unsupported value: "Some": supported values: "Fail", "Ignore"',
          'spec.reinvocationPolicy: Unsupported value: "Some": supported values: "IfNeeded", "Never"',
        ],
        [policy({ matchConstraints: {} }), 'spec.matchConstraints.resourceRules: Required value'],
        [
          policy({ matchConstraints: ON_DELETE }),
          `spec.matchConstraints.resourceRules.operations: ${OPERATIONS}`,
        ],
        [policy({ paramKind: { apiVersion: 'v1' } }), 'spec.paramKind.kind: Required value'],
        [
          policy({ matchConditions: [{ expression: 'true' }] }),
          'spec.matchConditions[0].name: Required value',
        ],
        [
          policy({ variables: [{ name: '1', expression: ' ' }] }),
          'spec.variables[0].name: Invalid value: "1": name is not a valid CEL identifier',
          'spec.variables[0].expression: Required value: expression is not specified',
        ],
        [policy({ mutations: [{}] }), `${MUTATION}.patchType: Required value`],
        [
          policy({ mutations: [{ patchType: 'Merge' }] }),
          `${MUTATION}.patchType: Unsupported value: "Merge": supported values: "ApplyConfiguration", "JSONPatch"`,
        ],
        [
          policy({ mutations: [{ ...APPLY, patchType: 'JSONPatch' }] }),
          `${MUTATION}.applyConfiguration: Invalid value: "{applyConfiguration}": must not be specified when patchType is JSONPatch`,
          `${MUTATION}.jsonPatch: Required value: must be specified when patchType is JSONPatch`,
        ],
        [
          policy({ mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression: ' ' } }] }),
          `${MUTATION}.jsonPatch.expression: Required value`,
        ],
      ],
    },
    {
      resource: 'mutatingadmissionpolicybindings',
      valid: binding({ paramRef: { name: 'x', parameterNotFoundAction: 'Deny' } }),
      refused: [
        [{}, 'spec.policyName: Required value'],
        [
          binding({ policyName: 'A', paramRef: { name: 'x' } }),
          `spec.policyName: Invalid value: "A": ${SUBDOMAIN_RULE}`,
          'spec.paramRef.parameterNotFoundAction: Required value',
        ],
        [
          binding({ matchResources: ON_DELETE }),
          `spec.matchResources.resourceRules.operations: ${OPERATIONS}`,
        ],
      ],
    },
  ]);
  t.end();
});
