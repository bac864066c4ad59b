import type { V1Container, V1ContainerStatus, V1Pod, V1PodCondition, V1PodStatus } from '../api/index.js';
import { timestamp } from '../client/index.js';
import type { ContainerStatus } from '../protocol/index.js';
import { backoffText, dueMs } from './backoff.js';
import type { TerminatedState, LocalContainer, LocalPod } from './local-pod.js';
import { appContainers, initContainers, isSidecar } from './local-pod.js';
import { containerOf, exitCodeOf, hasEnded, initDone, isFinished } from './pod-plan.js';

export interface StatusInput {
  readonly pod: V1Pod;
  readonly local: LocalPod;
  readonly hostIp: string;
  readonly runtimeName: string;
  /** Monotonic, for backoffs. */
  readonly nowMs: number;
  readonly wallMs: number;
}

/** The status that the API should show. Pure; what did not change keeps its times. */
export function podStatus(input: StatusInput): V1PodStatus {
  const { pod, local, hostIp } = input;
  const old = pod.status ?? {};
  const phase = podPhase(pod, local);
  const ip = local.sandbox?.state === 'ready' ? (local.sandbox.ip === '' ? hostIp : local.sandbox.ip) : old.podIP;
  const initContainerStatuses = initContainers(pod).map((container) => containerStatus(input, container, true));
  const status: V1PodStatus = {
    ...old,
    phase,
    hostIP: hostIp,
    hostIPs: [{ ip: hostIp }],
    startTime: old.startTime ?? timestamp(input.wallMs),
    conditions: conditions(input, phase),
    containerStatuses: appContainers(pod).map((container) => containerStatus(input, container, false)),
    ...(ip === undefined || ip === '' ? {} : { podIP: ip, podIPs: [{ ip }] }),
    ...(initContainerStatuses.length > 0 ? { initContainerStatuses } : {}),
  };
  if (pod.metadata?.generation !== undefined) status.observedGeneration = pod.metadata.generation;
  return status;
}

function podPhase(pod: V1Pod, local: LocalPod): string {
  if (hasEnded(pod)) return pod.status?.phase ?? 'Failed';
  const containers = appContainers(pod).map((container) => containerOf(local, container));
  if (isFinished(pod, local)) {
    const codes = [...initContainers(pod).filter((container) => !isSidecar(container)), ...appContainers(pod)].map((container) => exitCodeOf(containerOf(local, container)));
    return codes.every((code) => code === 0) ? 'Succeeded' : 'Failed';
  }
  return containers.some((known) => known.current !== undefined || known.restarts >= 0) ? 'Running' : 'Pending';
}

function containerStatus({ pod, local, runtimeName, nowMs }: StatusInput, container: V1Container, isInit: boolean): V1ContainerStatus {
  const known = containerOf(local, container);
  const { current } = known;
  const waiting = waitingState(pod, local, container, known, nowMs, isInit);
  const ended = current?.state === 'exited' ? terminated(current, runtimeName) : known.ended;
  const state: V1ContainerStatus['state'] =
    current?.state === 'running'
      ? { running: { startedAt: timestamp(current.startedAtMs) } }
      : waiting !== undefined
        ? { waiting }
        : ended !== undefined
          ? { terminated: apiTerminated(ended) }
          : { waiting: { reason: isInit || initContainers(pod).length > 0 ? 'PodInitializing' : 'ContainerCreating' } };
  const last = waiting !== undefined && ended !== undefined ? ended : known.last;
  const running = current?.state === 'running';
  const done = isInit && !isSidecar(container) && exitCodeOf(known) === 0;
  return {
    name: container.name,
    image: container.image ?? '',
    imageID: current?.imageRef ?? '',
    ...(current === undefined ? (known.ended?.containerID === undefined ? {} : { containerID: known.ended.containerID }) : { containerID: `${runtimeName}://${current.id}` }),
    ready: done || (running && known.ready),
    started: running && known.started,
    restartCount: Math.max(0, known.restarts),
    state,
    lastState: last === undefined ? {} : { terminated: apiTerminated(last) },
  };
}

/** Why a container is not running though it should be. */
function waitingState(
  pod: V1Pod, local: LocalPod, container: V1Container, known: LocalContainer, nowMs: number, isInit: boolean,
): { reason: string; message?: string } | undefined {
  if (known.current?.state === 'running') return undefined;
  if (isFinished(pod, local) || hasEnded(pod)) return undefined;
  if (known.image === 'failed') return { reason: 'ErrImagePull', message: known.imageError };
  if (known.image === 'backing-off') {
    const message = `Back-off pulling image "${container.image ?? ''}": ErrImagePull: ${known.imageError}`;
    return { reason: 'ImagePullBackOff', message };
  }
  if (known.crashBackoff !== undefined && dueMs(known.crashBackoff) > nowMs && exitCodeOf(known) !== undefined) {
    const { name, namespace, uid } = pod.metadata ?? {};
    return {
      reason: 'CrashLoopBackOff',
      message: `back-off ${backoffText(known.crashBackoff)} restarting failed container=${container.name} pod=${name ?? ''}_${namespace ?? ''}(${uid ?? ''})`,
    };
  }
  if (exitCodeOf(known) !== undefined) return undefined;
  const blocked = !isInit && initContainers(pod).some((init) => !initDone(init, containerOf(local, init)));
  return { reason: blocked ? 'PodInitializing' : 'ContainerCreating' };
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

function apiTerminated(state: TerminatedState): NonNullable<NonNullable<V1ContainerStatus['state']>['terminated']> {
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

function conditions({ pod, local, wallMs }: StatusInput, phase: string): V1PodCondition[] {
  const old = pod.status?.conditions ?? [];
  const notInitialized = initContainers(pod).filter((container) => !initDone(container, containerOf(local, container)));
  const notReady = appContainers(pod).filter((container) => {
    const known = containerOf(local, container);
    return known.current?.state !== 'running' || !known.ready;
  });
  const completed = phase === 'Succeeded';
  const containersReady = phase !== 'Succeeded' && phase !== 'Failed' && notReady.length === 0 && notInitialized.length === 0;
  const unready = completed
    ? { reason: 'PodCompleted' }
    : phase === 'Failed'
      ? { reason: 'PodFailed' }
      : { reason: 'ContainersNotReady', message: `containers with unready status: [${names(notReady)}]` };
  const uninitialized = { reason: 'ContainersNotInitialized', message: `containers with incomplete status: [${names(notInitialized)}]` };
  const rows: [type: string, holds: boolean, why: { reason?: string; message?: string }][] = [
    ['PodReadyToStartContainers', local.sandbox?.state === 'ready', {}],
    ['Initialized', notInitialized.length === 0 || completed, completed ? { reason: 'PodCompleted' } : uninitialized],
    ['Ready', containersReady, unready],
    ['ContainersReady', containersReady, unready],
    ['PodScheduled', true, {}],
  ];
  const others = old.filter((condition) => rows.every(([type]) => type !== condition.type));
  return [...rows.map(([type, holds, why]) => condition(old, type, holds, !holds || completed ? why : {}, wallMs)), ...others];
}

function condition(
  old: readonly V1PodCondition[], type: string, holds: boolean, why: { reason?: string; message?: string }, wallMs: number,
): V1PodCondition {
  const status = holds ? 'True' : 'False';
  const known = old.find((candidate) => candidate.type === type);
  const lastTransitionTime = known?.status === status && known.lastTransitionTime !== undefined ? known.lastTransitionTime : timestamp(wallMs);
  return { type, status, ...(holds && type !== 'Initialized' ? {} : why), lastTransitionTime } as V1PodCondition;
}

function names(containers: readonly V1Container[]): string {
  return containers.map(({ name }) => name).join(' ');
}
