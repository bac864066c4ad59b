import { decodeKubernetesProtobuf } from '../../src/api/index.js';
import type { KubernetesObject } from '../../src/api/index.js';
import { ProtobufReader } from '../../src/codec/index.js';

/** An answer in protobuf as its JSON form; what cannot be read throws. */
export function readProtobuf(bytes: Uint8Array): KubernetesObject {
  const decoded = decodeKubernetesProtobuf(bytes);
  if (!decoded.ok) throw new Error(decoded.error.message);
  return decoded.value.object;
}

/** The events of a chunk of a protobuf watch: each behind its length in four bytes. */
export function readProtobufFrames(
  chunk: Uint8Array,
): { readonly type: string; readonly object: KubernetesObject }[] {
  const events = [];
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  for (let at = 0; at < chunk.length; ) {
    const length = view.getUint32(at);
    events.push(readEvent(new ProtobufReader(chunk, at + 4, at + 4 + length)));
    at += 4 + length;
  }
  return events;
}

function readEvent(reader: ProtobufReader): { type: string; object: KubernetesObject } {
  let type = '';
  let object: KubernetesObject = {};
  while (reader.next()) {
    if (reader.field === 1) type = reader.string();
    else {
      const extension = reader.message();
      while (extension.next()) object = readProtobuf(extension.bytes());
    }
  }
  return { type, object };
}
