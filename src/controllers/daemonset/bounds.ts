import type { V1DaemonSet } from '../../api/index.js';
import { amountOf } from '../int-or-percent.js';

export interface DaemonBounds {
  readonly maxSurge: number;
  readonly maxUnavailable: number;
}

/** Percentages of the nodes that should have a pod, rounded up. Where both are 0, one pod may be unavailable. */
export function daemonBounds({ spec }: V1DaemonSet, desired: number): DaemonBounds {
  const rolling = spec?.updateStrategy?.rollingUpdate;
  const maxSurge = amountOf(rolling?.maxSurge ?? 0, desired, Math.ceil);
  const maxUnavailable = amountOf(rolling?.maxUnavailable ?? 1, desired, Math.ceil);
  if (maxSurge === 0 && maxUnavailable === 0) return { maxSurge, maxUnavailable: 1 };
  return { maxSurge, maxUnavailable };
}

/** Whether a node may have an old and a new pod at the same time. */
export function allowsSurge({ spec }: V1DaemonSet): boolean {
  const { type, rollingUpdate } = spec?.updateStrategy ?? {};
  return type !== 'OnDelete' && amountOf(rollingUpdate?.maxSurge ?? 0, 100, Math.ceil) > 0;
}
