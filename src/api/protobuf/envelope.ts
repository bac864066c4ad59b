import type { ProtobufReader } from '../../codec/index.js';
import {
  ProtobufFormatError,
  ProtobufReader as Reader,
  ProtobufWriter,
} from '../../codec/index.js';

/** Of an encoding that nobody knows: a client may have sent megabytes for it. */
const ENCODING_SHOWN = 64;

/** `k8s\0`: what every protobuf body of Kubernetes begins with. */
const MAGIC = [0x6b, 0x38, 0x73, 0x00];

/** runtime.Unknown: an object's bytes and what they are of. */
export interface Envelope {
  readonly apiVersion: string;
  readonly kind: string;
  readonly raw: Uint8Array;
}

export function hasEnvelope(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, at) => bytes[at] === byte);
}

/** Throws `ProtobufFormatError`. The bytes must have the envelope. */
export function readEnvelope(bytes: Uint8Array): Envelope {
  const reader = new Reader(bytes, MAGIC.length);
  let type = { apiVersion: '', kind: '' };
  let raw: Uint8Array = new Uint8Array();
  let encoding = '';
  while (reader.next()) {
    if (reader.field === 1) type = readTypeMeta(reader.message());
    else if (reader.field === 2) raw = reader.bytes();
    else if (reader.field === 3) encoding = reader.string();
    else reader.skip();
  }
  if (encoding !== '') {
    const named = encoding.slice(0, ENCODING_SHOWN);
    throw new ProtobufFormatError(`unknown content encoding "${named}"`);
  }
  return { ...type, raw };
}

function readTypeMeta(reader: ProtobufReader): { apiVersion: string; kind: string } {
  const type = { apiVersion: '', kind: '' };
  while (reader.next()) {
    if (reader.field === 1) type.apiVersion = reader.string();
    else if (reader.field === 2) type.kind = reader.string();
    else reader.skip();
  }
  return type;
}

export function writeEnvelope({ apiVersion, kind, raw }: Envelope): Uint8Array<ArrayBuffer> {
  const writer = new ProtobufWriter(raw.length + 128);
  writer.raw(Uint8Array.from(MAGIC));
  writer.message(1, () => {
    writer.string(1, apiVersion);
    writer.string(2, kind);
  });
  writer.bytes(2, raw);
  writer.string(3, '');
  writer.string(4, '');
  return writer.finish();
}
