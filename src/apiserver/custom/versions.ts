import { groupVersionOf, toServedVersion } from '../../api/index.js';
import type { ApiResource, KubernetesObject } from '../../api/index.js';
import { decodeStored, objectOf } from '../watch-cache/cached-object.js';
import type { CachedObject } from '../watch-cache/cached-object.js';

/** Views are kept for as long as what they are of. A definition that changes makes new rows, and so new views. */
const views = new WeakMap<CachedObject, WeakMap<ApiResource, CachedObject>>();

/** A stored object as a resource's version serves it; made once for all who read it. Built-in objects are as they are. */
export function servedView(resource: ApiResource, cached: CachedObject): CachedObject {
  const { custom } = resource;
  if (custom === undefined) return cached;
  let ofObject = views.get(cached);
  if (ofObject === undefined) {
    ofObject = new WeakMap();
    views.set(cached, ofObject);
  }
  const known = ofObject.get(resource);
  if (known !== undefined) return known;
  const { key, revision, bytes } = cached;
  const object = toServedVersion(custom, groupVersionOf(resource), objectOf(cached));
  const view: CachedObject = { key, revision, bytes, object };
  ofObject.set(resource, view);
  return view;
}

/** The same as a copy that the caller may change. */
export function servedCopy(
  resource: ApiResource,
  bytes: Uint8Array,
  revision: number,
): KubernetesObject {
  const stored = decodeStored(bytes, revision);
  return resource.custom === undefined
    ? stored
    : toServedVersion(resource.custom, groupVersionOf(resource), stored);
}

/** An object as it is stored: custom ones in their storage version. */
export function storedForm(resource: ApiResource, object: KubernetesObject): KubernetesObject {
  return resource.custom === undefined
    ? object
    : { ...object, apiVersion: resource.custom.storageApiVersion };
}
