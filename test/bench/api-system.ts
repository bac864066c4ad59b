import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ApiServerConfig } from '../../src/apiserver/index.js';
import { KUBERNETES_VERSION } from '../../src/api/index.js';
import { actorId } from '../../src/base/index.js';
import { componentConfig, nodeNames } from '../../src/daemon/component-config.js';
import { dataFolder, loadConfig, readKeptMembers } from '../../src/daemon/index.js';
import { openDataFolder } from '../../src/daemon/open-data-folder.js';
import { startSystem, type ThreadActorSystem } from '../../src/io/thread/index.js';
import { API_SERVER, clusterTree } from '../../src/topology/index.js';
import type { Keys } from './http-protocol.js';
import { benchPrograms } from './programs.js';

export const LOAD = actorId('load');

export interface ApiSystem {
  readonly system: ThreadActorSystem;
  readonly url: string;
  readonly serverKeys: Keys;
  readonly adminKeys: Keys;
  stop(): Promise<void>;
}

/** The whole tree of a daemon with its default configuration, and beside it an actor that asks as an administrator. */
export async function startApi(): Promise<ApiSystem> {
  const programs = await benchPrograms();
  const root = mkdtempSync(path.join(tmpdir(), 'kubactor-bench-'));
  const folder = dataFolder(root);
  const loaded = loadConfig({ set: ['apiServer.port=0'], environment: {} });
  if (!loaded.ok) throw new Error(loaded.error.join('\n'));
  const { config } = loaded.value;
  const { lock, port, pki, url, clusterId } = await openDataFolder(
    folder,
    config,
    undefined,
    () => undefined,
  );
  const { supervision, store } = config;
  const configOf = componentConfig({
    config,
    folder,
    apiServerPort: port,
    clusterId,
    caCertificate: pki.ca.certificate,
    version: KUBERNETES_VERSION,
    members: () => readKeptMembers(folder),
  });
  const tree = clusterTree({
    replicas: readKeptMembers(folder).replicas.map(({ name }) => actorId(name)),
    nodeNames: nodeNames({ config }),
    intensity: supervision.intensity,
    periodMs: supervision.periodSeconds * 1000,
    stallMs: supervision.stallSeconds * 1000,
    heapMbMax: supervision.heapMb,
    buffersMbMax: supervision.buffersMb,
    quotaBytes: store.quotaBytes,
    warmSpares: supervision.warmSpares,
    configOf,
  });
  const server = tree.children.find(({ id }) => id === API_SERVER);
  if (server === undefined || 'children' in server) throw new Error('the tree has no API server');
  const own = server.config as ApiServerConfig;
  const componentIdentities = {
    ...own.componentIdentities,
    [LOAD]: { user: 'bench', groups: ['system:masters'] },
  };
  const asked = {
    ...server,
    links: [...server.links, LOAD],
    config: { ...own, componentIdentities },
  };
  const asks = {
    ...server,
    id: LOAD,
    component: 'api-load',
    entry: 'api-load',
    links: [API_SERVER],
    config: {},
    warmSpares: 0,
  };
  const children = [...tree.children.map((each) => (each.id === API_SERVER ? asked : each)), asks];
  const system = startSystem(
    { ...tree, children },
    {
      entryUrl: (entry) =>
        entry === 'api-load'
          ? programs.entryUrl(entry)
          : new URL(`../../actors/${entry}.cjs`, import.meta.url),
      logFolder: folder.logs,
      logLevel: config.log.level,
    },
  );
  await system.ready();
  const file = (name: string): string => readFileSync(path.join(folder.pki, name), 'utf8');
  const keys = (name: string): Keys => ({
    ca: file('ca.crt'),
    cert: file(`${name}.crt`),
    key: file(`${name}.key`),
  });
  return {
    system,
    url,
    serverKeys: keys('apiserver'),
    adminKeys: keys('admin'),
    async stop() {
      await system.stop();
      lock.release();
      rmSync(root, { recursive: true, force: true });
    },
  };
}
