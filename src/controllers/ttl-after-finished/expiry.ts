import type { V1Job } from '../../api/index.js';
import { parseTimestamp } from '../../client/index.js';

/** How long a job may still stay: 0 is expired; undefined: it is not finished, or has no limit. */
export function untilExpiryMs(
  { metadata, spec, status }: V1Job,
  wallMs: number,
): number | undefined {
  const seconds = spec?.ttlSecondsAfterFinished;
  if (seconds === undefined || metadata?.deletionTimestamp !== undefined) return undefined;
  const end = status?.conditions?.find(
    (each) => (each.type === 'Complete' || each.type === 'Failed') && each.status === 'True',
  );
  const endMs = parseTimestamp(end?.lastTransitionTime);
  return endMs === undefined ? undefined : Math.max(0, endMs + seconds * 1_000 - wallMs);
}
