import type {
  CoreV1Event,
  ObjectMeta,
  V1ConfigMap,
  V1ControllerRevision,
  V1CronJob,
  V1CustomResourceDefinition,
  V1DaemonSet,
  V1Deployment,
  V1Endpoints,
  V1EndpointSlice,
  V1Job,
  V1Lease,
  V1Namespace,
  V1Node,
  V1PersistentVolumeClaim,
  V1Pod,
  V1PodDisruptionBudget,
  V1ReplicaSet,
  V1ReplicationController,
  V1ResourceQuota,
  V1Secret,
  V1Service,
  V1ServiceAccount,
  V1StatefulSet,
} from '../api/index.js';

/** What every object of the API has. The generated types fit, and `KubernetesObject` does. */
export interface ApiObject {
  apiVersion?: string;
  kind?: string;
  metadata?: ObjectMeta;
}

/** Where a kind of object lives and, as a type, what it looks like. */
export interface ResourceDescriptor<T extends ApiObject = ApiObject> {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** The plural: `pods`. */
  readonly resource: string;
  readonly kind: string;
  readonly namespaced: boolean;
  /** Never set: it carries the type. */
  readonly object?: T;
}

const CORE = { group: '', version: 'v1' } as const;
const APPS = { group: 'apps', version: 'v1' } as const;
const BATCH = { group: 'batch', version: 'v1' } as const;

/** The resources that components use, by their plural. */
export const Resource = {
  configmaps: descriptor<V1ConfigMap>({
    ...CORE,
    resource: 'configmaps',
    kind: 'ConfigMap',
    namespaced: true,
  }),
  endpoints: descriptor<V1Endpoints>({
    ...CORE,
    resource: 'endpoints',
    kind: 'Endpoints',
    namespaced: true,
  }),
  events: descriptor<CoreV1Event>({ ...CORE, resource: 'events', kind: 'Event', namespaced: true }),
  namespaces: descriptor<V1Namespace>({
    ...CORE,
    resource: 'namespaces',
    kind: 'Namespace',
    namespaced: false,
  }),
  customresourcedefinitions: descriptor<V1CustomResourceDefinition>({
    group: 'apiextensions.k8s.io',
    version: 'v1',
    resource: 'customresourcedefinitions',
    kind: 'CustomResourceDefinition',
    namespaced: false,
  }),
  nodes: descriptor<V1Node>({ ...CORE, resource: 'nodes', kind: 'Node', namespaced: false }),
  pods: descriptor<V1Pod>({ ...CORE, resource: 'pods', kind: 'Pod', namespaced: true }),
  persistentvolumeclaims: descriptor<V1PersistentVolumeClaim>({
    ...CORE,
    resource: 'persistentvolumeclaims',
    kind: 'PersistentVolumeClaim',
    namespaced: true,
  }),
  poddisruptionbudgets: descriptor<V1PodDisruptionBudget>({
    group: 'policy',
    version: 'v1',
    resource: 'poddisruptionbudgets',
    kind: 'PodDisruptionBudget',
    namespaced: true,
  }),
  replicationcontrollers: descriptor<V1ReplicationController>({
    ...CORE,
    resource: 'replicationcontrollers',
    kind: 'ReplicationController',
    namespaced: true,
  }),
  resourcequotas: descriptor<V1ResourceQuota>({
    ...CORE,
    resource: 'resourcequotas',
    kind: 'ResourceQuota',
    namespaced: true,
  }),
  secrets: descriptor<V1Secret>({ ...CORE, resource: 'secrets', kind: 'Secret', namespaced: true }),
  serviceaccounts: descriptor<V1ServiceAccount>({
    ...CORE,
    resource: 'serviceaccounts',
    kind: 'ServiceAccount',
    namespaced: true,
  }),
  services: descriptor<V1Service>({
    ...CORE,
    resource: 'services',
    kind: 'Service',
    namespaced: true,
  }),
  controllerrevisions: descriptor<V1ControllerRevision>({
    ...APPS,
    resource: 'controllerrevisions',
    kind: 'ControllerRevision',
    namespaced: true,
  }),
  daemonsets: descriptor<V1DaemonSet>({
    ...APPS,
    resource: 'daemonsets',
    kind: 'DaemonSet',
    namespaced: true,
  }),
  deployments: descriptor<V1Deployment>({
    ...APPS,
    resource: 'deployments',
    kind: 'Deployment',
    namespaced: true,
  }),
  replicasets: descriptor<V1ReplicaSet>({
    ...APPS,
    resource: 'replicasets',
    kind: 'ReplicaSet',
    namespaced: true,
  }),
  statefulsets: descriptor<V1StatefulSet>({
    ...APPS,
    resource: 'statefulsets',
    kind: 'StatefulSet',
    namespaced: true,
  }),
  cronjobs: descriptor<V1CronJob>({
    ...BATCH,
    resource: 'cronjobs',
    kind: 'CronJob',
    namespaced: true,
  }),
  jobs: descriptor<V1Job>({ ...BATCH, resource: 'jobs', kind: 'Job', namespaced: true }),
  leases: descriptor<V1Lease>({
    group: 'coordination.k8s.io',
    version: 'v1',
    resource: 'leases',
    kind: 'Lease',
    namespaced: true,
  }),
  endpointslices: descriptor<V1EndpointSlice>({
    group: 'discovery.k8s.io',
    version: 'v1',
    resource: 'endpointslices',
    kind: 'EndpointSlice',
    namespaced: true,
  }),
} as const;

function descriptor<T extends ApiObject>(
  row: Omit<ResourceDescriptor<T>, 'object'>,
): ResourceDescriptor<T> {
  return row;
}

/** `apps/v1`; the core group is `v1`. */
export function apiVersionOf(resource: Pick<ResourceDescriptor, 'group' | 'version'>): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}

/** `deployments.apps`, or `pods` for the core group: how errors name a resource. */
export function qualifiedResource(
  resource: Pick<ResourceDescriptor, 'group' | 'resource'>,
): string {
  return resource.group === '' ? resource.resource : `${resource.resource}.${resource.group}`;
}
