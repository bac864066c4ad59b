import { encodeProtobufMessage } from '../../api/index.js';
import type { ProtobufError } from '../../api/index.js';
import { ok } from '../../base/index.js';
import type { Result } from '../../base/index.js';
import { decodeStored } from './cached-object.js';
import type { CachedObject } from './cached-object.js';

/**
 * The protobuf message of an object, made once for all lists, gets and watches. An object that is decoded for it alone is not
 * kept: the message is the smaller of the two.
 */
export function messageOf(cached: CachedObject): Result<Uint8Array<ArrayBuffer>, ProtobufError> {
  if (cached.message !== undefined) return ok(cached.message);
  const encoded = encodeProtobufMessage(
    cached.object ?? decodeStored(cached.bytes, cached.revision),
  );
  if (encoded.ok) cached.message = encoded.value;
  return encoded;
}
