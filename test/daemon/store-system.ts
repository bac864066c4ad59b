import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ChildSpec } from '../../src/actor/index.js';
import { actorId, nodeId } from '../../src/base/index.js';
import { dataFolder, readKeptMembers } from '../../src/daemon/folder/index.js';
import type { DataFolder } from '../../src/daemon/folder/index.js';
import { Membership } from '../../src/daemon/members/index.js';
import { startSystem } from '../../src/io/thread/index.js';
import type { ThreadActorSystem } from '../../src/io/thread/index.js';
import type { ReplicaStatus } from '../../src/protocol/index.js';
import type { ReplicaConfig } from '../../src/store/index.js';
import { CLUSTER } from '../../src/topology/index.js';
import type { HistoryLoadReport } from './actors/history-load.js';

const LOAD = actorId('load');

/** The replicas that a data folder names, clients that load them, and the daemon's own changes of the members; on threads. */
export class StoreSystem {
  readonly folder: DataFolder;
  readonly system: ThreadActorSystem;
  readonly membership: Membership;

  constructor(root = mkdtempSync(path.join(tmpdir(), 'kubactor-members-'))) {
    this.folder = dataFolder(root);
    const { replicas } = readKeptMembers(this.folder);
    const names = replicas.map(({ name }) => actorId(name));
    this.system = startSystem(
      {
        id: CLUSTER,
        strategy: 'one_for_one',
        intensity: 10,
        periodMs: 60_000,
        backoff: { minMs: 50, maxMs: 1000, factor: 2, jitter: 0.2 },
        children: [
          ...names.map((name) => this.#replica(name)),
          {
            ...CHILD,
            id: LOAD,
            component: 'load',
            entry: LOAD,
            links: names,
            config: { replicas: names },
          },
        ],
      },
      {
        entryUrl: (entry) =>
          entry === LOAD
            ? new URL('./actors/history-load.js', import.meta.url)
            : new URL(`../../actors/${entry}.cjs`, import.meta.url),
        logFolder: root,
        logLevel: 'error',
      },
    );
    this.membership = new Membership({
      system: this.system,
      folder: this.folder,
      replicaSpec: (name) => this.#replica(name),
      takesPart: async (name) => ((await this.status(name))?.role ?? null) !== null,
    });
  }

  async status(name: string): Promise<ReplicaStatus | undefined> {
    const report = await this.system.report(name, 1000);
    return report.ok ? (report.value as { status?: ReplicaStatus }).status : undefined;
  }

  replicas(): string[] {
    return this.system.actors().flatMap(({ id, component }) => (component === 'store' ? [id] : []));
  }

  async leader(): Promise<string> {
    for (;;) {
      for (const name of this.replicas())
        if ((await this.status(name))?.role === 'leader') return name;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async load(): Promise<HistoryLoadReport> {
    const report = await this.system.report(LOAD, 60_000);
    if (!report.ok) throw new Error(report.error.message);
    return report.value as HistoryLoadReport;
  }

  /** Until so many more operations have succeeded: the store serves. */
  async served(count: number): Promise<void> {
    const wanted = (await this.load()).succeeded + count;
    while ((await this.load()).succeeded < wanted)
      await new Promise((resolve) => setTimeout(resolve, 20));
  }

  async endWrites(): Promise<HistoryLoadReport> {
    await this.system.inject(LOAD, { type: 'end-writes' }, 60_000);
    for (;;) {
      const load = await this.load();
      if (load.finalReads === 4) return load;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async remove(): Promise<void> {
    await this.system.stop();
    rmSync(this.folder.root, { recursive: true, force: true });
  }

  #replica(name: string): ChildSpec {
    const { founding, replicas } = readKeptMembers(this.folder);
    const peers = founding.map((each) => ({ id: actorId(each.name), nodeId: nodeId(each.id) }));
    const config: ReplicaConfig = {
      id: actorId(name),
      nodeId: nodeId(replicas.find((each) => each.name === name)?.id ?? 0),
      peers,
      known: replicas.map((each) => ({ id: actorId(each.name), nodeId: nodeId(each.id) })),
      folder: this.folder.storeFolder(name),
      clusterId: 7n,
      snapshotEntries: 200,
      keptEntries: 50,
    };
    const links = replicas.map((each) => actorId(each.name)).filter((id) => id !== name);
    return {
      ...CHILD,
      id: actorId(name),
      component: 'store',
      entry: 'store',
      links: [...links, LOAD],
      config,
    };
  }
}

const CHILD = {
  restart: 'permanent',
  kind: 'worker',
  shutdownMs: 10_000,
  startTimeoutMs: 60_000,
  stallMs: 60_000,
  heapMbMax: 512,
} as const;
