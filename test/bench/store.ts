import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ThreadActorSystem } from '../../src/io/thread/index.js';
import type { StoreLoad, StoreLoadReport } from './actors/store-load.js';
import type { LoopResult } from './closed-loop.js';
import { failoverOverMessages, hangsOverMessages } from './failover-messages.js';
import { type LeaderKills, pause } from './leader-kills.js';
import { benchPrograms } from './programs.js';
import { quorumLog } from './quorum-log.js';
import { alone, moreIsBetter, percentile, said, type Row } from './report.js';
import { appliedIndexes, leaderOf, startStore } from './store-system.js';

const VALUE_BYTES = 256;
const CLIENTS = [1, 16, 256] as const;
const SECONDS = 4;
/**
 * A store runs for months, so what is measured is compiled code: with one writer V8 takes some 15 s to make most of it, in which
 * a put gets three times as fast. The bare log is so little code that it is ready in the share of a run that is not measured.
 */
const WARM_UP_CLIENTS = [1, 16, 256] as const;
const WARM_UP_SECONDS = 8;
const KEYS = 10_000;
const WATCHERS = 1000;
const WATCHED_EVENTS = 300;
const LARGE_KEYS = 100_000;
const LARGE_BYTES = 1000;
/** Longer than the longest election timeout. */
const HANG_MS = 3000;
const HANGS_SHARE = 0.1;

/** The store through messages, beside a bare quorum log of the same bytes in the same run. `times`: leaders lost. */
export async function run(times = 200): Promise<readonly Row[]> {
  const rows = [...(await writesAndReads()), ...said(...(await largeState()))];
  const hangs = Math.max(1, Math.round(times * HANGS_SHARE));
  return [
    ...rows,
    ...lossRows('crashed', await failoverOverMessages(times)),
    ...lossRows('hung', await hangsOverMessages(hangs, HANG_MS)),
  ];
}

async function writesAndReads(): Promise<Row[]> {
  return withStore(async (system, startMs) => {
    const rows = [...said(alone('start to first write', 'ms', startMs))];
    const size = { keys: KEYS, valueBytes: VALUE_BYTES };
    for (const clients of WARM_UP_CLIENTS)
      await load(system, { type: 'put', clients, seconds: WARM_UP_SECONDS, ...size });
    for (const clients of CLIENTS) {
      const peer = await quorumLog(clients, SECONDS, VALUE_BYTES);
      const ours = await load(system, { type: 'put', clients, seconds: SECONDS, ...size });
      const named = `durable puts, ${String(clients)} in flight`;
      rows.push(
        ...said(
          moreIsBetter(named, '/s', ours.perSecond, 'bare quorum log', peer.perSecond),
          alone(`${named}, p50`, 'ms', ours.p50Ms),
          alone(`${named}, p99`, 'ms', ours.p99Ms),
        ),
      );
    }
    for (const type of ['range', 'serializable-range'] as const) {
      for (const clients of CLIENTS) {
        const ours = await load(system, { type, clients, seconds: SECONDS, ...size });
        const kind = type === 'range' ? 'linearizable' : 'serializable';
        const named = `${kind} reads, ${String(clients)} in flight`;
        rows.push(
          ...said(alone(named, '/s', ours.perSecond), alone(`${named}, p99`, 'ms', ours.p99Ms)),
        );
      }
    }
    const fanOut = { type: 'watch', watchers: WATCHERS, events: WATCHED_EVENTS } as const;
    const { perSecond } = await load(system, fanOut);
    return [
      ...rows,
      ...said(alone(`watch events to ${String(WATCHERS)} watchers`, '/s', perSecond)),
    ];
  });
}

/** What a state of 100 MB weighs in three replicas, and how long one of them needs to come back with it. */
async function largeState(): Promise<Row[]> {
  return withStore(async (system) => {
    const before = process.memoryUsage.rss();
    const filled = await load(system, { type: 'fill', keys: LARGE_KEYS, valueBytes: LARGE_BYTES });
    const grownMb = (process.memoryUsage.rss() - before) / 2 ** 20;
    const leader = await leaderOf(system);
    const follower = leader === 'store-0' ? 'store-1' : 'store-0';
    const beganMs = performance.now();
    await system.kill(follower);
    await caughtUp(system);
    return [
      alone('puts of 1 KB into a growing state, 256 in flight', '/s', filled.perSecond),
      alone('memory for 100,000 keys of 1 KB in three replicas', 'MB', grownMb),
      alone(
        'a replica with that state killed, until it has caught up',
        'ms',
        performance.now() - beganMs,
      ),
    ];
  });
}

async function caughtUp(system: ThreadActorSystem): Promise<void> {
  for (;;) {
    const indexes = await appliedIndexes(system);
    if (indexes.every((index) => index !== undefined && index === indexes[0])) return;
    await pause(5);
  }
}

async function withStore(
  use: (system: ThreadActorSystem, startMs: number) => Promise<Row[]>,
): Promise<Row[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'kubactor-bench-'));
  const programs = await benchPrograms();
  const beganMs = performance.now();
  const system = startStore(programs, folder, { id: 'load', entry: 'store-load', config: {} });
  try {
    await system.ready();
    await load(system, { type: 'fill', keys: 1, valueBytes: VALUE_BYTES });
    return await use(system, performance.now() - beganMs);
  } finally {
    await system.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function load(system: ThreadActorSystem, what: StoreLoad): Promise<LoopResult> {
  const injected = await system.inject('load', { ...what }, 5000);
  if (!injected.ok) throw new Error(injected.error.message);
  for (;;) {
    const report = await system.report('load', 60_000);
    if (!report.ok) throw new Error(report.error.message);
    const { busy, result } = report.value as StoreLoadReport;
    if (!busy && result !== undefined) return result;
    await pause(20);
  }
}

function lossRows(how: string, { gapsMs, refused }: LeaderKills): Row[] {
  const named = `leader ${how}, write gap`;
  return [
    alone(`${named}, p50 of ${String(gapsMs.length)}`, 'ms', percentile(gapsMs, 0.5)),
    alone(`${named}, p99`, 'ms', percentile(gapsMs, 0.99)),
    alone(`${named}, refused writes`, 'writes', refused),
  ];
}
