import {
  askDaemon,
  OperatingError,
  type ClusterStatus,
  type DataFolder,
} from '../../daemon/index.js';
import { print, printJson } from '../output.js';
import { isAlive, pause, untilGone } from '../processes.js';

const READY_MAX_MS = 60_000;
const ROLLING_MAX_MS = 30 * 60_000;

/** `kubactor restart`: a new process with the flags of the old one, under the same heart. Returns when it is ready. */
export async function restart(
  folder: DataFolder,
  { json }: { readonly json: boolean },
): Promise<number> {
  const { pid, heartPid } = await askDaemon(folder, { verb: 'restart' });
  await untilGone(pid);
  const found = await untilReady(folder, heartPid);
  if (json) printJson({ pid: found.pid, was: pid, url: found.apiServer.url });
  else print(`restarted: ready ${found.apiServer.url} (pid ${found.pid}, was ${pid})`);
  return 0;
}

/** `kubactor restart --rolling`: every actor but the gateway, one after the other, in the same process. */
export async function restartRolling(
  folder: DataFolder,
  { json }: { readonly json: boolean },
): Promise<number> {
  const done = await askDaemon(folder, { verb: 'rolling-restart' }, ROLLING_MAX_MS);
  if (json) printJson(done);
  else print(`restarted, one after the other: ${done.actors.join(', ')}`);
  return 0;
}

async function untilReady(folder: DataFolder, heartPid: number): Promise<ClusterStatus> {
  const deadline = performance.now() + READY_MAX_MS;
  for (;;) {
    const found = await askDaemon(folder, { verb: 'status' }).catch(notYet);
    if (found?.ready === true) return found;
    if (!isAlive(heartPid)) {
      throw new OperatingError(
        'stopped, but it did not start again; its own output and `kubactor logs` say why',
      );
    }
    if (performance.now() > deadline) {
      throw new OperatingError(
        `not ready ${READY_MAX_MS / 1000} s after it stopped; \`kubactor status\` shows how it goes on`,
      );
    }
    await pause();
  }
}

/** Between its two lives nobody listens. */
function notYet(error: unknown): undefined {
  if (!(error instanceof OperatingError)) throw error;
}
