import { runHeart } from '../../heart/index.js';

export interface StartOptions {
  readonly dataDir?: string;
  readonly name?: string;
  readonly file?: string;
  readonly set: readonly string[];
  readonly detach?: boolean;
  readonly output?: string;
}

/** `kubactor start`: in the foreground this process is the daemon's heart, and loads nothing else. */
export async function start(options: StartOptions): Promise<number> {
  if (options.detach !== true) return runHeart(daemonArguments(options));
  const [{ dataFolder, dataFolderPath }, { startDetached }] = await Promise.all([
    import('../../daemon/index.js'),
    import('./detach.js'),
  ]);
  const folder = dataFolder(dataFolderPath(options.dataDir, process.env, options.name));
  return startDetached(folder, daemonArguments(options), { json: options.output === 'json' });
}

/** The daemon reads the very same flags. */
function daemonArguments({ dataDir, name, file, set }: StartOptions): string[] {
  return [
    ...(dataDir === undefined ? [] : ['--data-dir', dataDir]),
    ...(name === undefined ? [] : ['--name', name]),
    ...(file === undefined ? [] : ['-f', file]),
    ...set.flatMap((assignment) => ['--set', assignment]),
  ];
}
