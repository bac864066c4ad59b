import type { Result } from '../../base/index.js';
import { failed } from '../../base/index.js';
import type { KubernetesObject } from '../object.js';
import type { ProtobufError } from './decode.js';

/** The bytes `k8s\0` and a runtime.Unknown around the object, which says its `apiVersion` and `kind`. */
export function encodeKubernetesProtobuf(
  object: KubernetesObject,
): Result<Uint8Array, ProtobufError> {
  return failed({ code: 'unknown-kind', message: String(object.kind) });
}
