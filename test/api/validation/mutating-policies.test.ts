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
        variables: [{ name: 'count', expression: '1' }],
        mutations: [
          {
            patchType: 'ApplyConfiguration',
            applyConfiguration: {
              expression: ' Object{spec: Object.spec{replicas: variables.count}} ',
            },
          },
        ],
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
        [
          policy({
            variables: [{ name: 'v', expression: 'Object{}' }],
            mutations: [
              { patchType: 'JSONPatch', jsonPatch: { expression: 'Object{}' } },
              { patchType: 'ApplyConfiguration', applyConfiguration: { expression: ' Other{} ' } },
              {
                patchType: 'ApplyConfiguration',
                applyConfiguration: { expression: 'Object{a: variables.later}' },
              },
            ],
          }),
          `spec.variables[0].expression: Invalid value: "Object{}": compilation failed: ERROR: <input>:1:7: undeclared reference to 'Object' (in container '')\n | Object{}\n | ......^`,
          `${MUTATION}.jsonPatch.expression: Invalid value: "Object{}": must evaluate to list(JSONPatch) but got Object`,
          `spec.mutations[1].applyConfiguration.expression: Invalid value: "Other{}": compilation failed: ERROR: <input>:1:6: undeclared reference to 'Other' (in container '')\n | Other{}\n | .....^`,
          `spec.mutations[2].applyConfiguration.expression: Invalid value: "Object{a: variables.later}": compilation failed: ERROR: <input>:1:20: undefined field 'later'\n | Object{a: variables.later}\n | ...................^`,
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
