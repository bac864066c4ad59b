import type { V1Container, V1Pod, V1PodCondition } from '../api/index.js';
import { timestamp } from '../client/index.js';
import { appContainers, containerOf, initContainers, type LocalPod } from './local-pod.js';
import { initDone } from './pod-plan.js';

interface Why {
  readonly reason?: string;
  readonly message?: string;
}

/** The kubelet's conditions of a pod, with its reasons and words, and after them those of others as they are. */
export function podConditions(
  pod: V1Pod,
  local: LocalPod,
  phase: string,
  wallMs: number,
): V1PodCondition[] {
  const old = pod.status?.conditions ?? [];
  const uninitialized = initContainers(pod).filter(
    (container) => !initDone(container, containerOf(local, container)),
  );
  const containersUnready = unreadiness(pod, local, phase, uninitialized.length > 0);
  const unready = containersUnready ?? closedGates(pod);
  const completed: Why | undefined = phase === 'Succeeded' ? { reason: 'PodCompleted' } : undefined;
  const notInitialized: Why = {
    reason: 'ContainersNotInitialized',
    message: `containers with incomplete status: [${names(uninitialized)}]`,
  };
  const isInitialized = completed !== undefined || uninitialized.length === 0;
  const rows: [type: string, holds: boolean, why: Why | undefined][] = [
    ['PodReadyToStartContainers', local.sandbox?.state === 'ready', undefined],
    ['Initialized', isInitialized, isInitialized ? completed : notInitialized],
    ['Ready', unready === undefined, unready],
    ['ContainersReady', containersUnready === undefined, containersUnready],
    ['PodScheduled', true, undefined],
  ];
  const own = new Set(rows.map(([type]) => type));
  const others = old.filter((condition) => !own.has(condition.type));
  return [
    ...rows.map(([type, holds, why]) => condition(old, type, holds, why ?? {}, wallMs)),
    ...others,
  ];
}

/** Why not all containers are ready; undefined: they are. */
function unreadiness(
  pod: V1Pod,
  local: LocalPod,
  phase: string,
  isInitializing: boolean,
): Why | undefined {
  if (phase === 'Succeeded') return { reason: 'PodCompleted' };
  if (phase === 'Failed') return { reason: 'PodFailed' };
  const notReady = appContainers(pod).filter((container) => {
    const known = containerOf(local, container);
    return known.current?.state !== 'running' || !known.ready;
  });
  if (notReady.length === 0 && !isInitializing) return undefined;
  return {
    reason: 'ContainersNotReady',
    message: `containers with unready status: [${names(notReady)}]`,
  };
}

/** Readiness gates: conditions that others set (KEP-580). */
function closedGates(pod: V1Pod): Why | undefined {
  const messages = (pod.spec?.readinessGates ?? []).flatMap(({ conditionType }) => {
    const found = pod.status?.conditions?.find(({ type }) => type === conditionType);
    if (found === undefined)
      return [`corresponding condition of pod readiness gate "${conditionType}" does not exist.`];
    return found.status === 'True'
      ? []
      : [`the status of pod readiness gate "${conditionType}" is not "True", but ${found.status}`];
  });
  return messages.length === 0
    ? undefined
    : { reason: 'ReadinessGatesNotReady', message: messages.join(', ') };
}

function condition(
  old: readonly V1PodCondition[],
  type: string,
  holds: boolean,
  why: Why,
  wallMs: number,
): V1PodCondition {
  const status = holds ? 'True' : 'False';
  const known = old.find((candidate) => candidate.type === type);
  const kept = known?.status === status ? known.lastTransitionTime : undefined;
  return { type, status, ...why, lastTransitionTime: kept ?? timestamp(wallMs) };
}

function names(containers: readonly V1Container[]): string {
  return containers.map(({ name }) => name).join(' ');
}
