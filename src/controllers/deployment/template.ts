import type { V1Deployment, V1PodTemplateSpec, V1ReplicaSet } from '../../api/index.js';
import { parseTimestamp } from '../../client/index.js';
import { objectHash } from '../object-hash.js';
import { sameJson } from '../same-json.js';

export const POD_TEMPLATE_HASH = 'pod-template-hash';

/** The value of `pod-template-hash`. */
export function templateHash(template: V1PodTemplateSpec, collisionCount = 0): string {
  return objectHash(template, collisionCount);
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
