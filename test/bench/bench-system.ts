import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import type { ChildSpec } from '../../src/actor/index.js';
import { actorId } from '../../src/base/index.js';
import { startSystem, type ThreadActorSystem } from '../../src/io/thread/index.js';
import type { BenchOrder, BenchReport } from './bench-protocol.js';
import { pause } from './leader-kills.js';

const POLL_MS = 20;
const REPORT_MS_MAX = 60_000;

/** Bundled and compiled ahead as the real actors are, since that is most of a thread's start. */
export async function benchPrograms(): Promise<{ folder: string; remove: () => void }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'kubactor-bench-'));
  const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
  const programs = [
    here('../../src/io/thread/thread.js'),
    here('./actors/bench-echo.js'),
    here('./actors/bench-caller.js'),
  ];
  await build({
    entryPoints: programs.map((file) => ({ in: file, out: path.basename(file, '.js') })),
    outdir: folder,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    logLevel: 'error',
  });
  const built = programs.map((file) => path.join(folder, `${path.basename(file, '.js')}.cjs`));
  execFileSync(process.execPath, built);
  return {
    folder,
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

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
  folder: string,
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
      entryUrl: (entry) => pathToFileURL(path.join(folder, `${entry}.cjs`)),
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
