import { conformance } from './harness.js';
import { allOperations } from './operations.js';
import type { Subject } from './operations.js';
import type { ConformanceName } from './registry.js';

const container = { name: 'main', image: 'nginx:1' };
const template = {
  metadata: { labels: { app: 'web' } },
  spec: { containers: [container] },
};
const jobTemplate = {
  spec: { template: { spec: { containers: [container], restartPolicy: 'Never' } } },
};
const condition = {
  type: 'Checked',
  status: 'True',
  reason: 'Test',
  message: 'by a test',
  lastTransitionTime: '2026-01-01T00:00:00Z',
};
const rules = [
  { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['deployments'] },
];

/** The resources of which conformance asks for every verb. */
const SUBJECTS: Partial<Record<ConformanceName, Subject>> = {
  '[sig-api-machinery] API priority and fairness should support FlowSchema API operations': {
    group: 'flowcontrol.apiserver.k8s.io',
    resource: 'flowschemas',
    clusterScoped: true,
    object: {
      apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
      kind: 'FlowSchema',
      spec: {
        priorityLevelConfiguration: { name: 'global-default' },
        matchingPrecedence: 10_000,
        distinguisherMethod: { type: 'ByUser' },
      },
    },
    status: { conditions: [{ ...condition, type: 'Dangling' }] },
  },
  '[sig-api-machinery] API priority and fairness should support PriorityLevelConfiguration API operations':
    {
      group: 'flowcontrol.apiserver.k8s.io',
      resource: 'prioritylevelconfigurations',
      clusterScoped: true,
      object: {
        apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
        kind: 'PriorityLevelConfiguration',
        spec: {
          type: 'Limited',
          limited: { nominalConcurrencyShares: 2, limitResponse: { type: 'Reject' } },
        },
      },
      status: { conditions: [condition] },
    },
  '[sig-api-machinery] ValidatingAdmissionPolicy [Privileged:ClusterAdmin] should support ValidatingAdmissionPolicy API operations':
    {
      group: 'admissionregistration.k8s.io',
      resource: 'validatingadmissionpolicies',
      clusterScoped: true,
      object: {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingAdmissionPolicy',
        spec: {
          failurePolicy: 'Ignore',
          matchConstraints: { resourceRules: rules },
          validations: [{ expression: 'object.spec.replicas <= 100' }],
        },
      },
      status: { conditions: [condition] },
    },
  '[sig-api-machinery] ValidatingAdmissionPolicy [Privileged:ClusterAdmin] should support ValidatingAdmissionPolicyBinding API operations':
    {
      group: 'admissionregistration.k8s.io',
      resource: 'validatingadmissionpolicybindings',
      clusterScoped: true,
      object: {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingAdmissionPolicyBinding',
        spec: { policyName: 'nobody', validationActions: ['Deny'] },
      },
    },
  '[sig-apps] CronJob should support CronJob API operations': {
    group: 'batch',
    resource: 'cronjobs',
    object: {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      spec: { schedule: '*/1 * * * *', concurrencyPolicy: 'Allow', suspend: true, jobTemplate },
    },
    status: { lastScheduleTime: '2026-01-01T00:00:00Z' },
  },
  '[sig-auth] Certificates API [Privileged:ClusterAdmin] should support CSR API operations': {
    group: 'certificates.k8s.io',
    resource: 'certificatesigningrequests',
    clusterScoped: true,
    object: {
      apiVersion: 'certificates.k8s.io/v1',
      kind: 'CertificateSigningRequest',
      spec: {
        request: Buffer.from(
          '-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----\n',
        ).toString('base64'),
        signerName: 'example.com/e2e',
        usages: ['client auth'],
        expirationSeconds: 3600,
      },
    },
    status: { conditions: [{ ...condition, type: 'Failed' }] },
  },
  '[sig-network] EndpointSlice should support creating EndpointSlice API operations': {
    group: 'discovery.k8s.io',
    resource: 'endpointslices',
    object: {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      addressType: 'IPv4',
      endpoints: [{ addresses: ['1.2.3.4', '5.6.7.8'] }],
    },
  },
  '[sig-network] Ingress API should support creating Ingress API operations': {
    group: 'networking.k8s.io',
    resource: 'ingresses',
    object: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      spec: { defaultBackend: { service: { name: 'web', port: { number: 80 } } } },
    },
    status: { loadBalancer: { ingress: [{ ip: '169.1.1.1' }] } },
  },
  '[sig-network] IngressClass API should support creating IngressClass API operations': {
    group: 'networking.k8s.io',
    resource: 'ingressclasses',
    clusterScoped: true,
    object: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IngressClass',
      spec: { controller: 'example.com/controller' },
    },
  },
  '[sig-node] RuntimeClass should support RuntimeClasses API operations': {
    group: 'node.k8s.io',
    resource: 'runtimeclasses',
    clusterScoped: true,
    object: { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', handler: 'runsc' },
  },
  '[sig-storage] CSIStorageCapacity should support CSIStorageCapacities API operations': {
    group: 'storage.k8s.io',
    resource: 'csistoragecapacities',
    object: {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'CSIStorageCapacity',
      storageClassName: 'fast',
      capacity: '1Gi',
    },
  },
  '[sig-storage] CSIInlineVolumes should run through the lifecycle of a CSIDriver': {
    group: 'storage.k8s.io',
    resource: 'csidrivers',
    clusterScoped: true,
    object: {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'CSIDriver',
      spec: { volumeLifecycleModes: ['Ephemeral'] },
    },
  },
  '[sig-storage] CSINodes CSI Conformance should run through the lifecycle of a csinode': {
    group: 'storage.k8s.io',
    resource: 'csinodes',
    clusterScoped: true,
    object: { apiVersion: 'storage.k8s.io/v1', kind: 'CSINode', spec: { drivers: [] } },
  },
  '[sig-storage] StorageClasses CSI Conformance should run through the lifecycle of a StorageClass':
    {
      group: 'storage.k8s.io',
      resource: 'storageclasses',
      clusterScoped: true,
      object: {
        apiVersion: 'storage.k8s.io/v1',
        kind: 'StorageClass',
        provisioner: 'example.com/provisioner',
      },
    },
  '[sig-storage] VolumeAttachment Conformance should run through the lifecycle of a VolumeAttachment':
    {
      group: 'storage.k8s.io',
      resource: 'volumeattachments',
      clusterScoped: true,
      object: {
        apiVersion: 'storage.k8s.io/v1',
        kind: 'VolumeAttachment',
        spec: { attacher: 'example.com', nodeName: 'n', source: { persistentVolumeName: 'pv' } },
      },
    },
  '[sig-node] Node Lifecycle should run through the lifecycle of a node': {
    group: '',
    resource: 'nodes',
    clusterScoped: true,
    object: { apiVersion: 'v1', kind: 'Node', spec: { unschedulable: true } },
    status: { conditions: [{ ...condition, type: 'Ready' }] },
  },
  '[sig-node] ConfigMap should run through a ConfigMap lifecycle': {
    group: '',
    resource: 'configmaps',
    object: { apiVersion: 'v1', kind: 'ConfigMap', data: { valueName: 'value' } },
  },
  '[sig-node] Secrets should patch a secret': {
    group: '',
    resource: 'secrets',
    object: { apiVersion: 'v1', kind: 'Secret', type: 'Opaque', data: { key: 'dmFsdWU=' } },
  },
  '[sig-node] PodTemplates should run the lifecycle of PodTemplates': {
    group: '',
    resource: 'podtemplates',
    object: { apiVersion: 'v1', kind: 'PodTemplate', template },
  },
  '[sig-node] Lease lease API should be available': {
    group: 'coordination.k8s.io',
    resource: 'leases',
    object: {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      spec: {
        holderIdentity: 'holder',
        leaseDurationSeconds: 30,
        renewTime: '2026-01-01T00:00:00.000000Z',
      },
    },
  },
  '[sig-auth] ServiceAccounts should run through the lifecycle of a ServiceAccount': {
    group: '',
    resource: 'serviceaccounts',
    object: { apiVersion: 'v1', kind: 'ServiceAccount' },
  },
  '[sig-apps] ReplicaSet should list and delete a collection of ReplicaSets': {
    group: 'apps',
    resource: 'replicasets',
    object: {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      spec: { replicas: 0, selector: { matchLabels: { app: 'web' } }, template },
    },
    status: { replicas: 0, conditions: [condition] },
  },
  '[sig-apps] Daemon set [Serial] should list and delete a collection of DaemonSets': {
    group: 'apps',
    resource: 'daemonsets',
    object: {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      spec: { selector: { matchLabels: { app: 'web' } }, template },
    },
  },
  '[sig-apps] StatefulSet Basic StatefulSet functionality [StatefulSetBasic] should list, patch and delete a collection of StatefulSets':
    {
      group: 'apps',
      resource: 'statefulsets',
      object: {
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        spec: { serviceName: 'web', selector: { matchLabels: { app: 'web' } }, template },
      },
    },
  '[sig-apps] DisruptionController Listing PodDisruptionBudgets for all namespaces should list and delete a collection of PodDisruptionBudgets':
    {
      group: 'policy',
      resource: 'poddisruptionbudgets',
      object: {
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } },
      },
    },
  '[sig-apps] Job should manage the lifecycle of a job': {
    group: 'batch',
    resource: 'jobs',
    object: { apiVersion: 'batch/v1', kind: 'Job', spec: { suspend: true, ...jobTemplate.spec } },
  },
  '[sig-apps] ReplicationController should test the lifecycle of a ReplicationController': {
    group: '',
    resource: 'replicationcontrollers',
    object: {
      apiVersion: 'v1',
      kind: 'ReplicationController',
      spec: { replicas: 1, selector: { app: 'web' }, template },
    },
    status: { replicas: 1, readyReplicas: 1 },
  },
  '[sig-scheduling] LimitRange should list, patch and delete a LimitRange by collection': {
    group: '',
    resource: 'limitranges',
    object: {
      apiVersion: 'v1',
      kind: 'LimitRange',
      spec: { limits: [{ type: 'Container', max: { cpu: '500m' }, min: { cpu: '50m' } }] },
    },
  },
  '[sig-api-machinery] ResourceQuota should manage the lifecycle of a ResourceQuota': {
    group: '',
    resource: 'resourcequotas',
    object: {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      spec: { hard: { cpu: '1', memory: '1Gi' } },
    },
    status: { hard: { cpu: '1', memory: '1Gi' }, used: { cpu: '0' } },
  },
  '[sig-storage] PersistentVolumes CSI Conformance should run through the lifecycle of a PV and a PVC':
    {
      group: '',
      resource: 'persistentvolumes',
      clusterScoped: true,
      object: {
        apiVersion: 'v1',
        kind: 'PersistentVolume',
        spec: {
          accessModes: ['ReadWriteOnce'],
          capacity: { storage: '2Gi' },
          storageClassName: 'fast',
          csi: { driver: 'example.com', volumeHandle: 'v' },
        },
      },
    },
};

const CLAIM: Subject = {
  group: '',
  resource: 'persistentvolumeclaims',
  object: {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '1Gi' } },
      storageClassName: 'fast',
    },
  },
};

for (const [name, subject] of Object.entries(SUBJECTS))
  conformance(name as ConformanceName, async (t, api) => {
    await allOperations(t, api, subject);
    if (subject.resource === 'persistentvolumes') await allOperations(t, api, CLAIM);
  });
