import type { Result } from '../../base/index.js';
import { failed, ok } from '../../base/index.js';
import type { KubernetesObject } from '../object.js';
import type { PatchError } from './patch-error.js';
import { malformed } from './patch-error.js';

/** RFC 7386. The object is not changed; what the patch does not touch is shared with the result. */
export function applyMergePatch(
  object: KubernetesObject,
  patch: unknown,
): Result<KubernetesObject, PatchError> {
  if (!isMap(patch)) {
    const found = Array.isArray(patch) ? 'array' : patch === null ? 'null' : typeof patch;
    return failed(
      malformed(`json: cannot unmarshal ${found} into Go value of type map[string]interface {}`),
    );
  }
  return ok(mergeMaps(object, patch));
}

type JsonMap = Record<string, unknown>;

function mergeMaps(target: JsonMap, patch: JsonMap): JsonMap {
  const result: JsonMap = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) Reflect.deleteProperty(result, key);
    else setOwn(result, key, mergeValue(Object.hasOwn(target, key) ? target[key] : undefined, value));
  }
  return result;
}

function mergeValue(target: unknown, patch: unknown): unknown {
  if (!isMap(patch)) return patch;
  return mergeMaps(isMap(target) ? target : {}, patch);
}

/** `__proto__` is a name like any other in JSON. */
function setOwn(map: JsonMap, key: string, value: unknown): void {
  if (key !== '__proto__') map[key] = value;
  else Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
}

function isMap(value: unknown): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
