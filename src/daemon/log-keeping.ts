import type { Log } from '../base/index.js';
import { type LogKeeping, sweepLogs } from '../io/log/index.js';
import type { ClusterConfig } from './config/index.js';

const SWEEP_MS = 3_600_000;

export function logKeeping({ log }: ClusterConfig): LogKeeping {
  return { bytesMax: log.maxBytes, ageMsMax: log.maxAgeHours * 3_600_000, filesMax: log.keep };
}

/** Clears away now and each hour what no actor's own rotation comes to. */
export function keepLogsSwept(
  folder: string,
  actors: () => readonly string[],
  keeping: LogKeeping,
  log: Pick<Log, 'info'>,
): void {
  const sweep = (): void => {
    const removed = sweepLogs(folder, new Set(['main', ...actors()]), keeping, Date.now());
    if (removed.length > 0) log.info('old log files were removed', { files: removed });
  };
  sweep();
  setInterval(sweep, SWEEP_MS).unref();
}
