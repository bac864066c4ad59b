import { groupVersionOf, toServedVersion } from '../../api/index.js';
import type { ApiResource, KubernetesObject } from '../../api/index.js';
import { assert } from '../../base/index.js';
import { objectOf } from '../watch-cache/cached-object.js';
import type { CachedObject } from '../watch-cache/cached-object.js';

/** Views are kept for as long as what they are of. A definition that changes makes new rows, and so new views. */
const views = new WeakMap<CachedObject, WeakMap<ApiResource, CachedObject>>();

/**
 * A stored object as a resource's version serves it; made once for all who read it. Most built-in objects are as they are. Where
 * a webhook converts, the converter has to have prepared it.
 */
export function servedView(resource: ApiResource, cached: CachedObject): CachedObject {
  if (resource.custom === undefined && resource.storedAs === undefined) return cached;
  return (
    knownView(resource, cached) ?? keepView(resource, cached, asServed(resource, objectOf(cached)))
  );
}

/** The view, where it was made before. */
export function knownView(resource: ApiResource, cached: CachedObject): CachedObject | undefined {
  return views.get(cached)?.get(resource);
}

/** Makes `object` the view of a stored one. */
export function keepView(
  resource: ApiResource,
  cached: CachedObject,
  object: KubernetesObject,
): CachedObject {
  let ofObject = views.get(cached);
  if (ofObject === undefined) views.set(cached, (ofObject = new WeakMap()));
  const { key, revision, bytes } = cached;
  const view: CachedObject = { key, revision, bytes, object, isView: true };
  ofObject.set(resource, view);
  return view;
}

/** A stored object in the version of a resource. */
export function asServed(resource: ApiResource, stored: KubernetesObject): KubernetesObject {
  const { custom, storedAs } = resource;
  assert(
    custom?.conversion === undefined || stored.apiVersion === groupVersionOf(resource),
    'what a webhook converts is prepared before it is served',
  );
  if (custom !== undefined) return toServedVersion(custom, groupVersionOf(resource), stored);
  return storedAs === undefined ? stored : storedAs.fromStored(stored);
}

/** An object as it is stored. */
export function storedForm(resource: ApiResource, object: KubernetesObject): KubernetesObject {
  const { custom, storedAs } = resource;
  if (custom !== undefined) return { ...object, apiVersion: custom.storageApiVersion };
  return storedAs === undefined ? object : storedAs.toStored(object);
}
