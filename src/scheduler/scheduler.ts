import type { BehaviourFactory } from '../actor/index.js';
import type { V1Node, V1Pod } from '../api/index.js';
import { findCondition, withCondition } from '../api/index.js';
import type { Timer } from '../base/index.js';
import {
  createApiClient,
  createEventRecorder,
  createSharedInformers,
  isNotFound,
  keyOf,
  locationOf,
  nameOf,
  objectKey,
  referenceTo,
  Resource,
  timestamp,
} from '../client/index.js';
import type { SilentProtocol } from '../protocol/index.js';
import { createClusterCache, hasEnded } from './cluster-cache.js';
import type { SchedulerConfig } from './config.js';
import { decide } from './decide.js';
import type { ClusterEvent } from './framework.js';
import { PLUGINS } from './plugins/index.js';
import type { QueuedPod } from './scheduling-queue.js';
import { createSchedulingQueue } from './scheduling-queue.js';

const SCHEDULER_NAME = 'default-scheduler';
/** Pods that are being bound at the same time. */
const BINDINGS_MAX = 16;

/** Finds a node for each pod that has none: decisions one after another, bindings side by side. */
export function scheduler(): BehaviourFactory<SilentProtocol, SchedulerConfig> {
  return (context, config) => {
    const client = createApiClient(context, { server: config.server });
    const informers = createSharedInformers(context, client);
    const pods = informers.informer(Resource.pods);
    const nodes = informers.informer(Resource.nodes);
    const recorder = createEventRecorder(context, client, { component: SCHEDULER_NAME });
    const cache = createClusterCache();
    const queue = createSchedulingQueue();
    const now = (): number => context.clock.monotonicMs();
    const counts = { scheduled: 0, unschedulable: 0, failed: 0 };
    /** What the pods that wait were last changed for. */
    const traces = new Map<string, string>();
    let binding = 0;
    let ready = false;
    let timer: Timer | undefined;
    let lastError: string | undefined;

    function scheduleAll(): void {
      if (!ready) return;
      if (context.tracing === undefined) scheduleDue();
      else context.tracing.apart(scheduleDue);
    }

    function scheduleDue(): void {
      while (binding < BINDINGS_MAX) {
        const queued = queue.take(now());
        if (queued === undefined) break;
        void scheduleTraced(queued);
      }
      wakeUpInTime();
    }

    function wakeUpInTime(): void {
      timer?.cancel();
      const dueMs = queue.nextDueMs();
      if (dueMs !== undefined) timer = context.clock.after(Math.max(0, dueMs - now()), scheduleAll);
    }

    async function scheduleTraced(queued: QueuedPod): Promise<void> {
      const trace = traces.get(queued.key);
      traces.delete(queued.key);
      if (trace === undefined || context.tracing === undefined) {
        await scheduleOne(queued);
        return;
      }
      const span = context.tracing.begin(`schedule ${queued.key}`, trace);
      span.end(await span.run(() => scheduleOne(queued)));
    }

    /** Returns how it ended, for its trace. */
    async function scheduleOne(queued: QueuedPod): Promise<string> {
      const pod = pods.get(queued.key);
      if (pod === undefined || !isOurs(pod) || cache.isAssumed(queued.key)) return 'canceled';
      const decision = decide(pod, cache.nodes(), PLUGINS, context.random);
      if (decision.type === 'unschedulable') {
        counts.unschedulable++;
        queue.unschedulable(queued, decision.plugins, now());
        recorder.event(
          referenceTo(Resource.pods, pod),
          'Warning',
          'FailedScheduling',
          decision.message,
        );
        void tellUnschedulable(pod, decision.message);
        return 'failed unschedulable';
      }
      cache.assume(pod, decision.nodeName);
      return bind(queued, pod, decision.nodeName);
    }

    async function bind(queued: QueuedPod, pod: V1Pod, nodeName: string): Promise<string> {
      binding++;
      const { name, namespace } = locationOf(pod);
      const body = {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name, namespace, uid: pod.metadata?.uid },
        target: { apiVersion: 'v1', kind: 'Node', name: nodeName },
      };
      const bound = await client.createSubresource(
        Resource.pods,
        { name, namespace },
        'binding',
        body,
      );
      binding--;
      if (bound.ok || (bound.error.uncertain && (await isBound(pod)))) {
        counts.scheduled++;
        const message = `Successfully assigned ${keyOf({ name, namespace })} to ${nodeName}`;
        recorder.event(referenceTo(Resource.pods, pod), 'Normal', 'Scheduled', message);
      } else {
        counts.failed++;
        lastError = bound.error.message;
        cache.forget(pod);
        const isStillThere = pods.get(queued.key)?.metadata?.uid === pod.metadata?.uid;
        if (isStillThere && !isNotFound(bound.error)) queue.backOff(queued, now());
        wake('pod-removed');
      }
      scheduleAll();
      return bound.ok ? 'ok' : `failed ${bound.error.reason}`;
    }

    /** Whether a binding with a lost answer was made. Unreadable counts as no: a second binding is refused then. */
    async function isBound(pod: V1Pod): Promise<boolean> {
      const found = await client.get(Resource.pods, locationOf(pod));
      return (
        found.ok &&
        found.value.metadata?.uid === pod.metadata?.uid &&
        (found.value.spec?.nodeName ?? '') !== ''
      );
    }

    async function tellUnschedulable(pod: V1Pod, message: string): Promise<void> {
      const known = findCondition(pod.status?.conditions, 'PodScheduled');
      if (
        known?.status === 'False' &&
        known.reason === 'Unschedulable' &&
        known.message === message
      )
        return;
      const condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message };
      const conditions = [
        ...withCondition(
          pod.status?.conditions ?? [],
          condition,
          timestamp(context.clock.wallMs()),
        ),
      ];
      // On a conflict the pod has changed, and is looked at again anyway.
      await client.updateStatus(Resource.pods, { ...pod, status: { ...pod.status, conditions } });
    }

    function wake(event: ClusterEvent): void {
      const helped = new Set(
        PLUGINS.filter((plugin) => plugin.mayHelp?.includes(event)).map((plugin) => plugin.name),
      );
      queue.wake((plugin) => helped.has(plugin), now());
    }

    function podSeen(pod: V1Pod, old: V1Pod | undefined): void {
      const key = objectKey(pod);
      noteTrace(key, pod);
      const freed = cache.setPod(pod);
      if (!isOurs(pod)) queue.remove(key);
      else if (!cache.isAssumed(key) && (old === undefined || mayFitNow(old, pod)))
        queue.add(key, pod.spec?.priority ?? 0, now());
      if (freed) wake('pod-removed');
      scheduleAll();
    }

    function noteTrace(key: string, pod: V1Pod): void {
      const trace = context.tracing?.current();
      if (!isOurs(pod)) traces.delete(key);
      else if (trace !== undefined) traces.set(key, trace);
    }

    function watchCluster(): void {
      pods.addHandler({
        onAdd: (pod) => {
          podSeen(pod, undefined);
        },
        onUpdate: (old, pod) => {
          podSeen(pod, old);
        },
        onDelete: (pod) => {
          traces.delete(objectKey(pod));
          queue.remove(objectKey(pod));
          if (cache.removePod(pod)) wake('pod-removed');
          scheduleAll();
        },
      });
      nodes.addHandler({
        onAdd: (node) => {
          cache.setNode(node);
          wake('node-added');
          scheduleAll();
        },
        onUpdate: (old, node) => {
          cache.setNode(node);
          if (!offersMore(old, node)) return;
          wake('node-changed');
          scheduleAll();
        },
        onDelete: (node) => {
          cache.removeNode(nameOf(node));
        },
      });
    }

    async function begin(): Promise<void> {
      await informers.whenSynced();
      ready = true;
      scheduleAll();
    }

    return {
      start: () => {
        watchCluster();
        informers.start();
        void begin();
      },
      tells: {},
      asks: {},
      streams: {},
      report: () => ({
        ...queue.counts(),
        assumed: cache.assumed,
        binding,
        ...counts,
        synced: informers.hasSynced(),
        lastError,
      }),
      stop: () => {
        ready = false;
        timer?.cancel();
        informers.stop();
      },
    };
  };
}

/** A pod that waits for this scheduler. */
function isOurs(pod: V1Pod): boolean {
  const { nodeName = '', schedulerName = SCHEDULER_NAME, schedulingGates = [] } = pod.spec ?? {};
  if (nodeName !== '' || schedulerName !== SCHEDULER_NAME || schedulingGates.length > 0)
    return false;
  return pod.metadata?.deletionTimestamp === undefined && !hasEnded(pod);
}

/** A change of its status (our own condition) does not make a pod fit; one of its spec or labels may. */
function mayFitNow(old: V1Pod, pod: V1Pod): boolean {
  return (
    JSON.stringify([old.spec, old.metadata?.labels]) !==
    JSON.stringify([pod.spec, pod.metadata?.labels])
  );
}

/** Heartbeats in a node's status are no reason to try again. */
function offersMore(old: V1Node, node: V1Node): boolean {
  const offer = ({ metadata, spec, status }: V1Node): string =>
    JSON.stringify([metadata?.labels, spec?.taints, spec?.unschedulable, status?.allocatable]);
  return offer(old) !== offer(node);
}
