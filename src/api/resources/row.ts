import type {
  ApiResource,
  ApiSubresource,
  ResourceVerb,
  StoredVersion,
} from '../scheme/resource.js';

export interface GroupVersion {
  readonly group: string;
  readonly version: string;
}

/** What a row must say; the rest follows from it or is usual. */
export interface Row extends GroupVersion {
  readonly resource: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly singular?: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly verbs?: readonly ResourceVerb[];
  /** Where it is not the version and the kind. */
  readonly model?: string;
  /** Where it is not the model with `List` at its end. */
  readonly listModel?: string;
  readonly subresources?: readonly SubresourceRow[];
  /** Where kube-apiserver's name of it is not the resource's. Empty: it is not stored. */
  readonly storagePrefix?: string;
  readonly storedAs?: StoredVersion;
}

export interface SubresourceRow {
  readonly name: string;
  readonly verbs: readonly ResourceVerb[];
  readonly group?: string;
  readonly version?: string;
  readonly kind?: string;
  readonly model?: string;
}

type Extra = Omit<Row, 'group' | 'version' | 'resource' | 'kind' | 'namespaced'>;

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
export const NO_COLLECTION_DELETE = ALL.filter((verb) => verb !== 'deletecollection');
export const READ_WRITE: readonly ResourceVerb[] = ['get', 'patch', 'update'];

export const STATUS: SubresourceRow = { name: 'status', verbs: READ_WRITE };
export const SCALE: SubresourceRow = {
  name: 'scale',
  verbs: READ_WRITE,
  group: 'autoscaling',
  version: 'v1',
  kind: 'Scale',
};
/** `kubectl get all` shows it. */
export const IN_ALL = { categories: ['all'] } as const;

/** A resource whose objects live in namespaces. */
export function namespaced(
  groupVersion: GroupVersion,
  resource: string,
  kind: string,
  extra: Extra = {},
): Row {
  return { ...groupVersion, resource, kind, namespaced: true, ...extra };
}

/** A resource whose objects belong to the cluster. */
export function clusterWide(
  groupVersion: GroupVersion,
  resource: string,
  kind: string,
  extra: Extra = {},
): Row {
  return { ...groupVersion, resource, kind, namespaced: false, ...extra };
}

/** Of questions that are answered at once and never stored. */
export const ASKED_ONLY = { verbs: ['create'], storagePrefix: '' } as const;

export function completeRow(row: Row): ApiResource {
  const model = row.model ?? modelName(row.version, row.kind);
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
    model,
    listModel: row.listModel ?? `${model}List`,
    subresources: [],
    storagePrefix: row.storagePrefix ?? `/registry/${row.resource}`,
    ...(row.storedAs !== undefined && { storedAs: row.storedAs }),
  };
  const subresources = (row.subresources ?? []).map((each) => completeSubresource(each, resource));
  return { ...resource, subresources };
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

/** `v1` and `Pod` → `V1Pod`: how the generated models are named where two groups do not share a kind. */
function modelName(version: string, kind: string): string {
  return version.charAt(0).toUpperCase() + version.slice(1) + kind;
}
