import type { V1Deployment, V1PodTemplateSpec, V1ReplicaSet } from '../../api/index.js';
import { safeEncode } from '../../api/index.js';
import { parseTimestamp } from '../../client/index.js';
import { sameJson } from '../same-json.js';

export const POD_TEMPLATE_HASH = 'pod-template-hash';

/**
 * The value of `pod-template-hash`: FNV-1a (32 bits) of the template with its fields in order, and of the collision count.
 * It is written in the safe alphabet, so that it can be part of names.
 */
export function templateHash(template: V1PodTemplateSpec, collisionCount = 0): string {
  const text = canonical(template) + (collisionCount === 0 ? '' : `#${String(collisionCount)}`);
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return safeEncode(String(hash >>> 0));
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, field: unknown) =>
    typeof field === 'object' && field !== null && !Array.isArray(field)
      ? Object.fromEntries(Object.entries(field).sort(([a], [b]) => (a < b ? -1 : 1)))
      : field,
  );
}

/** Whether a ReplicaSet was made of this template: all but the hash label is equal. */
export function sameTemplate(
  a: V1PodTemplateSpec | undefined,
  b: V1PodTemplateSpec | undefined,
): boolean {
  return sameJson(withoutHash(a), withoutHash(b));
}

function withoutHash(template: V1PodTemplateSpec | undefined): V1PodTemplateSpec {
  const labels = Object.fromEntries(
    Object.entries(template?.metadata?.labels ?? {}).filter(([key]) => key !== POD_TEMPLATE_HASH),
  );
  return { ...template, metadata: { ...template?.metadata, labels } };
}

export function byAge(a: V1ReplicaSet, b: V1ReplicaSet): number {
  const left = parseTimestamp(a.metadata?.creationTimestamp) ?? 0;
  const right = parseTimestamp(b.metadata?.creationTimestamp) ?? 0;
  return left - right || ((a.metadata?.name ?? '') < (b.metadata?.name ?? '') ? -1 : 1);
}

/** The oldest ReplicaSet with the Deployment's template. */
export function findNewReplicaSet(
  deployment: V1Deployment,
  replicaSets: readonly V1ReplicaSet[],
): V1ReplicaSet | undefined {
  return [...replicaSets]
    .sort(byAge)
    .find((replicaSet) => sameTemplate(replicaSet.spec?.template, deployment.spec?.template));
}
