import type {
  V1ControllerRevision,
  V1PersistentVolumeClaim,
  V1Pod,
  V1StatefulSet,
} from '../../api/index.js';
import { assertNever } from '../../base/index.js';
import type { ApiError, Reconciled } from '../../client/index.js';
import {
  createReconciler,
  isNamespaceTerminating,
  keyOf,
  nameOf,
  objectKey,
  RECONCILED,
  reconciledBy,
  Resource,
} from '../../client/index.js';
import type { ControllerFactory } from '../controller.js';
import { recorderOf } from '../controller.js';
import { createExpectations } from '../expectations.js';
import type { FollowedOwners } from '../follow-owned.js';
import { followOwned, followOwners } from '../follow-owned.js';
import type { History } from '../history/keep-history.js';
import { deleteRevisions, keepHistory } from '../history/keep-history.js';
import { surplusRevisions, templateOf } from '../history/revisions.js';
import { claim, ownSelector } from '../owners.js';
import { untilNextAvailableMs } from '../pod-state.js';
import { sameJson } from '../same-json.js';
import { slowStartBatches } from '../slow-start.js';
import { createClaimWrites } from './claim-writes.js';
import { createStatefulEvents } from './events.js';
import { ordinalOf, revisionOf } from './identity.js';
import type { StatefulAction } from './plan.js';
import { planStatefulSet } from './plan.js';
import { createStatefulPodWrites } from './pod-writes.js';
import type { StatefulState } from './state.js';
import type { Observed } from './status.js';
import { statefulSetStatus } from './status.js';

const KIND = { resource: Resource.statefulsets, hashLabel: 'controller.kubernetes.io/hash' };

type Dependent = V1Pod | V1ControllerRevision;

/** Keeps pods with lasting names. */
export const statefulSetController: ControllerFactory = (ports) => {
  const { context, client, informers } = ports;
  const sets = informers.informer(Resource.statefulsets);
  const pods = informers.informer(Resource.pods);
  const claims = informers.informer(Resource.persistentvolumeclaims);
  const revisions = informers.informer(Resource.controllerrevisions);
  const namespaceIn = ({ metadata }: Dependent): string[] => [metadata?.namespace ?? ''];
  informers.index(pods, 'namespace', namespaceIn);
  informers.index(revisions, 'namespace', namespaceIn);
  const events = createStatefulEvents(recorderOf(ports, 'statefulset-controller'));
  const expectations = createExpectations();
  const claimWrites = createClaimWrites(ports, events);
  const podWrites = createStatefulPodWrites(ports, events, claimWrites, expectations);
  const reconciler = createReconciler(context, { name: 'statefulset', concurrency: 4 }, reconcile);
  const nowMs = (): number => context.clock.monotonicMs();

  /** A pod may have waited until an old claim of its own was gone. */
  function claimGone({ metadata }: V1PersistentVolumeClaim): void {
    for (const set of sets.list()) {
      const near = set.metadata?.namespace === metadata?.namespace;
      if (near && (set.spec?.volumeClaimTemplates ?? []).length > 0)
        reconciler.enqueue(objectKey(set));
    }
  }

  function watch(): void {
    const followed: FollowedOwners<V1StatefulSet> = {
      resource: Resource.statefulsets,
      owners: sets,
      selectorOf: ({ spec }) => spec?.selector,
      reconciler,
      expectations,
    };
    followOwners(followed);
    followOwned(followed, pods);
    followOwned(followed, revisions);
    claims.addHandler({ onDelete: claimGone });
  }

  async function reconcile(key: string): Promise<Reconciled> {
    const set = sets.get(key);
    if (set === undefined) return RECONCILED;
    const waitMs = expectations.waitMs(key, nowMs());
    const namespace = set.metadata?.namespace ?? '';
    const claimant = {
      resource: Resource.statefulsets,
      object: set,
      matches: ownSelector(set.spec?.selector),
    };
    const candidates = pods
      .byIndex('namespace', namespace)
      .filter((pod) => ordinalOf(set, pod) !== undefined);
    const { owned, error } = await claim(client, claimant, Resource.pods, candidates);
    if (error !== undefined) return { type: 'failed', error };
    // Whatever goes with a set that is being deleted must not be made again.
    if (set.metadata?.deletionTimestamp !== undefined)
      return writeStatus(set, owned, asBefore(set), { waitMs: Infinity });
    const candidateRevisions = revisions.byIndex('namespace', namespace);
    const history = await keepHistory(client, KIND, set, candidateRevisions);
    if (!history.ok) return failedUnlessTerminating(history.error);
    const { current: update, collisionCount } = history.value;
    const current =
      history.value.revisions.find((each) => nameOf(each) === set.status?.currentRevision) ??
      update;
    const state: StatefulState = {
      set,
      pods: owned,
      current,
      update,
      claimOf: (name) => claims.get(keyOf({ namespace, name })),
      wallMs: context.clock.wallMs(),
    };
    const { leaving, error: failure } =
      waitMs > 0 ? { leaving: [], error: undefined } : await work(state);
    const observed = {
      currentRevision: nameOf(current),
      updateRevision: nameOf(update),
      collisionCount,
      leaving,
    };
    const written = await writeStatus(set, owned, observed, {
      error: failure,
      waitMs: waitMs > 0 ? waitMs : Infinity,
    });
    const tidied = await tidy(state, history.value);
    return tidied === undefined ? written : { type: 'failed', error: tidied };
  }

  interface Worked {
    readonly leaving: readonly V1Pod[];
    readonly error: ApiError | undefined;
  }

  async function work(state: StatefulState): Promise<Worked> {
    const plan = planStatefulSet(state);
    const error =
      (await performAll(state, plan.replicas)) ?? (await performAll(state, plan.condemned));
    if (error !== undefined) return { leaving: [], error };
    const leaving = plan.updates.flatMap((each) => (each.type === 'delete' ? each.pod : []));
    return { leaving, error: await performAll(state, plan.updates) };
  }

  /** One after the other, or in growing batches where the set does not care for order. */
  async function performAll(
    state: StatefulState,
    actions: readonly StatefulAction[],
  ): Promise<ApiError | undefined> {
    const parallel = state.set.spec?.podManagementPolicy === 'Parallel';
    const batches = parallel ? slowStartBatches(actions.length) : actions.map(() => 1);
    const waiting = [...actions];
    for (const size of batches) {
      const batch = waiting.splice(0, size);
      const errors = await Promise.all(batch.map((action) => perform(state, action)));
      const error = errors.find((each) => each !== undefined);
      if (error !== undefined) return error;
    }
    return undefined;
  }

  function perform(state: StatefulState, action: StatefulAction): Promise<ApiError | undefined> {
    const { set } = state;
    switch (action.type) {
      case 'create': {
        const { ordinal, revision } = action;
        const template = templateOf(revision) ?? set.spec?.template ?? {};
        return podWrites.create(set, ordinal, template, nameOf(revision));
      }
      case 'create-claims':
        return claimWrites.create(set, action.ordinal);
      case 'repair':
        return podWrites.repair(set, action.pod);
      case 'own-claims':
        return claimWrites.own(set, action.pod);
      case 'delete':
        return podWrites.delete(set, action.pod);
      default:
        return assertNever(action);
    }
  }

  /** Deletes the oldest revisions that nobody has and the limit does not keep. */
  async function tidy(state: StatefulState, history: History): Promise<ApiError | undefined> {
    const live = new Set([
      nameOf(state.current),
      nameOf(state.update),
      ...state.pods.map(revisionOf),
    ]);
    const former = history.revisions.filter((revision) => !live.has(nameOf(revision)));
    const limit = state.set.spec?.revisionHistoryLimit ?? 10;
    const gone = await deleteRevisions(
      client,
      surplusRevisions(former, () => false, limit),
    );
    return gone.ok ? undefined : gone.error;
  }

  async function writeStatus(
    set: V1StatefulSet,
    owned: readonly V1Pod[],
    observed: Observed,
    { error, waitMs }: { readonly error?: ApiError | undefined; readonly waitMs: number },
  ): Promise<Reconciled> {
    const wallMs = context.clock.wallMs();
    const status = statefulSetStatus(set, owned, observed, wallMs);
    if (!sameJson(status, set.status)) {
      const next = { ...set, status };
      const written = reconciledBy(await client.updateStatus(Resource.statefulsets, next));
      if (written.type === 'failed') return written;
    }
    if (error !== undefined) return failedUnlessTerminating(error);
    const readyMs = untilNextAvailableMs(owned, set.spec?.minReadySeconds ?? 0, wallMs);
    const afterMs = Math.min(waitMs, readyMs);
    return afterMs === Infinity ? RECONCILED : { type: 'again', afterMs };
  }

  watch();
  return {
    name: 'statefulset',
    start: reconciler.start,
    stop: reconciler.stop,
    report: reconciler.report,
  };
};

/** A namespace that goes away takes nothing new: nothing to repeat. */
function failedUnlessTerminating(error: ApiError): Reconciled {
  return isNamespaceTerminating(error) ? RECONCILED : { type: 'failed', error };
}

function asBefore({ status }: V1StatefulSet): Observed {
  return {
    currentRevision: status?.currentRevision ?? '',
    updateRevision: status?.updateRevision ?? '',
    collisionCount: status?.collisionCount ?? 0,
    leaving: [],
  };
}
