import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { actorId } from '../../src/base/index.js';
import { startSystem, type ActorSystem } from '../../src/io/thread/index.js';
import type { ReplicaStatus } from '../../src/protocol/index.js';
import type { GapWindow } from './gap-meter.js';
import { leaderKills, pause, type LeaderKills } from './leader-kills.js';

const REPLICAS = ['store-0', 'store-1', 'store-2'];
const WINDOW_MS = 250;

/** Three replicas and a writer, all of them actors; nothing of Kubernetes. */
export async function failoverOverMessages(times: number): Promise<LeaderKills> {
  const folder = mkdtempSync(path.join(tmpdir(), 'kubactor-bench-'));
  const system = startReplicas(folder);
  try {
    await system.ready();
    await leaderOf(system);
    return await leaderKills(times, {
      windowMs: WINDOW_MS,
      killLeader: async () => {
        await system.kill(await leaderOf(system), { holdMs: 0 });
      },
      appliedIndexes: async () => {
        const reports = await Promise.all(REPLICAS.map((id) => system.report(id, 1000)));
        return reports.map((report) =>
          report.ok ? (report.value as { status?: ReplicaStatus }).status?.appliedIndex : undefined,
        );
      },
      takeWindow: async () => {
        const report = await system.report('writer', 1000);
        if (!report.ok) throw new Error('the writer does not answer');
        return report.value as GapWindow;
      },
    });
  } finally {
    await system.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function startReplicas(folder: string): ActorSystem {
  const ids = REPLICAS.map(actorId);
  const writer = actorId('writer');
  const child = {
    restart: 'permanent',
    kind: 'worker',
    shutdownMs: 5000,
    startTimeoutMs: 30_000,
    stallMs: 15_000,
    heapMbMax: 1024,
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
          entry: 'store',
          restartDelayMs: 150,
          warmSpares: 1,
          links: [...ids.filter((peer) => peer !== id), writer],
          config: {
            id,
            peers: ids.map((peer, i) => ({ id: peer, nodeId: i + 1 })),
            folder: path.join(folder, id),
            clusterId: 1n,
            tickMs: 200,
            electionTicks: 5,
            heartbeatTicks: 2,
            snapshotEntries: 10_000,
          },
        })),
        {
          ...child,
          id: writer,
          component: 'writer',
          entry: 'writer',
          links: ids,
          config: { replicas: ids, intervalMs: 1, keys: 1000, valueBytes: 256 },
        },
      ],
    },
    {
      entryUrl: (entry) =>
        new URL(
          entry === 'store' ? '../../actors/store.cjs' : './actors/store-writer.js',
          import.meta.url,
        ),
      logFolder: folder,
      logLevel: 'error',
    },
  );
}

async function leaderOf(system: ActorSystem): Promise<string> {
  for (;;) {
    for (const id of REPLICAS) {
      const report = await system.report(id, 1000);
      if (report.ok && (report.value as { status?: ReplicaStatus }).status?.role === 'leader')
        return id;
    }
    await pause(5);
  }
}
