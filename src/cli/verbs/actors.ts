import { askDaemon, OperatingError, type DataFolder } from '../../daemon/index.js';
import { actorTable, actorText } from '../actor-table.js';
import { print, printJson } from '../output.js';

export interface ActorsOptions {
  /** One actor, with all that there is to see of it. */
  readonly actor: string | undefined;
  readonly format: 'text' | 'wide' | 'json';
}

/** `kubactor actors [ACTOR]`. */
export async function actors(
  folder: DataFolder,
  { actor: wanted, format }: ActorsOptions,
): Promise<number> {
  const all = await askDaemon(folder, { verb: 'figures' });
  if (wanted === undefined) {
    if (format === 'json') printJson(all);
    else print(actorTable(all, format === 'wide'));
    return 0;
  }
  const actor = all.find(({ id }) => id === wanted);
  if (actor === undefined)
    throw new OperatingError(`no actor ${wanted}; known: ${all.map(({ id }) => id).join(', ')}`);
  if (format === 'json') printJson(actor);
  else print(actorText(actor));
  return 0;
}
