import type { Result } from '../../base/index.js';
import { failed } from '../../base/index.js';
import type { KubernetesObject } from '../object.js';
import type { PatchError } from './patch-error.js';
import { malformed } from './patch-error.js';

/** RFC 6902. The object is not changed; what the patch does not touch may be shared with the result. */
export function applyJsonPatch(
  _object: KubernetesObject,
  _patch: unknown,
): Result<KubernetesObject, PatchError> {
  return failed(malformed(''));
}
