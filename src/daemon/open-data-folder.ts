import type { Log } from '../base/index.js';
import type { ClusterConfig } from './config/index.js';
import {
  folderError,
  lockFolder,
  migrateDataFolder,
  prepareDataFolder,
  readKeptState,
  writeFileAtomic,
  type DataFolder,
  type FolderLock,
} from './folder/index.js';
import {
  ensurePki,
  ensureTokenKey,
  keepPkiFresh,
  kubeconfigText,
  type ClusterPki,
} from './pki/index.js';
import { chooseServingPort } from './serving-port.js';

/** A data folder that is this daemon's alone, with all that is chosen once and kept. */
export interface OpenedFolder {
  readonly lock: FolderLock;
  readonly port: number;
  readonly url: string;
  readonly pki: ClusterPki;
  readonly clusterId: string;
  /** Renews certificates that near their end, from now on. Returns what ends it. */
  readonly keepFresh: (log: Log) => () => void;
}

/** Rejects with an `OperatingError` where the folder cannot be used; then the lock is free again. */
export async function openDataFolder(
  folder: DataFolder,
  config: ClusterConfig,
  name: string | undefined,
  say: (line: string) => void,
): Promise<OpenedFolder> {
  prepareDataFolder(folder);
  const lock = await lockFolder(folder.root);
  try {
    migrateDataFolder(folder.root, say);
    const { host, port: wanted } = config.apiServer;
    const port = await chooseServingPort(folder, host, wanted);
    const url = `https://${host}:${port}`;
    const ensure = (): Promise<ClusterPki> => ensurePki(folder.pki, servingNames(config));
    const writeKubeconfig = (keys: ClusterPki): void =>
      writeFileAtomic(folder.kubeconfig, kubeconfigText(url, keys, contextName(name)));
    const pki = await ensure();
    ensureTokenKey(folder.pki);
    writeKubeconfig(pki);
    const { clusterId } = readKeptState(folder);
    const keepFresh = (log: Log): (() => void) =>
      keepPkiFresh(pki, { log, ensure, adminRenewed: writeKubeconfig, every });
    return { lock, port, pki, url, clusterId, keepFresh };
  } catch (error) {
    lock.release();
    throw folderError(folder.root, error);
  }
}

function servingNames(config: ClusterConfig): string[] {
  const inCluster = [
    'kubernetes',
    'kubernetes.default',
    'kubernetes.default.svc',
    'kubernetes.default.svc.cluster.local',
  ];
  return [
    ...new Set([
      'localhost',
      '127.0.0.1',
      config.apiServer.host,
      ...inCluster,
      firstAddress(config.network.serviceCidr),
      ...config.apiServer.extraNames,
    ]),
  ];
}

/** The first usable address of a network: the Service `default/kubernetes` gets it. */
function firstAddress(cidr: string): string {
  const bytes = (cidr.split('/')[0] ?? '').split('.').map(Number);
  return [...bytes.slice(0, 3), (bytes[3] ?? 0) + 1].join('.');
}

/** Clusters of several names can be merged into one kubeconfig. */
function contextName(name: string | undefined): string {
  return name === undefined ? 'kubactor' : `kubactor-${name}`;
}

function every(periodMs: number, callback: () => void): () => void {
  const timer = setInterval(callback, periodMs);
  timer.unref();
  return () => clearInterval(timer);
}
