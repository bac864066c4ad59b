import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import { askDaemon, OperatingError, type DataFolder } from '../../daemon/index.js';
import { print, printJson } from '../output.js';
import { pause } from '../processes.js';

const READY_MAX_MS = 90_000;

/** `kubactor start --detach`: the output goes to logs/daemon.out. Returns when it is ready or has failed. */
export async function startDetached(
  folder: DataFolder,
  daemonArguments: readonly string[],
  { json }: { readonly json: boolean },
): Promise<number> {
  const file = newOutput(folder.logs);
  const output = openSync(file, 'wx', 0o600);
  const self = process.argv[1] ?? '';
  const child = spawn(process.execPath, [self, 'start', ...daemonArguments], {
    detached: true,
    stdio: ['ignore', output, output],
  });
  child.unref();
  let exitCode: number | undefined;
  child.once('exit', (code) => (exitCode = code ?? 1));
  const deadline = performance.now() + READY_MAX_MS;
  for (;;) {
    await pause();
    const ended = exitCode;
    const text = readFileSync(file, 'utf8').trimEnd();
    if (/^ready/m.test(text)) {
      if (json) printJson(await started(folder));
      else print(text);
      return 0;
    }
    if (ended === undefined && performance.now() < deadline) continue;
    process.stderr.write(`${text}\n`);
    if (ended !== undefined) return ended === 0 ? 1 : ended;
    process.stderr.write(
      `kubactor: not ready within ${READY_MAX_MS / 1000} s; pid ${child.pid ?? 0} goes on trying, its output is in ${file}\n`,
    );
    return 1;
  }
}

async function started(
  folder: DataFolder,
): Promise<{ readonly pid: number; readonly url: string; readonly kubeconfig: string }> {
  const { pid, apiServer, kubeconfig } = await askDaemon(folder, { verb: 'status' });
  return { pid, url: apiServer.url, kubeconfig };
}

/** A daemon that runs there already writes to its own file, which is only renamed. */
function newOutput(logs: string): string {
  const file = path.join(logs, 'daemon.out');
  try {
    mkdirSync(logs, { recursive: true, mode: 0o700 });
    if (existsSync(file)) renameSync(file, path.join(logs, 'daemon.1.out'));
  } catch (error) {
    throw new OperatingError(`logs folder ${logs}: cannot be written (${String(error)})`);
  }
  return file;
}
