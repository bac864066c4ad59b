import { findKind, labelSelectorFromObject } from '../../api/index.js';
import type { V1Pod, V1PodDisruptionBudget } from '../../api/index.js';
import type { Reconciled } from '../../client/index.js';
import { createReconciler, isConflict, isNotFound, keyOf, nameOf } from '../../client/index.js';
import { objectKey, RECONCILED, reconciledBy, Resource, timestamp } from '../../client/index.js';
import type { ControllerFactory } from '../controller.js';
import { customResourceOf } from '../custom-resources.js';
import { controllerReference } from '../owners.js';
import { sameJson } from '../same-json.js';
import { budgetStatus, disruptedOf, expectedOf, failedStatus, needsScale } from './plan.js';
import type { Scale } from './plan.js';

/** Says of each PodDisruptionBudget how many of its pods are healthy, and how many may be evicted. */
export const disruptionController: ControllerFactory = ({ context, client, informers }) => {
  const budgets = informers.informer(Resource.poddisruptionbudgets);
  const pods = informers.informer(Resource.pods);
  const replicaSets = informers.informer(Resource.replicasets);
  const deployments = informers.informer(Resource.deployments);
  const controllers = informers.informer(Resource.replicationcontrollers);
  const definitions = informers.informer(Resource.customresourcedefinitions);
  informers.index(budgets, 'namespace', ({ metadata }) => [metadata?.namespace ?? '']);
  informers.index(pods, 'namespace', ({ metadata }) => [metadata?.namespace ?? '']);
  const reconciler = createReconciler(context, { name: 'disruption' }, reconcile);

  const enqueue = (budget: V1PodDisruptionBudget): void => {
    reconciler.enqueue(objectKey(budget));
  };
  const podChanged = (pod: V1Pod): void => {
    for (const budget of budgets.byIndex('namespace', pod.metadata?.namespace ?? ''))
      if (selects(budget, pod)) enqueue(budget);
  };
  budgets.addHandler({
    onAdd: enqueue,
    onUpdate: (_old, budget) => {
      enqueue(budget);
    },
  });
  pods.addHandler({
    onAdd: podChanged,
    onUpdate: (old, pod) => {
      if (!sameJson(old.metadata?.labels, pod.metadata?.labels)) podChanged(old);
      podChanged(pod);
    },
    onDelete: podChanged,
  });

  async function reconcile(key: string): Promise<Reconciled> {
    const budget = budgets.get(key);
    if (budget === undefined || budget.metadata?.deletionTimestamp !== undefined) return RECONCILED;
    const wallMs = context.clock.wallMs();
    const own = pods
      .byIndex('namespace', budget.metadata?.namespace ?? '')
      .filter((pod) => selects(budget, pod));
    const disrupted = disruptedOf(budget, own, wallMs);
    const scales = needsScale(budget) ? await scalesOf(own) : [];
    const now = timestamp(wallMs);
    const status =
      typeof scales === 'string'
        ? failedStatus(budget, scales, now)
        : budgetStatus(budget, own, expectedOf(budget, own, scales), disrupted, now);
    if (!sameJson(status, budget.status)) {
      const written = await client.updateStatus(Resource.poddisruptionbudgets, {
        ...budget,
        status,
      });
      // An eviction was faster: what it wrote brings the budget back.
      if (!written.ok && !isConflict(written.error) && !isNotFound(written.error))
        return reconciledBy(written);
    }
    const { recheckMs } = disrupted;
    return recheckMs === undefined ? RECONCILED : { type: 'again', afterMs: recheckMs };
  }

  /** Who keeps these pods, each once; or why that cannot be told. Pods of nobody are not expected. */
  async function scalesOf(own: readonly V1Pod[]): Promise<readonly Scale[] | string> {
    const known = new Map<string, Scale>();
    for (const pod of own) {
      const uid = controllerReference(pod)?.uid;
      if (uid === undefined || known.has(uid)) continue;
      const scale = await scaleOf(pod);
      if (scale === undefined) return `found no controllers for pod "${nameOf(pod)}"`;
      known.set(uid, scale);
    }
    return [...known.values()];
  }

  async function scaleOf(pod: V1Pod): Promise<Scale | undefined> {
    const { namespace } = pod.metadata ?? {};
    const reference = controllerReference(pod);
    if (reference === undefined) return undefined;
    const { apiVersion, kind, name, uid } = reference;
    const key = keyOf({ namespace, name });
    if (kind === Resource.replicationcontrollers.kind) return scaled(controllers.get(key), uid);
    if (kind !== Resource.replicasets.kind)
      return await askScale(apiVersion, kind, namespace, name);
    const replicaSet = replicaSets.get(key);
    const parent = replicaSet === undefined ? undefined : controllerReference(replicaSet);
    if (parent?.kind !== Resource.deployments.kind) return scaled(replicaSet, uid);
    return scaled(deployments.get(keyOf({ namespace, name: parent.name })), parent.uid);
  }

  /** Of what else has a scale, StatefulSets and custom resources. */
  async function askScale(
    apiVersion: string,
    kind: string,
    namespace: string | undefined,
    name: string,
  ): Promise<Scale | undefined> {
    const resource =
      findKind(apiVersion, kind) ?? customResourceOf(definitions.list(), apiVersion, kind);
    if (resource === undefined) return undefined;
    const { group, version, resource: plural } = resource;
    const read = await client.request(
      { verb: 'get', group, version, resource: plural, namespace, name, subresource: 'scale' },
      { repeatability: 'idempotent' },
    );
    if (!read.ok) return undefined;
    const { metadata, spec } = read.value as Workload;
    return { uid: metadata?.uid ?? '', replicas: spec?.replicas ?? 0 };
  }

  return {
    name: 'disruption',
    start: reconciler.start,
    stop: reconciler.stop,
    report: reconciler.report,
  };
};

interface Workload {
  readonly metadata?: { readonly uid?: string };
  readonly spec?: { readonly replicas?: number };
}

/** Another object of the same name is not who keeps them. */
function scaled(owner: Workload | undefined, uid: string): Scale | undefined {
  return owner?.metadata?.uid === uid ? { uid, replicas: owner.spec?.replicas ?? 1 } : undefined;
}

/** No selector selects nothing, an empty one everything. */
function selects({ metadata, spec }: V1PodDisruptionBudget, pod: V1Pod): boolean {
  if (spec?.selector === undefined || metadata?.namespace !== pod.metadata?.namespace) return false;
  const matcher = labelSelectorFromObject(spec.selector);
  return matcher.ok && matcher.value.matches(pod.metadata?.labels ?? {});
}
