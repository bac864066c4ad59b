import type { V1Container, V1Pod, V1PodStatus } from '../api/index.js';
import { assert, type Timer } from '../base/index.js';
import { uidOf } from '../client/index.js';
import type { ContainerStatus } from '../protocol/index.js';
import type { Rejection } from './admit.js';
import { containerHealth } from './container-health.js';
import { showBackoff } from './image-puller.js';
import { allContainers, containerOf, localPod, type LocalContainer } from './local-pod.js';
import { killPod, performAction, type PodInHand } from './pod-actions.js';
import { podEvents } from './pod-events.js';
import { podObject } from './pod-object.js';
import {
  ERROR_SHOWN_MS,
  hasEnded,
  mayStart,
  planPod,
  startDueMs,
  type PodPlan,
} from './pod-plan.js';
import { podStatus, rejectedStatus } from './pod-status.js';
import type { WorkerPorts } from './worker-ports.js';

/** Brings one pod, step by step, to what its spec says, and the API's status to what runs. */
export interface PodWorker {
  /** The pod as the API has it now. */
  update(pod: V1Pod): void;
  /** Look again: something changed in the runtime. */
  wake(): void;
  /** As it is now, which the API may not show yet. */
  status(): V1PodStatus;
  /** Containers in the runtime, dead ones too. */
  containerCount(): number;
  /** The object is gone from the API: everything is killed and removed. */
  gone(): void;
  /** The kubelet stops: no timer is left, containers go on. */
  close(): void;
}

/** Steps of one sync, at most: a plan that never ends is a broken invariant. */
const STEPS_MAX = 1000;
/** A write that failed though the client tried for its deadline. */
const WRITE_RETRY_MS = 1000;
/** The kubelet's backoff after a sync that failed. */
const SYNC_RETRY_MS = 10_000;

/** `rejection`: this node does not take the pod, and only says so. */
export function createPodWorker(
  ports: WorkerPorts,
  first: V1Pod,
  rejection?: Rejection,
): PodWorker {
  const { context, client, runtime, recorder, config } = ports;
  const { clock } = context;
  const uid = uidOf(first);
  const object = podObject(client, first);
  const local = localPod(first);
  const event = podEvents(recorder, () => object.current());
  const health = containerHealth({ clock, runtime, event, pod: () => object.current(), wake });
  const inHand: PodInHand = { object, local, event, health };
  let syncing = false;
  let wanted = false;
  /** `gone`: nothing of it may be left. `closed`: the kubelet stops, and its containers go on. */
  let life: 'open' | 'gone' | 'closed' = 'open';
  const isOver = (): boolean => life !== 'open';
  let timer: Timer | undefined;

  function wake(): void {
    wanted = true;
    if (!syncing && !isOver()) void sync();
  }

  async function sync(): Promise<void> {
    syncing = true;
    timer?.cancel();
    while (wanted && !isOver()) {
      wanted = false;
      await syncOnce();
    }
    syncing = false;
    await removeIfGone();
  }

  async function syncOnce(): Promise<void> {
    for (let step = 0; !isOver(); step++) {
      assert(step < STEPS_MAX, `the plan of pod ${uid} does not end`);
      observe();
      const plan = planNow();
      const [action] = plan.actions;
      if (action === undefined) {
        const written = await writeStatus();
        sleepUntil(
          Math.min(
            plan.wakeAtMs ?? Infinity,
            written ? Infinity : clock.monotonicMs() + WRITE_RETRY_MS,
          ),
        );
        return;
      }
      // What stands before a slow step, and the last state of all, are shown first.
      if (action.type !== 'start' && action.type !== 'start-sandbox') await writeStatus();
      const outcome = await performAction(ports, inHand, action);
      if (outcome === 'retry') sleepUntil(clock.monotonicMs() + SYNC_RETRY_MS);
      if (outcome === 'over') life = 'gone';
      if (outcome !== 'done') return;
    }
  }

  function planNow(): PodPlan {
    const pod = object.current();
    if (rejection !== undefined && pod.metadata?.deletionTimestamp === undefined)
      return { actions: [], wakeAtMs: undefined };
    return planPod(pod, local, clock.monotonicMs());
  }

  function sleepUntil(atMs: number): void {
    timer?.cancel();
    if (atMs < Infinity && !isOver())
      timer = clock.after(Math.max(0, atMs - clock.monotonicMs()), wake);
  }

  /** Reads the runtime: the pod's sandbox, and the newest container of each name. */
  function observe(): void {
    local.sandbox = runtime.sandboxesOf(uid)[0];
    const newest = new Map<string, ContainerStatus>();
    for (const status of local.sandbox?.containers ?? []) {
      const { name, attempt } = status.config;
      if (attempt >= (newest.get(name)?.config.attempt ?? 0)) newest.set(name, status);
    }
    for (const container of allContainers(object.current()))
      observeContainer(container, newest.get(container.name));
  }

  function observeContainer(container: V1Container, current: ContainerStatus | undefined): void {
    const known = containerOf(local, container);
    const nowMs = clock.monotonicMs();
    const hasExited =
      current?.state === 'exited' &&
      !(known.current?.id === current.id && known.current.state === 'exited');
    known.current = current;
    if (current?.state === 'running') {
      known.exitedMs = undefined;
      health.watch(container, known, current.id);
    }
    if (hasExited) exited(container, known, nowMs);
    if (
      known.image === 'failed' &&
      known.imageBackoff !== undefined &&
      nowMs >= known.imageBackoff.sinceMs + ERROR_SHOWN_MS
    ) {
      showBackoff(container, known, event);
    }
  }

  function exited(container: V1Container, known: LocalContainer, nowMs: number): void {
    health.end(container.name);
    known.ready = false;
    known.started = false;
    known.exitedMs = nowMs;
    const pod = object.current();
    if (
      pod.metadata?.deletionTimestamp !== undefined ||
      !mayStart(pod, container, known) ||
      startDueMs(known) <= nowMs
    )
      return;
    const { name = '', namespace = '' } = pod.metadata ?? {};
    event(
      'Warning',
      'BackOff',
      `Back-off restarting failed container ${container.name} in pod ${name}_${namespace}(${uid})`,
      container,
    );
  }

  function statusOf(pod: V1Pod): V1PodStatus {
    // It ended in an earlier life, or was never taken: nothing here knows better than the API.
    if (hasEnded(pod) && local.sandbox === undefined) return pod.status ?? {};
    const wallMs = clock.wallMs();
    if (rejection !== undefined) return rejectedStatus(pod, rejection, wallMs);
    return podStatus({
      pod,
      local,
      hostIp: config.internalIp,
      runtimeName: runtime.version().name,
      nowMs: clock.monotonicMs(),
      wallMs,
    });
  }

  /** False: to be tried again. A pod that is gone needs none; the informer will say so. */
  async function writeStatus(): Promise<boolean> {
    const outcome = await object.writeStatus(statusOf);
    if (outcome === 'failed')
      context.log.debug('pod status not written', { pod: object.current().metadata?.name });
    return outcome !== 'failed';
  }

  async function removeIfGone(): Promise<void> {
    if (life !== 'gone') return;
    timer?.cancel();
    health.endAll();
    local.sandbox = runtime.sandboxesOf(uid)[0];
    if (local.sandbox?.state === 'ready') await killPod(ports, inHand, 0);
    for (const { id } of runtime.sandboxesOf(uid)) await runtime.removePodSandbox(id);
  }

  return {
    update(pod) {
      if (object.offer(pod)) wake();
    },
    wake,
    status: () => statusOf(object.current()),
    containerCount: () => local.sandbox?.containers.length ?? 0,
    gone() {
      if (life !== 'open') return;
      life = 'gone';
      // A sync under way does it when it comes to its end: what it starts until then goes too.
      if (!syncing) void removeIfGone();
    },
    close() {
      life = 'closed';
      health.endAll();
      timer?.cancel();
    },
  };
}
