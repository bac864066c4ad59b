import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ActorEvent, ChildSpec, SupervisorSpec } from '../../src/actor/index.js';
import { type ActorId, actorId } from '../../src/base/index.js';
import { type ThreadActorSystem, startSystem } from '../../src/io/thread/index.js';
import { bundleActors } from '../io/bundle.js';
import { alone, percentile, type Row } from './report.js';

/** From a kill until the next life answers, cold and with a spare that waits: of a small actor, and of a store replica. */
export async function run(times = 30): Promise<readonly Row[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'kubactor-bench-'));
  try {
    const small: Subject = {
      name: 'a small actor',
      entry: 'workshop',
      entryUrl: await bundleActors(path.join(folder, 'actors')),
      config: (id) => ({ file: path.join(folder, id) }),
    };
    const replica: Subject = {
      name: 'a store replica',
      entry: 'store',
      entryUrl: (entry) => new URL(`../../actors/${entry}.cjs`, import.meta.url),
      config: (id) => replicaConfig(id, path.join(folder, id)),
    };
    const rows: Row[] = [];
    for (const subject of [small, replica]) {
      for (const warmSpares of [0, 1]) {
        const ms = await restarts(times, subject, warmSpares, folder);
        const how = `kill to answering, ${subject.name}, ${warmSpares > 0 ? 'with a spare' : 'cold'}`;
        rows.push(alone(`${how}, p50 of ${String(ms.length)}`, 'ms', percentile(ms, 0.5)));
        rows.push(alone(`${how}, p99`, 'ms', percentile(ms, 0.99)));
      }
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Subject {
  readonly name: string;
  readonly entry: string;
  readonly entryUrl: (entry: string) => URL;
  readonly config: (id: string) => unknown;
}

async function restarts(
  times: number,
  subject: Subject,
  warmSpares: number,
  folder: string,
): Promise<number[]> {
  const id = actorId(`${subject.entry}-${String(warmSpares)}`);
  const system = startVictim(id, subject, warmSpares, folder);
  const measuredMs: number[] = [];
  try {
    await system.ready();
    for (let i = 0; i < times; i++) {
      if (warmSpares > 0 && !system.spares().some(({ warm }) => warm > 0))
        await next(system, ({ type }) => type === 'spare-ready');
      const ready = next(system, ({ type }) => type === 'ready');
      const beganMs = performance.now();
      await system.kill(id);
      await ready;
      await system.report(id, 5000);
      measuredMs.push(performance.now() - beganMs);
    }
  } finally {
    await system.stop();
  }
  return measuredMs;
}

function startVictim(
  id: ActorId,
  { entry, entryUrl, config }: Subject,
  warmSpares: number,
  logFolder: string,
): ThreadActorSystem {
  const victim: ChildSpec = {
    id,
    component: entry,
    entry,
    config: config(id),
    links: [],
    restart: 'permanent',
    kind: 'worker',
    shutdownMs: 5000,
    startTimeoutMs: 30_000,
    stallMs: 15_000,
    heapMbMax: 1024,
    warmSpares,
  };
  const tree: SupervisorSpec = {
    id: actorId('bench'),
    strategy: 'one_for_one',
    intensity: 10,
    periodMs: 60_000,
    backoff: { minMs: 50, maxMs: 10_000, factor: 2, jitter: 0.2 },
    children: [victim],
  };
  return startSystem(tree, { entryUrl, logFolder, logLevel: 'error' });
}

function replicaConfig(id: string, folder: string): unknown {
  const peers = [{ id, nodeId: 1 }];
  const ticks = { tickMs: 200, electionTicks: 5, heartbeatTicks: 2, snapshotEntries: 10_000 };
  return { id, peers, folder, clusterId: 1n, ...ticks };
}

function next(system: ThreadActorSystem, fits: (event: ActorEvent) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const off = system.onEvent((event) => {
      if (!fits(event)) return;
      off();
      resolve();
    });
  });
}
