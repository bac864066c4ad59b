import { groupVersionOf, toServedVersion } from '../../api/index.js';
import type { ApiResource, KubernetesObject } from '../../api/index.js';
import { decodeStored, objectOf } from '../watch-cache/cached-object.js';
import type { CachedObject } from '../watch-cache/cached-object.js';

/** Views are kept for as long as what they are of. A definition that changes makes new rows, and so new views. */
const views = new WeakMap<CachedObject, WeakMap<ApiResource, CachedObject>>();

/** A stored object as a resource's version serves it; made once for all who read it. Most built-in objects are as they are. */
export function servedView(resource: ApiResource, cached: CachedObject): CachedObject {
  if (resource.custom === undefined && resource.storedAs === undefined) return cached;
  let ofObject = views.get(cached);
  if (ofObject === undefined) {
    ofObject = new WeakMap();
    views.set(cached, ofObject);
  }
  const known = ofObject.get(resource);
  if (known !== undefined) return known;
  const { key, revision, bytes } = cached;
  const object = asServed(resource, objectOf(cached));
  const view: CachedObject = { key, revision, bytes, object, isView: true };
  ofObject.set(resource, view);
  return view;
}

/** The same as a copy that the caller may change. */
export function servedCopy(
  resource: ApiResource,
  bytes: Uint8Array,
  revision: number,
): KubernetesObject {
  return asServed(resource, decodeStored(bytes, revision));
}

/** A stored object in the version of a resource. */
export function asServed(resource: ApiResource, stored: KubernetesObject): KubernetesObject {
  const { custom, storedAs } = resource;
  if (custom !== undefined) return toServedVersion(custom, groupVersionOf(resource), stored);
  return storedAs === undefined ? stored : storedAs.fromStored(stored);
}

/** An object as it is stored. */
export function storedForm(resource: ApiResource, object: KubernetesObject): KubernetesObject {
  const { custom, storedAs } = resource;
  if (custom !== undefined) return { ...object, apiVersion: custom.storageApiVersion };
  return storedAs === undefined ? object : storedAs.toStored(object);
}
