import t from 'tap';
import { RESOURCES } from '../../../src/api/index.js';
import type { ApiResource } from '../../../src/api/index.js';
import { createApiWorld } from '../api-world.js';
import { deployment, MERGE_PATCH, pod } from '../manifests.js';

const LABELS = { metadata: { labels: { a: '1' }, annotations: { a: '1' } } };

function ofSpec(...changes: object[]): { counts: object[]; ignores: object[] } {
  return { counts: changes.map((spec) => ({ spec })), ignores: [LABELS] };
}

const webhook = {
  name: 'a.b.c',
  admissionReviewVersions: ['v1'],
  sideEffects: 'None',
  clientConfig: { url: 'https://example.com' },
};
const WEBHOOKS = {
  counts: [{ webhooks: [{ ...webhook, timeoutSeconds: 5 }] }],
  ignores: [LABELS],
};

/** Those that have a generation, and changes of them (as merge patches) that it counts, and that it does not. */
const COUNTED: Readonly<Record<string, { counts: object[]; ignores: object[] }>> = {
  pods: {
    counts: [{ spec: { activeDeadlineSeconds: 60 } }],
    ignores: [{ metadata: { labels: { a: '1' }, annotations: { a: '1' } } }],
  },
  'apps/deployments': {
    counts: [{ spec: { replicas: 5 } }, { metadata: { annotations: { a: '1' } } }],
    ignores: [{ metadata: { labels: { a: '1' } } }],
  },
  replicationcontrollers: ofSpec({ replicas: 5 }),
  podtemplates: {
    counts: [{ template: { spec: { hostname: 'b' } } }],
    ignores: [{ metadata: { labels: { a: '1' }, annotations: { a: '1' } } }],
  },
  'apps/daemonsets': ofSpec({ minReadySeconds: 5 }),
  'apps/replicasets': ofSpec({ replicas: 5 }),
  'apps/statefulsets': ofSpec({ replicas: 5 }),
  'batch/cronjobs': ofSpec({ suspend: true }),
  'batch/jobs': ofSpec({ parallelism: 2 }),
  'networking.k8s.io/ingressclasses': ofSpec({ parameters: { kind: 'A', name: 'b' } }),
  'networking.k8s.io/ingresses': ofSpec({ ingressClassName: 'b' }),
  'networking.k8s.io/networkpolicies': ofSpec({ podSelector: { matchLabels: { a: 'b' } } }),
  'policy/poddisruptionbudgets': ofSpec({ minAvailable: 3 }),
  'resource.k8s.io/deviceclasses': ofSpec({ extendedResourceName: 'a.io/b' }),
  'resource.k8s.io/resourceslices': ofSpec({ pool: { generation: 2 } }),
  'scheduling.k8s.io/priorityclasses': ofSpec(),
  'admissionregistration.k8s.io/mutatingadmissionpolicies': ofSpec({ failurePolicy: 'Ignore' }),
  'admissionregistration.k8s.io/mutatingadmissionpolicybindings': ofSpec({ policyName: 'b' }),
  'admissionregistration.k8s.io/mutatingwebhookconfigurations': WEBHOOKS,
  'admissionregistration.k8s.io/validatingadmissionpolicies': ofSpec({ failurePolicy: 'Ignore' }),
  'admissionregistration.k8s.io/validatingadmissionpolicybindings': ofSpec({ policyName: 'b' }),
  'admissionregistration.k8s.io/validatingwebhookconfigurations': WEBHOOKS,
  'flowcontrol.apiserver.k8s.io/flowschemas': ofSpec({ matchingPrecedence: 7 }),
  'flowcontrol.apiserver.k8s.io/prioritylevelconfigurations': ofSpec({
    limited: { nominalConcurrencyShares: 7 },
  }),
  'apiextensions.k8s.io/customresourcedefinitions': {
    counts: [{ spec: { names: { shortNames: ['y'] } } }],
    ignores: [{ metadata: { labels: { a: '1' }, annotations: { a: '1' } } }],
  },
  'discovery.k8s.io/endpointslices': {
    counts: [{ endpoints: [{ addresses: ['10.0.0.1'] }] }, { metadata: { labels: { a: '1' } } }],
    ignores: [{ metadata: { annotations: { a: '1' } } }],
  },
};

const template = pod('x', { metadata: { labels: { app: 'x' } } });
const selected = { selector: { matchLabels: { app: 'x' } }, template };
const once = { ...template, spec: { ...(template['spec'] as object), restartPolicy: 'Never' } };
const matchConstraints = {
  resourceRules: [
    { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['secrets'] },
  ],
};
const policy = { spec: { policyName: 'a', validationActions: ['Deny'] } };
const claim = {
  accessModes: ['ReadWriteOnce'],
  resources: { requests: { storage: '1Gi' } },
};
/** A definition is named for what it defines, an address is its name. */
const NAMES: Readonly<Record<string, string>> = {
  CustomResourceDefinition: 'xs.example.com',
  IPAddress: '10.96.7.7',
};

/** What an object of each kind must have. */
const BODIES: Readonly<Record<string, object>> = {
  Pod: { spec: pod('x')['spec'] },
  Service: { spec: { ports: [{ port: 80 }] } },
  Event: { involvedObject: { namespace: 'default' }, reason: 'Test' },
  PersistentVolume: {
    spec: {
      ...claim,
      capacity: { storage: '1Gi' },
      hostPath: { path: '/a' },
      resources: undefined,
    },
  },
  PersistentVolumeClaim: { spec: claim },
  PodTemplate: { template },
  ReplicationController: { spec: { template } },
  ServiceCIDR: { spec: { cidrs: ['10.99.0.0/24'] } },
  ControllerRevision: { revision: 1, data: {} },
  DaemonSet: { spec: selected },
  CustomResourceDefinition: {
    spec: {
      group: 'example.com',
      names: { plural: 'xs', kind: 'X' },
      scope: 'Namespaced',
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object' } },
        },
      ],
    },
  },
  Deployment: { spec: deployment('x')['spec'] },
  ReplicaSet: { spec: deployment('x')['spec'] },
  StatefulSet: { spec: { ...selected, serviceName: 'x' } },
  HorizontalPodAutoscaler: {
    spec: { maxReplicas: 2, scaleTargetRef: { kind: 'Deployment', name: 'x' } },
  },
  CronJob: { spec: { schedule: '@hourly', jobTemplate: { spec: { template: once } } } },
  Job: { spec: { template: once } },
  PodDisruptionBudget: { spec: { minAvailable: 1 } },
  CertificateSigningRequest: {
    spec: {
      request: btoa('-----BEGIN CERTIFICATE REQUEST-----'),
      signerName: 'example.com/a',
      usages: ['client auth'],
    },
  },
  Ingress: { spec: { defaultBackend: { service: { name: 'x', port: { number: 80 } } } } },
  IngressClass: { spec: { controller: 'example.com/a' } },
  NetworkPolicy: { spec: { podSelector: {} } },
  IPAddress: { spec: { parentRef: { resource: 'services', name: 'x' } } },
  RuntimeClass: { handler: 'x' },
  StorageClass: { provisioner: 'example.com/a' },
  CSIDriver: { spec: {} },
  CSINode: { spec: { drivers: [] } },
  CSIStorageCapacity: { storageClassName: 'x' },
  VolumeAttributesClass: { driverName: 'x', parameters: { a: 'b' } },
  VolumeAttachment: {
    spec: { attacher: 'a', nodeName: 'n', source: { persistentVolumeName: 'x' } },
  },
  DeviceClass: { spec: {} },
  ResourceClaim: { spec: {} },
  ResourceClaimTemplate: { spec: { spec: {} } },
  ResourceSlice: {
    spec: {
      driver: 'a.io',
      allNodes: true,
      pool: { name: 'x', generation: 1, resourceSliceCount: 1 },
    },
  },
  MutatingAdmissionPolicy: {
    spec: {
      matchConstraints,
      reinvocationPolicy: 'Never',
      mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression: '[JSONPatch{}]' } }],
    },
  },
  MutatingAdmissionPolicyBinding: policy,
  MutatingWebhookConfiguration: { webhooks: [webhook] },
  ValidatingAdmissionPolicy: {
    spec: {
      matchConstraints,
      validations: [{ expression: 'true' }],
    },
  },
  ValidatingAdmissionPolicyBinding: policy,
  ValidatingWebhookConfiguration: { webhooks: [webhook] },
  FlowSchema: { spec: { priorityLevelConfiguration: { name: 'x' } } },
  PriorityLevelConfiguration: {
    spec: { type: 'Limited', limited: { limitResponse: { type: 'Reject' } } },
  },
  EndpointSlice: { addressType: 'IPv4', endpoints: [] },
  RoleBinding: { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'a' } },
  ClusterRoleBinding: {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'a' },
  },
};

/** Its name says what it is of. */
const API_SERVICE = {
  metadata: { name: 'v1.services.example.com' },
  spec: {
    group: 'services.example.com',
    version: 'v1',
    groupPriorityMinimum: 1,
    versionPriority: 1,
  },
};

function urlOf({ group, namespaced, resource, version }: ApiResource): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  return `${root}${namespaced ? '/namespaces/default' : ''}/${resource}`;
}

const world = createApiWorld();
t.before(() => world.start());

const stored = RESOURCES.filter((row) => row.storedAs === undefined);
for (const row of stored.filter(({ verbs }) => verbs.includes('patch'))) {
  const id = row.group === '' ? row.resource : `${row.group}/${row.resource}`;
  const { counts, ignores } = COUNTED[id] ?? {
    counts: [],
    ignores: [{ metadata: { labels: { a: '1' }, annotations: { a: '1' } } }],
  };
  const first = COUNTED[id] === undefined ? undefined : 1;
  t.test(`${id}: what its generation counts`, async (t) => {
    const special: { metadata?: object } = row.kind === 'APIService' ? API_SERVICE : {};
    const metadata = { name: NAMES[row.kind] ?? 'x', generation: 7, ...special.metadata };
    const made = await world.http('POST', urlOf(row), {
      apiVersion: row.group === '' ? row.version : `${row.group}/${row.version}`,
      kind: row.kind,
      ...(special === API_SERVICE ? API_SERVICE : BODIES[row.kind]),
      metadata,
    });
    t.equal(made.status, 201, made.text);
    t.equal(made.body.metadata?.generation, first, 'a client cannot choose it');
    const url = `${urlOf(row)}/${metadata.name}`;
    for (const patch of [...ignores, { metadata: { generation: 9 } }]) {
      const { status, body } = await world.http('PATCH', url, patch, MERGE_PATCH);
      t.equal(status, 200);
      t.equal(body.metadata?.generation, first, JSON.stringify(patch));
    }
    let expected = first ?? 0;
    for (const patch of counts) {
      const { body } = await world.http('PATCH', url, patch, MERGE_PATCH);
      t.equal(body.metadata?.generation, ++expected, JSON.stringify(patch));
      const again = await world.http('PATCH', url, patch, MERGE_PATCH);
      t.equal(again.body.metadata?.generation, expected, 'what changes nothing does not count');
    }
    if (!row.subresources.some(({ name }) => name === 'status')) return;
    const status = { conditions: [{ type: 'Tested', status: 'True' }], replicas: 3 };
    const spec = { replicas: 9, activeDeadlineSeconds: 5 };
    const written = await world.http('PATCH', `${url}/status`, { status, spec }, MERGE_PATCH);
    t.equal(written.status, 200);
    t.equal(written.body.metadata?.generation, first === undefined ? first : expected);
  });
}
