import type { V1Pod, V1PodStatus } from '../api/index.js';
import { timestamp } from '../client/index.js';
import type { Rejection } from './admit.js';
import { containerStatus } from './container-status.js';
import {
  appContainers,
  containerOf,
  initContainers,
  isSidecar,
  type LocalPod,
} from './local-pod.js';
import { podConditions } from './pod-conditions.js';
import { exitCodeOf, hasEnded, isFinished } from './pod-plan.js';

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
  const ip =
    local.sandbox?.state === 'ready'
      ? local.sandbox.ip === ''
        ? hostIp
        : local.sandbox.ip
      : old.podIP;
  const initContainerStatuses = initContainers(pod).map((container) =>
    containerStatus(input, container),
  );
  const status: V1PodStatus = {
    ...old,
    phase,
    hostIP: hostIp,
    hostIPs: [{ ip: hostIp }],
    startTime: old.startTime ?? timestamp(input.wallMs),
    conditions: podConditions(pod, local, phase, input.wallMs),
    containerStatuses: appContainers(pod).map((container) => containerStatus(input, container)),
    ...(ip === undefined || ip === '' ? {} : { podIP: ip, podIPs: [{ ip }] }),
    ...(initContainerStatuses.length > 0 ? { initContainerStatuses } : {}),
  };
  if (pod.metadata?.generation !== undefined) status.observedGeneration = pod.metadata.generation;
  return status;
}

/** A pod that this node does not take: none of its containers is looked at. */
export function rejectedStatus(
  pod: V1Pod,
  { reason, message }: Rejection,
  wallMs: number,
): V1PodStatus {
  const startTime = pod.status?.startTime ?? timestamp(wallMs);
  return {
    ...pod.status,
    phase: 'Failed',
    reason,
    message: `Pod was rejected: ${message}`,
    startTime,
  };
}

function podPhase(pod: V1Pod, local: LocalPod): string {
  if (hasEnded(pod)) return pod.status?.phase ?? 'Failed';
  const killed = pod.metadata?.deletionTimestamp !== undefined && local.sandbox?.state !== 'ready';
  // A phase that is the last is told when nothing runs any more, sidecars neither.
  const stopped = [...local.containers.values()].every(
    ({ current }) => current?.state !== 'running',
  );
  if (killed || (stopped && isFinished(pod, local))) {
    const counted = [
      ...initContainers(pod).filter((container) => !isSidecar(container)),
      ...appContainers(pod),
    ];
    return counted.every((container) => exitCodeOf(containerOf(local, container)) === 0)
      ? 'Succeeded'
      : 'Failed';
  }
  return appContainers(pod).every((container) => containerOf(local, container).restarts >= 0)
    ? 'Running'
    : 'Pending';
}
