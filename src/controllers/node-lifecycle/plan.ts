import type { V1Node, V1NodeCondition, V1Pod, V1Taint } from '../../api/index.js';
import { findCondition, toleratesTaint } from '../../api/index.js';

const NOT_READY = 'node.kubernetes.io/not-ready';
const UNREACHABLE = 'node.kubernetes.io/unreachable';

/** The conditions that only a kubelet can vouch for. */
const KUBELET_CONDITIONS = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'] as const;

/** The conditions of a node that has gone silent. The same array where they say so already. */
export function silentConditions(node: V1Node, now: string): readonly V1NodeCondition[] {
  const old = node.status?.conditions ?? [];
  const known = new Map(old.map((condition) => [condition.type, condition]));
  let changed = false;
  for (const type of KUBELET_CONDITIONS) {
    const condition = known.get(type);
    if (condition?.status === 'Unknown') continue;
    changed = true;
    known.set(
      type,
      condition === undefined
        ? {
            type,
            status: 'Unknown',
            reason: 'NodeStatusNeverUpdated',
            message: 'Kubelet never posted node status.',
            lastHeartbeatTime: node.metadata?.creationTimestamp ?? now,
            lastTransitionTime: now,
          }
        : {
            ...condition,
            status: 'Unknown',
            reason: 'NodeStatusUnknown',
            message: 'Kubelet stopped posting node status.',
            lastTransitionTime: now,
          },
    );
  }
  return changed ? [...known.values()] : old;
}

export function readiness(node: V1Node): 'True' | 'False' | 'Unknown' {
  const status = findCondition(node.status?.conditions, 'Ready')?.status;
  return status === 'True' || status === 'False' ? status : 'Unknown';
}

/** The taints that this controller owns, by key and effect, and when they are due. */
const TAINTS: readonly {
  readonly key: string;
  readonly effect: string;
  readonly due: (node: V1Node) => boolean;
}[] = [
  { key: NOT_READY, effect: 'NoSchedule', due: (node) => readyStatus(node) === 'False' },
  { key: NOT_READY, effect: 'NoExecute', due: (node) => readyStatus(node) === 'False' },
  { key: UNREACHABLE, effect: 'NoSchedule', due: (node) => readyStatus(node) === 'Unknown' },
  { key: UNREACHABLE, effect: 'NoExecute', due: (node) => readyStatus(node) === 'Unknown' },
  {
    key: 'node.kubernetes.io/memory-pressure',
    effect: 'NoSchedule',
    due: (node) => isTrue(node, 'MemoryPressure'),
  },
  {
    key: 'node.kubernetes.io/disk-pressure',
    effect: 'NoSchedule',
    due: (node) => isTrue(node, 'DiskPressure'),
  },
  {
    key: 'node.kubernetes.io/pid-pressure',
    effect: 'NoSchedule',
    due: (node) => isTrue(node, 'PIDPressure'),
  },
  {
    key: 'node.kubernetes.io/network-unavailable',
    effect: 'NoSchedule',
    due: (node) => isTrue(node, 'NetworkUnavailable'),
  },
  {
    key: 'node.kubernetes.io/unschedulable',
    effect: 'NoSchedule',
    due: (node) => node.spec?.unschedulable === true,
  },
];

/** Undefined: the kubelet has not said anything yet; a new node keeps the taints with which it registered. */
function readyStatus(node: V1Node): string | undefined {
  return findCondition(node.status?.conditions, 'Ready')?.status;
}

function isTrue(node: V1Node, type: string): boolean {
  return findCondition(node.status?.conditions, type)?.status === 'True';
}

/** The taints that the node should have. The same array where it has them. */
export function wantedTaints(node: V1Node, now: string): readonly V1Taint[] {
  const old = node.spec?.taints ?? [];
  if (readyStatus(node) === undefined) return old;
  const same =
    (a: { key: string; effect: string }) =>
    (b: V1Taint): boolean =>
      a.key === b.key && a.effect === b.effect;
  const kept = old.filter((taint) => TAINTS.every((row) => !same(row)(taint) || row.due(node)));
  const missing = TAINTS.filter((row) => row.due(node) && !old.some(same(row)));
  if (kept.length === old.length && missing.length === 0) return old;
  const added = missing.map(({ key, effect }) =>
    effect === 'NoExecute' ? { key, effect, timeAdded: now } : { key, effect },
  );
  return [...kept, ...added];
}

/**
 * How long a pod stays on a node with these NoExecute taints: 0 is not at all, Infinity for ever. A pod that says nothing
 * about a lost node stays `defaultMs`.
 */
export function staysMs(pod: V1Pod, taints: readonly V1Taint[], defaultMs: number): number {
  let shortestMs = Infinity;
  for (const taint of taints) {
    if (taint.effect !== 'NoExecute') continue;
    const tolerations = (pod.spec?.tolerations ?? []).filter((each) => toleratesTaint(each, taint));
    const lost = taint.key === NOT_READY || taint.key === UNREACHABLE;
    if (tolerations.length === 0) shortestMs = Math.min(shortestMs, lost ? defaultMs : 0);
    for (const { tolerationSeconds } of tolerations) {
      if (tolerationSeconds !== undefined)
        shortestMs = Math.min(shortestMs, Math.max(0, tolerationSeconds) * 1_000);
    }
  }
  return shortestMs;
}
