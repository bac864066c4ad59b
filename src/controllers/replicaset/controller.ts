import type { V1LabelSelector, V1Pod } from '../../api/index.js';
import type { ApiError, Reconciled, ResourceDescriptor } from '../../client/index.js';
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
import type { Controller, ControllerFactory, ControllerPorts } from '../controller.js';
import { recorderOf } from '../controller.js';
import { createExpectations } from '../expectations.js';
import { claim, controllerReference, ownSelector, referenceToController } from '../owners.js';
import { sameJson } from '../same-json.js';
import type { Replicated, ReplicaSetFailure } from './plan.js';
import { nextAvailableMs, planReplicas, replicaSetStatus, slowStartBatches } from './plan.js';

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
  const reconciler = createReconciler(context, { name, concurrency: 8 }, reconcile);
  const nowMs = (): number => context.clock.monotonicMs();

  function ownerKey(pod: V1Pod): string | undefined {
    const reference = controllerReference(pod);
    return reference?.kind === resource.kind
      ? keyOf({ namespace: pod.metadata?.namespace, name: reference.name })
      : undefined;
  }

  function podChanged(pod: V1Pod): void {
    const key = ownerKey(pod);
    if (key !== undefined) {
      reconciler.enqueue(key);
    } else if (controllerReference(pod) === undefined) {
      // An orphan: whoever selects it may adopt it.
      for (const owner of owners.list()) {
        if (owner.metadata?.namespace !== pod.metadata?.namespace) continue;
        if (ownSelector(kind.selectorOf(owner))(pod)) reconciler.enqueue(objectKey(owner));
      }
    }
  }

  function watch(): void {
    const enqueue = (owner: T): void => {
      reconciler.enqueue(objectKey(owner));
    };
    owners.addHandler({
      onAdd: enqueue,
      onUpdate: (_old, owner) => {
        enqueue(owner);
      },
      onDelete: (owner) => {
        expectations.forget(objectKey(owner));
        enqueue(owner);
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
    const failure = waitMs > 0 || deleting ? undefined : await manage(key, owner, owned);
    return writeStatus(owner, owned, failure, waitMs);
  }

  interface Failure extends ReplicaSetFailure {
    readonly error: ApiError;
  }

  async function manage(
    key: string,
    owner: T,
    owned: readonly V1Pod[],
  ): Promise<Failure | undefined> {
    const plan = planReplicas(owner, owned, relatedByNode(owner));
    switch (plan.type) {
      case 'none':
        return undefined;
      case 'create':
        return createPods(key, owner, plan.count);
      case 'delete':
        return deletePods(key, owner, plan.pods);
    }
  }

  async function createPods(key: string, owner: T, count: number): Promise<Failure | undefined> {
    for (const batch of slowStartBatches(count)) {
      const errors = await Promise.all(Array.from({ length: batch }, () => createPod(key, owner)));
      const error = errors.find((each) => each !== undefined);
      // A namespace that goes away takes no pods: nothing to repeat, nothing to report.
      if (error !== undefined)
        return isNamespaceTerminating(error)
          ? undefined
          : { reason: 'FailedCreate', message: error.message, error };
    }
    return undefined;
  }

  async function createPod(key: string, owner: T): Promise<ApiError | undefined> {
    const template = owner.spec?.template;
    const metadata = {
      namespace: owner.metadata?.namespace ?? '',
      generateName: `${nameOf(owner)}-`,
      labels: { ...template?.metadata?.labels },
      annotations: { ...template?.metadata?.annotations },
      ...(template?.metadata?.finalizers === undefined
        ? {}
        : { finalizers: template.metadata.finalizers }),
      ownerReferences: [referenceToController(resource, owner)],
    };
    const made = await client.create(Resource.pods, {
      metadata,
      spec: template?.spec ?? { containers: [] },
    });
    const regarding = referenceTo(resource, owner);
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
    owner: T,
    doomed: readonly V1Pod[],
  ): Promise<Failure | undefined> {
    const errors = await Promise.all(doomed.map((pod) => deletePod(key, owner, pod)));
    const error = errors.find((each) => each !== undefined);
    return error === undefined
      ? undefined
      : { reason: 'FailedDelete', message: error.message, error };
  }

  async function deletePod(key: string, owner: T, pod: V1Pod): Promise<ApiError | undefined> {
    const { namespace } = owner.metadata ?? {};
    const regarding = referenceTo(resource, owner);
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

  watch();
  return {
    name,
    start: reconciler.start,
    stop: reconciler.stop,
    report: reconciler.report,
  };
}
