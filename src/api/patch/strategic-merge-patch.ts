import type { Result } from '../../base/index.js';
import { failed } from '../../base/index.js';
import type { KubernetesObject } from '../object.js';
import type { PatchError } from './patch-error.js';
import { malformed } from './patch-error.js';

/** Strategic merge patch for an object of a model (`V1Pod`). The object is not changed; parts may be shared. */
export function applyStrategicMergePatch(
  _model: string,
  _object: KubernetesObject,
  _patch: unknown,
): Result<KubernetesObject, PatchError> {
  return failed(malformed(''));
}
