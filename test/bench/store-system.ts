import path from 'node:path';
import { actorId } from '../../src/base/index.js';
import { startSystem, type ThreadActorSystem } from '../../src/io/thread/index.js';
import type { ReplicaStatus } from '../../src/protocol/index.js';
import type { ReplicaConfig } from '../../src/store/index.js';
import { pause } from './leader-kills.js';
import type { BenchPrograms } from './programs.js';

export const REPLICAS = ['store-0', 'store-1', 'store-2'];
export const CLUSTER_ID = 1n;

/** An actor of this bench that uses the store. */
export interface StoreUser {
  readonly id: string;
  /** Of a file in `actors/`. */
  readonly entry: string;
  /** Beside `replicas`, which it gets. */
  readonly config: Readonly<Record<string, unknown>>;
}

export interface StoreOptions {
  /** Of the heap of each. */
  readonly memoryMbMax?: number;
  /** `store-probed` tells of its pauses, too. */
  readonly replicaEntry?: 'store' | 'store-probed';
  /** What differs from the bench's usual settings. */
  readonly replica?: Partial<ReplicaConfig>;
}

/** Three replicas and one user of theirs, all of them actors; nothing of Kubernetes. */
export function startStore(
  programs: BenchPrograms,
  folder: string,
  user: StoreUser,
  { memoryMbMax = 1024, replicaEntry = 'store', replica = {} }: StoreOptions = {},
): ThreadActorSystem {
  const ids = REPLICAS.map(actorId);
  const userId = actorId(user.id);
  const child = {
    restart: 'permanent',
    kind: 'worker',
    shutdownMs: 5000,
    startTimeoutMs: 30_000,
    stallMs: 15_000,
    heapMbMax: memoryMbMax,
  } as const;
  return startSystem(
    {
      id: actorId('bench'),
      strategy: 'one_for_one',
      intensity: 10,
      periodMs: 60_000,
      startOrder: 'parallel',
      backoff: { minMs: 50, maxMs: 10_000, factor: 2, jitter: 0.2 },
      children: [
        ...ids.map((id) => ({
          ...child,
          id,
          component: 'store',
          entry: replicaEntry,
          restartDelayMs: 150,
          warmSpares: 1,
          youngMb: 24,
          links: [...ids.filter((peer) => peer !== id), userId],
          config: {
            id,
            peers: ids.map((peer, i) => ({ id: peer, nodeId: i + 1 })),
            folder: path.join(folder, id),
            clusterId: CLUSTER_ID,
            tickMs: 200,
            electionTicks: 6,
            heartbeatTicks: 2,
            ...replica,
          },
        })),
        {
          ...child,
          id: userId,
          component: user.entry,
          // As the API server has it, whose place it takes.
          youngMb: 24,
          entry: user.entry,
          links: ids,
          config: { ...user.config, replicas: ids },
        },
      ],
    },
    {
      entryUrl: (entry) =>
        entry === 'store'
          ? new URL('../../actors/store.cjs', import.meta.url)
          : programs.entryUrl(entry),
      logFolder: folder,
      logLevel: 'error',
    },
  );
}

export async function leaderOf(system: ThreadActorSystem): Promise<string> {
  for (;;) {
    for (const id of REPLICAS) {
      if ((await statusOf(system, id))?.role === 'leader') return id;
    }
    await pause(5);
  }
}

/** The applied index of each replica; undefined while one does not run. */
export async function appliedIndexes(
  system: ThreadActorSystem,
): Promise<readonly (number | undefined)[]> {
  const statuses = await Promise.all(REPLICAS.map((id) => statusOf(system, id)));
  return statuses.map((status) => status?.appliedIndex);
}

async function statusOf(system: ThreadActorSystem, id: string): Promise<ReplicaStatus | undefined> {
  const report = await system.report(id, 1000);
  return report.ok ? (report.value as { status?: ReplicaStatus }).status : undefined;
}
