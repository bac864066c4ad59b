import type { Result } from '../../base/index.js';
import { failed, ok } from '../../base/index.js';
import { ProtobufFormatError, ProtobufWriter } from '../../codec/index.js';
import type { KubernetesObject } from '../object.js';
import { findModel, modelOfKind } from '../scheme/model.js';
import type { ProtobufError } from './decode.js';
import { unknownKindMessage } from './decode.js';
import { writeEnvelope } from './envelope.js';
import { writeModel } from './write-model.js';

/** The bytes `k8s\0` and a runtime.Unknown around the object, which says its `apiVersion` and `kind`. */
export function encodeKubernetesProtobuf(
  object: KubernetesObject,
): Result<Uint8Array, ProtobufError> {
  const { apiVersion = '', kind = '' } = object;
  const model = modelOfKind(apiVersion, kind);
  if (model === undefined || !findModel(model)?.message) {
    return failed({ code: 'unknown-kind', message: unknownKindMessage(apiVersion, kind) });
  }
  try {
    const writer = new ProtobufWriter();
    writeModel(model, object, writer);
    return ok(writeEnvelope({ apiVersion, kind, raw: writer.finish() }));
  } catch (error) {
    if (!(error instanceof ProtobufFormatError)) throw error;
    return failed({ code: 'malformed', message: `proto: ${error.message}` });
  }
}
