import { askDaemon, OperatingError, type DataFolder } from '../../daemon/index.js';
import { duration, parseDuration, print, printJson } from '../output.js';

/** `kubactor chaos kill TARGET [--hold DURATION]`. */
export async function chaosKill(
  folder: DataFolder,
  target: string,
  { hold, json }: { readonly hold: string | undefined; readonly json: boolean },
): Promise<number> {
  const holdMs = hold === undefined ? 0 : parseDuration(hold);
  if (holdMs === undefined)
    throw new OperatingError(
      `--hold ${hold ?? ''}: expected a duration such as 500ms, 5s or 1m`,
      2,
    );
  const killed = await askDaemon(folder, { verb: 'kill', target, holdMs });
  if (json) printJson({ ...killed, holdMs });
  else
    print(
      `killed ${killed.actor} (incarnation ${killed.incarnation})${holdMs > 0 ? `, held down for ${duration(holdMs)}` : ''}`,
    );
  return 0;
}
