import t from 'tap';
import { formatFieldError, validateAccessReview } from '../../../src/api/validation/index.js';

type Review = Parameters<typeof validateAccessReview>[0];
type Scope = Parameters<typeof validateAccessReview>[1];

const ON = { verb: 'get', resource: 'pods', namespace: 'default' };
const AT = { verb: 'get', path: '/' };
const EITHER = 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
const SELECTOR = 'spec.resourceAttributes.labelSelector';

const CASES: readonly (readonly [Scope, Review, ...string[]])[] = [
  ['self', { spec: { resourceAttributes: ON } }],
  ['subject', { spec: { groups: ['g'], nonResourceAttributes: AT } }],
  ['local', { metadata: { namespace: 'default' }, spec: { user: 'u', resourceAttributes: ON } }],
  ['self', {}, `spec.resourceAttributes: Invalid value: null: ${EITHER}`],
  [
    'self',
    { spec: { resourceAttributes: ON, nonResourceAttributes: AT } },
    'spec.nonResourceAttributes: Invalid value: {"verb":"get","path":"/"}: cannot be specified in combination with resourceAttributes',
  ],
  [
    'subject',
    { spec: { resourceAttributes: ON } },
    'spec.user: Invalid value: "": at least one of user or group must be specified',
  ],
  [
    'self',
    { spec: { resourceAttributes: { ...ON, labelSelector: {} } } },
    `${SELECTOR}.requirements: Required value: when ${SELECTOR} is specified, requirements or rawSelector is required`,
  ],
  [
    'self',
    {
      spec: {
        resourceAttributes: {
          ...ON,
          labelSelector: { rawSelector: 'a', requirements: [{ key: 'a', operator: 'Exists' }] },
        },
      },
    },
    `${SELECTOR}.rawSelector: Invalid value: "a": may not specified at the same time as requirements`,
  ],
  [
    'self',
    { metadata: { name: 'x' }, spec: { resourceAttributes: ON } },
    'metadata: Invalid value: {"name":"x"}: must be empty',
  ],
  [
    'local',
    { metadata: { name: 'x' }, spec: { user: 'u', resourceAttributes: { ...ON, namespace: 'b' } } },
    'metadata: Invalid value: {"name":"x"}: must be empty except for namespace',
    'spec.resourceAttributes.namespace: Invalid value: "b": must match metadata.namespace',
  ],
  [
    'local',
    { spec: { user: 'u', nonResourceAttributes: AT } },
    'spec.nonResourceAttributes: Invalid value: {"verb":"get","path":"/"}: disallowed on this kind of request',
  ],
];

void t.test('what a review of access may ask', (t) => {
  for (const [scope, object, ...errors] of CASES)
    t.same(validateAccessReview(object, scope, 'default').map(formatFieldError), errors);
  t.end();
});
