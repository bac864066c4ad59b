import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ThreadActorSystem } from '../../src/io/thread/index.js';
import type { StoreLargeWriterReport } from './actors/store-large-writer.js';
import { pause } from './leader-kills.js';
import { alone, type Row } from './report.js';
import { appliedIndexes, leaderOf, REPLICAS, startStore } from './store-system.js';

const KEYS = 1_000_000;
const VALUE_BYTES = 1000;
const QUIET_MS = 2000;
const REPORT_MS_MAX = 60_000;
const MIB = 2 ** 20;
/** Two states of a GB for a while: a replica that is restored keeps the old one until it has the new one. */
const MEMORY_MB_MAX = 4096;

/** A state of a GB, or of `--keys N` keys of 1 KB: what it weighs, and whether anybody waits while it is written, sent or read. */
export async function run(): Promise<readonly Row[]> {
  const args = process.argv;
  const keys = args.includes('--keys') ? Number(args[args.indexOf('--keys') + 1]) : KEYS;
  const folder = mkdtempSync(path.join(tmpdir(), 'kubactor-bench-'));
  const system = startStore(
    folder,
    {
      id: 'writer',
      entry: 'store-large-writer',
      config: { keys, valueBytes: VALUE_BYTES },
    },
    MEMORY_MB_MAX,
  );
  try {
    await system.ready();
    return [
      ...(await fill(system, keys)),
      ...(await takeSnapshots(system, folder)),
      ...(await restart(system)),
      ...(await fillEmpty(system, folder)),
    ];
  } finally {
    await system.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fill(system: ThreadActorSystem, keys: number): Promise<Row[]> {
  const before = process.memoryUsage.rss();
  const beganMs = performance.now();
  while (!(await window(system)).filled) await pause(20);
  const seconds = (performance.now() - beganMs) / 1000;
  const grown = process.memoryUsage.rss() - before;
  return [
    alone(`${String(keys)} keys of 1 KB, in txns of 128`, 'keys/s', keys / seconds),
    alone('the process for all three replicas', 'MB', grown / MIB),
    alone(
      'for each key in each replica, its 1000 bytes taken off',
      'bytes',
      overheadOf(grown, keys),
    ),
  ];
}

function overheadOf(bytes: number, keys: number): number {
  return bytes / keys / REPLICAS.length - VALUE_BYTES;
}

/** Each replica takes one of its own, while puts and overwrites go on. */
async function takeSnapshots(system: ThreadActorSystem, folder: string): Promise<Row[]> {
  while (REPLICAS.some((id) => underWay(folder, id))) await pause(20);
  const quiet = await quietGap(system);
  const newest = REPLICAS.map((id) => newestOf(folder, id));
  await system.inject('writer', { type: 'overwrite' }, REPORT_MS_MAX);
  let beganMs: number | undefined;
  while (REPLICAS.some((id, at) => newestOf(folder, id) === newest[at])) {
    if (beganMs === undefined && REPLICAS.some((id) => underWay(folder, id))) {
      beganMs = performance.now();
      await window(system);
    }
    await pause(5);
  }
  const { longestGapMs } = await window(system);
  await system.inject('writer', { type: 'rest' }, REPORT_MS_MAX);
  return [
    alone('longest gap between puts, nothing else going on', 'ms', quiet),
    alone('longest gap while each replica takes a snapshot', 'ms', longestGapMs),
    alone('from the first of them to the last', 'ms', performance.now() - (beganMs ?? NaN)),
  ];
}

async function restart(system: ThreadActorSystem): Promise<Row[]> {
  const follower = await followerOf(system);
  await window(system);
  const beganMs = performance.now();
  await system.kill(follower);
  const at = REPLICAS.indexOf(follower);
  while ((await appliedIndexes(system))[at] === undefined) await pause(5);
  const readyMs = performance.now() - beganMs;
  await caughtUp(system, at);
  const { longestGapMs } = await window(system);
  return [
    alone('a follower killed, until it is ready', 'ms', readyMs),
    alone('… until it has caught up', 'ms', performance.now() - beganMs),
    alone('longest gap meanwhile', 'ms', longestGapMs),
  ];
}

/**
 * A follower loses its disk. A leader that has seen its log would not believe that: so the leader is killed too, and the one
 * that follows it finds the follower empty.
 */
async function fillEmpty(system: ThreadActorSystem, folder: string): Promise<Row[]> {
  const follower = await followerOf(system);
  await system.kill(follower, { holdMs: Infinity });
  rmSync(path.join(folder, follower), { recursive: true });
  await system.kill(await leaderOf(system));
  await leaderOf(system);
  while ((await appliedIndexes(system)).filter((index) => index !== undefined).length < 2)
    await pause(5);
  await quietGap(system);
  const beganMs = performance.now();
  system.release(follower);
  const at = REPLICAS.indexOf(follower);
  await caughtUp(system, at);
  const { longestGapMs } = await window(system);
  return [
    alone('an empty follower, until it has caught up', 'ms', performance.now() - beganMs),
    alone('longest gap meanwhile', 'ms', longestGapMs),
  ];
}

async function followerOf(system: ThreadActorSystem): Promise<string> {
  const leader = await leaderOf(system);
  return leader === 'store-0' ? 'store-1' : 'store-0';
}

/** It has applied what another had applied before. */
async function caughtUp(system: ThreadActorSystem, at: number): Promise<void> {
  let goal = Infinity;
  for (;;) {
    const indexes = await appliedIndexes(system);
    if ((indexes[at] ?? -1) >= goal) return;
    goal = Math.max(...indexes.filter((_, other) => other !== at).map((index) => index ?? 0));
    await pause(5);
  }
}

async function quietGap(system: ThreadActorSystem): Promise<number> {
  await window(system);
  await pause(QUIET_MS);
  return (await window(system)).longestGapMs;
}

async function window(system: ThreadActorSystem): Promise<StoreLargeWriterReport> {
  const report = await system.report('writer', REPORT_MS_MAX);
  if (!report.ok) throw new Error(report.error.message);
  return report.value as StoreLargeWriterReport;
}

function filesOf(folder: string, id: string): string[] {
  return readdirSync(path.join(folder, id, 'snap')).sort();
}

function underWay(folder: string, id: string): boolean {
  return filesOf(folder, id).some((file) => file.endsWith('.part'));
}

function newestOf(folder: string, id: string): string | undefined {
  return filesOf(folder, id).findLast((file) => file.endsWith('.snap'));
}
