import type { V1LabelSelector, V1Pod } from '../../api/index.js';
import type { ApiError, Reconciled, ResourceDescriptor } from '../../client/index.js';
import {
  createReconciler,
  keyOf,
  nameOf,
  RECONCILED,
  reconciledBy,
  Resource,
  timestamp,
} from '../../client/index.js';
import type { Controller, ControllerFactory, ControllerPorts } from '../controller.js';
import { recorderOf } from '../controller.js';
import { createExpectations } from '../expectations.js';
import { followOwned, followOwners } from '../follow-owned.js';
import { claim, controllerReference, ownSelector, referenceToController } from '../owners.js';
import { createPodControl } from '../pod-control.js';
import { sameJson } from '../same-json.js';
import type { Replicated, ReplicaSetFailure } from './plan.js';
import { nextAvailableMs, planReplicas, replicaSetStatus } from './plan.js';

/** One of the two kinds that keep a number of pods; in Kubernetes, too, both have one controller. */
interface ReplicatedKind<T extends Replicated> {
  readonly name: string;
  /** The source of its events. */
  readonly component: string;
  readonly resource: ResourceDescriptor<T>;
  readonly selectorOf: (owner: T) => V1LabelSelector | undefined;
}

export const replicaSetController: ControllerFactory = (ports) =>
  replicaController(
    {
      name: 'replicaset',
      component: 'replicaset-controller',
      resource: Resource.replicasets,
      selectorOf: ({ spec }) => spec?.selector,
    },
    ports,
  );

export const replicationController: ControllerFactory = (ports) =>
  replicaController(
    {
      name: 'replication',
      component: 'replication-controller',
      resource: Resource.replicationcontrollers,
      selectorOf: ({ spec }) =>
        spec?.selector === undefined ? undefined : { matchLabels: spec.selector },
    },
    ports,
  );

/** Keeps as many pods as each object of the kind wants. */
function replicaController<T extends Replicated>(
  kind: ReplicatedKind<T>,
  ports: ControllerPorts,
): Controller {
  const { context, client, informers } = ports;
  const { resource, name } = kind;
  const owners = informers.informer(resource);
  const pods = informers.informer(Resource.pods);
  informers.index(pods, 'namespace', (pod) => [pod.metadata?.namespace ?? '']);
  const recorder = recorderOf(ports, kind.component);
  const expectations = createExpectations();
  const control = createPodControl(ports, { resource, recorder, expectations });
  const reconciler = createReconciler(context, { name, concurrency: 8 }, reconcile);
  const nowMs = (): number => context.clock.monotonicMs();

  async function reconcile(key: string): Promise<Reconciled> {
    const owner = owners.get(key);
    if (owner === undefined) return RECONCILED;
    const waitMs = expectations.waitMs(key, nowMs());
    const candidates = pods.byIndex('namespace', owner.metadata?.namespace ?? '');
    const claimant = {
      resource,
      object: owner,
      matches: ownSelector(kind.selectorOf(owner)),
    };
    const { owned, error } = await claim(client, claimant, Resource.pods, candidates);
    if (error !== undefined) return { type: 'failed', error };
    const deleting = owner.metadata?.deletionTimestamp !== undefined;
    const failure = waitMs > 0 || deleting ? undefined : await manage(owner, owned);
    return writeStatus(owner, owned, failure, waitMs);
  }

  interface Failure extends ReplicaSetFailure {
    readonly error: ApiError;
  }

  async function manage(owner: T, owned: readonly V1Pod[]): Promise<Failure | undefined> {
    const plan = planReplicas(owner, owned, relatedByNode(owner));
    switch (plan.type) {
      case 'none':
        return undefined;
      case 'create':
        return createPods(owner, plan.count);
      case 'delete':
        return deletePods(owner, plan.pods);
    }
  }

  async function createPods(owner: T, count: number): Promise<Failure | undefined> {
    const pods = Array.from({ length: count }, () => podOf(owner));
    return failed('FailedCreate', await control.create(owner, pods));
  }

  async function deletePods(owner: T, doomed: readonly V1Pod[]): Promise<Failure | undefined> {
    return failed('FailedDelete', await control.delete(owner, doomed));
  }

  function failed(reason: Failure['reason'], error: ApiError | undefined): Failure | undefined {
    return error === undefined ? undefined : { reason, message: error.message, error };
  }

  function podOf(owner: T): V1Pod {
    const template = owner.spec?.template;
    const finalizers = template?.metadata?.finalizers;
    return {
      metadata: {
        namespace: owner.metadata?.namespace ?? '',
        generateName: `${nameOf(owner)}-`,
        labels: { ...template?.metadata?.labels },
        annotations: { ...template?.metadata?.annotations },
        ...(finalizers !== undefined && { finalizers }),
        ownerReferences: [referenceToController(resource, owner)],
      },
      spec: template?.spec ?? { containers: [] },
    };
  }

  /** Active pods on each node of all ReplicaSets with the same owner. */
  function relatedByNode(owner: T): ReadonlyMap<string, number> {
    const common = controllerReference(owner)?.uid;
    const counts = new Map<string, number>();
    for (const pod of pods.byIndex('namespace', owner.metadata?.namespace ?? '')) {
      const parent = controllerReference(pod);
      const sibling = owners.get(
        keyOf({ namespace: pod.metadata?.namespace, name: parent?.name ?? '-' }),
      );
      const kin =
        parent?.uid === owner.metadata?.uid ||
        (common !== undefined &&
          sibling !== undefined &&
          controllerReference(sibling)?.uid === common);
      const node = pod.spec?.nodeName ?? '';
      if (kin && node !== '') counts.set(node, (counts.get(node) ?? 0) + 1);
    }
    return counts;
  }

  async function writeStatus(
    owner: T,
    owned: readonly V1Pod[],
    failure: Failure | undefined,
    waitMs: number,
  ): Promise<Reconciled> {
    const wallMs = context.clock.wallMs();
    const stated =
      failure === undefined ? undefined : { reason: failure.reason, message: failure.message };
    const status = replicaSetStatus(owner, owned, stated, wallMs, timestamp(wallMs));
    if (!sameJson(status, owner.status)) {
      const written = reconciledBy(await client.updateStatus(resource, { ...owner, status }));
      if (written.type === 'failed') return written;
    }
    if (failure !== undefined) return { type: 'failed', error: failure.error };
    const laterMs = [waitMs, nextAvailableMs(owner, owned, wallMs) ?? 0].filter((each) => each > 0);
    return laterMs.length === 0 ? RECONCILED : { type: 'again', afterMs: Math.min(...laterMs) };
  }

  const followed = { resource, owners, selectorOf: kind.selectorOf, reconciler, expectations };
  followOwners(followed);
  followOwned(followed, pods);
  return {
    name,
    start: reconciler.start,
    stop: reconciler.stop,
    report: reconciler.report,
  };
}
