import type { ActorContext } from '../actor/index.js';
import type { V1Container, V1Pod, V1PodStatus } from '../api/index.js';
import { assertNever, type Timer } from '../base/index.js';
import { isConflict, isNotFound, locationOf, referenceTo, Resource, type ApiClient, type EventRecorder } from '../client/index.js';
import type { ContainerRuntime } from '../protocol/index.js';
import { raised } from './backoff.js';
import type { KubeletConfig } from './config.js';
import { appContainers, initContainers, localPod, type LocalContainer, type LocalPod } from './local-pod.js';
import { containerOf, ERROR_SHOWN_MS, exitCodeOf, planPod, type PodAction } from './pod-plan.js';
import { podStatus, terminated } from './pod-status.js';
import { probeContainer } from './prober.js';

/** What a pod's worker shares with all others of its kubelet. */
export interface WorkerPorts {
  readonly context: ActorContext;
  readonly client: ApiClient;
  readonly runtime: ContainerRuntime;
  readonly recorder: EventRecorder;
  readonly config: KubeletConfig;
}

/** Brings one pod, step by step, to what its spec says, and the API's status to what runs. */
export interface PodWorker {
  /** The pod as the API has it now. */
  update(pod: V1Pod): void;
  /** Look again: something changed in the runtime. */
  wake(): void;
  /** The object is gone from the API: everything is killed and removed. */
  gone(): Promise<void>;
}

/** Steps of one sync, at most: a plan that never ends is a broken invariant. */
const STEPS_MAX = 1000;

export function createPodWorker(ports: WorkerPorts, first: V1Pod): PodWorker {
  const { context, client, runtime, recorder, config } = ports;
  const local: LocalPod = localPod(first);
  const probes = new Map<string, () => void>();
  let pod = first;
  let written: V1PodStatus | undefined = first.status;
  let syncing = false;
  let wanted = false;
  let over = false;
  let timer: Timer | undefined;

  const event = (type: 'Normal' | 'Warning', reason: string, message: string, container?: V1Container): void => {
    const field = container === undefined ? {} : { fieldPath: `spec.containers{${container.name}}` };
    recorder.event({ ...referenceTo(Resource.pods, pod), ...field }, type, reason, message);
  };

  async function sync(): Promise<void> {
    wanted = true;
    if (syncing || over) return;
    syncing = true;
    timer?.cancel();
    while (wanted && !over) {
      wanted = false;
      await syncOnce();
    }
    syncing = false;
  }

  async function syncOnce(): Promise<void> {
    for (let step = 0; step < STEPS_MAX && !over; step++) {
      observe();
      const plan = planPod(pod, local, context.clock.monotonicMs());
      const [action] = plan.actions;
      if (action === undefined) {
        await writeStatus();
        if (plan.wakeAtMs !== undefined) sleepUntil(plan.wakeAtMs);
        return;
      }
      // What stands before a slow step is shown first: a pull, a start.
      if (action.type === 'pull' || action.type === 'kill-pod') await writeStatus();
      if (!(await perform(action))) return;
    }
  }

  function sleepUntil(atMs: number): void {
    timer?.cancel();
    timer = context.clock.after(Math.max(0, atMs - context.clock.monotonicMs()), () => void sync());
  }

  /** Reads the runtime: the pod's sandbox, and the newest container of each name. */
  function observe(): void {
    const nowMs = context.clock.monotonicMs();
    local.sandbox = runtime.list().filter((sandbox) => sandbox.config.podUid === pod.metadata?.uid).sort((a, b) => b.config.attempt - a.config.attempt)[0];
    for (const container of [...initContainers(pod), ...appContainers(pod)]) {
      const known = containerOf(local, container);
      const before = known.current;
      known.current = local.sandbox?.containers.filter(({ config: { name } }) => name === container.name).sort((a, b) => b.config.attempt - a.config.attempt)[0];
      if (before?.state === 'running' && known.current?.state === 'exited') hasExited(container, known, nowMs);
      if (known.image === 'failed' && known.imageBackoff !== undefined && nowMs >= known.imageBackoff.sinceMs + ERROR_SHOWN_MS) {
        known.image = 'backing-off';
        event('Normal', 'BackOff', `Back-off pulling image "${container.image ?? ''}"`, container);
        event('Warning', 'Failed', 'Error: ImagePullBackOff', container);
      }
    }
  }

  function hasExited(container: V1Container, known: LocalContainer, nowMs: number): void {
    probes.get(container.name)?.();
    known.ready = false;
    known.started = false;
    if (pod.metadata?.deletionTimestamp !== undefined) return;
    known.crashBackoff = raised(known.crashBackoff, nowMs);
    if (known.restarts > 0 && exitCodeOf(known) !== 0) {
      const { name = '', namespace = '', uid = '' } = pod.metadata ?? {};
      event('Warning', 'BackOff', `Back-off restarting failed container ${container.name} in pod ${name}_${namespace}(${uid})`, container);
    }
  }

  /** False: this pod is over, or the step must be tried again later. */
  async function perform(action: PodAction): Promise<boolean> {
    switch (action.type) {
      case 'start-sandbox':
        return startSandbox();
      case 'pull':
        await pull(action.container);
        return true;
      case 'start':
        return start(action.container);
      case 'kill-pod':
        await killPod(action.graceSeconds);
        return true;
      case 'delete':
        return deleteObject();
      default:
        return assertNever(action);
    }
  }

  async function startSandbox(): Promise<boolean> {
    if (local.sandbox !== undefined) await runtime.removePodSandbox(local.sandbox.id);
    const { name = '', namespace = '', uid = '', annotations = {} } = pod.metadata ?? {};
    const started = await runtime.runPodSandbox({
      podUid: uid, namespace, name, attempt: local.sandboxAttempts++, annotations, hostNetwork: pod.spec?.hostNetwork === true,
    });
    if (started.ok) return true;
    event('Warning', 'FailedCreatePodSandBox', `Failed to create pod sandbox: ${started.error.message}`);
    sleepUntil(context.clock.monotonicMs() + ERROR_SHOWN_MS);
    return false;
  }

  async function pull(container: V1Container): Promise<void> {
    const known = containerOf(local, container);
    const image = container.image ?? '';
    const policy = container.imagePullPolicy ?? 'IfNotPresent';
    const present = policy === 'Always' ? undefined : await runtime.imageStatus(image);
    if (present !== undefined) {
      known.image = 'present';
      event('Normal', 'Pulled', `Container image "${image}" already present on machine`, container);
      return;
    }
    const nowMs = context.clock.monotonicMs();
    const pulled = policy === 'Never' ? undefined : await pullNow(image, container);
    if (pulled?.ok === true) {
      known.image = 'present';
      known.imageBackoff = undefined;
      const tookMs = Math.round(context.clock.monotonicMs() - nowMs);
      event('Normal', 'Pulled', `Successfully pulled image "${image}" in ${tookMs}ms (${tookMs}ms including waiting). Image size: ${pulled.value.sizeBytes} bytes.`, container);
      return;
    }
    known.image = 'failed';
    known.imageError = pulled?.error.message ?? `Container image "${image}" is not present with pull policy of Never`;
    known.imageBackoff = raised(known.imageBackoff, context.clock.monotonicMs());
    event('Warning', 'Failed', `Failed to pull image "${image}": ${known.imageError}`, container);
    event('Warning', 'Failed', 'Error: ErrImagePull', container);
  }

  function pullNow(image: string, container: V1Container): ReturnType<ContainerRuntime['pullImage']> {
    event('Normal', 'Pulling', `Pulling image "${image}"`, container);
    return runtime.pullImage(image);
  }

  async function start(container: V1Container): Promise<boolean> {
    const known = containerOf(local, container);
    if (known.current?.state === 'exited') known.last = terminated(known.current, runtime.version().name);
    else if (known.ended !== undefined) known.last = known.ended;
    const attempt = known.restarts + 1;
    const created = await runtime.createContainer(local.sandbox?.id ?? '', {
      name: container.name, image: container.image ?? '', command: container.command ?? [], args: container.args ?? [], attempt,
    });
    const started = created.ok ? await runtime.startContainer(created.value) : created;
    if (!created.ok || !started.ok) {
      event('Warning', 'Failed', `Error: ${started.ok ? '' : started.error.message}`, container);
      known.crashBackoff = raised(known.crashBackoff, context.clock.monotonicMs());
      return true;
    }
    known.restarts = attempt;
    known.ended = undefined;
    known.ready = container.readinessProbe === undefined;
    known.started = container.startupProbe === undefined;
    event('Normal', 'Created', `Created container: ${container.name}`, container);
    event('Normal', 'Started', `Started container ${container.name}`, container);
    watchHealth(container, known, created.value);
    // A pull policy of Always asks again at the next start.
    if (container.imagePullPolicy === 'Always') known.image = 'unknown';
    observe();
    return true;
  }

  function watchHealth(container: V1Container, known: LocalContainer, containerId: string): void {
    probes.get(container.name)?.();
    const end = probeContainer(context.clock, runtime, containerId, container, ({ kind, healthy }) => {
      if (kind === 'readiness') known.ready = healthy;
      if (kind === 'startup' && healthy) known.started = true;
      if (kind !== 'readiness' && !healthy) {
        event('Normal', 'Killing', `Container ${container.name} failed ${kind} probe, will be restarted`, container);
        void runtime.stopContainer(containerId, pod.spec?.terminationGracePeriodSeconds ?? 30).then(sync);
        return;
      }
      void sync();
    });
    probes.set(container.name, end);
  }

  async function killPod(graceSeconds: number): Promise<void> {
    const { sandbox } = local;
    if (sandbox === undefined) return;
    for (const end of probes.values()) end();
    const running = sandbox.containers.filter(({ state }) => state === 'running');
    for (const { config: { name } } of running) {
      event('Normal', 'Killing', `Stopping container ${name}`, appContainers(pod).find((container) => container.name === name));
    }
    await Promise.all(running.map(({ id }) => runtime.stopContainer(id, graceSeconds)));
    await runtime.stopPodSandbox(sandbox.id);
  }

  async function deleteObject(): Promise<boolean> {
    await writeStatus();
    const { uid } = pod.metadata ?? {};
    const deleted = await client.delete(Resource.pods, locationOf(pod), {
      gracePeriodSeconds: 0, uid,
    });
    if (deleted.ok || isNotFound(deleted.error) || isConflict(deleted.error)) {
      over = true;
      if (local.sandbox !== undefined) await runtime.removePodSandbox(local.sandbox.id);
    } else sleepUntil(context.clock.monotonicMs() + ERROR_SHOWN_MS);
    return false;
  }

  /** A patch, not an update: others own other conditions. A failed write is repeated by the sync that it asks for. */
  async function writeStatus(): Promise<void> {
    const status = podStatus({
      pod: { ...pod, status: written ?? {} }, local, hostIp: config.internalIp, runtimeName: runtime.version().name,
      nowMs: context.clock.monotonicMs(), wallMs: context.clock.wallMs(),
    });
    if (JSON.stringify(status) === JSON.stringify(written)) return;
    const patch = { metadata: { uid: pod.metadata?.uid }, status };
    const result = await client.patch(Resource.pods, locationOf(pod), patch, {
      subresource: 'status', type: 'application/strategic-merge-patch+json',
    });
    if (result.ok) written = result.value.status ?? status;
    else if (!isNotFound(result.error)) {
      context.log.debug('pod status not written', { pod: pod.metadata?.name, error: result.error.message });
      sleepUntil(context.clock.monotonicMs() + ERROR_SHOWN_MS);
    }
  }

  return {
    update(next) {
      pod = next;
      void sync();
    },
    wake: () => void sync(),
    async gone() {
      over = true;
      timer?.cancel();
      for (const end of probes.values()) end();
      const sandbox = runtime.list().find(({ config: { podUid } }) => podUid === pod.metadata?.uid);
      if (sandbox !== undefined) await runtime.removePodSandbox(sandbox.id);
    },
  };
}
