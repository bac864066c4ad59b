import { listOf, maybe } from '../absent.js';
import type {
  V1ContainerStateTerminated,
  V1ContainerStatus,
  V1Pod,
  V1PodStatus,
} from '../generated/types.js';

/** What the columns Ready, Status and Restarts of a pod say. */
export interface PodSummary {
  readonly readyContainers: number;
  readonly totalContainers: number;
  /** One word, such as `Running`, `CrashLoopBackOff`, `Init:0/1`. */
  readonly status: string;
  readonly restarts: number;
  /** RFC 3339; when the last container that was restarted had ended. */
  readonly lastRestart: string | undefined;
}

/** Restarts counted over some containers. */
interface Restarts {
  count: number;
  last: string | undefined;
}

interface Summary {
  status: string;
  ready: number;
  restarts: Restarts;
}

/** Sums up a pod in the words that kubectl prints (kube-apiserver's printPod). */
export function summarizePod(pod: V1Pod): PodSummary {
  const status = pod.status ?? {};
  const sidecars = sidecarNames(pod);
  const summary: Summary = { status: firstWord(status), ready: 0, restarts: noRestarts() };
  const sidecarRestarts = noRestarts();
  const initializing = summarizeInit(pod, sidecars, summary, sidecarRestarts);
  if (!initializing || hasCondition(status, 'Initialized')) {
    summary.restarts = sidecarRestarts;
    summarizeContainers(status, summary);
  }
  return {
    readyContainers: summary.ready,
    totalContainers: listOf(pod.spec?.containers).length + sidecars.size,
    status: deletionWord(pod) ?? summary.status,
    restarts: summary.restarts.count,
    lastRestart: summary.restarts.last,
  };
}

function noRestarts(): Restarts {
  return { count: 0, last: undefined };
}

/** The phase, unless the status gives a reason. */
function firstWord(status: V1PodStatus): string {
  const gated = listOf(status.conditions).some(
    (each) => each.type === 'PodScheduled' && each.reason === 'SchedulingGated',
  );
  if (gated) return 'SchedulingGated';
  return nonEmpty(status.reason) ?? status.phase ?? '';
}

function deletionWord(pod: V1Pod): string | undefined {
  if (pod.metadata?.deletionTimestamp === undefined) return undefined;
  if (pod.status?.reason === 'NodeLost') return 'Unknown';
  const phase = pod.status?.phase;
  return phase === 'Succeeded' || phase === 'Failed' ? undefined : 'Terminating';
}

/** Init containers that keep running beside the others. */
function sidecarNames(pod: V1Pod): ReadonlySet<string> {
  const sidecars = listOf(pod.spec?.initContainers).filter(
    (each) => each.restartPolicy === 'Always',
  );
  return new Set(sidecars.map((each) => each.name));
}

/** Walks the init containers up to the one that is not done; true where there is such a one. */
function summarizeInit(
  pod: V1Pod,
  sidecars: ReadonlySet<string>,
  summary: Summary,
  sidecarRestarts: Restarts,
): boolean {
  const total = listOf(pod.spec?.initContainers).length;
  for (const [place, container] of listOf(pod.status?.initContainerStatuses).entries()) {
    countRestarts(summary.restarts, container);
    const isSidecar = sidecars.has(container.name);
    if (isSidecar) countRestarts(sidecarRestarts, container);
    if (container.state?.terminated?.exitCode === 0) continue;
    if (isSidecar && container.started === true) {
      if (container.ready) summary.ready++;
      continue;
    }
    summary.status = `Init:${initWord(container, place, total)}`;
    return true;
  }
  return false;
}

function initWord(container: V1ContainerStatus, place: number, total: number): string {
  const { terminated, waiting } = container.state ?? {};
  if (terminated !== undefined) return terminatedWord(terminated);
  const reason = nonEmpty(waiting?.reason);
  if (reason !== undefined && reason !== 'PodInitializing') return reason;
  return `${String(place)}/${String(total)}`;
}

function terminatedWord(terminated: V1ContainerStateTerminated): string {
  const reason = nonEmpty(terminated.reason);
  if (reason !== undefined) return reason;
  const { signal = 0, exitCode } = terminated;
  return signal === 0 ? `ExitCode:${String(exitCode)}` : `Signal:${String(signal)}`;
}

/** The first container's word wins; a completed one counts only where none is running. */
function summarizeContainers(status: V1PodStatus, summary: Summary): void {
  let hasRunning = false;
  for (const container of [...listOf(status.containerStatuses)].reverse()) {
    countRestarts(summary.restarts, container);
    const { waiting, terminated, running } = container.state ?? {};
    const waitingReason = nonEmpty(waiting?.reason);
    if (waitingReason !== undefined) summary.status = waitingReason;
    else if (terminated !== undefined) summary.status = terminatedWord(terminated);
    else if (container.ready && running !== undefined) {
      hasRunning = true;
      summary.ready++;
    }
  }
  if (summary.status === 'Completed' && hasRunning) {
    summary.status = hasCondition(status, 'Ready') ? 'Running' : 'NotReady';
  }
}

function countRestarts(restarts: Restarts, container: V1ContainerStatus): void {
  restarts.count += maybe(container.restartCount) ?? 0;
  const finishedAt = container.lastState?.terminated?.finishedAt;
  if (finishedAt === undefined) return;
  if (restarts.last === undefined || restarts.last < finishedAt) restarts.last = finishedAt;
}

export function hasCondition(status: V1PodStatus, type: string): boolean {
  return listOf(status.conditions).some((each) => each.type === type && each.status === 'True');
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
