import type { Result } from '../../base/index.js';
import { failed } from '../../base/index.js';
import type { KubernetesObject } from '../object.js';

/** An object as it came, in its plain JSON form (with `apiVersion` and `kind`). */
export interface DecodedProtobuf {
  readonly apiVersion: string;
  readonly kind: string;
  readonly object: KubernetesObject;
}

export interface ProtobufError {
  /** `unknown-kind`: there is no message for it; the bytes may be sound. */
  readonly code: 'not-protobuf' | 'malformed' | 'unknown-kind';
  readonly message: string;
}

/** Reads what follows `application/vnd.kubernetes.protobuf`: the bytes `k8s\0` and a runtime.Unknown. */
export function decodeKubernetesProtobuf(
  bytes: Uint8Array,
): Result<DecodedProtobuf, ProtobufError> {
  return failed({ code: 'not-protobuf', message: `${String(bytes.length)} bytes` });
}
