import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { actorId } from '../../src/base/index.js';
import { startSystem, type ActorSystem } from '../../src/io/thread/index.js';
import type { ReplicaStatus } from '../../src/protocol/index.js';
import type { Failovers } from './failover.js';
import type { GapWindow } from './gap-meter.js';

const REPLICAS = ['store-0', 'store-1', 'store-2'];
const WINDOW_MS = 250;
const QUIET_WINDOWS = 20;
const LAG_ENTRIES_MAX = 50;

/** Three replicas and a writer, all of them actors; nothing of Kubernetes. */
export async function failoverOverMessages(times: number): Promise<Failovers> {
  const folder = mkdtempSync(path.join(tmpdir(), 'kubactor-bench-'));
  const system = startReplicas(folder);
  try {
    await system.ready();
    const window = async (): Promise<GapWindow> => {
      const report = await system.report('writer', 1000);
      if (!report.ok) throw new Error('the writer does not answer');
      return report.value as GapWindow;
    };
    await leaderOf(system);
    await pause(2000);
    await window();
    const quietMs: number[] = [];
    for (let i = 0; i < QUIET_WINDOWS; i++) {
      await pause(WINDOW_MS);
      quietMs.push((await window()).longestGapMs);
    }
    const gapsMs: number[] = [];
    let [acknowledged, refused] = [0, 0];
    const began = performance.now();
    for (let i = 0; i < times; i++) {
      await system.kill(await leaderOf(system), { holdMs: 0 });
      await healthy(system);
      await pause(WINDOW_MS);
      const seen = await window();
      gapsMs.push(seen.longestGapMs);
      acknowledged += seen.acknowledged;
      refused += seen.refused;
    }
    return { gapsMs, quietMs, acknowledged, refused, seconds: (performance.now() - began) / 1000 };
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
          entry === 'store' ? '../../actors/store.js' : './actors/store-writer.js',
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

/** Every kill meets a healthy store: all replicas run, and have applied what is committed but for a few entries. */
async function healthy(system: ActorSystem): Promise<void> {
  for (;;) {
    const reports = await Promise.all(REPLICAS.map((id) => system.report(id, 1000)));
    const indexes = reports.map((report) =>
      report.ok ? (report.value as { status?: ReplicaStatus }).status?.appliedIndex : undefined,
    );
    const applied = indexes.filter((index) => index !== undefined);
    if (
      applied.length === REPLICAS.length &&
      Math.max(...applied) - Math.min(...applied) <= LAG_ENTRIES_MAX
    )
      return;
    await pause(5);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
