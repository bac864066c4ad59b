import { randomBytes } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { errorCode, OperatingError } from '../failure.js';

/** Raised when the format on disk changes in a way that older programs cannot read. */
export const DATA_VERSION = 1;

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
    if (error instanceof OperatingError) throw error;
    throw new OperatingError(
      `data folder ${folder.root}: cannot be written (${errorCode(error) ?? String(error)})`,
    );
  }
}

function checkVersion(folder: DataFolder): void {
  const file = path.join(folder.root, 'VERSION');
  if (!existsSync(file)) {
    writeFileAtomic(file, `${DATA_VERSION}\n`);
    return;
  }
  const text = readFileSync(file, 'utf8').trim();
  const version = Number(text);
  if (!Number.isSafeInteger(version) || version < 1) {
    throw new OperatingError(
      `data folder ${folder.root}: VERSION says ${JSON.stringify(text)}, which is no version`,
    );
  }
  if (version > DATA_VERSION) {
    throw new OperatingError(
      `data folder ${folder.root}: its data has version ${version}, this kubactor reads up to ${DATA_VERSION}; use a newer kubactor`,
    );
  }
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

/** Written beside, then renamed (0600): a reader sees the old content or the new, never a part. */
export function writeFileAtomic(file: string, content: string): void {
  const draft = `${file}.tmp`;
  writeFileSync(draft, content, { mode: 0o600 });
  renameSync(draft, file);
}
