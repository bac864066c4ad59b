import path from 'node:path';
import type { ChildSpec } from '../../src/actor/index.js';
import { actorId } from '../../src/base/index.js';
import { startSystem, type ThreadActorSystem } from '../../src/io/thread/index.js';
import type { BenchOrder, BenchReport } from './bench-protocol.js';
import { pause } from './leader-kills.js';
import type { BenchPrograms } from './programs.js';

const POLL_MS = 20;
const REPORT_MS_MAX = 60_000;

/** Child specs of one system: a caller and its echo, or echoes that do nothing. */
export function benchChild(
  id: string,
  entry: 'bench-echo' | 'bench-caller',
  more: Partial<ChildSpec> = {},
): ChildSpec {
  return {
    id: actorId(id),
    component: entry,
    entry,
    config: {},
    links: [],
    restart: 'permanent',
    shutdownMs: 2000,
    kind: 'worker',
    startTimeoutMs: 30_000,
    stallMs: 60_000,
    heapMbMax: 256,
    ...more,
  };
}

/** Every crash is a first one: what is measured is a restart, not a backoff. */
const PERIOD_MS = 1;

export async function openBenchSystem(
  { folder, entryUrl }: BenchPrograms,
  children: readonly ChildSpec[],
): Promise<ThreadActorSystem> {
  const system = startSystem(
    {
      id: actorId('bench'),
      strategy: 'one_for_one',
      intensity: 10,
      periodMs: PERIOD_MS,
      backoff: { minMs: 50, maxMs: 10_000, factor: 2, jitter: 0 },
      children,
    },
    {
      entryUrl,
      logFolder: path.join(folder, 'logs'),
      logLevel: 'silent',
    },
  );
  await system.ready();
  return system;
}

/** Milliseconds that the caller took, by its own clock. */
export async function carryOut(system: ThreadActorSystem, order: BenchOrder): Promise<number> {
  const injected = await system.inject('caller', { ...order }, REPORT_MS_MAX);
  if (!injected.ok) throw new Error(injected.error.message);
  for (;;) {
    await pause(POLL_MS);
    const report = await system.report('caller', REPORT_MS_MAX);
    if (!report.ok) throw new Error(report.error.message);
    const { tookMs } = report.value as BenchReport;
    if (tookMs !== undefined) return tookMs;
  }
}
