import type { V1Container, V1Pod } from '../api/index.js';
import { dueMs, restartDueMs } from './backoff.js';
import {
  appContainers,
  containerOf,
  initContainers,
  isSidecar,
  type LocalContainer,
  type LocalPod,
} from './local-pod.js';

/** One step towards what the pod's spec says. */
export type PodAction =
  | { readonly type: 'start-sandbox' }
  | { readonly type: 'pull'; readonly container: V1Container }
  | { readonly type: 'start'; readonly container: V1Container }
  | { readonly type: 'kill-pod'; readonly graceSeconds: number }
  /** Everything has stopped: the object may go. */
  | { readonly type: 'delete' };

export interface PodPlan {
  /** To be done now; then plan anew. */
  readonly actions: readonly PodAction[];
  /** When to plan again though nothing happened: a backoff that ends. */
  readonly wakeAtMs: number | undefined;
}

/**
 * What to do next for a pod. Pure: the pod as the API has it, what runs, and the time in; steps out. Times are
 * monotonic milliseconds.
 */
export function planPod(pod: V1Pod, local: LocalPod, nowMs: number): PodPlan {
  if (pod.metadata?.deletionTimestamp !== undefined) return planDeletion(pod, local);
  if (hasEnded(pod) || isFinished(pod, local)) {
    return local.sandbox?.state === 'ready' ? now({ type: 'kill-pod', graceSeconds: 0 }) : NOTHING;
  }
  if (local.sandbox?.state !== 'ready') return now({ type: 'start-sandbox' });

  let wakeAtMs = Infinity;
  for (const container of initContainers(pod)) {
    const known = containerOf(local, container);
    const plan = planContainer(pod, container, known, nowMs);
    if (!initDone(container, known) && !isRestartingSidecar(container, known)) return plan;
    if (plan.actions.length > 0) return plan;
    wakeAtMs = Math.min(wakeAtMs, plan.wakeAtMs ?? Infinity);
  }
  const plans = appContainers(pod).map((container) =>
    planContainer(pod, container, containerOf(local, container), nowMs),
  );
  for (const plan of plans) wakeAtMs = Math.min(wakeAtMs, plan.wakeAtMs ?? Infinity);
  return {
    actions: plans.flatMap((plan) => plan.actions),
    wakeAtMs: wakeAtMs === Infinity ? undefined : wakeAtMs,
  };
}

/** How long a failed pull is shown as such before it is shown as a backoff. */
export const ERROR_SHOWN_MS = 1000;

const NOTHING: PodPlan = { actions: [], wakeAtMs: undefined };

function now(action: PodAction): PodPlan {
  return { actions: [action], wakeAtMs: undefined };
}

function planDeletion(pod: V1Pod, local: LocalPod): PodPlan {
  const graceSeconds =
    pod.metadata?.deletionGracePeriodSeconds ?? pod.spec?.terminationGracePeriodSeconds ?? 30;
  return now(
    local.sandbox?.state === 'ready' ? { type: 'kill-pod', graceSeconds } : { type: 'delete' },
  );
}

function planContainer(
  pod: V1Pod,
  container: V1Container,
  known: LocalContainer,
  nowMs: number,
): PodPlan {
  if (known.current?.state === 'running' || !mayStart(pod, container, known)) return NOTHING;
  const restartMs = startDueMs(known);
  if (restartMs > nowMs) return { actions: [], wakeAtMs: restartMs };
  if (known.image === 'present') return now({ type: 'start', container });
  if (known.imageBackoff !== undefined && dueMs(known.imageBackoff) > nowMs) {
    const saidMs = known.imageBackoff.sinceMs + ERROR_SHOWN_MS;
    return { actions: [], wakeAtMs: known.image === 'failed' ? saidMs : dueMs(known.imageBackoff) };
  }
  return now({ type: 'pull', container });
}

/** When a container that ended, or could not be started, may be started again. */
export function startDueMs({ crashBackoff, exitedMs }: LocalContainer): number {
  return exitedMs === undefined ? -Infinity : restartDueMs(crashBackoff, exitedMs);
}

/** Whether a container that does not run is to be started: by its restart policy, from how it ended. */
export function mayStart(pod: V1Pod, container: V1Container, known: LocalContainer): boolean {
  const exitCode = exitCodeOf(known);
  if (exitCode === undefined) return true;
  const isInit = initContainers(pod).includes(container);
  const policy = isSidecar(container) ? 'Always' : (pod.spec?.restartPolicy ?? 'Always');
  if (isInit && !isSidecar(container)) return exitCode !== 0 && policy !== 'Never';
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);
}

/** Undefined: it has not ended. */
export function exitCodeOf(known: LocalContainer): number | undefined {
  if (known.current !== undefined)
    return known.current.state === 'exited' ? known.current.exitCode : undefined;
  return known.ended?.exitCode;
}

export function initDone(container: V1Container, known: LocalContainer): boolean {
  return isSidecar(container)
    ? known.current?.state === 'running' && known.started
    : exitCodeOf(known) === 0;
}

/** A sidecar that had started once holds nobody back while it crashes. */
function isRestartingSidecar(container: V1Container, known: LocalContainer): boolean {
  return isSidecar(container) && known.current?.state === 'exited';
}

/** All containers have ended for good: the pod has succeeded or failed. */
export function isFinished(pod: V1Pod, local: LocalPod): boolean {
  const over = (container: V1Container): boolean => {
    const known = containerOf(local, container);
    return exitCodeOf(known) !== undefined && !mayStart(pod, container, known);
  };
  const initFailed = initContainers(pod).some(
    (container) => over(container) && exitCodeOf(containerOf(local, container)) !== 0,
  );
  return initFailed || appContainers(pod).every(over);
}

/** The API already says that it is over; a later life of the kubelet must not run it again. */
export function hasEnded(pod: V1Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}
