import { askDaemon, type DataFolder } from '../../daemon/index.js';
import { print, printJson } from '../output.js';
import { untilGone } from '../processes.js';

/** `kubactor stop`: returns when the process is gone. */
export async function stop(
  folder: DataFolder,
  { json }: { readonly json: boolean },
): Promise<number> {
  const { pid } = await askDaemon(folder, { verb: 'stop' });
  await untilGone(pid);
  if (json) printJson({ stopped: true, pid });
  else print('stopped');
  return 0;
}
