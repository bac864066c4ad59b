import { setEntry } from '../../api/index.js';
import type { KubernetesObject } from '../../api/index.js';

/** Whether two JSON values are the same, whatever the order of their keys. Undefined fields are as good as absent. */
export function jsonEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) return arraysEqual(a, b);
  return mapsEqual(a as Record<string, unknown>, b as Record<string, unknown>);
}

function arraysEqual(a: unknown, b: unknown): boolean {
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
  return a.every((item, index) => jsonEqual(item, b[index]));
}

function mapsEqual(a: Record<string, unknown>, b: Record<string, unknown>): boolean {
  let known = 0;
  for (const key of Object.keys(a)) {
    if (a[key] === undefined) continue;
    if (!Object.hasOwn(b, key) || !jsonEqual(a[key], b[key])) return false;
    known++;
  }
  for (const key of Object.keys(b)) if (b[key] !== undefined) known--;
  return known === 0;
}

/** A copy that shares its managed fields only: they are long, and nobody changes them in place. */
export function copyObject(object: KubernetesObject): KubernetesObject {
  const { managedFields, ...metadata } = object.metadata ?? {};
  const copy = copyJson<KubernetesObject>({ ...object, metadata });
  if (managedFields !== undefined) copy.metadata = { ...copy.metadata, managedFields };
  return copy;
}

/** A copy that shares nothing. */
export function copyJson<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: unknown) => copyJson(item)) as T;
  const copy: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) setEntry(copy, key, copyJson<unknown>(item));
  return copy as T;
}
