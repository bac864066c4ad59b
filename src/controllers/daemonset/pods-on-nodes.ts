import type { V1DaemonSet, V1Node, V1Pod } from '../../api/index.js';
import { hasPodEnded, untilAvailableMs } from '../pod-state.js';
import { targetNodeOf } from './pod.js';

/** What a DaemonSet's plans are made from. */
export interface DaemonState {
  readonly set: V1DaemonSet;
  readonly nodes: readonly V1Node[];
  /** The pods that it owns. */
  readonly pods: readonly V1Pod[];
  /** That of the newest revision. */
  readonly hash: string;
  readonly wallMs: number;
}

/** The pods of each node, those that count most first: on the node before on their way, older before younger. */
export function podsOnNodes(pods: readonly V1Pod[]): Map<string, V1Pod[]> {
  const byNode = new Map<string, V1Pod[]>();
  for (const pod of [...pods].sort(bySeniority)) {
    const node = targetNodeOf(pod);
    // What has ended and is being deleted is as good as gone.
    const gone = hasPodEnded(pod) && isTerminating(pod);
    if (node === undefined || gone) continue;
    const known = byNode.get(node);
    if (known === undefined) byNode.set(node, [pod]);
    else known.push(pod);
  }
  return byNode;
}

/** Times of creation are all written alike, so that their text can be compared. */
function bySeniority(a: V1Pod, b: V1Pod): number {
  const waits = ({ spec }: V1Pod): number => ((spec?.nodeName ?? '') === '' ? 1 : 0);
  const age = ({ metadata }: V1Pod): string =>
    `${metadata?.creationTimestamp ?? ''} ${metadata?.name ?? ''}`;
  return waits(a) - waits(b) || (age(a) < age(b) ? -1 : 1);
}

export function isTerminating({ metadata }: V1Pod): boolean {
  return metadata?.deletionTimestamp !== undefined;
}

export function isAvailable({ set, wallMs }: DaemonState, pod: V1Pod): boolean {
  return untilAvailableMs(pod, set.spec?.minReadySeconds ?? 0, wallMs) === 0;
}
