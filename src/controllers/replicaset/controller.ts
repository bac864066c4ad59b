import type { V1Pod, V1ReplicaSet } from '../../api/index.js';
import type { ApiError, Reconciled } from '../../client/index.js';
import {
  createReconciler,
  isNamespaceTerminating,
  isNotFound,
  keyOf,
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
import { createExpectations } from '../expectations.js';
import { claim, controllerReference, ownSelector, referenceToController } from '../owners.js';
import { sameJson } from '../same-json.js';
import type { ReplicaSetFailure } from './plan.js';
import { nextAvailableMs, planReplicas, replicaSetStatus, slowStartBatches } from './plan.js';

/** Keeps as many pods as each ReplicaSet wants. */
export const replicaSetController: ControllerFactory = (ports) => {
  const { context, client, informers } = ports;
  const replicaSets = informers.informer(Resource.replicasets);
  const pods = informers.informer(Resource.pods);
  informers.index(pods, 'namespace', (pod) => [pod.metadata?.namespace ?? '']);
  const recorder = recorderOf(ports, 'replicaset-controller');
  const expectations = createExpectations();
  const reconciler = createReconciler(context, { name: 'replicaset', concurrency: 8 }, reconcile);
  const nowMs = (): number => context.clock.monotonicMs();

  function ownerKey(pod: V1Pod): string | undefined {
    const owner = controllerReference(pod);
    return owner?.kind === 'ReplicaSet'
      ? keyOf({ namespace: pod.metadata?.namespace, name: owner.name })
      : undefined;
  }

  function podChanged(pod: V1Pod): void {
    const owner = ownerKey(pod);
    if (owner !== undefined) {
      reconciler.enqueue(owner);
    } else if (controllerReference(pod) === undefined) {
      // An orphan: whoever selects it may adopt it.
      for (const replicaSet of replicaSets.list()) {
        if (replicaSet.metadata?.namespace !== pod.metadata?.namespace) continue;
        if (ownSelector(replicaSet.spec?.selector)(pod)) reconciler.enqueue(objectKey(replicaSet));
      }
    }
  }

  function watch(): void {
    const enqueue = (replicaSet: V1ReplicaSet): void => {
      reconciler.enqueue(objectKey(replicaSet));
    };
    replicaSets.addHandler({
      onAdd: enqueue,
      onUpdate: (_old, replicaSet) => {
        enqueue(replicaSet);
      },
      onDelete: (replicaSet) => {
        expectations.forget(objectKey(replicaSet));
        enqueue(replicaSet);
      },
    });
    pods.addHandler({
      onAdd: (pod) => {
        expectations.observe(ownerKey(pod) ?? '', uidOf(pod));
        podChanged(pod);
      },
      onUpdate: (old, pod) => {
        if (pod.metadata?.deletionTimestamp !== undefined)
          expectations.observe(ownerKey(pod) ?? '', uidOf(pod));
        if (ownerKey(old) !== ownerKey(pod)) podChanged(old);
        podChanged(pod);
      },
      onDelete: (pod) => {
        expectations.observe(ownerKey(pod) ?? '', uidOf(pod));
        podChanged(pod);
      },
    });
  }

  async function reconcile(key: string): Promise<Reconciled> {
    const replicaSet = replicaSets.get(key);
    if (replicaSet === undefined) return RECONCILED;
    const waitMs = expectations.waitMs(key, nowMs());
    const candidates = pods.byIndex('namespace', replicaSet.metadata?.namespace ?? '');
    const owner = {
      resource: Resource.replicasets,
      object: replicaSet,
      matches: ownSelector(replicaSet.spec?.selector),
    };
    const { owned, error } = await claim(client, owner, Resource.pods, candidates);
    if (error !== undefined) return { type: 'failed', error };
    const deleting = replicaSet.metadata?.deletionTimestamp !== undefined;
    const failure = waitMs > 0 || deleting ? undefined : await manage(key, replicaSet, owned);
    return writeStatus(replicaSet, owned, failure, waitMs);
  }

  interface Failure extends ReplicaSetFailure {
    readonly error: ApiError;
  }

  async function manage(
    key: string,
    replicaSet: V1ReplicaSet,
    owned: readonly V1Pod[],
  ): Promise<Failure | undefined> {
    const plan = planReplicas(replicaSet, owned, relatedByNode(replicaSet));
    switch (plan.type) {
      case 'none':
        return undefined;
      case 'create':
        return createPods(key, replicaSet, plan.count);
      case 'delete':
        return deletePods(key, replicaSet, plan.pods);
    }
  }

  async function createPods(
    key: string,
    replicaSet: V1ReplicaSet,
    count: number,
  ): Promise<Failure | undefined> {
    for (const batch of slowStartBatches(count)) {
      const errors = await Promise.all(
        Array.from({ length: batch }, () => createPod(key, replicaSet)),
      );
      const error = errors.find((each) => each !== undefined);
      // A namespace that goes away takes no pods: nothing to repeat, nothing to report.
      if (error !== undefined)
        return isNamespaceTerminating(error)
          ? undefined
          : { reason: 'FailedCreate', message: error.message, error };
    }
    return undefined;
  }

  async function createPod(key: string, replicaSet: V1ReplicaSet): Promise<ApiError | undefined> {
    const template = replicaSet.spec?.template;
    const metadata = {
      namespace: replicaSet.metadata?.namespace ?? '',
      generateName: `${nameOf(replicaSet)}-`,
      labels: { ...template?.metadata?.labels },
      annotations: { ...template?.metadata?.annotations },
      ...(template?.metadata?.finalizers === undefined
        ? {}
        : { finalizers: template.metadata.finalizers }),
      ownerReferences: [referenceToController(Resource.replicasets, replicaSet)],
    };
    const made = await client.create(Resource.pods, {
      metadata,
      spec: template?.spec ?? { containers: [] },
    });
    const regarding = referenceTo(Resource.replicasets, replicaSet);
    if (!made.ok) {
      if (!isNamespaceTerminating(made.error)) {
        recorder.event(
          regarding,
          'Warning',
          'FailedCreate',
          `Error creating: ${made.error.message}`,
        );
      }
      return made.error;
    }
    if (pods.get(objectKey(made.value)) === undefined)
      expectations.expect(key, uidOf(made.value), nowMs());
    recorder.event(regarding, 'Normal', 'SuccessfulCreate', `Created pod: ${nameOf(made.value)}`);
    return undefined;
  }

  async function deletePods(
    key: string,
    replicaSet: V1ReplicaSet,
    doomed: readonly V1Pod[],
  ): Promise<Failure | undefined> {
    const errors = await Promise.all(doomed.map((pod) => deletePod(key, replicaSet, pod)));
    const error = errors.find((each) => each !== undefined);
    return error === undefined
      ? undefined
      : { reason: 'FailedDelete', message: error.message, error };
  }

  async function deletePod(
    key: string,
    replicaSet: V1ReplicaSet,
    pod: V1Pod,
  ): Promise<ApiError | undefined> {
    const { namespace } = replicaSet.metadata ?? {};
    const regarding = referenceTo(Resource.replicasets, replicaSet);
    expectations.expect(key, uidOf(pod), nowMs());
    const gone = await client.delete(
      Resource.pods,
      { namespace, name: nameOf(pod) },
      { uid: uidOf(pod) },
    );
    if (gone.ok) {
      recorder.event(regarding, 'Normal', 'SuccessfulDelete', `Deleted pod: ${nameOf(pod)}`);
      return undefined;
    }
    expectations.observe(key, uidOf(pod));
    if (isNotFound(gone.error)) return undefined;
    recorder.event(regarding, 'Warning', 'FailedDelete', `Error deleting: ${gone.error.message}`);
    return gone.error;
  }

  /** Active pods on each node of all ReplicaSets with the same owner. */
  function relatedByNode(replicaSet: V1ReplicaSet): ReadonlyMap<string, number> {
    const owner = controllerReference(replicaSet)?.uid;
    const counts = new Map<string, number>();
    for (const pod of pods.byIndex('namespace', replicaSet.metadata?.namespace ?? '')) {
      const parent = controllerReference(pod);
      const sibling = replicaSets.get(
        keyOf({ namespace: pod.metadata?.namespace, name: parent?.name ?? '-' }),
      );
      const kin =
        parent?.uid === replicaSet.metadata?.uid ||
        (owner !== undefined &&
          sibling !== undefined &&
          controllerReference(sibling)?.uid === owner);
      const node = pod.spec?.nodeName ?? '';
      if (kin && node !== '') counts.set(node, (counts.get(node) ?? 0) + 1);
    }
    return counts;
  }

  async function writeStatus(
    replicaSet: V1ReplicaSet,
    owned: readonly V1Pod[],
    failure: Failure | undefined,
    waitMs: number,
  ): Promise<Reconciled> {
    const wallMs = context.clock.wallMs();
    const stated =
      failure === undefined ? undefined : { reason: failure.reason, message: failure.message };
    const status = replicaSetStatus(replicaSet, owned, stated, wallMs, timestamp(wallMs));
    if (!sameJson(status, replicaSet.status)) {
      const written = reconciledBy(
        await client.updateStatus(Resource.replicasets, { ...replicaSet, status }),
      );
      if (written.type === 'failed') return written;
    }
    if (failure !== undefined) return { type: 'failed', error: failure.error };
    const laterMs = [waitMs, nextAvailableMs(replicaSet, owned, wallMs) ?? 0].filter(
      (each) => each > 0,
    );
    return laterMs.length === 0 ? RECONCILED : { type: 'again', afterMs: Math.min(...laterMs) };
  }

  watch();
  return {
    name: 'replicaset',
    start: reconciler.start,
    stop: reconciler.stop,
    report: reconciler.report,
  };
};
