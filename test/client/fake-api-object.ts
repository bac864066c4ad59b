import type { KubernetesObject } from '../../src/api/index.js';

/** RFC 7386. */
export function mergePatch(old: KubernetesObject, patch: unknown): KubernetesObject {
  return merge(structuredClone(old), patch) as KubernetesObject;
}

function merge(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const result: Record<string, unknown> =
    typeof target === 'object' && target !== null && !Array.isArray(target) ? { ...target } : {};
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) Reflect.deleteProperty(result, field);
    else result[field] = merge(result[field], value);
  }
  return result;
}

/** A write that changes nothing makes no new version. */
export function sameBesidesVersion(a: KubernetesObject, b: KubernetesObject): boolean {
  return canonical(a) === canonical(b);
}

function canonical(object: KubernetesObject): string {
  const { resourceVersion: _, ...metadata } = object.metadata ?? {};
  return JSON.stringify({ ...object, metadata }, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)))
      : value,
  );
}

/** Being deleted, and nothing holds it any more. */
export function deletedAtOnce(object: KubernetesObject): boolean {
  const {
    deletionTimestamp,
    deletionGracePeriodSeconds = 0,
    finalizers = [],
  } = object.metadata ?? {};
  const spec = object['spec'] as { finalizers?: string[] } | undefined;
  const held =
    finalizers.length > 0 || (object.kind === 'Namespace' && (spec?.finalizers ?? []).length > 0);
  return deletionTimestamp !== undefined && deletionGracePeriodSeconds === 0 && !held;
}
