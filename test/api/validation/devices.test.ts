import t from 'tap';
import { LABEL_RULE, SUBDOMAIN_RULE } from './cases.js';
import type { Fields } from './cases.js';
import { checkTypes } from './whole-objects.js';

const GROUP = 'resource.k8s.io';
const DRIVER = 'gpu.example.com';
const ASKED = { deviceClassName: 'gpu' };
const REQUEST = { name: 'r', exactly: ASKED };
const OPAQUE = { opaque: { driver: DRIVER, parameters: { a: 1 } } };
const CEL = { cel: { expression: 'device.driver == "gpu.example.com"' } };
const claim = (devices: Fields): Fields => ({
  spec: { devices: { requests: [REQUEST], ...devices } },
});
const asked = (fields: Fields): Fields =>
  claim({ requests: [{ name: 'r', exactly: { ...ASKED, ...fields } }] });
const EXACTLY = 'spec.devices.requests[0].exactly';
const REFERENCE =
  "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'";
const ID_RULE =
  "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric " +
  "characters or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName', regex used for validation is '[A-Za-z_][A-Za-z0-9_]*')";
const ONE_KIND = 'exactly one of `exactly` or `firstAvailable` is required';
const RESULT = { request: 'r', driver: DRIVER, pool: 'p', device: 'd' };
const POD = { resource: 'pods', name: 'p', uid: '1' };
const allocated = (status: Fields = {}, result: Fields = {}): Fields => ({
  ...claim({}),
  status: { allocation: { devices: { results: [{ ...RESULT, ...result }] } }, ...status },
});

void t.test('claims of devices', (t) => {
  checkTypes(t, GROUP, [
    {
      resource: 'resourceclaims',
      namespaced: true,
      valid: claim({
        requests: [
          REQUEST,
          { name: 'o', firstAvailable: [{ name: 'a', ...ASKED, selectors: [CEL] }] },
        ],
        constraints: [{ requests: ['r', 'o/a'], matchAttribute: `${DRIVER}/numa` }],
        config: [{ requests: ['o'], ...OPAQUE }],
      }),
      refused: [
        [
          claim({ requests: [{ name: 'A', exactly: ASKED }] }),
          `spec.devices.requests[0].name: Invalid value: "A": ${LABEL_RULE}`,
        ],
        [
          claim({ requests: [{ name: 'r' }] }),
          `spec.devices.requests[0]: Required value: ${ONE_KIND}`,
        ],
        [
          claim({ requests: [{ ...REQUEST, firstAvailable: [{ name: 'a', ...ASKED }] }] }),
          `spec.devices.requests[0]: Invalid value: null: ${ONE_KIND}, but multiple fields are set`,
        ],
        [claim({ requests: [REQUEST, REQUEST] }), 'spec.devices.requests[1]: Duplicate value: "r"'],
        [
          claim({ requests: Array(33).fill(REQUEST) }),
          'spec.devices.requests: Too many: 33: must have at most 32 items',
        ],
        [asked({ deviceClassName: '' }), `${EXACTLY}.deviceClassName: Required value`],
        [
          asked({ deviceClassName: 'A', selectors: [{}], allocationMode: 'Some' }),
          `${EXACTLY}.deviceClassName: Invalid value: "A": ${SUBDOMAIN_RULE}`,
          `${EXACTLY}.selectors[0].cel: Required value`,
          `${EXACTLY}.allocationMode: Unsupported value: "Some": supported values: "All", "ExactCount"`,
        ],
        [asked({ count: 0 }), `${EXACTLY}.count: Invalid value: 0: must be greater than zero`],
        [
          asked({ allocationMode: 'All', count: 2 }),
          `${EXACTLY}.count: Invalid value: 2: must not be specified when allocationMode is 'All'`,
        ],
        [
          asked({ selectors: [{ cel: { expression: ' '.repeat(10_241) } }] }),
          `${EXACTLY}.selectors[0].cel.expression: Too long: may not be more than 10240 bytes`,
        ],
        [
          asked({
            tolerations: [{ operator: 'Exists', value: 'v', effect: 'Some' }, { operator: 'Is' }],
          }),
          `${EXACTLY}.tolerations[0].value: Invalid value: "v": must be empty for operator \`Exists\``,
          `${EXACTLY}.tolerations[0].effect: Unsupported value: "Some": supported values: "NoExecute", "NoSchedule", "None"`,
          `${EXACTLY}.tolerations[1].operator: Unsupported value: "Is": supported values: "Equal", "Exists"`,
        ],
        [
          claim({ constraints: [{ requests: ['q', 'r/s/t'] }] }),
          `spec.devices.constraints[0].requests[0]: Invalid value: "q": ${REFERENCE}`,
          `spec.devices.constraints[0].requests[1]: Invalid value: "r/s/t": ${REFERENCE}`,
          'spec.devices.constraints[0]: Required value: exactly one of "matchAttribute" or "distinctAttribute" is required, but multiple fields are set',
        ],
        [
          claim({ constraints: [{ matchAttribute: 'a' }, { matchAttribute: 'a/1' }] }),
          'spec.devices.constraints[0].matchAttribute: Invalid value: "a": a fully qualified name must be a domain and a name separated by a slash',
          `spec.devices.constraints[1].matchAttribute: Invalid value: "1": ${ID_RULE}`,
        ],
        [
          claim({
            config: [
              {},
              { opaque: { driver: DRIVER, parameters: [] } },
              { opaque: { driver: DRIVER } },
            ],
          }),
          'spec.devices.config[0].opaque: Required value',
          'spec.devices.config[1].opaque.parameters: Invalid value: "<value omitted>": must be a valid JSON object',
          'spec.devices.config[2].opaque.parameters: Required value',
        ],
      ],
      changed: [[{ spec: {} }, claim({}), 'spec: Invalid value: {}: field is immutable']],
      status: [
        [allocated({ reservedFor: [POD], devices: [RESULT] }), claim({})],
        [
          { ...claim({}), status: { reservedFor: [POD, POD, {}] } },
          claim({}),
          'status.reservedFor[2].resource: Required value',
          'status.reservedFor[2].name: Required value',
          'status.reservedFor[2].uid: Required value',
          'status.reservedFor[1]: Duplicate value: "1"',
          'status.reservedFor: Forbidden: may not be specified when `allocated` is not set',
        ],
        [
          allocated({}, { request: 'q', pool: '' }),
          claim({}),
          `status.allocation.devices.results[0].request: Invalid value: "q": ${REFERENCE}`,
          'status.allocation.devices.results[0].pool: Required value',
        ],
        [
          allocated({}, { pool: 'q' }),
          allocated(),
          'status.allocation: Invalid value: {"devices":{"results":[{"request":"r","driver":"gpu.example.com","pool":"q","device":"d"}]}}: field is immutable',
        ],
        [
          allocated({ devices: [{ ...RESULT, device: 'e' }] }),
          claim({}),
          'status.devices[0]: Invalid value: "gpu.example.com/p/e": must be an allocated device in the claim',
        ],
      ],
    },
    {
      resource: 'resourceclaimtemplates',
      namespaced: true,
      valid: { spec: { metadata: { labels: { a: 'b' } }, ...claim({}) } },
      refused: [
        [
          { spec: claim({ requests: [{ name: 'r' }] }) },
          `spec.spec.devices.requests[0]: Required value: ${ONE_KIND}`,
        ],
      ],
      changed: [
        [
          { spec: { spec: {} } },
          { spec: claim({}) },
          'spec: Invalid value: {"spec":{}}: field is immutable',
        ],
      ],
    },
    {
      resource: 'deviceclasses',
      valid: {
        spec: { selectors: [CEL], config: [OPAQUE], extendedResourceName: 'example.com/gpu' },
      },
      refused: [
        [
          { spec: { selectors: [{}], config: [{}] } },
          'spec.selectors[0].cel: Required value',
          'spec.config[0].opaque: Required value',
        ],
        ...['cpu', 'requests.example.com/a', 'a.kubernetes.io/b'].map(
          (extendedResourceName): [Fields, string] => [
            { spec: { extendedResourceName } },
            `spec.extendedResourceName: Invalid value: "${extendedResourceName}": must be a valid extended resource name`,
          ],
        ),
      ],
    },
  ]);
  t.end();
});

const POOL = { name: 'a/b', generation: 1, resourceSliceCount: 1 };
const slice = (fields: Fields): Fields => ({
  spec: { driver: DRIVER, pool: POOL, nodeName: 'n', ...fields },
});
const device = (fields: Fields, spec: Fields = {}): Fields =>
  slice({ devices: [{ name: 'd', ...fields }], ...spec });
const DEVICE = 'spec.devices[0]';
const WHERE =
  'exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required';
const DEVICE_WHERE =
  'exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when `perDeviceNodeSelection` is set to true in the ResourceSlice spec';

void t.test('slices of devices', (t) => {
  checkTypes(t, GROUP, [
    {
      resource: 'resourceslices',
      valid: device({
        attributes: { model: { string: 'x' }, [`${DRIVER}/v`]: { version: '1.2.3-a.1+b' } },
        capacity: { memory: { value: '1Gi' } },
        taints: [{ key: 'a', effect: 'None' }],
        consumesCounters: [{ counterSet: 's', counters: { c: { value: '1' } } }],
        bindingConditions: ['ready'],
        bindingFailureConditions: ['failed'],
      }),
      refused: [
        [
          slice({ driver: '', pool: { generation: -1 } }),
          'spec.driver: Required value',
          `spec.driver: Invalid value: "": ${SUBDOMAIN_RULE}`,
          'spec.pool.name: Required value',
          'spec.pool.resourceSliceCount: Invalid value: 0: must be greater than zero',
          'spec.pool.generation: Invalid value: -1: must be greater than or equal to zero',
        ],
        [slice({ nodeName: undefined }), `spec: Required value: ${WHERE}`],
        [
          slice({ allNodes: true }),
          `spec: Invalid value: "{\`nodeName\`, \`allNodes\`}": ${WHERE}, but multiple fields are set`,
        ],
        [
          slice({
            nodeName: '',
            nodeSelector: { nodeSelectorTerms: [] },
            perDeviceNodeSelection: false,
          }),
          'spec.nodeName: Invalid value: "": must be either unset or set to a non-empty string',
          'spec.nodeSelector.nodeSelectorTerms: Required value: must have at least one node selector term',
          'spec.nodeSelector.nodeSelectorTerms: Invalid value: []: must have exactly one node selector term',
          'spec.perDeviceNodeSelection: Invalid value: false: must be either unset or set to true',
        ],
        [
          device({}, { sharedCounters: [{}] }),
          'spec: Invalid value: "": only one of `sharedCounters` or `devices` is allowed',
          'spec.sharedCounters[0].name: Required value',
          'spec.sharedCounters[0].counters: Required value',
        ],
        [
          slice({ devices: [{ name: 'd' }, { name: 'd', nodeName: 'n' }] }),
          'spec.devices[1]: Invalid value: null: `nodeName`, `nodeSelector` and `allNodes` can only be set if `perDeviceNodeSelection` is set to true in the ResourceSlice spec',
          'spec.devices[1]: Duplicate value: "d"',
        ],
        [
          slice({ devices: Array(65).fill({ name: 'd', taints: [{ key: 'a', effect: 'None' }] }) }),
          'spec.devices: Too many: 65: must have at most 64 items',
        ],
        [
          device({}, { nodeName: undefined, perDeviceNodeSelection: true }),
          `${DEVICE}: Required value: ${DEVICE_WHERE}`,
        ],
        [
          device({ attributes: { a: {}, b: { int: 1, bool: true }, c: { version: '1.02.3' } } }),
          `${DEVICE}.attributes[a]: Invalid value: "": exactly one value must be specified`,
          `${DEVICE}.attributes[b]: Invalid value: {"int":1,"bool":true}: exactly one value must be specified`,
          `${DEVICE}.attributes[c].version: Invalid value: "1.02.3": must be a string compatible with semver.org spec 2.0.0`,
        ],
        [
          device({ capacity: { 'a-b': { value: '1', requestPolicy: {} } } }),
          `${DEVICE}.capacity[a-b]: Invalid value: "a-b": ${ID_RULE}`,
          `${DEVICE}.capacity[a-b].requestPolicy: Forbidden: allowMultipleAllocations must be true`,
        ],
        [
          device({ taints: [{ key: 'a' }, { key: 'b', effect: 'Some' }] }),
          `${DEVICE}.taints[0].effect: Required value`,
          `${DEVICE}.taints[1].effect: Unsupported value: "Some": supported values: "NoExecute", "NoSchedule", "None"`,
        ],
        [
          device({ bindingConditions: ['a', 'a'] }),
          `${DEVICE}.bindingConditions[1]: Duplicate value: "a"`,
          `${DEVICE}.bindingFailureConditions: Invalid value: null: bindingFailureConditions are required to use bindingConditions`,
        ],
        [
          device({ bindingConditions: ['a'], bindingFailureConditions: ['a'] }),
          `${DEVICE}.bindingFailureConditions[0]: Invalid value: "a": bindingFailureConditions must not overlap with bindingConditions`,
        ],
      ],
      changed: [
        [device({}), slice({})],
        [
          slice({ nodeName: 'm', pool: { ...POOL, name: 'c' } }),
          slice({}),
          'spec.pool.name: Invalid value: "c": field is immutable',
          'spec.nodeName: Invalid value: "m": field is immutable',
        ],
      ],
    },
  ]);
  t.end();
});
