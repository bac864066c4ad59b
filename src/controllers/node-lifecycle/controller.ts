import type { V1Node, V1Pod } from '../../api/index.js';
import { findCondition } from '../../api/index.js';
import type { Timer } from '../../base/index.js';
import type { ApiResult, Reconciled } from '../../client/index.js';
import {
  createReconciler,
  isConflict,
  isNotFound,
  keyOf,
  locationOf,
  nameOf,
  objectKey,
  RECONCILED,
  referenceTo,
  Resource,
  timestamp,
  uidOf,
} from '../../client/index.js';
import type { ControllerFactory } from '../controller.js';
import { recorderOf } from '../controller.js';
import { hasPodEnded, isPodReady } from '../pod-state.js';
import { sameJson } from '../same-json.js';
import { createEvictionTimers } from './evictions.js';
import { createHeartbeats, signOfLife } from './heartbeats.js';
import { readiness, silentConditions, wantedTaints } from './plan.js';

const LEASES = 'kube-node-lease';
/** As --node-monitor-period and --node-startup-grace-period. */
const PERIOD_MS = 5_000;
const STARTUP_GRACE_MS = 60_000;
const GRACE_MS = 40_000;
/** A round that comes so late means that this controller, or the API, was away. */
const GAP_MS = 2 * PERIOD_MS;
/** Leases are renewed every ten seconds: when all are silent for longer, the fault may be on the way. */
const ALL_SILENT_MS = 15_000;
const PROBE_DEADLINE_MS = 3_000;
const DEFAULT_TOLERATION_SECONDS = 300;

/** Marks nodes that have gone silent, taints them, and evicts their pods in time. */
export const nodeLifecycleController: ControllerFactory = (ports) => {
  const { context, client, informers, config } = ports;
  const nodes = informers.informer(Resource.nodes);
  const leases = informers.informer(Resource.leases);
  const pods = informers.informer(Resource.pods);
  informers.index(pods, 'node', (pod) => [pod.spec?.nodeName ?? '']);
  const recorder = recorderOf(ports, 'node-controller');
  const heartbeats = createHeartbeats();
  const evictions = createEvictionTimers();
  const reconciler = createReconciler(
    context,
    { name: 'node-lifecycle', concurrency: 4 },
    reconcile,
  );
  const graceMs = config.nodeMonitorGraceMs ?? GRACE_MS;
  const defaultTolerationMs =
    (config.defaultTolerationSeconds ?? DEFAULT_TOLERATION_SECONDS) * 1_000;
  const nowMs = (): number => context.clock.monotonicMs();
  const wallTime = (): string => timestamp(context.clock.wallMs());
  let timer: Timer | undefined;
  let running = false;
  let lastRoundMs = 0;
  let restarts = 0;
  let evicted = 0;

  function watch(): void {
    nodes.addHandler({
      onAdd: (node) => {
        heartbeats.observe(nameOf(node), signOf(node), nowMs());
        const message = `Node ${nameOf(node)} event: Registered Node ${nameOf(node)} in Controller`;
        if (running)
          recorder.event(referenceTo(Resource.nodes, node), 'Normal', 'RegisteredNode', message);
        reconciler.enqueue(nameOf(node));
      },
      onUpdate: (old, node) => {
        heartbeats.observe(nameOf(node), signOf(node), nowMs());
        // This controller says Unknown, and only the kubelet says anything else.
        if (readiness(old) === 'Unknown' && readiness(node) !== 'Unknown')
          heartbeats.heard(nameOf(node), nowMs());
        if (!sameJson([old.spec, old.status?.conditions], [node.spec, node.status?.conditions]))
          reconciler.enqueue(nameOf(node));
      },
      onDelete: (node) => {
        heartbeats.forget(nameOf(node));
        const message = `Node ${nameOf(node)} event: Removing Node ${nameOf(node)} from Controller`;
        recorder.event(referenceTo(Resource.nodes, node), 'Normal', 'RemovingNode', message);
      },
    });
    pods.addHandler({
      onAdd: podChanged,
      onUpdate: (old, pod) => {
        if (
          old.spec?.nodeName !== pod.spec?.nodeName ||
          !sameJson(old.spec?.tolerations, pod.spec?.tolerations)
        )
          podChanged(pod);
      },
      onDelete: (pod) => {
        evictions.forget(pod);
      },
    });
  }

  function podChanged(pod: V1Pod): void {
    const node = nodes.get(pod.spec?.nodeName ?? '');
    if ((node?.spec?.taints ?? []).some((taint) => taint.effect === 'NoExecute'))
      reconciler.enqueue(pod.spec?.nodeName ?? '');
  }

  function signOf(node: V1Node): string {
    return signOfLife(node, leases.get(keyOf({ namespace: LEASES, name: nameOf(node) })));
  }

  /** One round: listen to all nodes, doubt one's own ears, then look at each. */
  async function round(): Promise<void> {
    if (nowMs() - lastRoundMs > GAP_MS) restartCounting('the controller, or the API, was away');
    for (const node of nodes.list()) heartbeats.observe(nameOf(node), signOf(node), nowMs());
    if (heartbeats.allSilentFor(ALL_SILENT_MS, nowMs())) await probe();
    lastRoundMs = nowMs();
    for (const node of nodes.list()) reconciler.enqueue(nameOf(node));
    if (running) timer = context.clock.after(PERIOD_MS, () => void round());
  }

  /** All nodes at once are silent: a live read tells whether the API can be reached, and what the watch may have missed. */
  async function probe(): Promise<void> {
    const live = await client.list(Resource.leases, {
      namespace: LEASES,
      deadlineMs: PROBE_DEADLINE_MS,
    });
    if (!live.ok) {
      restartCounting(live.error.message);
      return;
    }
    const byName = new Map(live.value.items.map((lease) => [nameOf(lease), lease]));
    for (const node of nodes.list())
      heartbeats.observe(nameOf(node), signOfLife(node, byName.get(nameOf(node))), nowMs());
  }

  function restartCounting(why: string): void {
    restarts++;
    context.log.info('node heartbeats are counted anew', { why });
    heartbeats.restart(nowMs());
    evictions.restart();
  }

  async function reconcile(name: string): Promise<Reconciled> {
    const seen = nodes.get(name);
    if (seen === undefined) return RECONCILED;
    const marked = await markSilent(seen);
    if (!marked.ok) return failedUnlessGone(marked);
    const tainted = await taint(marked.value);
    if (!tainted.ok) return failedUnlessGone(tainted);
    const node = tainted.value;
    if (readiness(node) === 'Unknown' && isSilent(node)) await markPodsNotReady(name);
    return evict(node);
  }

  function isSilent(node: V1Node): boolean {
    const limitMs =
      findCondition(node.status?.conditions, 'Ready') === undefined
        ? Math.max(graceMs, STARTUP_GRACE_MS)
        : graceMs;
    return (heartbeats.silenceMs(nameOf(node), nowMs()) ?? 0) > limitMs;
  }

  async function markSilent(node: V1Node): Promise<ApiResult<V1Node>> {
    if (!isSilent(node)) return { ok: true, value: node };
    const conditions = silentConditions(node, wallTime());
    if (conditions === node.status?.conditions) return { ok: true, value: node };
    const message = `Node ${nameOf(node)} status is now: NodeNotReady`;
    const written = await client.updateStatus(Resource.nodes, {
      ...node,
      status: { ...node.status, conditions: [...conditions] },
    });
    if (written.ok && readiness(node) === 'True')
      recorder.event(referenceTo(Resource.nodes, node), 'Normal', 'NodeNotReady', message);
    return written;
  }

  async function taint(node: V1Node): Promise<ApiResult<V1Node>> {
    const taints = wantedTaints(node, wallTime());
    if (sameJson(taints, node.spec?.taints ?? [])) return { ok: true, value: node };
    const { resourceVersion } = node.metadata ?? {};
    return client.patch(
      Resource.nodes,
      { name: nameOf(node) },
      { metadata: { resourceVersion }, spec: { taints } },
    );
  }

  async function markPodsNotReady(node: string): Promise<void> {
    for (const pod of pods.byIndex('node', node).filter(isPodReady)) {
      const conditions = (pod.status?.conditions ?? []).map((condition) =>
        condition.type === 'Ready'
          ? { ...condition, status: 'False', lastTransitionTime: wallTime() }
          : condition,
      );
      const written = await client.updateStatus(Resource.pods, {
        ...pod,
        status: { ...pod.status, conditions },
      });
      if (written.ok)
        recorder.event(
          referenceTo(Resource.pods, pod),
          'Warning',
          'NodeNotReady',
          'Node is not ready',
        );
    }
  }

  async function evict(node: V1Node): Promise<Reconciled> {
    // With every node lost there is nowhere better to go, and the fault is more likely here.
    if (nodes.list().every((each) => readiness(each) === 'Unknown')) {
      evictions.restart();
      return RECONCILED;
    }
    // As they are now, after all that was waited for: what is gone must not be counted again.
    const candidates = pods
      .byIndex('node', nameOf(node))
      .filter((pod) => pod.metadata?.deletionTimestamp === undefined && !hasPodEnded(pod));
    const { due, nextMs } = evictions.plan(
      candidates,
      node.spec?.taints ?? [],
      defaultTolerationMs,
      nowMs(),
    );
    for (const pod of due) {
      recorder.event(
        referenceTo(Resource.pods, pod),
        'Normal',
        'TaintManagerEviction',
        `Marking for deletion Pod ${objectKey(pod)}`,
      );
      const gone = await client.delete(Resource.pods, locationOf(pod), { uid: uidOf(pod) });
      if (gone.ok) evicted++;
      else if (!isNotFound(gone.error)) return { type: 'failed', error: gone.error };
    }
    return nextMs === undefined ? RECONCILED : { type: 'again', afterMs: nextMs };
  }

  function failedUnlessGone(result: ApiResult<V1Node>): Reconciled {
    if (result.ok || isNotFound(result.error)) return RECONCILED;
    // The kubelet wrote in between: its new state comes by the informer.
    return isConflict(result.error)
      ? { type: 'again', afterMs: 100 }
      : { type: 'failed', error: result.error };
  }

  watch();
  return {
    name: 'node-lifecycle',
    start: () => {
      running = true;
      lastRoundMs = nowMs();
      heartbeats.restart(nowMs());
      reconciler.start();
      void round();
    },
    stop: () => {
      running = false;
      timer?.cancel();
      reconciler.stop();
    },
    report: () => ({ ...reconciler.report(), restarts, evicted }),
  };
};
