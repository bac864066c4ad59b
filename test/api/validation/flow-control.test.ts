import t from 'tap';
import { setDefaults } from '../../../src/api/defaulting/index.js';
import { validateCreate } from '../../../src/api/validation/index.js';
import { PRIORITY_LEVELS, flowSchemas } from '../../../src/apiserver/bootstrap/flow-control.js';
import { LABEL_RULE, SUBDOMAIN_RULE } from './cases.js';
import type { Fields } from './cases.js';
import { checkTypes } from './whole-objects.js';

const GROUP = 'flowcontrol.apiserver.k8s.io';
const USER = { kind: 'User', user: { name: 'u' } };
const READ = { verbs: ['get'], apiGroups: [''], resources: ['pods'], namespaces: ['*'] };
const RULE = { subjects: [USER], resourceRules: [READ] };

const flow = (fields: Fields): Fields => ({
  spec: { priorityLevelConfiguration: { name: 'system' }, rules: [RULE], ...fields },
});
const rule = (fields: Fields): Fields => flow({ rules: [{ ...RULE, ...fields }] });
const subject = (fields: Fields): Fields => rule({ subjects: [fields] });
const resources = (fields: Fields): Fields => rule({ resourceRules: [{ ...READ, ...fields }] });
const paths = (...nonResourceURLs: string[]): Fields =>
  rule({ nonResourceRules: [{ verbs: ['*'], nonResourceURLs }] });
const conditions = (...types: string[]): Fields => ({
  status: { conditions: types.map((type) => ({ type, status: 'True' })) },
});
const SUBJECT = 'spec.rules[0].subjects[0]';
const RESOURCES = 'spec.rules[0].resourceRules[0]';
const PATHS = 'spec.rules[0].nonResourceRules[0]';
const TWICE = 'status.conditions[1].type: Duplicate value: "Dangling"';

void t.test('which requests belong to which level', (t) => {
  checkTypes(t, GROUP, [
    {
      resource: 'flowschemas',
      valid: paths('/healthz', '/', '/apis/*'),
      refused: [
        [
          flow({ matchingPrecedence: 0 }),
          'spec.matchingPrecedence: Invalid value: 0: must be a positive value',
        ],
        [
          flow({ matchingPrecedence: 10_001 }),
          'spec.matchingPrecedence: Invalid value: 10001: must not be greater than 10000',
        ],
        [
          flow({ matchingPrecedence: 1 }),
          "spec.matchingPrecedence: Invalid value: 1: only the schema named 'exempt' may have matchingPrecedence 1",
        ],
        [
          flow({ distinguisherMethod: { type: 'ByVerb' } }),
          'spec.distinguisherMethod.type: Unsupported value: {"type":"ByVerb"}: supported values: "ByNamespace", "ByUser"',
        ],
        [
          flow({ priorityLevelConfiguration: {} }),
          'spec.priorityLevelConfiguration.name: Required value: must reference a priority level',
        ],
        [
          flow({ priorityLevelConfiguration: { name: 'A' } }),
          `spec.priorityLevelConfiguration.name: Invalid value: "A": ${SUBDOMAIN_RULE}`,
        ],
        [
          flow({ rules: [{}] }),
          'spec.rules[0].subjects: Required value: subjects must contain at least one value',
          'spec.rules[0]: Required value: at least one of resourceRules and nonResourceRules has to be non-empty',
        ],
        [
          subject({ kind: 'Robot' }),
          `${SUBJECT}.kind: Unsupported value: "Robot": supported values: "Group", "ServiceAccount", "User"`,
        ],
        [
          subject({ kind: 'User', group: { name: 'g' }, serviceAccount: { name: 'a' } }),
          `${SUBJECT}.user: Required value: user is required when subject kind is 'User'`,
          `${SUBJECT}.serviceAccount: Forbidden: serviceAccount is forbidden when subject kind is not 'ServiceAccount'`,
          `${SUBJECT}.group: Forbidden: group is forbidden when subject kind is not 'Group'`,
        ],
        [subject({ kind: 'Group', group: {} }), `${SUBJECT}.group.name: Required value`],
        [
          subject({ kind: 'ServiceAccount', serviceAccount: { name: 'A' } }),
          `${SUBJECT}.serviceAccount.name: Invalid value: "A": ${SUBDOMAIN_RULE}`,
          `${SUBJECT}.serviceAccount.namespace: Required value: must specify namespace for service account`,
        ],
        [
          resources({ verbs: [], apiGroups: [], resources: [], namespaces: [] }),
          `${RESOURCES}.verbs: Required value: verbs must contain at least one value`,
          `${RESOURCES}.apiGroups: Required value: resource rules must supply at least one api group`,
          `${RESOURCES}.resources: Required value: resource rules must supply at least one resource`,
          `${RESOURCES}.namespaces: Required value: resource rules that are not cluster scoped must supply at least one namespace`,
        ],
        [
          resources({ verbs: ['*', 'a'], apiGroups: ['*', ''], namespaces: ['*', 'a'] }),
          `${RESOURCES}.verbs: Invalid value: ["*","a"]: if '*' is present, must not specify other verbs`,
          `${RESOURCES}.apiGroups: Invalid value: ["*",""]: if '*' is present, must not specify other api groups`,
          `${RESOURCES}.namespaces: Invalid value: ["*","a"]: if '*' is present, must not specify other namespaces`,
        ],
        [
          resources({ verbs: ['look'], namespaces: ['A'] }),
          `${RESOURCES}.verbs: Unsupported value: ["look"]: supported values: "create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch"`,
          `${RESOURCES}.namespaces[0]: Invalid value: "A": each member of this list must be '*' or a DNS-1123 label; ${LABEL_RULE}`,
        ],
        [
          paths(),
          `${PATHS}.nonResourceURLs: Required value: nonResourceURLs must contain at least one value`,
        ],
        [
          paths('*', '/a'),
          `${PATHS}.nonResourceURLs: Invalid value: ["*","/a"]: if '*' is present, must not specify other non-resource URLs`,
        ],
        [
          paths('', 'a', '/a b', '/a//b', '/a*'),
          `${PATHS}.nonResourceURLs[0]: Invalid value: "": must not be empty`,
          `${PATHS}.nonResourceURLs[1]: Invalid value: "a": must start with slash`,
          `${PATHS}.nonResourceURLs[2]: Invalid value: "/a b": must not contain white-space`,
          `${PATHS}.nonResourceURLs[3]: Invalid value: "/a//b": must not contain double slash`,
          `${PATHS}.nonResourceURLs[4]: Invalid value: "/a*": wildcard can only do suffix matching`,
        ],
      ],
      status: [
        [conditions('Dangling', 'Dangling'), {}, TWICE],
        [conditions(''), {}, 'status.conditions[0].type: Required value: must not be empty'],
      ],
    },
  ]);
  t.end();
});

const level = (limited: Fields, type = 'Limited'): Fields => ({ spec: { type, limited } });
const queue = (queuing?: Fields): Fields =>
  level({ limitResponse: { type: 'Queue', ...(queuing && { queuing }) } });
const QUEUING = 'spec.limited.limitResponse.queuing';
const REJECT = { limitResponse: { type: 'Reject' } };

void t.test('how much a level may do at once', (t) => {
  checkTypes(t, GROUP, [
    {
      resource: 'prioritylevelconfigurations',
      valid: queue({ queues: 128, handSize: 6 }),
      refused: [
        [
          { spec: { type: 'Exempt' } },
          "spec.type: Invalid value: \"Exempt\": type must be 'Exempt' if and only if `name` is 'exempt'",
        ],
        [
          { spec: { type: 'Some' } },
          'spec.type: Unsupported value: "Some": supported values: "Exempt", "Limited"',
        ],
        [
          { spec: { type: 'Limited', exempt: {} } },
          'spec.exempt: Forbidden: must be nil if the type is Limited',
          'spec.limited: Required value: must not be empty when type is Limited',
        ],
        [
          level({
            ...REJECT,
            nominalConcurrencyShares: -1,
            lendablePercent: 101,
            borrowingLimitPercent: -1,
          }),
          'spec.limited.nominalConcurrencyShares: Invalid value: -1: must be a non-negative integer',
          'spec.limited.lendablePercent: Invalid value: 101: must be between 0 and 100, inclusive',
          'spec.limited.borrowingLimitPercent: Invalid value: -1: must be a non-negative integer',
        ],
        [
          level({}),
          'spec.limited.limitResponse.type: Unsupported value: "": supported values: "Queue", "Reject"',
        ],
        [
          level({ limitResponse: { type: 'Reject', queuing: {} } }),
          `${QUEUING}: Forbidden: must be nil if limited.limitResponse.type is not Limited`,
        ],
        [
          queue(),
          `${QUEUING}: Required value: must not be empty if limited.limitResponse.type is Limited`,
        ],
        [
          queue({ queues: -1, handSize: 0, queueLengthLimit: 0 }),
          `${QUEUING}.queueLengthLimit: Invalid value: 0: must be positive`,
          `${QUEUING}.queues: Invalid value: -1: must be positive`,
          `${QUEUING}.handSize: Invalid value: 0: must be positive`,
        ],
        [
          queue({ queues: 10_000_001, handSize: 1 }),
          `${QUEUING}.queues: Invalid value: 10000001: must not be greater than 10000000`,
        ],
        [
          queue({ queues: 4, handSize: 5 }),
          `${QUEUING}.handSize: Invalid value: 5: should not be greater than queues (4)`,
        ],
        [
          queue({ queues: 512, handSize: 8 }),
          `${QUEUING}.handSize: Invalid value: 8: required entropy bits of deckSize 512 and handSize 8 should not be greater than 60`,
        ],
      ],
      status: [[conditions('Dangling', 'Dangling'), {}, TWICE]],
    },
    {
      resource: 'prioritylevelconfigurations',
      name: 'exempt',
      valid: { spec: { type: 'Exempt', exempt: { nominalConcurrencyShares: 7 } } },
      refused: [
        [
          { spec: { type: 'Exempt', limited: REJECT, exempt: { lendablePercent: -1 } } },
          'spec.limited: Forbidden: must be nil if the type is not Limited',
          'spec.exempt.lendablePercent: Invalid value: -1: must be between 0 and 100, inclusive',
          'spec: Invalid value: {"type":"Exempt","limited":{"limitResponse":{"type":"Reject"},"nominalConcurrencyShares":30,"lendablePercent":0},"exempt":{"lendablePercent":-1,"nominalConcurrencyShares":0}}: spec of \'exempt\' except the \'spec.exempt\' field must equal the fixed value',
        ],
      ],
    },
    {
      resource: 'prioritylevelconfigurations',
      name: 'catch-all',
      valid: level({ ...REJECT, nominalConcurrencyShares: 5 }),
      refused: [
        [
          level({ ...REJECT, nominalConcurrencyShares: 6 }),
          'spec: Invalid value: {"type":"Limited","limited":{"limitResponse":{"type":"Reject"},"nominalConcurrencyShares":6,"lendablePercent":0}}: spec of \'catch-all\' must equal the fixed value',
        ],
      ],
    },
  ]);
  t.end();
});

void t.test('what a new cluster has is valid, and its mandatory parts are the fixed ones', (t) => {
  for (const [key, objects] of [
    ['flowschemas', flowSchemas('2026-01-01T00:00:00Z')],
    ['prioritylevelconfigurations', PRIORITY_LEVELS],
  ] as const) {
    for (const object of objects.map((each) => structuredClone(each))) {
      setDefaults(`${GROUP}/${key}`, object);
      t.same(validateCreate(`${GROUP}/${key}`, object), [], object.metadata?.name ?? '');
    }
  }
  t.end();
});
