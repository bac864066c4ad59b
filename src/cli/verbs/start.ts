import { spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { runHeart } from '../../heart/index.js';
import { print } from '../output.js';

/** A start that takes longer goes on by itself. */
const READY_MAX_MS = 120_000;

export interface StartOptions {
  readonly dataDir?: string;
  readonly file?: string;
  readonly set: readonly string[];
  readonly detach?: boolean;
}

/** `kubactor start`: in the foreground this process is the daemon's heart. */
export async function start(options: StartOptions): Promise<number> {
  return options.detach === true ? detach(options) : runHeart(daemonArguments(options));
}

/** The daemon reads the very same flags. */
function daemonArguments({ dataDir, file, set }: StartOptions): string[] {
  return [
    ...(dataDir === undefined ? [] : ['--data-dir', dataDir]),
    ...(file === undefined ? [] : ['-f', file]),
    ...set.flatMap((assignment) => ['--set', assignment]),
  ];
}

/** The same in the background, its output in logs/daemon.out; returns when the ready line is printed or it has failed. */
async function detach(options: StartOptions): Promise<number> {
  const { dataFolder, dataFolderPath, OperatingError } = await import('../../daemon/index.js');
  const folder = dataFolder(dataFolderPath(options.dataDir, process.env));
  mkdirSync(folder.logs, { recursive: true, mode: 0o700 });
  const file = path.join(folder.logs, 'daemon.out');
  const output = openSync(file, 'w', 0o600);
  const self = process.argv[1] ?? '';
  const child = spawn(process.execPath, [self, 'start', ...daemonArguments(options)], {
    detached: true,
    stdio: ['ignore', output, output],
  });
  child.unref();
  let exitCode: number | undefined;
  child.once('exit', (code) => (exitCode = code ?? 1));
  const deadline = performance.now() + READY_MAX_MS;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const text = readFileSync(file, 'utf8');
    if (performance.now() > deadline)
      throw new OperatingError(
        `not ready within ${READY_MAX_MS / 1000} s; \`kubactor status\` tells when it is, ${file} what it says`,
      );
    if (/^ready/m.test(text) || exitCode !== undefined) {
      print(text.trimEnd());
      return exitCode ?? 0;
    }
  }
}
