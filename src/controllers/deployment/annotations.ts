import type { V1Deployment, V1ReplicaSet } from '../../api/index.js';

export const REVISION = 'deployment.kubernetes.io/revision';
const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history';
const DESIRED_REPLICAS = 'deployment.kubernetes.io/desired-replicas';
const MAX_REPLICAS = 'deployment.kubernetes.io/max-replicas';
const NOT_COPIED = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  REVISION_HISTORY,
  DESIRED_REPLICAS,
  MAX_REPLICAS,
  'deprecated.deployment.rollback.to',
]);
/** Revisions that were given up for a newer one, kept in an annotation. */
const HISTORY_LENGTH_MAX = 2_000;

type Annotations = Record<string, string>;

/** 0 where it has none. */
export function revisionOf(object: V1ReplicaSet | V1Deployment): number {
  return Number(object.metadata?.annotations?.[REVISION] ?? '0') || 0;
}

export function desiredReplicasOf(replicaSet: V1ReplicaSet): number | undefined {
  return numberIn(replicaSet, DESIRED_REPLICAS);
}

export function maxReplicasOf(replicaSet: V1ReplicaSet): number | undefined {
  return numberIn(replicaSet, MAX_REPLICAS);
}

function numberIn(replicaSet: V1ReplicaSet, name: string): number | undefined {
  const text = replicaSet.metadata?.annotations?.[name];
  const value = Number(text);
  return text === undefined || !Number.isSafeInteger(value) ? undefined : value;
}

/** The size for which a ReplicaSet was last scaled, so that a later change of the Deployment's size is noticed. */
export function sizeAnnotations(desired: number, max: number): Annotations {
  return { [DESIRED_REPLICAS]: String(desired), [MAX_REPLICAS]: String(max) };
}

/** What the newest ReplicaSet carries: the Deployment's annotations, its revision, and those that it had before. */
export function newReplicaSetAnnotations(
  deployment: V1Deployment,
  old: Annotations,
  revision: number,
): Annotations {
  const copied = Object.entries(deployment.metadata?.annotations ?? {}).filter(
    ([name]) => !NOT_COPIED.has(name),
  );
  const annotations: Annotations = { ...old, ...Object.fromEntries(copied) };
  const before = Number(old[REVISION] ?? '0') || 0;
  if (before >= revision) return annotations;
  annotations[REVISION] = String(revision);
  if (before > 0) {
    const history = old[REVISION_HISTORY];
    annotations[REVISION_HISTORY] = (
      history === undefined ? String(before) : `${history},${String(before)}`
    ).slice(-HISTORY_LENGTH_MAX);
  }
  return annotations;
}
