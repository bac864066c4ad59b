import type { Result } from '../../base/index.js';
import { failed, ok } from '../../base/index.js';
import { ProtobufFormatError, ProtobufWriter } from '../../codec/index.js';
import type { KubernetesObject } from '../object.js';
import { findModel, modelOfKind } from '../scheme/model.js';
import type { ProtobufError } from './decode.js';
import { unknownKindMessage } from './decode.js';
import { writeEnvelope } from './envelope.js';
import { writeModel } from './write-model.js';

/** Every list has its metadata in field 1 and its items in field 2. */
const ITEMS_FIELD = 2;
const ITEM_OVERHEAD_BYTES = 6;

/** The bytes `k8s\0` and a runtime.Unknown around the object, which says its `apiVersion` and `kind`. */
export function encodeKubernetesProtobuf(
  object: KubernetesObject,
): Result<Uint8Array<ArrayBuffer>, ProtobufError> {
  const raw = encodeProtobufMessage(object);
  return raw.ok ? ok(wrapProtobufMessage(object, raw.value)) : raw;
}

/** The object's own message, without the envelope. */
export function encodeProtobufMessage(
  object: KubernetesObject,
): Result<Uint8Array<ArrayBuffer>, ProtobufError> {
  const writer = new ProtobufWriter();
  const failure = writeObject(object, writer);
  return failure === undefined ? ok(writer.finish()) : failed(failure);
}

/** A list around the messages of its items, which are not encoded anew. */
export function encodeProtobufList(
  list: KubernetesObject,
  items: readonly Uint8Array[],
): Result<Uint8Array<ArrayBuffer>, ProtobufError> {
  let sizeBytes = 512;
  for (const item of items) sizeBytes += item.length + ITEM_OVERHEAD_BYTES;
  const writer = new ProtobufWriter(sizeBytes);
  const failure = writeObject(list, writer);
  if (failure !== undefined) return failed(failure);
  for (const item of items) writer.bytes(ITEMS_FIELD, item);
  return ok(wrapProtobufMessage(list, writer.finish()));
}

/** A message with what it is of: `k8s\0` and a runtime.Unknown. */
export function wrapProtobufMessage(
  { apiVersion = '', kind = '' }: Pick<KubernetesObject, 'apiVersion' | 'kind'>,
  raw: Uint8Array,
): Uint8Array<ArrayBuffer> {
  return writeEnvelope({ apiVersion, kind, raw });
}

/**
 * An event of a watch as it stands in a stream: its length in four bytes, then a WatchEvent without an envelope, whose object
 * has one (k8s.io/apimachinery, `LengthDelimitedFramer`).
 */
export function protobufWatchFrame(type: string, wrapped: Uint8Array): Uint8Array {
  const writer = new ProtobufWriter(wrapped.length + type.length + 32);
  writer.raw(new Uint8Array(4));
  writer.string(1, type);
  writer.message(2, () => {
    writer.bytes(1, wrapped);
  });
  const frame = writer.finish();
  new DataView(frame.buffer, frame.byteOffset).setUint32(0, frame.length - 4);
  return frame;
}

function writeObject(object: KubernetesObject, writer: ProtobufWriter): ProtobufError | undefined {
  const { apiVersion = '', kind = '' } = object;
  const model = modelOfKind(apiVersion, kind);
  if (model === undefined || !findModel(model)?.message) {
    return { code: 'unknown-kind', message: unknownKindMessage(apiVersion, kind) };
  }
  try {
    writeModel(model, object, writer);
    return undefined;
  } catch (error) {
    if (!(error instanceof ProtobufFormatError)) throw error;
    return { code: 'malformed', message: `proto: ${error.message}` };
  }
}
