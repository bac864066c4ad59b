import type { DataFolder } from '../../daemon/index.js';
import { print, printJson } from '../output.js';
import { snapshotJson, snapshotText } from '../top/snapshot.js';
import { TopSource } from '../top/source.js';

export interface TopOptions {
  readonly json: boolean;
  /** One snapshot, also on a terminal. */
  readonly once: boolean;
}

/** `kubactor top`. Only a terminal that can be redrawn gets the live screen, and only then is ink loaded. */
export async function top(folder: DataFolder, { json, once }: TopOptions): Promise<number> {
  const source = new TopSource(folder);
  if (json || once || !canRedraw()) {
    const sample = await source.lookAtAll();
    source.close();
    if (json) printJson(snapshotJson(sample));
    else print(snapshotText(sample));
    return 0;
  }
  // Where none runs at the start that is said as by every other verb.
  const first = await source.look('cluster');
  // ink draws nothing until the end where it believes itself in CI; `canRedraw` has seen a terminal. It looks as it is loaded.
  process.env['CI'] = 'false';
  const { live } = await import('../top/live.js');
  await live(source, first, { colour: (process.env['NO_COLOR'] ?? '') === '' });
  // What was asked, and may not be answered for half a minute, is not waited for: who quits has quit.
  process.exit(0);
}

function canRedraw(): boolean {
  return process.stdout.isTTY && process.stdin.isTTY && process.env['TERM'] !== 'dumb';
}
