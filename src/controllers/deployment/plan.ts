import type { V1Deployment, V1ReplicaSet } from '../../api/index.js';
import {
  desiredReplicasOf,
  newReplicaSetAnnotations,
  revisionOf,
  sizeAnnotations,
} from './annotations.js';
import { rollingBounds } from './bounds.js';
import { scaleProportionally } from './proportional.js';
import { sameJson } from '../same-json.js';
import { cleanUpUnhealthy, newReplicas, scaleDownOld } from './rolling.js';
import { sizeOf, wantedOf } from './size.js';
import { byAge, findNewReplicaSet } from './template.js';

export interface DeploymentState {
  readonly deployment: V1Deployment;
  /** Those that it owns. */
  readonly replicaSets: readonly V1ReplicaSet[];
  /** Pods of replica sets with an old template that have not ended: Recreate waits for them. */
  readonly oldPodsRunning: boolean;
}

export type DeploymentAction =
  | {
      readonly type: 'create';
      readonly replicas: number;
      readonly annotations: Record<string, string>;
    }
  | {
      readonly type: 'scale';
      readonly replicaSet: V1ReplicaSet;
      readonly replicas: number;
      readonly annotations: Record<string, string>;
    }
  | {
      readonly type: 'annotate';
      readonly replicaSet: V1ReplicaSet;
      readonly annotations: Record<string, string>;
      readonly minReadySeconds: number;
    }
  /** The Deployment's own revision annotation. */
  | { readonly type: 'revision'; readonly revision: number }
  | { readonly type: 'delete'; readonly replicaSet: V1ReplicaSet };

/**
 * The next step of a Deployment; empty: there is nothing to do until something changes. After the actions the state is read
 * again: one step never builds on what another is only expected to do.
 */
export function planDeployment(state: DeploymentState): readonly DeploymentAction[] {
  const { deployment, replicaSets } = state;
  if (deployment.metadata?.deletionTimestamp !== undefined) return [];
  const current = findNewReplicaSet(deployment, replicaSets);
  const old = replicaSets.filter((replicaSet) => replicaSet !== current).sort(byAge);
  const rescale = (): readonly DeploymentAction[] =>
    firstOf(
      () => revisionActions(deployment, current, old),
      () => scaleAction(state, current, old),
    );
  if (deployment.spec?.paused === true) return firstOf(rescale, () => cleanUp(deployment, old));
  return firstOf(
    () => (isScalingEvent(deployment, replicaSets) ? rescale() : []),
    () =>
      deployment.spec?.strategy?.type === 'Recreate'
        ? recreate(state, current, old)
        : roll(state, current, old),
  );
}

function firstOf(...steps: (() => readonly DeploymentAction[])[]): readonly DeploymentAction[] {
  for (const step of steps) {
    const actions = step();
    if (actions.length > 0) return actions;
  }
  return [];
}

/** The Deployment's size was changed since its replica sets were last scaled. */
function isScalingEvent(deployment: V1Deployment, replicaSets: readonly V1ReplicaSet[]): boolean {
  return replicaSets.some((replicaSet) => {
    const desired = desiredReplicasOf(replicaSet);
    return sizeOf(replicaSet) > 0 && desired !== undefined && desired !== wantedOf(deployment);
  });
}

function scaleAction(
  { deployment }: DeploymentState,
  current: V1ReplicaSet | undefined,
  old: readonly V1ReplicaSet[],
): readonly DeploymentAction[] {
  return scaleProportionally(deployment, current, old).map(([replicaSet, replicas]) =>
    scale(deployment, replicaSet, replicas),
  );
}

function roll(
  state: DeploymentState,
  current: V1ReplicaSet | undefined,
  old: readonly V1ReplicaSet[],
): readonly DeploymentAction[] {
  const { deployment } = state;
  if (current === undefined)
    return [createAction(deployment, old, newReplicas(deployment, undefined, old))];
  return firstOf(
    () => revisionActions(deployment, current, old),
    () => scaleTo(deployment, current, newReplicas(deployment, current, old)),
    () =>
      cleanUpUnhealthy(deployment, current, old).map(([replicaSet, replicas]) =>
        scale(deployment, replicaSet, replicas),
      ),
    () =>
      scaleDownOld(deployment, current, old).map(([replicaSet, replicas]) =>
        scale(deployment, replicaSet, replicas),
      ),
    () => cleanUp(deployment, old),
  );
}

function recreate(
  state: DeploymentState,
  current: V1ReplicaSet | undefined,
  old: readonly V1ReplicaSet[],
): readonly DeploymentAction[] {
  const { deployment, oldPodsRunning } = state;
  const active = old.filter((replicaSet) => sizeOf(replicaSet) > 0);
  if (active.length > 0) return active.map((replicaSet) => scale(deployment, replicaSet, 0));
  if (oldPodsRunning) return [];
  if (current === undefined) return [createAction(deployment, old, wantedOf(deployment))];
  return firstOf(
    () => revisionActions(deployment, current, old),
    () => scaleTo(deployment, current, wantedOf(deployment)),
    () => cleanUp(deployment, old),
  );
}

function createAction(
  deployment: V1Deployment,
  old: readonly V1ReplicaSet[],
  replicas: number,
): DeploymentAction {
  const annotations = {
    ...newReplicaSetAnnotations(deployment, {}, maxRevision(old) + 1),
    ...sizes(deployment),
  };
  return { type: 'create', replicas, annotations };
}

/** The newest replica set has the highest revision, and the Deployment shows it. */
function revisionActions(
  deployment: V1Deployment,
  current: V1ReplicaSet | undefined,
  old: readonly V1ReplicaSet[],
): readonly DeploymentAction[] {
  if (current === undefined) return [];
  const revision = Math.max(revisionOf(current), maxRevision(old) + 1);
  const annotations = newReplicaSetAnnotations(
    deployment,
    current.metadata?.annotations ?? {},
    revision,
  );
  const minReadySeconds = deployment.spec?.minReadySeconds ?? 0;
  const actions: DeploymentAction[] = [];
  if (
    !sameJson(annotations, current.metadata?.annotations ?? {}) ||
    (current.spec?.minReadySeconds ?? 0) !== minReadySeconds
  ) {
    actions.push({ type: 'annotate', replicaSet: current, annotations, minReadySeconds });
  }
  if (revisionOf(deployment) !== revision) actions.push({ type: 'revision', revision });
  return actions;
}

function scaleTo(
  deployment: V1Deployment,
  replicaSet: V1ReplicaSet,
  replicas: number,
): readonly DeploymentAction[] {
  return sizeOf(replicaSet) === replicas ? [] : [scale(deployment, replicaSet, replicas)];
}

function scale(
  deployment: V1Deployment,
  replicaSet: V1ReplicaSet,
  replicas: number,
): DeploymentAction {
  return {
    type: 'scale',
    replicaSet,
    replicas,
    annotations: { ...replicaSet.metadata?.annotations, ...sizes(deployment) },
  };
}

function sizes(deployment: V1Deployment): Record<string, string> {
  return sizeAnnotations(
    wantedOf(deployment),
    wantedOf(deployment) + rollingBounds(deployment).maxSurge,
  );
}

/** Old, empty replica sets beyond `revisionHistoryLimit`, the lowest revisions first. */
function cleanUp(
  deployment: V1Deployment,
  old: readonly V1ReplicaSet[],
): readonly DeploymentAction[] {
  const limit = deployment.spec?.revisionHistoryLimit ?? 10;
  const alive = old.filter((replicaSet) => replicaSet.metadata?.deletionTimestamp === undefined);
  const excess = alive.length - limit;
  if (excess <= 0 || !isComplete(deployment)) return [];
  return [...alive]
    .sort((a, b) => revisionOf(a) - revisionOf(b))
    .slice(0, excess)
    .filter(
      (replicaSet) =>
        sizeOf(replicaSet) === 0 &&
        (replicaSet.status?.replicas ?? 0) === 0 &&
        isObserved(replicaSet),
    )
    .map((replicaSet) => ({ type: 'delete', replicaSet }));
}

function isObserved({ metadata, status }: V1ReplicaSet): boolean {
  return (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0);
}

/** All pods are new and available, as the last written status says. */
export function isComplete({ metadata, spec, status }: V1Deployment): boolean {
  const wanted = spec?.replicas ?? 1;
  return (
    (status?.updatedReplicas ?? 0) === wanted &&
    (status?.replicas ?? 0) === wanted &&
    (status?.availableReplicas ?? 0) === wanted &&
    (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0)
  );
}

function maxRevision(replicaSets: readonly V1ReplicaSet[]): number {
  return Math.max(0, ...replicaSets.map(revisionOf));
}
