import type { V1Deployment, V1ReplicaSet } from '../../api/index.js';
import type { ApiError, ApiResult, Reconciled } from '../../client/index.js';
import {
  createReconciler,
  isAlreadyExists,
  isNamespaceTerminating,
  keyOf,
  locationOf,
  nameOf,
  objectKey,
  RECONCILED,
  reconciledBy,
  referenceTo,
  Resource,
  timestamp,
  uidOf,
} from '../../client/index.js';
import type { ControllerFactory } from '../controller.js';
import { recorderOf } from '../controller.js';
import { claim, controllerReference, ownSelector, referenceToController } from '../owners.js';
import { hasPodEnded } from '../pod-state.js';
import { sameJson } from '../same-json.js';
import { REVISION } from './annotations.js';
import type { DeploymentAction } from './plan.js';
import { planDeployment } from './plan.js';
import { sizeOf } from './size.js';
import type { Progress } from './status.js';
import { deploymentStatus, untilTimeoutMs } from './status.js';
import { findNewReplicaSet, POD_TEMPLATE_HASH, sameTemplate, templateHash } from './template.js';

type Create = Extract<DeploymentAction, { type: 'create' }>;

/** What a reconcile found out on its way, for the status. */
interface Notes {
  progress: Progress | undefined;
  collisionCount: number;
}

/** Rolls Deployments out over ReplicaSets. */
export const deploymentController: ControllerFactory = (ports) => {
  const { context, client, informers } = ports;
  const deployments = informers.informer(Resource.deployments);
  const replicaSets = informers.informer(Resource.replicasets);
  const pods = informers.informer(Resource.pods);
  informers.index(replicaSets, 'namespace', (replicaSet) => [replicaSet.metadata?.namespace ?? '']);
  informers.index(pods, 'controller', (pod) => [controllerReference(pod)?.uid ?? '']);
  const recorder = recorderOf(ports, 'deployment-controller');
  const reconciler = createReconciler(context, { name: 'deployment', concurrency: 8 }, reconcile);

  function replicaSetChanged(replicaSet: V1ReplicaSet): void {
    const owner = controllerReference(replicaSet);
    const namespace = replicaSet.metadata?.namespace;
    if (owner?.kind === 'Deployment') reconciler.enqueue(keyOf({ namespace, name: owner.name }));
    if (owner !== undefined) return;
    for (const deployment of deployments.list()) {
      if (
        deployment.metadata?.namespace === namespace &&
        ownSelector(deployment.spec?.selector)(replicaSet)
      ) {
        reconciler.enqueue(objectKey(deployment));
      }
    }
  }

  function watch(): void {
    const enqueue = (deployment: V1Deployment): void => {
      reconciler.enqueue(objectKey(deployment));
    };
    deployments.addHandler({
      onAdd: enqueue,
      onUpdate: (_old, deployment) => {
        enqueue(deployment);
      },
      onDelete: enqueue,
    });
    replicaSets.addHandler({
      onAdd: replicaSetChanged,
      onUpdate: (old, replicaSet) => {
        if (controllerReference(old)?.uid !== controllerReference(replicaSet)?.uid)
          replicaSetChanged(old);
        replicaSetChanged(replicaSet);
      },
      onDelete: replicaSetChanged,
    });
    // Recreate waits for the last old pod.
    pods.addHandler({
      onDelete: (pod) => {
        const owner = controllerReference(pod);
        const replicaSet = replicaSets.get(
          keyOf({ namespace: pod.metadata?.namespace, name: owner?.name ?? '-' }),
        );
        if (replicaSet !== undefined) replicaSetChanged(replicaSet);
      },
    });
  }

  async function reconcile(key: string): Promise<Reconciled> {
    const deployment = deployments.get(key);
    if (deployment === undefined) return RECONCILED;
    const candidates = replicaSets.byIndex('namespace', deployment.metadata?.namespace ?? '');
    const owner = {
      resource: Resource.deployments,
      object: deployment,
      matches: ownSelector(deployment.spec?.selector),
    };
    const { owned, error } = await claim(client, owner, Resource.replicasets, candidates);
    if (error !== undefined) return { type: 'failed', error };
    const notes: Notes = {
      progress: undefined,
      collisionCount: deployment.status?.collisionCount ?? 0,
    };
    const current = findNewReplicaSet(deployment, owned);
    const oldPodsRunning = owned.some(
      (replicaSet) => replicaSet !== current && hasRunningPods(replicaSet),
    );
    for (const action of planDeployment({ deployment, replicaSets: owned, oldPodsRunning })) {
      const done = await perform(deployment, action, notes);
      if (!done.ok) {
        if (isNamespaceTerminating(done.error)) return RECONCILED;
        await writeStatus(deployment, owned, notes);
        return { type: 'failed', error: done.error };
      }
      // The Deployment itself was written: its status is for the next round, which the informer starts.
      if (action.type === 'revision') return RECONCILED;
    }
    return writeStatus(deployment, owned, notes);
  }

  function hasRunningPods(replicaSet: V1ReplicaSet): boolean {
    return pods.byIndex('controller', uidOf(replicaSet)).some((pod) => !hasPodEnded(pod));
  }

  async function perform(
    deployment: V1Deployment,
    action: DeploymentAction,
    notes: Notes,
  ): Promise<ApiResult<unknown>> {
    switch (action.type) {
      case 'create':
        return createReplicaSet(deployment, action, notes);
      case 'scale':
        return scale(deployment, action.replicaSet, action.replicas, action.annotations);
      case 'annotate': {
        const { annotations, minReadySeconds, replicaSet } = action;
        const metadata = { ...replicaSet.metadata, annotations };
        return client.update(Resource.replicasets, {
          ...replicaSet,
          metadata,
          spec: { ...specOf(replicaSet), minReadySeconds },
        });
      }
      case 'revision': {
        const annotations = {
          ...deployment.metadata?.annotations,
          [REVISION]: String(action.revision),
        };
        return client.update(Resource.deployments, {
          ...deployment,
          metadata: { ...deployment.metadata, annotations },
        });
      }
      case 'delete':
        return client.delete(Resource.replicasets, locationOf(action.replicaSet), {
          uid: uidOf(action.replicaSet),
          resourceVersion: action.replicaSet.metadata?.resourceVersion,
        });
    }
  }

  async function createReplicaSet(
    deployment: V1Deployment,
    action: Create,
    notes: Notes,
  ): Promise<ApiResult<unknown>> {
    const body = newReplicaSet(deployment, action, notes.collisionCount);
    const made = await client.create(Resource.replicasets, body);
    const name = nameOf(body);
    if (made.ok) {
      notes.progress = { type: 'created', replicaSet: name };
      if (action.replicas > 0) tellScaled(deployment, 'up', name, 0, action.replicas);
      return made;
    }
    if (isAlreadyExists(made.error)) {
      const found = await client.get(Resource.replicasets, locationOf(body));
      // Our own, which the informer does not show yet.
      if (
        found.ok &&
        controllerReference(found.value)?.uid === uidOf(deployment) &&
        sameTemplate(found.value.spec?.template, deployment.spec?.template)
      ) {
        return found;
      }
      // Another template with the same hash: the next try has another one.
      notes.collisionCount++;
      return made;
    }
    notes.progress = { type: 'create-failed', message: made.error.message };
    if (!isNamespaceTerminating(made.error))
      tellFailed(deployment, `Failed to create new replica set "${name}": `, made.error);
    return made;
  }

  function tellFailed(deployment: V1Deployment, what: string, error: ApiError): void {
    recorder.event(
      referenceTo(Resource.deployments, deployment),
      'Warning',
      'ReplicaSetCreateError',
      what + error.message,
    );
  }

  async function scale(
    deployment: V1Deployment,
    replicaSet: V1ReplicaSet,
    replicas: number,
    annotations: Record<string, string>,
  ): Promise<ApiResult<unknown>> {
    const metadata = { ...replicaSet.metadata, annotations };
    const scaled = await client.update(Resource.replicasets, {
      ...replicaSet,
      metadata,
      spec: { ...specOf(replicaSet), replicas },
    });
    const from = sizeOf(replicaSet);
    if (scaled.ok && from !== replicas)
      tellScaled(deployment, replicas > from ? 'up' : 'down', nameOf(replicaSet), from, replicas);
    return scaled;
  }

  function tellScaled(
    deployment: V1Deployment,
    direction: 'up' | 'down',
    name: string,
    from: number,
    to: number,
  ): void {
    const message = `Scaled ${direction} replica set ${name} from ${String(from)} to ${String(to)}`;
    recorder.event(
      referenceTo(Resource.deployments, deployment),
      'Normal',
      'ScalingReplicaSet',
      message,
    );
  }

  async function writeStatus(
    deployment: V1Deployment,
    owned: readonly V1ReplicaSet[],
    notes: Notes,
  ): Promise<Reconciled> {
    const wallMs = context.clock.wallMs();
    const status = deploymentStatus(
      deployment,
      owned,
      notes.progress,
      notes.collisionCount,
      wallMs,
      timestamp(wallMs),
    );
    const next = { ...deployment, status };
    if (!sameJson(status, deployment.status))
      return reconciledBy(await client.updateStatus(Resource.deployments, next));
    const leftMs = untilTimeoutMs(next, wallMs);
    return leftMs === undefined || leftMs <= 0
      ? RECONCILED
      : { type: 'again', afterMs: leftMs + 1_000 };
  }

  watch();
  return {
    name: 'deployment',
    start: reconciler.start,
    stop: reconciler.stop,
    report: reconciler.report,
  };
};

function specOf(replicaSet: V1ReplicaSet): NonNullable<V1ReplicaSet['spec']> {
  return replicaSet.spec ?? { selector: {} };
}

function newReplicaSet(
  deployment: V1Deployment,
  action: Create,
  collisionCount: number,
): V1ReplicaSet {
  const template = deployment.spec?.template ?? {};
  const hash = templateHash(template, collisionCount);
  const labels = { ...template.metadata?.labels, [POD_TEMPLATE_HASH]: hash };
  const selector = deployment.spec?.selector ?? {};
  return {
    metadata: {
      namespace: deployment.metadata?.namespace ?? '',
      name: `${nameOf(deployment)}-${hash}`,
      labels,
      annotations: action.annotations,
      ownerReferences: [referenceToController(Resource.deployments, deployment)],
    },
    spec: {
      replicas: action.replicas,
      minReadySeconds: deployment.spec?.minReadySeconds ?? 0,
      selector: {
        ...selector,
        matchLabels: { ...selector.matchLabels, [POD_TEMPLATE_HASH]: hash },
      },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
}
