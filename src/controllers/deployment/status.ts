import type {
  V1Deployment,
  V1DeploymentCondition,
  V1DeploymentStatus,
  V1ReplicaSet,
  V1ReplicaSetCondition,
} from '../../api/index.js';
import { findCondition } from '../../api/index.js';
import { parseTimestamp } from '../../client/index.js';
import { rollingBounds } from './bounds.js';
import { isComplete } from './plan.js';
import { availableOf, totalSize, wantedOf } from './size.js';
import { findNewReplicaSet } from './template.js';

/** What happened in this reconcile that the Progressing condition tells of. */
export type Progress =
  | { readonly type: 'created'; readonly replicaSet: string }
  | { readonly type: 'create-failed'; readonly message: string };

interface Words {
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
}

/** The status that the replica sets justify. `wallMs` is now. */
export function deploymentStatus(
  deployment: V1Deployment,
  replicaSets: readonly V1ReplicaSet[],
  progress: Progress | undefined,
  collisionCount: number,
  wallMs: number,
  now: string,
): V1DeploymentStatus {
  const current = findNewReplicaSet(deployment, replicaSets);
  const sum = (count: (replicaSet: V1ReplicaSet) => number): number =>
    replicaSets.reduce((total, each) => total + count(each), 0);
  const availableReplicas = sum(availableOf);
  const counts: V1DeploymentStatus = {
    observedGeneration: deployment.metadata?.generation ?? 0,
    replicas: sum((each) => each.status?.replicas ?? 0),
    updatedReplicas: current?.status?.replicas ?? 0,
    readyReplicas: sum((each) => each.status?.readyReplicas ?? 0),
    availableReplicas,
    unavailableReplicas: Math.max(0, totalSize(replicaSets) - availableReplicas),
    ...(collisionCount === 0 ? {} : { collisionCount }),
  };
  const conditions = new Map(
    (deployment.status?.conditions ?? []).map((condition) => [condition.type, condition]),
  );
  const set = (type: string, words: Words | undefined): void => {
    if (words === undefined) conditions.delete(type);
    else conditions.set(type, changed(type, conditions.get(type), words, now));
  };
  set('Available', availability(deployment, availableReplicas));
  set('Progressing', progressing(deployment, counts, current, progress, wallMs));
  const failure = replicaFailure(current === undefined ? replicaSets : [current, ...replicaSets]);
  set(
    'ReplicaFailure',
    failure === undefined
      ? undefined
      : {
          status: failure.status === 'True' ? 'True' : 'False',
          reason: failure.reason ?? '',
          message: failure.message ?? '',
        },
  );
  return { ...counts, conditions: [...conditions.values()] };
}

/** Of the newest replica set first, else of any. */
function replicaFailure(replicaSets: readonly V1ReplicaSet[]): V1ReplicaSetCondition | undefined {
  for (const { status } of replicaSets) {
    const failure = findCondition(status?.conditions, 'ReplicaFailure');
    if (failure !== undefined) return failure;
  }
  return undefined;
}

/** A condition keeps its times while status and reason stay. */
function changed(
  type: string,
  old: V1DeploymentCondition | undefined,
  words: Words,
  now: string,
): V1DeploymentCondition {
  if (old?.status === words.status && old.reason === words.reason) {
    return old.message === words.message ? old : { ...old, message: words.message };
  }
  const lastTransitionTime = old?.status === words.status ? (old.lastTransitionTime ?? now) : now;
  return { type, ...words, lastUpdateTime: now, lastTransitionTime };
}

function availability(deployment: V1Deployment, available: number): Words {
  return available >= wantedOf(deployment) - rollingBounds(deployment).maxUnavailable
    ? {
        status: 'True',
        reason: 'MinimumReplicasAvailable',
        message: 'Deployment has minimum availability.',
      }
    : {
        status: 'False',
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
      };
}

/** Undefined: the Deployment has no deadline, so nobody watches its progress. */
function progressing(
  deployment: V1Deployment,
  counts: V1DeploymentStatus,
  current: V1ReplicaSet | undefined,
  progress: Progress | undefined,
  wallMs: number,
): Words | undefined {
  const old = findCondition(deployment.status?.conditions, 'Progressing');
  const kept = old === undefined ? undefined : words(old);
  if (deadlineMs(deployment) === undefined) return undefined;
  // A rollout that is late stays so, paused or not.
  if (deployment.spec?.paused === true && old?.reason === 'ProgressDeadlineExceeded') return kept;
  if (deployment.spec?.paused === true)
    return { status: 'Unknown', reason: 'DeploymentPaused', message: 'Deployment is paused' };
  if (progress?.type === 'create-failed')
    return { status: 'False', reason: 'ReplicaSetCreateError', message: progress.message };
  if (progress?.type === 'created') {
    return {
      status: 'True',
      reason: 'NewReplicaSetCreated',
      message: `Created new replica set "${progress.replicaSet}"`,
    };
  }
  if (old?.reason === 'DeploymentPaused')
    return { status: 'Unknown', reason: 'DeploymentResumed', message: 'Deployment is resumed' };
  const done =
    counts.replicas === counts.updatedReplicas && old?.reason === 'NewReplicaSetAvailable';
  if (done) return kept;
  const name = current?.metadata?.name;
  const what =
    name === undefined ? `Deployment "${deployment.metadata?.name ?? ''}"` : `ReplicaSet "${name}"`;
  if (isComplete({ ...deployment, status: counts })) {
    return {
      status: 'True',
      reason: 'NewReplicaSetAvailable',
      message: `${what} has successfully progressed.`,
    };
  }
  if (hasProgressed(deployment.status ?? {}, counts)) {
    return { status: 'True', reason: 'ReplicaSetUpdated', message: `${what} is progressing.` };
  }
  if (old === undefined && current !== undefined) {
    return {
      status: 'True',
      reason: 'FoundNewReplicaSet',
      message: `Found new replica set "${name ?? ''}"`,
    };
  }
  const leftMs = untilTimeoutMs(deployment, wallMs);
  if (leftMs !== undefined && leftMs <= 0) {
    return {
      status: 'False',
      reason: 'ProgressDeadlineExceeded',
      message: `${what} has timed out progressing.`,
    };
  }
  return kept;
}

function words({ status, reason = '', message = '' }: V1DeploymentCondition): Words {
  return {
    status: status === 'True' ? 'True' : status === 'False' ? 'False' : 'Unknown',
    reason,
    message,
  };
}

function hasProgressed(old: V1DeploymentStatus, counts: V1DeploymentStatus): boolean {
  const outdated = (status: V1DeploymentStatus): number =>
    (status.replicas ?? 0) - (status.updatedReplicas ?? 0);
  return (
    (counts.updatedReplicas ?? 0) > (old.updatedReplicas ?? 0) ||
    outdated(counts) < outdated(old) ||
    (counts.readyReplicas ?? 0) > (old.readyReplicas ?? 0) ||
    (counts.availableReplicas ?? 0) > (old.availableReplicas ?? 0)
  );
}

/** A deadline of the largest integer means none. */
function deadlineMs({ spec }: V1Deployment): number | undefined {
  const seconds = spec?.progressDeadlineSeconds ?? 600;
  return seconds >= 2 ** 31 - 1 ? undefined : seconds * 1_000;
}

/** How long the rollout still has; undefined: it is done, paused, late already, or has no deadline. */
export function untilTimeoutMs(deployment: V1Deployment, wallMs: number): number | undefined {
  const limitMs = deadlineMs(deployment);
  const condition = findCondition(deployment.status?.conditions, 'Progressing');
  const sinceMs = parseTimestamp(condition?.lastUpdateTime);
  if (limitMs === undefined || sinceMs === undefined || deployment.spec?.paused === true)
    return undefined;
  if (condition?.reason === 'NewReplicaSetAvailable') return undefined;
  if (condition?.reason === 'ProgressDeadlineExceeded') return 0;
  return sinceMs + limitMs - wallMs;
}
