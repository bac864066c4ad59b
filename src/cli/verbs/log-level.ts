import { askDaemon, OperatingError, type DataFolder } from '../../daemon/index.js';
import { isLogLevel, LOG_LEVELS } from '../../io/log/index.js';
import { print, printJson } from '../output.js';

/** `kubactor log-level ACTOR LEVEL`: from now on, over its restarts too, until the daemon ends. */
export async function logLevel(
  folder: DataFolder,
  actor: string,
  level: string,
  { json }: { readonly json: boolean },
): Promise<number> {
  if (!isLogLevel(level))
    throw new OperatingError(`no level ${level}; known: ${LOG_LEVELS.join(', ')}`, 2);
  const set = await askDaemon(folder, { verb: 'log-level', actor, level });
  if (json) printJson(set);
  else print(`${set.actor} logs at ${set.level}`);
  return 0;
}
