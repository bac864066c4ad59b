import type { CustomType } from '../crd/custom-type.js';
import type { KubernetesObject } from '../object.js';
import type { FieldError } from '../validation/field-error.js';

/** The verbs of the API, as discovery lists them. */
export type ResourceVerb =
  | 'create'
  | 'delete'
  | 'deletecollection'
  | 'get'
  | 'list'
  | 'patch'
  | 'update'
  | 'watch';

/** A resource that is served: one row of the table that the registry, discovery and OpenAPI are all made from. */
export interface ApiResource {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** The plural, as in paths: `pods`. */
  readonly resource: string;
  readonly singular: string;
  readonly kind: string;
  readonly listKind: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly verbs: readonly ResourceVerb[];
  /** The name of its model in `generated/`: `V1Pod`. */
  readonly model: string;
  /** That of its lists: `V1PodList`. */
  readonly listModel: string;
  readonly subresources: readonly ApiSubresource[];
  /** Where kube-apiserver keeps it, without a slash at the end: `/registry/pods`. Empty: it is not stored (bindings). */
  readonly storagePrefix: string;
  /** Of a resource that a CustomResourceDefinition makes: its schema, which stands in for a model. */
  readonly custom?: CustomType;
  /** Of a version in which nothing is stored: the one in which its objects are. */
  readonly storedAs?: StoredVersion;
}

/** The version in which the objects of another are stored, validated and managed, and how the one becomes the other. */
export interface StoredVersion {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  /** Both leave what they are given as it is, and nothing is lost on the way there and back. */
  toStored(object: KubernetesObject): KubernetesObject;
  fromStored(object: KubernetesObject): KubernetesObject;
  /** What is wrong with an object (in its stored form) that comes in by this version, beside what is wrong in any. */
  createErrors?(stored: KubernetesObject): FieldError[];
}

export interface ApiSubresource {
  /** The last part of the path: `status`. */
  readonly name: string;
  /** The group, version and kind that it speaks, where they are not its parent's (`scale`: autoscaling/v1 Scale). */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** The model of that kind; the parent's where the answer is no object (`log`). Empty: it is a connection (`exec`). */
  readonly model: string;
  readonly verbs: readonly ResourceVerb[];
}

/** `v1`, `apps/v1`. */
export function groupVersionOf(resource: {
  readonly group: string;
  readonly version: string;
}): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}

/** `/api/v1`, `/apis/apps/v1`. */
export function groupVersionPathOf(resource: {
  readonly group: string;
  readonly version: string;
}): string {
  return resource.group === '' ? `/api/${resource.version}` : `/apis/${groupVersionOf(resource)}`;
}

/** `apps/v1` → {group: 'apps', version: 'v1'}; `v1` is the core group's. */
export function parseGroupVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf('/');
  if (slash < 0) return { group: '', version: apiVersion };
  return { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}
