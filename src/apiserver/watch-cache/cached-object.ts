import { withoutManagedFields } from '../../api/index.js';
import type { KubernetesObject } from '../../api/index.js';

/**
 * One version of an object as the store has it. What is made of it (the decoded object, its JSON, its watch frames)
 * is made at most once, at first need, and shared by all who read it: nobody may change it.
 */
export interface CachedObject {
  readonly key: string;
  readonly revision: number;
  /** JSON without resourceVersion, as stored. */
  readonly bytes: Uint8Array;
  object?: KubernetesObject;
  /** Without its managed fields. */
  lean?: KubernetesObject;
  /** It is a stored object in another version: `object` is there, and is not what the bytes say. */
  readonly isView?: boolean;
  /** Of an object whose JSON is not its bytes with a resourceVersion (see `served-json.ts`). */
  json?: Uint8Array;
  /** As a protobuf message, without an envelope: made when somebody first asks for it so. */
  message?: Uint8Array<ArrayBuffer>;
  /** Where in the bytes its resourceVersion goes. */
  fieldPlace?: number;
  /** Watch frames by event type and representation. */
  frames?: Map<string, Uint8Array>;
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();

export function cachedObject(key: string, revision: number, bytes: Uint8Array): CachedObject {
  return { key, revision, bytes };
}

/** A fresh copy of what is stored, with its resourceVersion. The caller may change it. */
export function decodeStored(bytes: Uint8Array, revision: number): KubernetesObject {
  const object = JSON.parse(decoder.decode(bytes)) as KubernetesObject;
  return { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
}

/** What is stored of an object: JSON without the resourceVersion, which is the mod revision. */
export function encodeStored(object: KubernetesObject): Uint8Array {
  const metadata = { ...object.metadata };
  delete metadata.resourceVersion;
  return encoder.encode(JSON.stringify({ ...object, metadata }));
}

/** The shared, read-only object. */
export function objectOf(cached: CachedObject): KubernetesObject {
  cached.object ??= decodeStored(cached.bytes, cached.revision);
  return cached.object;
}

/**
 * The same without its managed fields, which are half of many objects: components have no use for them, and a write that
 * names none leaves them as they are.
 */
export function leanObjectOf(cached: CachedObject): KubernetesObject {
  cached.lean ??= withoutManagedFields(objectOf(cached));
  return cached.lean;
}

/** The last state of an object that is gone, under the revision at which it went. */
export function goneObject(previous: CachedObject, revision: number): CachedObject {
  return cachedObject(previous.key, revision, previous.bytes);
}

/** A frame of a watch, made once for all watchers that want the same. */
export function frameOf(cached: CachedObject, variant: string, make: () => Uint8Array): Uint8Array {
  cached.frames ??= new Map();
  const known = cached.frames.get(variant);
  if (known !== undefined) return known;
  const frame = make();
  cached.frames.set(variant, frame);
  return frame;
}
