import { assert } from '../base/index.js';
import type { ApiObject } from './resource-descriptor.js';

/** `namespace/name`, or just the name where there is no namespace: client-go's key, and what a reconciler gets. */
export type ObjectKey = string;

export interface ObjectName {
  /** Absent for objects without a namespace. */
  readonly namespace?: string | undefined;
  readonly name: string;
}

export function objectKey(object: ApiObject): ObjectKey {
  return keyOf({ namespace: object.metadata?.namespace, name: nameOf(object) });
}

export function keyOf(at: ObjectName): ObjectKey {
  return at.namespace === undefined || at.namespace === '' ? at.name : `${at.namespace}/${at.name}`;
}

export function splitKey(key: ObjectKey): ObjectName {
  const slash = key.indexOf('/');
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** The name, which every stored object has. */
export function nameOf(object: ApiObject): string {
  const name = object.metadata?.name;
  assert(name !== undefined && name !== '', 'an object without a name');
  return name;
}

/** The uid, which every stored object has. */
export function uidOf(object: ApiObject): string {
  const uid = object.metadata?.uid;
  assert(uid !== undefined && uid !== '', 'an object without a uid');
  return uid;
}

export function locationOf(object: ApiObject): ObjectName {
  return { namespace: object.metadata?.namespace, name: nameOf(object) };
}
