import t from 'tap';
import { SUBDOMAIN_RULE } from './cases.js';
import type { Fields } from './cases.js';
import { checkTypes } from './whole-objects.js';

const SHARED = 'example.com';
const node = (...drivers: Fields[]): Fields => ({ spec: { drivers } });
const attached = (fields: Fields, status: Fields = {}): Fields => ({
  spec: {
    attacher: SHARED,
    nodeName: 'n',
    source: { persistentVolumeName: 'v' },
    ...fields,
  },
  status: { attached: false, ...status },
});
const CSI = { driver: SHARED, volumeHandle: 'h' };
const ONE_SOURCE = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName';
const KEY_RULE =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an " +
  "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is " +
  "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

void t.test('what drivers of volumes write', (t) => {
  checkTypes(t, 'storage.k8s.io', [
    {
      resource: 'csidrivers',
      valid: { spec: { tokenRequests: [{ audience: '' }, { audience: 'a' }] } },
      refused: [
        [
          { spec: { fsGroupPolicy: 'All' } },
          'spec.fsGroupPolicy: Unsupported value: "All": supported values: "File", "None", "ReadWriteOnceWithFSType"',
        ],
        [
          { spec: { tokenRequests: [{}, { audience: '' }] } },
          'spec.tokenRequests[1].audience: Duplicate value: ""',
        ],
        [
          { spec: { tokenRequests: [{ expirationSeconds: 599 }] } },
          'spec.tokenRequests[0].expirationSeconds: Invalid value: 599: may not specify a duration less than 10 minutes',
        ],
        [
          { spec: { tokenRequests: [{ expirationSeconds: 2 ** 32 + 1 }] } },
          'spec.tokenRequests[0].expirationSeconds: Invalid value: 4294967297: may not specify a duration larger than 2^32 seconds',
        ],
        [
          { spec: { volumeLifecycleModes: ['Long'] } },
          'spec.volumeLifecycleModes: Unsupported value: "Long": supported values: "Persistent", "Ephemeral"',
        ],
        [
          { spec: { nodeAllocatableUpdatePeriodSeconds: 9 } },
          'spec.nodeAllocatableUpdatePeriodSeconds: Invalid value: 9: must be greater than or equal to 10 seconds',
        ],
        [
          { spec: { serviceAccountTokenInSecrets: true } },
          'spec.serviceAccountTokenInSecrets: Invalid value: true: serviceAccountTokenInSecrets is set but no tokenRequests are specified',
        ],
        [
          { spec: undefined },
          'spec.attachedRequired: Required value',
          'spec.podInfoOnMount: Required value',
          'spec.storageCapacity: Required value',
          'spec.seLinuxMount: Required value',
        ],
      ],
      changed: [
        [{ spec: { podInfoOnMount: true } }, { spec: {} }],
        [
          { spec: { attachRequired: false } },
          { spec: {} },
          'spec.attachedRequired: Invalid value: false: field is immutable',
        ],
        [
          { spec: { volumeLifecycleModes: ['Ephemeral'] } },
          { spec: {} },
          'spec.volumeLifecycleModes: Invalid value: ["Ephemeral"]: field is immutable',
        ],
      ],
    },
    {
      resource: 'csinodes',
      valid: node({ name: SHARED, nodeID: 'a', topologyKeys: ['a/b'], allocatable: { count: 3 } }),
      refused: [
        [node({ name: SHARED }), 'spec.drivers[0].nodeID: Required value'],
        [
          node({ name: '', nodeID: 'a' }),
          'spec.drivers[0].name: Required value',
          `spec.drivers[0].name: Invalid value: "": ${SUBDOMAIN_RULE}`,
        ],
        [
          node({ name: 'a'.repeat(64), nodeID: 'a' }),
          'spec.drivers[0].name: Too long: may not be more than 63 bytes',
        ],
        [
          node({ name: 'a', nodeID: 'a'.repeat(257) }),
          `spec.drivers[0].nodeID: Invalid value: "${'a'.repeat(257)}": must be 256 characters or less`,
        ],
        [
          node({ name: 'a', nodeID: 'a' }, { name: 'a', nodeID: 'b', allocatable: { count: -1 } }),
          'spec.drivers[1].allocatable.count: Invalid value: -1: must be greater than or equal to 0',
          'spec.drivers[1].name: Duplicate value: "a"',
        ],
        [
          node({ name: 'a', nodeID: 'a', topologyKeys: ['k', 'k', ''] }),
          'spec.drivers[0]: Duplicate value: "k"',
          'spec.drivers[0]: Required value',
          'spec.drivers[0]: Invalid value: "": name part must be non-empty',
          `spec.drivers[0]: Invalid value: "": ${KEY_RULE}`,
        ],
      ],
      changed: [
        [
          node({ name: 'a', nodeID: 'x', allocatable: { count: 2 } }),
          node({ name: 'a', nodeID: 'x' }),
        ],
        [node({ name: 'b', nodeID: 'y' }), node({ name: 'a', nodeID: 'x' })],
        [
          node({ name: 'a', nodeID: 'y', allocatable: { count: 2 } }),
          node({ name: 'a', nodeID: 'x' }),
          'spec.drivers: Invalid value: {"name":"a","nodeID":"y"}: field is immutable',
        ],
      ],
    },
    {
      resource: 'csistoragecapacities',
      namespaced: true,
      valid: {
        storageClassName: 'fast',
        capacity: '1Gi',
        nodeTopology: { matchLabels: { a: 'b' } },
      },
      refused: [
        [{ storageClassName: 'A' }, `storageClassName: Invalid value: "A": ${SUBDOMAIN_RULE}`],
        [
          { storageClassName: 'a', capacity: '-1' },
          'capacity: Invalid value: "-1": must be greater than or equal to 0',
        ],
        [
          {
            storageClassName: 'a',
            nodeTopology: { matchExpressions: [{ key: 'a', operator: 'Is' }] },
          },
          'nodeTopology.matchExpressions[0].operator: Invalid value: "Is": not a valid selector operator',
        ],
      ],
      changed: [
        [
          { storageClassName: 'a', capacity: '2' },
          { storageClassName: 'a', capacity: '1' },
        ],
        [
          { storageClassName: 'b', nodeTopology: { matchLabels: { a: 'b' } } },
          { storageClassName: 'a' },
          'nodeTopology: Invalid value: {"matchLabels":{"a":"b"}}: field is immutable',
          'storageClassName: Invalid value: "b": field is immutable',
        ],
      ],
    },
    {
      resource: 'volumeattachments',
      valid: attached({}, { attachError: { message: 'm', errorCode: 3 } }),
      refused: [
        [
          attached({ attacher: '' }),
          'spec.attacher: Required value',
          'spec.attacher: Required value',
          `spec.attacher: Invalid value: "": ${SUBDOMAIN_RULE}`,
        ],
        [attached({ nodeName: 'A' }), `spec.nodeName: Invalid value: "A": ${SUBDOMAIN_RULE}`],
        [attached({ source: {} }), `spec.source: Required value: ${ONE_SOURCE}`],
        [
          attached({ source: { persistentVolumeName: 'v', inlineVolumeSpec: {} } }),
          `spec.source: Forbidden: ${ONE_SOURCE}`,
        ],
        [
          attached({ source: { persistentVolumeName: '' } }),
          'spec.source.persistentVolumeName: Required value: must specify non empty persistentVolumeName',
          `spec.source.persistentVolumeName: Invalid value: "": ${SUBDOMAIN_RULE}`,
        ],
        [
          attached({
            source: {
              inlineVolumeSpec: {
                accessModes: ['ReadWriteOnce'],
                csi: CSI,
                capacity: { storage: '1' },
              },
            },
          }),
          'spec.source.inlineVolumeSpec.capacity: Forbidden: may not be specified in the context of inline volumes',
        ],
        [
          attached({ source: { inlineVolumeSpec: {} } }),
          'spec.source.inlineVolumeSpec.csi: Required value: has to be specified in the context of inline volumes',
          'spec.source.inlineVolumeSpec.accessModes: Required value',
        ],
        [
          attached(
            {},
            { attachError: { message: 'm'.repeat(1025) }, detachError: { errorCode: -1 } },
          ),
          'status.attachError.message: Too long: may not be more than 262144 bytes',
          'status.detachError.errorCode: Invalid value: -1: must be between 0 and 2147483647, inclusive',
        ],
        [
          attached({}, { attachmentMetadata: { a: 'm'.repeat(2 ** 18) } }),
          'status.attachmentMetadata: Too long: may not be more than 262144 bytes',
        ],
      ],
      changed: [
        [attached({}, { attached: true }), attached({})],
        [
          attached({ nodeName: 'm' }),
          attached({}),
          'spec: Invalid value: {"attacher":"example.com","nodeName":"m","source":{"persistentVolumeName":"v"}}: field is immutable',
        ],
      ],
      status: [
        [
          attached({}, { attachError: { errorCode: -2 } }),
          attached({}),
          'status.attachError.errorCode: Invalid value: -2: must be between 0 and 2147483647, inclusive',
        ],
      ],
    },
    {
      resource: 'volumeattributesclasses',
      valid: { driverName: SHARED, parameters: { iops: '3' } },
      refused: [
        [
          {},
          'driverName: Required value',
          'parameters: Required value: must contain at least one key/value pair',
        ],
        [
          { driverName: 'a', parameters: { '': 'b' } },
          'parameters: Invalid value: "": field can not be empty.',
        ],
        [
          { driverName: 'a', parameters: { a: 'b'.repeat(2 ** 18) } },
          'parameters: Too long: may not be more than 262144 bytes',
        ],
      ],
      changed: [
        [
          { driverName: 'b', parameters: { a: 'c' } },
          { driverName: 'a', parameters: { a: 'b' } },
          'driverName: Forbidden: updates to driverName are forbidden.',
          'parameters: Forbidden: updates to parameters are forbidden.',
        ],
      ],
    },
  ]);
  t.end();
});

const cidrs = (...list: string[]): Fields => ({ spec: { cidrs: list } });
const parent = (fields: Fields): Fields => ({ spec: { parentRef: fields } });
const SERVICE = { resource: 'services', name: 's', namespace: 'default' };

void t.test('addresses of services', (t) => {
  checkTypes(t, 'networking.k8s.io', [
    {
      resource: 'servicecidrs',
      valid: cidrs('10.0.0.0/16', 'fd00::/112'),
      refused: [
        [{}, 'spec.cidrs: Required value: at least one CIDR required'],
        [
          cidrs('10.0.0.0/16', 'fd00::/112', '10.1.0.0/16'),
          'spec.cidrs: Invalid value: {"cidrs":["10.0.0.0/16","fd00::/112","10.1.0.0/16"]}: may only hold up to 2 values',
        ],
        [
          cidrs('10.0.0.0/16', '10.1.0.0/16'),
          'spec.cidrs: Invalid value: {"cidrs":["10.0.0.0/16","10.1.0.0/16"]}: may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64',
        ],
        [
          cidrs('10.0.0.0'),
          'spec.cidrs[0]: Invalid value: "10.0.0.0": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
        ],
        [
          cidrs('10.0.0.1/16'),
          'spec.cidrs[0]: Invalid value: "10.0.0.1/16": must not have bits set beyond the prefix length',
        ],
        [
          cidrs('010.0.0.0/8'),
          'spec.cidrs[0]: Invalid value: "010.0.0.0/8": must not have leading 0s in IP or prefix length',
        ],
        [
          cidrs('::ffff:10.0.0.0/112'),
          'spec.cidrs[0]: Invalid value: "::ffff:10.0.0.0/112": must not have an IPv4-mapped IPv6 address',
        ],
        [
          cidrs('FD00:0::/64'),
          'spec.cidrs[0]: Invalid value: "FD00:0::/64": must be in canonical form ("fd00::/64")',
        ],
      ],
      changed: [
        [
          cidrs('10.0.0.0/16', 'fd00::/112'),
          cidrs('10.0.0.0/16'),
          'spec.cidrs: Invalid value: ["10.0.0.0/16","fd00::/112"]: field is immutable',
        ],
      ],
    },
    {
      resource: 'ipaddresses',
      name: '10.0.0.1',
      valid: parent(SERVICE),
      refused: [
        [{}, 'spec.parentRef: Required value'],
        [
          parent({}),
          'spec.parentRef.resource: Required value',
          'spec.parentRef.name: Required value',
        ],
        [
          parent({ ...SERVICE, group: 'A', namespace: 'a/b' }),
          `spec.parentRef.group: Invalid value: "A": ${SUBDOMAIN_RULE}`,
          'spec.parentRef.namespace: Invalid value: "a/b": may not contain \'/\'',
        ],
      ],
      changed: [
        [
          parent({ resource: 'services', name: 'b' }),
          parent({ resource: 'services', name: 'a' }),
          'spec.parentRef: Invalid value: {"resource":"services","name":"b"}: field is immutable',
        ],
      ],
      names: [
        ['2001:db8::1'],
        ['2001:db8:0:1:1:1:1:1'],
        [
          'x',
          'metadata.name: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
        ],
        ['10.0.0.01', 'metadata.name: Invalid value: "10.0.0.01": must not have leading 0s'],
        [
          '::ffff:10.0.0.1',
          'metadata.name: Invalid value: "::ffff:10.0.0.1": must not be an IPv4-mapped IPv6 address',
        ],
        [
          '2001:DB8:0:0:1:0:0:1',
          'metadata.name: Invalid value: "2001:DB8:0:0:1:0:0:1": must be in canonical form ("2001:db8::1:0:0:1")',
        ],
      ],
    },
  ]);
  checkTypes(t, 'apps', [
    {
      resource: 'controllerrevisions',
      namespaced: true,
      valid: { data: { a: 1 }, revision: 1 },
      refused: [
        [{ revision: 1 }, 'data: Required value: data is mandatory'],
        [
          { data: {}, revision: -1 },
          'revision: Invalid value: -1: must be greater than or equal to 0',
        ],
      ],
      changed: [
        [
          { data: { a: 1 }, revision: 2 },
          { data: { a: 1 }, revision: 1 },
        ],
        [
          { data: { a: 2 }, revision: 1 },
          { data: { a: 1 }, revision: 1 },
          'data: Invalid value: {"a":2}: field is immutable',
        ],
      ],
    },
  ]);
  t.end();
});
