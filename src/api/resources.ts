import type { ApiResource, ApiSubresource, ResourceVerb } from './scheme/resource.js';
import { groupVersionOf } from './scheme/resource.js';

const ALL: readonly ResourceVerb[] = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
];
const NO_COLLECTION_DELETE = ALL.filter((verb) => verb !== 'deletecollection');
const READ_WRITE: readonly ResourceVerb[] = ['get', 'patch', 'update'];

/** What a row must say; the rest follows from it or is usual. */
interface Row {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly singular?: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly verbs?: readonly ResourceVerb[];
  /** Where it is not the version and the kind. */
  readonly model?: string;
  readonly subresources?: readonly SubresourceRow[];
  /** Where kube-apiserver's name of it is not the resource's. */
  readonly storagePrefix?: string;
}

interface SubresourceRow {
  readonly name: string;
  readonly verbs: readonly ResourceVerb[];
  readonly group?: string;
  readonly version?: string;
  readonly kind?: string;
  readonly model?: string;
}

const STATUS: SubresourceRow = { name: 'status', verbs: READ_WRITE };
const SCALE: SubresourceRow = {
  name: 'scale',
  verbs: READ_WRITE,
  group: 'autoscaling',
  version: 'v1',
  kind: 'Scale',
};

const CORE = { group: '', version: 'v1' };
const APPS = { group: 'apps', version: 'v1' };
const RBAC = { group: 'rbac.authorization.k8s.io', version: 'v1' };

/**
 * In the order in which discovery lists them: groups by kube-apiserver's priorities, resources by name. The
 * storage prefixes are kube-apiserver's own, so that etcdctl finds everything where it expects it.
 */
const ROWS: readonly Row[] = [
  {
    ...CORE,
    resource: 'bindings',
    kind: 'Binding',
    namespaced: true,
    verbs: ['create'],
    storagePrefix: '',
  },
  { ...CORE, resource: 'configmaps', kind: 'ConfigMap', namespaced: true, shortNames: ['cm'] },
  {
    ...CORE,
    resource: 'endpoints',
    singular: 'endpoints',
    kind: 'Endpoints',
    namespaced: true,
    shortNames: ['ep'],
    storagePrefix: '/registry/services/endpoints',
  },
  {
    ...CORE,
    resource: 'events',
    kind: 'Event',
    namespaced: true,
    shortNames: ['ev'],
    model: 'CoreV1Event',
  },
  {
    ...CORE,
    resource: 'namespaces',
    kind: 'Namespace',
    namespaced: false,
    shortNames: ['ns'],
    verbs: NO_COLLECTION_DELETE,
    subresources: [{ name: 'finalize', verbs: ['update'] }, STATUS],
  },
  {
    ...CORE,
    resource: 'nodes',
    kind: 'Node',
    namespaced: false,
    shortNames: ['no'],
    subresources: [STATUS],
    storagePrefix: '/registry/minions',
  },
  {
    ...CORE,
    resource: 'pods',
    kind: 'Pod',
    namespaced: true,
    shortNames: ['po'],
    categories: ['all'],
    subresources: [
      { name: 'binding', kind: 'Binding', verbs: ['create'] },
      { name: 'log', verbs: ['get'] },
      STATUS,
    ],
  },
  { ...CORE, resource: 'secrets', kind: 'Secret', namespaced: true },
  {
    ...CORE,
    resource: 'serviceaccounts',
    kind: 'ServiceAccount',
    namespaced: true,
    shortNames: ['sa'],
  },
  {
    ...CORE,
    resource: 'services',
    kind: 'Service',
    namespaced: true,
    shortNames: ['svc'],
    categories: ['all'],
    subresources: [STATUS],
    storagePrefix: '/registry/services/specs',
  },
  {
    ...APPS,
    resource: 'deployments',
    kind: 'Deployment',
    namespaced: true,
    shortNames: ['deploy'],
    categories: ['all'],
    subresources: [SCALE, STATUS],
  },
  {
    ...APPS,
    resource: 'replicasets',
    kind: 'ReplicaSet',
    namespaced: true,
    shortNames: ['rs'],
    categories: ['all'],
    subresources: [SCALE, STATUS],
  },
  { ...RBAC, resource: 'clusterrolebindings', kind: 'ClusterRoleBinding', namespaced: false },
  { ...RBAC, resource: 'clusterroles', kind: 'ClusterRole', namespaced: false },
  { ...RBAC, resource: 'rolebindings', kind: 'RoleBinding', namespaced: true },
  { ...RBAC, resource: 'roles', kind: 'Role', namespaced: true },
  {
    group: 'coordination.k8s.io',
    version: 'v1',
    resource: 'leases',
    kind: 'Lease',
    namespaced: true,
  },
  {
    group: 'discovery.k8s.io',
    version: 'v1',
    resource: 'endpointslices',
    kind: 'EndpointSlice',
    namespaced: true,
  },
];

/** `v1` and `Pod` → `V1Pod`: how the generated models are named where two groups do not share a kind. */
function modelName(version: string, kind: string): string {
  return version.charAt(0).toUpperCase() + version.slice(1) + kind;
}

function completeSubresource(row: SubresourceRow, parent: ApiResource): ApiSubresource {
  const version = row.version ?? parent.version;
  const kind = row.kind ?? parent.kind;
  const model = row.model ?? (row.kind === undefined ? parent.model : modelName(version, kind));
  return {
    name: row.name,
    group: row.group ?? parent.group,
    version,
    kind,
    model,
    verbs: row.verbs,
  };
}

function complete(row: Row): ApiResource {
  const resource: ApiResource = {
    group: row.group,
    version: row.version,
    resource: row.resource,
    singular: row.singular ?? row.kind.toLowerCase(),
    kind: row.kind,
    listKind: `${row.kind}List`,
    namespaced: row.namespaced,
    shortNames: row.shortNames ?? [],
    categories: row.categories ?? [],
    verbs: row.verbs ?? ALL,
    model: row.model ?? modelName(row.version, row.kind),
    subresources: [],
    storagePrefix: row.storagePrefix ?? `/registry/${row.resource}`,
  };
  const subresources = (row.subresources ?? []).map((each) => completeSubresource(each, resource));
  return { ...resource, subresources };
}

/** Every resource that is served. */
export const RESOURCES: readonly ApiResource[] = /* @__PURE__ */ ROWS.map(complete);

const byResource = /* @__PURE__ */ new Map(
  RESOURCES.map((row) => [`${groupVersionOf(row)}/${row.resource}`, row]),
);
const byKind = /* @__PURE__ */ new Map(
  RESOURCES.map((row) => [`${groupVersionOf(row)}/${row.kind}`, row]),
);

/** The row of `('apps', 'v1', 'deployments')`; the core group is `''`. */
export function findResource(
  group: string,
  version: string,
  resource: string,
): ApiResource | undefined {
  return byResource.get(`${groupVersionOf({ group, version })}/${resource}`);
}

/** The row of `('apps/v1', 'Deployment')`. */
export function findKind(apiVersion: string, kind: string): ApiResource | undefined {
  return byKind.get(`${apiVersion}/${kind}`);
}

/** All rows of one group version, in discovery's order. */
export function resourcesOf(group: string, version: string): readonly ApiResource[] {
  return RESOURCES.filter((row) => row.group === group && row.version === version);
}
