import type { V1Deployment } from '../../api/index.js';
import { amountOf } from '../int-or-percent.js';

/** How far a rolling update may leave the wanted size, in pods. */
export interface RollingBounds {
  readonly maxSurge: number;
  readonly maxUnavailable: number;
}

/** Percentages of the wanted size: surge rounded up, unavailable down. Where both are 0, one pod may be unavailable. */
export function rollingBounds(deployment: V1Deployment): RollingBounds {
  const { strategy, replicas = 1 } = deployment.spec ?? {};
  if (strategy?.type === 'Recreate') return { maxSurge: 0, maxUnavailable: 0 };
  const maxSurge = amountOf(strategy?.rollingUpdate?.maxSurge ?? '25%', replicas, Math.ceil);
  const maxUnavailable = amountOf(
    strategy?.rollingUpdate?.maxUnavailable ?? '25%',
    replicas,
    Math.floor,
  );
  if (maxSurge === 0 && maxUnavailable === 0) return { maxSurge, maxUnavailable: 1 };
  return { maxSurge, maxUnavailable: Math.min(maxUnavailable, replicas) };
}
