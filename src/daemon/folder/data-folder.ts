import { randomBytes } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { OperatingError } from '../failure.js';
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
  /** Which replicas of the store run; absent while they are the first three. */
  readonly membersFile: string;
  storeFolder(id: string): string;
}

/**
 * `--data-dir`, else the cluster of that `--name` (`kubactor-NAME` in the state folder), else KUBACTOR_DATA_DIR, else `kubactor` in the
 * state folder.
 */
export function dataFolderPath(
  flag: string | undefined,
  environment: NodeJS.ProcessEnv,
  name?: string,
): string {
  if (name !== undefined && !CLUSTER_NAME.test(name))
    throw new OperatingError(`--name ${name}: expected small letters, digits and dashes`, 2);
  const fromEnvironment = name === undefined ? environment['KUBACTOR_DATA_DIR'] : undefined;
  const named = flag ?? fromEnvironment;
  if (named !== undefined && named !== '') return path.resolve(named);
  return path.join(stateFolder(environment), name === undefined ? 'kubactor' : `kubactor-${name}`);
}

const CLUSTER_NAME = /^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/;

/** $XDG_STATE_HOME, else (root) /var/lib, else ~/.local/state. */
function stateFolder(environment: NodeJS.ProcessEnv): string {
  const stateHome = environment['XDG_STATE_HOME'];
  if (stateHome !== undefined && stateHome !== '') return path.resolve(stateHome);
  return process.getuid?.() === 0 ? '/var/lib' : path.join(homedir(), '.local/state');
}

export interface KnownCluster {
  /** Null: the one without a name. */
  readonly name: string | null;
  readonly root: string;
}

/** The clusters whose data is in the state folder, by name. */
export function knownClusters(environment: NodeJS.ProcessEnv): KnownCluster[] {
  const home = stateFolder(environment);
  if (!existsSync(home)) return [];
  return readdirSync(home)
    .sort()
    .flatMap((entry) => {
      const name = entry === 'kubactor' ? null : /^kubactor-(.+)$/.exec(entry)?.[1];
      const root = path.join(home, entry);
      const isCluster = name === null || (name !== undefined && CLUSTER_NAME.test(name));
      return isCluster && existsSync(path.join(root, 'VERSION')) ? [{ name, root }] : [];
    });
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
    membersFile: path.join(root, 'members.json'),
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
