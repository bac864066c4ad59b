import { askDaemon, type DataFolder } from '../../daemon/index.js';
import { print } from '../output.js';
import { untilGone } from '../processes.js';

/** `kubactor stop`: returns when the process is gone. */
export async function stop(folder: DataFolder): Promise<number> {
  const { pid } = await askDaemon(folder, { verb: 'stop' });
  await untilGone(pid);
  print('stopped');
  return 0;
}
