import type { ApiResource } from '../../api/index.js';

/** `/registry/pods/default/web-1`, as kube-apiserver has it. */
export function objectKey(resource: ApiResource, namespace: string, name: string): string {
  return `${collectionPrefix(resource, namespace)}${name}`;
}

/** What the keys of a collection begin with: `/registry/pods/default/`, or `/registry/pods/` for all namespaces. */
export function collectionPrefix(resource: ApiResource, namespace: string): string {
  const prefix = cachePrefix(resource);
  return resource.namespaced && namespace !== '' ? `${prefix}${namespace}/` : prefix;
}

export function cachePrefix(resource: ApiResource): string {
  return `${resource.storagePrefix}/`;
}

/** Whether a name from a URL can be part of a key: ASCII, and no path of its own. */
export function isPathSegment(name: string): boolean {
  return name !== '.' && name !== '..' && /^[\x21-\x7e]*$/.test(name) && !/[/%]/.test(name);
}
