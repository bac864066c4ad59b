import type { V1Container, V1ContainerStatus, V1Pod } from '../api/index.js';
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
  /** Starts so far, less one: `restartCount`. −1: never started. */
  restarts: number;
  /** How the one before ended, as the API shows it. */
  last: TerminatedState | undefined;
  /** It ended in an earlier life of the kubelet and is not to be started again. */
  ended: TerminatedState | undefined;
  /** `failed`: just now (ErrImagePull); `backing-off`: a while ago (ImagePullBackOff). */
  image: 'unknown' | 'present' | 'failed' | 'backing-off';
  imageError: string;
  imageBackoff: Backoff | undefined;
  crashBackoff: Backoff | undefined;
  /** By its probes; without them, as soon as it runs. */
  ready: boolean;
  started: boolean;
}

export interface TerminatedState {
  readonly exitCode: number;
  readonly reason: string;
  readonly message?: string;
  readonly startedAt: string | undefined;
  readonly finishedAt: string | undefined;
  readonly containerID: string | undefined;
}

/** Containers in the order in which they are started. */
export function initContainers(pod: V1Pod): readonly V1Container[] {
  return pod.spec?.initContainers ?? [];
}

export function appContainers(pod: V1Pod): readonly V1Container[] {
  return pod.spec?.containers ?? [];
}

/** An init container that stays: a sidecar (KEP-753). */
export function isSidecar(container: V1Container): boolean {
  return container.restartPolicy === 'Always';
}

/** What is known of a pod that this life of the kubelet sees for the first time: what the API remembers. */
export function localPod(pod: V1Pod): LocalPod {
  const containers = new Map<string, LocalContainer>();
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  for (const { name } of [...initContainers(pod), ...appContainers(pod)]) {
    containers.set(name, remembered(statuses.find((status) => status.name === name)));
  }
  const hadSandbox = statuses.some((status) => (status.containerID ?? '') !== '');
  return { sandbox: undefined, sandboxAttempts: hadSandbox ? 1 : 0, containers };
}

/** Its container is gone with the runtime that held it: one that ran has been lost, one that had ended has ended. */
function remembered(status: V1ContainerStatus | undefined): LocalContainer {
  const fresh: LocalContainer = {
    current: undefined, restarts: -1, last: undefined, ended: undefined, image: 'unknown', imageError: '',
    imageBackoff: undefined, crashBackoff: undefined, ready: false, started: false,
  };
  if (status === undefined || (status.containerID ?? '') === '') return fresh;
  const { state, lastState, restartCount, containerID } = status;
  const terminated = state?.terminated;
  if (terminated !== undefined) {
    return { ...fresh, restarts: restartCount, last: terminatedState(lastState?.terminated), ended: terminatedState(terminated) };
  }
  const lost: TerminatedState = {
    exitCode: 137,
    reason: 'ContainerStatusUnknown',
    message: 'The container could not be located when the pod was restarted.',
    startedAt: state?.running?.startedAt,
    finishedAt: state?.running?.startedAt,
    containerID,
  };
  const crashed = terminatedState(lastState?.terminated);
  return { ...fresh, restarts: restartCount, last: state?.running === undefined ? crashed : lost };
}

function terminatedState(state: NonNullable<V1ContainerStatus['state']>['terminated']): TerminatedState | undefined {
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
