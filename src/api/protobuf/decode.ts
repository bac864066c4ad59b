import type { Result } from '../../base/index.js';
import { failed, ok } from '../../base/index.js';
import { ProtobufFormatError, ProtobufReader } from '../../codec/index.js';
import type { KubernetesObject } from '../object.js';
import { findModel, modelOfKind } from '../scheme/model.js';
import { shortened } from '../shortened.js';
import { hasEnvelope, readEnvelope } from './envelope.js';
import { readModel } from './read-model.js';

/** An object as it came, in its plain JSON form (with `apiVersion` and `kind`). */
export interface DecodedProtobuf {
  readonly apiVersion: string;
  readonly kind: string;
  readonly object: KubernetesObject;
}

export interface ProtobufError {
  /** `unknown-kind`: there is no message for it; the bytes may be sound. */
  readonly code: 'not-protobuf' | 'malformed' | 'unknown-kind';
  /** In Kubernetes' words. */
  readonly message: string;
}

/** Reads what follows `application/vnd.kubernetes.protobuf`: the bytes `k8s\0` and a runtime.Unknown. */
export function decodeKubernetesProtobuf(
  bytes: Uint8Array,
): Result<DecodedProtobuf, ProtobufError> {
  if (!hasEnvelope(bytes)) {
    const expected = 'expected prefix [107 56 115 0]';
    const message = `provided data does not appear to be a protobuf message, ${expected}`;
    return failed({ code: 'not-protobuf', message });
  }
  try {
    const { apiVersion, kind, raw } = readEnvelope(bytes);
    const model = modelOfKind(apiVersion, kind);
    if (model === undefined || !findModel(model)?.message) {
      return failed({ code: 'unknown-kind', message: unknownKindMessage(apiVersion, kind) });
    }
    const object = { apiVersion, kind, ...readModel(model, new ProtobufReader(raw)) };
    return ok({ apiVersion, kind, object });
  } catch (error) {
    if (!(error instanceof ProtobufFormatError)) throw error;
    return failed({ code: 'malformed', message: `proto: ${error.message}` });
  }
}

export function unknownKindMessage(apiVersion: string, kind: string): string {
  return `no kind "${shortened(kind)}" is registered for version "${shortened(apiVersion)}"`;
}
