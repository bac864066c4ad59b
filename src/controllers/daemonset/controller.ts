import type { V1ControllerRevision, V1DaemonSet, V1Node, V1Pod } from '../../api/index.js';
import { labelSelectorFromObject } from '../../api/index.js';
import type { ApiError, Reconciled } from '../../client/index.js';
import {
  createReconciler,
  isNamespaceTerminating,
  nameOf,
  objectKey,
  RECONCILED,
  reconciledBy,
  referenceTo,
  Resource,
  uidOf,
} from '../../client/index.js';
import type { ControllerFactory } from '../controller.js';
import { recorderOf } from '../controller.js';
import { createExpectations } from '../expectations.js';
import type { FollowedOwners } from '../follow-owned.js';
import { followOwned, followOwners } from '../follow-owned.js';
import type { History } from '../history/keep-history.js';
import { deleteRevisions, keepHistory } from '../history/keep-history.js';
import { surplusRevisions } from '../history/revisions.js';
import { claim, ownSelector } from '../owners.js';
import { createPodControl } from '../pod-control.js';
import { untilNextAvailableMs } from '../pod-state.js';
import { sameJson } from '../same-json.js';
import { createFailedPodBackoff } from './failed-pod-backoff.js';
import type { EndedPod } from './plan.js';
import { planDaemons } from './plan.js';
import { daemonPod, REVISION_HASH } from './pod.js';
import type { DaemonState } from './pods-on-nodes.js';
import { planRollingUpdate } from './rolling.js';
import { daemonSetStatus } from './status.js';

/** Pods made or deleted in one go, at most. */
const BURST = 250;
const KIND = { resource: Resource.daemonsets, hashLabel: REVISION_HASH };

/** How a round of work ended. */
interface Worked {
  readonly error?: ApiError | undefined;
  /** Until there is more to do; Infinity: until something changes. */
  readonly waitMs: number;
  /** The generation that was acted on; undefined: none was. */
  readonly generation: number | undefined;
}

/** Keeps one pod on each node that should have it. */
export const daemonSetController: ControllerFactory = (ports) => {
  const { context, client, informers } = ports;
  const sets = informers.informer(Resource.daemonsets);
  const nodes = informers.informer(Resource.nodes);
  const pods = informers.informer(Resource.pods);
  const revisions = informers.informer(Resource.controllerrevisions);
  const namespaceIn = ({ metadata }: V1Pod | V1ControllerRevision): string[] => [
    metadata?.namespace ?? '',
  ];
  informers.index(pods, 'namespace', namespaceIn);
  informers.index(revisions, 'namespace', namespaceIn);
  const recorder = recorderOf(ports, 'daemonset-controller');
  const expectations = createExpectations();
  const resource = Resource.daemonsets;
  const control = createPodControl(ports, { resource, recorder, expectations });
  const backoff = createFailedPodBackoff();
  const reconciler = createReconciler(context, { name: 'daemonset', concurrency: 2 }, reconcile);
  const nowMs = (): number => context.clock.monotonicMs();

  const enqueueAll = (): void => {
    for (const set of sets.list()) reconciler.enqueue(objectKey(set));
  };

  function watch(): void {
    const followed: FollowedOwners<V1DaemonSet> = {
      resource: Resource.daemonsets,
      owners: sets,
      selectorOf: ({ spec }) => spec?.selector,
      reconciler,
      expectations,
    };
    followOwners(followed);
    followOwned(followed, pods);
    followOwned(followed, revisions);
    nodes.addHandler({
      onAdd: enqueueAll,
      onUpdate: (old, node) => {
        // Heartbeats change nothing about where pods should be.
        if (!sameJson(offerOf(old), offerOf(node))) enqueueAll();
      },
      onDelete: enqueueAll,
    });
  }

  async function reconcile(key: string): Promise<Reconciled> {
    const set = sets.get(key);
    if (set === undefined || set.metadata?.deletionTimestamp !== undefined) return RECONCILED;
    if (selectsAll(set)) {
      const message = 'This daemon set is selecting all pods. A non-empty selector is required.';
      recorder.event(referenceTo(Resource.daemonsets, set), 'Warning', 'SelectingAll', message);
      return RECONCILED;
    }
    const namespace = set.metadata?.namespace ?? '';
    const history = await keepHistory(client, KIND, set, revisions.byIndex('namespace', namespace));
    if (!history.ok) {
      // A namespace that goes away takes nothing new: nothing to repeat.
      const going = isNamespaceTerminating(history.error);
      return going ? RECONCILED : { type: 'failed', error: history.error };
    }
    const waitMs = expectations.waitMs(key, nowMs());
    const claimant = {
      resource: Resource.daemonsets,
      object: set,
      matches: ownSelector(set.spec?.selector),
    };
    const candidates = pods.byIndex('namespace', namespace);
    const { owned, error } = await claim(client, claimant, Resource.pods, candidates);
    if (error !== undefined) return { type: 'failed', error };
    const state: DaemonState = {
      set,
      nodes: nodes.list(),
      pods: owned,
      hash: history.value.current.metadata?.labels?.[REVISION_HASH] ?? '',
      wallMs: context.clock.wallMs(),
    };
    const worked =
      waitMs > 0 ? { waitMs, generation: undefined } : await work(state, history.value);
    return writeStatus(state, history.value.collisionCount, worked);
  }

  async function work(state: DaemonState, history: History): Promise<Worked> {
    const { set, hash } = state;
    const plan = planDaemons(state);
    const { due, waitMs } = dueOf(set, plan.ended);
    const doomed = [...plan.delete, ...due];
    const idle = plan.create.length + doomed.length === 0;
    const rolls = set.spec?.updateStrategy?.type !== 'OnDelete';
    const rolling = idle && rolls ? planRollingUpdate(state) : { create: [], delete: [] };
    const wanted = [...plan.create, ...rolling.create].slice(0, BURST);
    const unwanted = [...doomed, ...rolling.delete].slice(0, BURST);
    const error =
      (await control.create(
        set,
        wanted.map((node) => daemonPod(set, node, hash)),
      )) ??
      (await control.delete(set, unwanted)) ??
      (await cleanUp(state, history));
    return { error, waitMs, generation: set.metadata?.generation };
  }

  /** Of the pods that have ended those that go now. */
  function dueOf(set: V1DaemonSet, ended: readonly EndedPod[]): { due: V1Pod[]; waitMs: number } {
    const due: V1Pod[] = [];
    let soonestMs = Infinity;
    for (const { pod, node, phase } of ended) {
      const generation = String(set.status?.observedGeneration ?? 0);
      const waitMs =
        phase === 'Failed' ? backoff.waitMs(`${uidOf(set)}/${generation}/${node}`, nowMs()) : 0;
      if (waitMs > 0) {
        soonestMs = Math.min(soonestMs, waitMs);
        continue;
      }
      const what = `daemon pod ${objectKey(pod)} on node ${node}, will try to`;
      const regarding = referenceTo(Resource.daemonsets, set);
      if (phase === 'Failed')
        recorder.event(regarding, 'Warning', 'FailedDaemonPod', `Found failed ${what} kill it`);
      else
        recorder.event(
          regarding,
          'Normal',
          'SucceededDaemonPod',
          `Found succeeded ${what} delete it`,
        );
      due.push(pod);
    }
    return { due, waitMs: soonestMs };
  }

  async function cleanUp(state: DaemonState, history: History): Promise<ApiError | undefined> {
    const hashOf = ({ metadata }: V1Pod | V1ControllerRevision): string =>
      metadata?.labels?.[REVISION_HASH] ?? '';
    const live = new Set(state.pods.map(hashOf));
    const former = history.revisions.filter((each) => nameOf(each) !== nameOf(history.current));
    const surplus = surplusRevisions(
      former,
      (revision) => live.has(hashOf(revision)),
      state.set.spec?.revisionHistoryLimit ?? 10,
    );
    const gone = await deleteRevisions(client, surplus);
    return gone.ok ? undefined : gone.error;
  }

  async function writeStatus(
    state: DaemonState,
    collisionCount: number,
    { error, waitMs, generation }: Worked,
  ): Promise<Reconciled> {
    const { set } = state;
    const status = daemonSetStatus(state, { generation, collisionCount });
    if (!sameJson(status, set.status)) {
      const next = { ...set, status };
      const written = reconciledBy(await client.updateStatus(Resource.daemonsets, next));
      if (written.type === 'failed') return written;
    }
    if (error !== undefined) return { type: 'failed', error };
    const readyMs = untilNextAvailableMs(state.pods, set.spec?.minReadySeconds ?? 0, state.wallMs);
    const afterMs = Math.min(waitMs, readyMs);
    return afterMs === Infinity ? RECONCILED : { type: 'again', afterMs };
  }

  watch();
  return {
    name: 'daemonset',
    start: reconciler.start,
    stop: reconciler.stop,
    report: reconciler.report,
  };
};

function selectsAll({ spec }: V1DaemonSet): boolean {
  const matcher = labelSelectorFromObject(spec?.selector);
  return matcher.ok && matcher.value.everything;
}

/** What of a node decides whether it should have a pod. */
function offerOf({ metadata, spec }: V1Node): readonly unknown[] {
  return [metadata?.labels, spec?.taints];
}
