import type { V1Container, V1ContainerStatus, V1Pod } from '../api/index.js';
import { assertDefined } from '../base/index.js';
import type { ContainerStatus, SandboxStatus } from '../protocol/index.js';
import type { Backoff } from './backoff.js';

/** What a kubelet knows of one of its pods beside the API's object: the input of the plan. */
export interface LocalPod {
  sandbox: SandboxStatus | undefined;
  /** Sandboxes that this pod has had, in this life of the kubelet and before. */
  sandboxAttempts: number;
  readonly containers: Map<string, LocalContainer>;
}

export interface LocalContainer {
  /** The newest one in the runtime. */
  current: ContainerStatus | undefined;
  /** When `current` was seen to have ended (monotonic), or its start failed. */
  exitedMs: number | undefined;
  /** Starts so far, less one: `restartCount`. −1: never started. */
  restarts: number;
  /** How the one before ended, as the API shows it. */
  last: TerminatedState | undefined;
  /** How the newest one ended, where the runtime has lost it: in an earlier life of the kubelet, or with its sandbox. */
  ended: TerminatedState | undefined;
  /** `failed`: just now (ErrImagePull); `backing-off`: a while ago (ImagePullBackOff). */
  image: 'unknown' | 'present' | 'failed' | 'backing-off';
  imageError: ContainerError | undefined;
  imageBackoff: Backoff | undefined;
  /** Why it could not be made or started. */
  startError: ContainerError | undefined;
  crashBackoff: Backoff | undefined;
  /** By its probes; without them, as soon as it runs. */
  ready: boolean;
  started: boolean;
}

/** Kubernetes' reason (`ErrImageNeverPull`, `CreateContainerError`) and its message. */
export interface ContainerError {
  readonly reason: string;
  readonly message: string;
}

export interface TerminatedState {
  readonly exitCode: number;
  readonly reason: string;
  readonly message?: string;
  readonly startedAt: string | undefined;
  readonly finishedAt: string | undefined;
  readonly containerID: string | undefined;
}

export function initContainers(pod: V1Pod): readonly V1Container[] {
  return pod.spec?.initContainers ?? [];
}

export function appContainers(pod: V1Pod): readonly V1Container[] {
  return pod.spec?.containers ?? [];
}

/** In the order in which they are started. */
export function allContainers(pod: V1Pod): readonly V1Container[] {
  return [...initContainers(pod), ...appContainers(pod)];
}

/** An init container that stays: a sidecar (KEP-753). */
export function isSidecar(container: V1Container): boolean {
  return container.restartPolicy === 'Always';
}

export function containerOf(local: LocalPod, container: V1Container): LocalContainer {
  return assertDefined(local.containers.get(container.name), `container ${container.name}`);
}

/** What is known of a pod that this life of the kubelet sees for the first time: what the API remembers. */
export function localPod(pod: V1Pod): LocalPod {
  const statuses = [
    ...(pod.status?.initContainerStatuses ?? []),
    ...(pod.status?.containerStatuses ?? []),
  ];
  const statusOf = new Map(statuses.map((status) => [status.name, status]));
  const containers = new Map(
    allContainers(pod).map(({ name }) => [name, remembered(statusOf.get(name))]),
  );
  const hadSandbox = statuses.some((status) => (status.containerID ?? '') !== '');
  return { sandbox: undefined, sandboxAttempts: hadSandbox ? 1 : 0, containers };
}

const FRESH: LocalContainer = {
  current: undefined,
  exitedMs: undefined,
  restarts: -1,
  last: undefined,
  ended: undefined,
  image: 'unknown',
  imageError: undefined,
  imageBackoff: undefined,
  startError: undefined,
  crashBackoff: undefined,
  ready: false,
  started: false,
};

/** Its container is gone with the runtime that held it: one that ran has been lost, one that had ended has ended. */
function remembered(status: V1ContainerStatus | undefined): LocalContainer {
  if (status === undefined || (status.containerID ?? '') === '') return { ...FRESH };
  const { state, lastState, restartCount, containerID } = status;
  const last = terminatedState(lastState?.terminated);
  if (state?.terminated !== undefined)
    return { ...FRESH, restarts: restartCount, last, ended: terminatedState(state.terminated) };
  // It waited to be started again: the one that crashed is the newest there was.
  if (state?.running === undefined) return { ...FRESH, restarts: restartCount, ended: last };
  const lost: TerminatedState = {
    exitCode: 137,
    reason: 'ContainerStatusUnknown',
    message:
      'The container could not be located when the pod was deleted.  The container used to be Running',
    startedAt: state.running.startedAt,
    finishedAt: undefined,
    containerID,
  };
  return { ...FRESH, restarts: restartCount, last, ended: lost };
}

function terminatedState(
  state: NonNullable<V1ContainerStatus['state']>['terminated'],
): TerminatedState | undefined {
  if (state === undefined) return undefined;
  return {
    exitCode: state.exitCode,
    reason: state.reason ?? 'Error',
    ...(state.message === undefined ? {} : { message: state.message }),
    startedAt: state.startedAt,
    finishedAt: state.finishedAt,
    containerID: state.containerID,
  };
}
