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
  const left = Object.keys(a).filter((key) => a[key] !== undefined);
  const right = Object.keys(b).filter((key) => b[key] !== undefined);
  return (
    left.length === right.length &&
    left.every((key) => Object.hasOwn(b, key) && jsonEqual(a[key], b[key]))
  );
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
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, copyJson<unknown>(item)]),
  ) as T;
}
