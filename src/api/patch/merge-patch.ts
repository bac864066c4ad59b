import type { Result } from '../../base/index.js';
import { failed, ok } from '../../base/index.js';
import type { KubernetesObject } from '../object.js';
import type { JsonMap } from './json-map.js';
import { getOwn, isMap, notAMapText, setOwn } from './json-map.js';
import type { PatchError } from './patch-error.js';

/** RFC 7386. The object is not changed; what the patch does not touch is shared with the result. */
export function applyMergePatch(
  object: KubernetesObject,
  patch: unknown,
): Result<KubernetesObject, PatchError> {
  if (patch === null) return failed({ code: 'malformed', message: 'Invalid JSON Patch' });
  if (!isMap(patch)) return failed({ code: 'malformed', message: notAMapText(patch) });
  return ok(mergeMaps(object, patch));
}

function mergeMaps(target: JsonMap, patch: JsonMap): JsonMap {
  const result: JsonMap = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) Reflect.deleteProperty(result, key);
    else setOwn(result, key, mergeValue(getOwn(target, key), value));
  }
  return result;
}

function mergeValue(target: unknown, patch: unknown): unknown {
  if (!isMap(patch)) return patch;
  return mergeMaps(isMap(target) ? target : {}, patch);
}
