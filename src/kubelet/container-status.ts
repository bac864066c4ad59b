import type {
  V1Container,
  V1ContainerState,
  V1ContainerStateWaiting,
  V1ContainerStatus,
  V1Pod,
} from '../api/index.js';
import { timestamp } from '../client/index.js';
import type { ContainerStatus } from '../protocol/index.js';
import { backoffText } from './backoff.js';
import {
  containerOf,
  initContainers,
  isSidecar,
  type LocalContainer,
  type LocalPod,
  type TerminatedState,
} from './local-pod.js';
import { exitCodeOf, hasEnded, initDone, isFinished, mayStart, startDueMs } from './pod-plan.js';

export interface ContainerStatusInput {
  readonly pod: V1Pod;
  readonly local: LocalPod;
  readonly runtimeName: string;
  /** Monotonic, for backoffs. */
  readonly nowMs: number;
}

/** How the API shows a container: what it is doing now, and how the one before it ended. */
export function containerStatus(
  input: ContainerStatusInput,
  container: V1Container,
): V1ContainerStatus {
  const { local, runtimeName } = input;
  const known = containerOf(local, container);
  const { current } = known;
  const running = current?.state === 'running';
  const ended = current?.state === 'exited' ? terminated(current, runtimeName) : known.ended;
  const waiting = running ? undefined : waitingState(input, container, known);
  const last = waiting !== undefined && ended !== undefined ? ended : known.last;
  const containerID =
    current === undefined ? known.ended?.containerID : `${runtimeName}://${current.id}`;
  const done =
    !isSidecar(container) &&
    exitCodeOf(known) === 0 &&
    initContainers(input.pod).includes(container);
  return {
    name: container.name,
    image: container.image ?? '',
    imageID: current?.imageRef ?? '',
    ...(containerID === undefined ? {} : { containerID }),
    ready: done || (running && known.ready),
    started: running && known.started,
    restartCount: Math.max(0, known.restarts),
    state: stateOf(current, waiting, ended),
    lastState: last === undefined ? {} : { terminated: apiTerminated(last) },
  };
}

function stateOf(
  current: ContainerStatus | undefined,
  waiting: V1ContainerStateWaiting | undefined,
  ended: TerminatedState | undefined,
): V1ContainerState {
  if (current?.state === 'running')
    return { running: { startedAt: timestamp(current.startedAtMs) } };
  if (waiting !== undefined) return { waiting };
  return ended === undefined
    ? { waiting: { reason: 'ContainerCreating' } }
    : { terminated: apiTerminated(ended) };
}

/** Why a container is not running though it should be; undefined: it should not. */
function waitingState(
  { pod, local, nowMs }: ContainerStatusInput,
  container: V1Container,
  known: LocalContainer,
): V1ContainerStateWaiting | undefined {
  const ending =
    pod.metadata?.deletionTimestamp !== undefined || isFinished(pod, local) || hasEnded(pod);
  if (exitCodeOf(known) !== undefined && (ending || !mayStart(pod, container, known)))
    return undefined;
  if (known.image === 'failed') return known.imageError ?? { reason: 'ErrImagePull' };
  if (known.image === 'backing-off') {
    const { reason = 'ErrImagePull', message = '' } = known.imageError ?? {};
    return {
      reason: 'ImagePullBackOff',
      message: `Back-off pulling image "${container.image ?? ''}": ${reason}: ${message}`,
    };
  }
  if (known.startError !== undefined) return known.startError;
  if (
    known.current?.state === 'exited' &&
    known.crashBackoff !== undefined &&
    startDueMs(known) > nowMs
  ) {
    const { name = '', namespace = '', uid = '' } = pod.metadata ?? {};
    const message = `back-off ${backoffText(known.crashBackoff)} restarting failed container=${container.name} pod=${name}_${namespace}(${uid})`;
    return { reason: 'CrashLoopBackOff', message };
  }
  // It is about to be started again; until then it is shown as it ended.
  if (known.current?.state === 'exited') return undefined;
  return { reason: isHeldBack(pod, local, container) ? 'PodInitializing' : 'ContainerCreating' };
}

/** An init container that comes before it is not done. */
function isHeldBack(pod: V1Pod, local: LocalPod, container: V1Container): boolean {
  for (const init of initContainers(pod)) {
    if (init === container) return false;
    if (!initDone(init, containerOf(local, init))) return true;
  }
  return false;
}

export function terminated(status: ContainerStatus, runtimeName: string): TerminatedState {
  return {
    exitCode: status.exitCode,
    reason: status.reason,
    startedAt: timestamp(status.startedAtMs),
    finishedAt: timestamp(status.finishedAtMs),
    containerID: `${runtimeName}://${status.id}`,
  };
}

function apiTerminated(state: TerminatedState): NonNullable<V1ContainerState['terminated']> {
  const { exitCode, reason, message, startedAt, finishedAt, containerID } = state;
  return {
    exitCode,
    reason,
    ...(message === undefined ? {} : { message }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(finishedAt === undefined ? {} : { finishedAt }),
    ...(containerID === undefined ? {} : { containerID }),
  };
}
