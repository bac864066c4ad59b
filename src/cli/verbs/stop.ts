import { askDaemon, type DataFolder } from '../../daemon/index.js';
import { print } from '../output.js';

const STOP_MAX_MS = 30_000;

/** `kubactor stop`: returns when the process is gone. */
export async function stop(folder: DataFolder): Promise<number> {
  const { pid } = await askDaemon(folder, { verb: 'stop' });
  const deadline = performance.now() + STOP_MAX_MS;
  while (isAlive(pid)) {
    if (performance.now() > deadline) {
      print(
        `pid ${pid} still runs after ${STOP_MAX_MS / 1000} s; \`kill -9 ${pid}\` loses nothing that was acknowledged`,
      );
      return 1;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  print('stopped');
  return 0;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
