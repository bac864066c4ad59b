import { failed, ok, type Result } from '../../base/index.js';
import type { ReplicaConfig } from '../../store/index.js';

/** As etcd's `--auto-compaction-mode` and `--auto-compaction-retention`. */
export interface AutoCompactionSettings {
  readonly mode: 'off' | 'periodic' | 'revision';
  readonly retention: string;
}

const DURATION = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/;
const MS_PER_HOUR = 3_600_000;

/** What a replica is to do, or why the retention does not fit the mode. A bare number is hours, or revisions, as in etcd. */
export function autoCompaction({
  mode,
  retention,
}: AutoCompactionSettings): Result<NonNullable<ReplicaConfig['autoCompaction']>, string> {
  switch (mode) {
    case 'off':
      return ok({ mode });
    case 'periodic': {
      const periodMs = /^\d+$/.test(retention)
        ? Number(retention) * MS_PER_HOUR
        : durationMs(retention);
      return periodMs > 0 && Number.isSafeInteger(periodMs)
        ? ok({ mode, periodMs })
        : failed(
            'expected how long versions are kept, such as 5m or 1h30m (a bare number is hours)',
          );
    }
    case 'revision': {
      const revisionsKept = /^\d+$/.test(retention) ? Number(retention) : 0;
      return revisionsKept > 0 && Number.isSafeInteger(revisionsKept)
        ? ok({ mode, revisionsKept })
        : failed('expected how many revisions are kept, such as 1000');
    }
    default:
      return mode satisfies never;
  }
}

/** 0 where it is no duration. */
function durationMs(text: string): number {
  const [, hours = '0', minutes = '0', seconds = '0'] = DURATION.exec(text) ?? [];
  return (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
}
