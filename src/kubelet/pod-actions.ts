import type { V1Container } from '../api/index.js';
import { assertNever } from '../base/index.js';
import { isConflict, isNotFound, locationOf, Resource } from '../client/index.js';
import { raised } from './backoff.js';
import type { ContainerHealth } from './container-health.js';
import { terminated } from './container-status.js';
import { pullImage } from './image-puller.js';
import {
  allContainers,
  containerOf,
  initContainers,
  isSidecar,
  type ContainerError,
  type LocalContainer,
  type LocalPod,
} from './local-pod.js';
import type { PodEvents } from './pod-events.js';
import type { PodObject } from './pod-object.js';
import { exitCodeOf, type PodAction } from './pod-plan.js';
import type { WorkerPorts } from './worker-ports.js';

/** One pod, as its worker and its actions share it. */
export interface PodInHand {
  readonly object: PodObject;
  readonly local: LocalPod;
  readonly event: PodEvents;
  readonly health: ContainerHealth;
}

/** `retry`: it did not work, and is to be tried again later. `over`: the pod is deleted. */
export type ActionOutcome = 'done' | 'retry' | 'over';

/** Does one step of a plan. */
export async function performAction(
  ports: WorkerPorts,
  pod: PodInHand,
  action: PodAction,
): Promise<ActionOutcome> {
  switch (action.type) {
    case 'start-sandbox':
      return await startSandbox(ports, pod);
    case 'pull': {
      const { clock } = ports.context;
      await pullImage(
        { clock, runtime: ports.runtime, event: pod.event },
        action.container,
        containerOf(pod.local, action.container),
      );
      return 'done';
    }
    case 'start':
      await startContainer(ports, pod, action.container);
      return 'done';
    case 'kill-pod':
      await killPod(ports, pod, action.graceSeconds);
      return 'done';
    case 'delete':
      return await deleteObject(ports, pod);
    default:
      return assertNever(action);
  }
}

async function startSandbox(
  { runtime }: WorkerPorts,
  { object, local, event }: PodInHand,
): Promise<ActionOutcome> {
  const pod = object.current();
  const { name = '', namespace = '', uid = '', annotations = {} } = pod.metadata ?? {};
  if (local.sandboxAttempts > 0)
    event('Normal', 'SandboxChanged', 'Pod sandbox changed, it will be killed and re-created.');
  for (const container of allContainers(pod)) {
    loseContainer(
      containerOf(local, container),
      initContainers(pod).includes(container) && !isSidecar(container),
      runtime.version().name,
    );
  }
  for (const { id } of runtime.sandboxesOf(uid)) await runtime.removePodSandbox(id);
  const attempt = local.sandboxAttempts++;
  const hostNetwork = pod.spec?.hostNetwork === true;
  const started = await runtime.runPodSandbox({
    podUid: uid,
    namespace,
    name,
    attempt,
    annotations,
    hostNetwork,
  });
  if (started.ok) return 'done';
  event(
    'Warning',
    'FailedCreatePodSandBox',
    `Failed to create pod sandbox: ${started.error.message}`,
  );
  return 'retry';
}

/** Its sandbox is gone. In a new one init containers run again; the others remember how they ended. */
function loseContainer(known: LocalContainer, isInit: boolean, runtimeName: string): void {
  if (known.current?.state === 'exited') known.ended = terminated(known.current, runtimeName);
  known.current = undefined;
  known.exitedMs = undefined;
  if (!isInit || known.ended === undefined) return;
  known.last = known.ended;
  known.ended = undefined;
}

async function startContainer(
  { context, runtime }: WorkerPorts,
  { local, event }: PodInHand,
  container: V1Container,
): Promise<void> {
  const known = containerOf(local, container);
  const nowMs = context.clock.monotonicMs();
  const isRestart = exitCodeOf(known) !== undefined || known.startError !== undefined;
  if (isRestart) known.crashBackoff = raised(known.crashBackoff, nowMs, known.exitedMs);
  // Each start looks for the image anew.
  known.image = 'unknown';
  const attempt = known.restarts + 1;
  const sandboxId = local.sandbox?.id ?? '';
  const { name, image = '', command = [], args = [] } = container;
  const created = await runtime.createContainer(sandboxId, { name, image, command, args, attempt });
  if (!created.ok) {
    fail(
      known,
      { reason: 'CreateContainerError', message: created.error.message },
      context.clock.monotonicMs(),
    );
    event('Warning', 'Failed', `Error: ${created.error.message}`, container);
    return;
  }
  event('Normal', 'Created', 'Container created', container);
  const started = await runtime.startContainer(created.value);
  if (!started.ok) {
    await runtime.removeContainer(created.value);
    fail(
      known,
      { reason: 'RunContainerError', message: started.error.message },
      context.clock.monotonicMs(),
    );
    event('Warning', 'Failed', `Error: ${started.error.message}`, container);
    return;
  }
  event('Normal', 'Started', 'Container started', container);
  known.last =
    known.current === undefined
      ? (known.ended ?? known.last)
      : terminated(known.current, runtime.version().name);
  known.ended = undefined;
  known.startError = undefined;
  known.restarts = attempt;
  await removeOld(runtime, local, name, attempt);
}

function fail(known: LocalContainer, error: ContainerError, nowMs: number): void {
  known.startError = error;
  known.exitedMs = nowMs;
  known.crashBackoff ??= raised(undefined, nowMs);
}

/** Of the dead ones of a name only the last is kept, for `kubectl logs --previous`. */
async function removeOld(
  runtime: WorkerPorts['runtime'],
  local: LocalPod,
  name: string,
  attempt: number,
): Promise<void> {
  for (const { id, config } of local.sandbox?.containers ?? []) {
    if (config.name === name && config.attempt < attempt - 1) await runtime.removeContainer(id);
  }
}

export async function killPod(
  { runtime }: WorkerPorts,
  { object, local, event, health }: PodInHand,
  graceSeconds: number,
): Promise<void> {
  health.endAll();
  const { sandbox } = local;
  if (sandbox === undefined) return;
  const containers = new Map(
    allContainers(object.current()).map((container) => [container.name, container]),
  );
  const running = sandbox.containers.filter(({ state }) => state === 'running');
  for (const { config } of running)
    event('Normal', 'Killing', `Stopping container ${config.name}`, containers.get(config.name));
  // Sidecars are stopped when all others have ended (KEP-753).
  const isMain = (name: string): boolean => containers.get(name)?.restartPolicy !== 'Always';
  await Promise.all(
    running
      .filter(({ config }) => isMain(config.name))
      .map(({ id }) => runtime.stopContainer(id, graceSeconds)),
  );
  for (const { id } of running.filter(({ config }) => !isMain(config.name)).reverse())
    await runtime.stopContainer(id, graceSeconds);
  await runtime.stopPodSandbox(sandbox.id);
}

async function deleteObject(
  { client }: WorkerPorts,
  { object }: PodInHand,
): Promise<ActionOutcome> {
  const pod = object.current();
  const deleted = await client.delete(Resource.pods, locationOf(pod), {
    gracePeriodSeconds: 0,
    uid: pod.metadata?.uid,
  });
  return deleted.ok || isNotFound(deleted.error) || isConflict(deleted.error) ? 'over' : 'retry';
}
