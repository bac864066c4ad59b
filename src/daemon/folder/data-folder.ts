import { randomBytes } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { folderError } from './folder-error.js';
import { DATA_VERSION, readDataVersion, writeDataVersion } from './migrations.js';
import { writeFileAtomic } from './write-file.js';

/** Where everything of one cluster lives: design section 7. */
export interface DataFolder {
  readonly root: string;
  readonly kubeconfig: string;
  readonly pki: string;
  readonly run: string;
  readonly logs: string;
  readonly controlSocket: string;
  /** What is chosen once and kept: ports, the cluster id. */
  readonly stateFile: string;
  storeFolder(id: string): string;
}

/** `--data-dir`, else KUBACTOR_DATA_DIR, else $XDG_STATE_HOME/kubactor, else (root) /var/lib/kubactor. */
export function dataFolderPath(flag: string | undefined, environment: NodeJS.ProcessEnv): string {
  const named = flag ?? environment['KUBACTOR_DATA_DIR'];
  if (named !== undefined && named !== '') return path.resolve(named);
  const stateHome = environment['XDG_STATE_HOME'];
  if (stateHome !== undefined && stateHome !== '')
    return path.join(path.resolve(stateHome), 'kubactor');
  if (process.getuid?.() === 0) return '/var/lib/kubactor';
  return path.join(homedir(), '.local/state/kubactor');
}

export function dataFolder(root: string): DataFolder {
  return {
    root,
    kubeconfig: path.join(root, 'kubeconfig.yaml'),
    pki: path.join(root, 'pki'),
    run: path.join(root, 'run'),
    logs: path.join(root, 'logs'),
    controlSocket: path.join(root, 'run/control.sock'),
    stateFile: path.join(root, 'state.json'),
    storeFolder: (id) => path.join(root, id),
  };
}

/** Makes the folder (0700), or checks that it is one that this program can use. Changes nothing where it refuses. */
export function prepareDataFolder(folder: DataFolder): void {
  try {
    mkdirSync(folder.root, { recursive: true, mode: 0o700 });
    accessSync(folder.root, constants.R_OK | constants.W_OK | constants.X_OK);
    checkVersion(folder);
    for (const inner of [folder.pki, folder.run, folder.logs])
      mkdirSync(inner, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw folderError(folder.root, error);
  }
}

function checkVersion({ root }: DataFolder): void {
  if (existsSync(path.join(root, 'VERSION'))) readDataVersion(root);
  else writeDataVersion(root, DATA_VERSION);
}

/** What a cluster keeps over its restarts. */
export interface KeptState {
  /** The port chosen for `apiServer.port: 0`. */
  readonly apiServerPort?: number;
  /** 64 bits, decimal. */
  readonly clusterId: string;
}

export function readKeptState(folder: DataFolder): KeptState {
  if (existsSync(folder.stateFile))
    return JSON.parse(readFileSync(folder.stateFile, 'utf8')) as KeptState;
  const state = { clusterId: randomBytes(8).readBigUInt64BE().toString() };
  keepState(folder, state);
  return state;
}

export function keepState(folder: DataFolder, state: KeptState): void {
  writeFileAtomic(folder.stateFile, `${JSON.stringify(state, null, 2)}\n`);
}
