import type { GapWindow } from './gap-meter.js';

const QUIET_WINDOWS = 20;
/** Until V8 has compiled what the load runs: before that the load itself has gaps of a quarter of a second. */
const WARM_UP_MS = 10_000;
const LAG_ENTRIES_MAX = 50;
/** A store that needs longer than this to be whole again is broken. */
const HEALTHY_MAX_MS = 30_000;

export interface LeaderKillPorts {
  /** How long each kill is watched, beyond the time until all replicas have caught up. */
  readonly windowMs: number;
  killLeader(): Promise<void>;
  /** The applied index of each replica; undefined while one does not run. */
  appliedIndexes(): Promise<readonly (number | undefined)[]>;
  /** What was seen since the last call. */
  takeWindow(): Promise<GapWindow>;
}

export interface LeaderKills {
  /** One for each kill. */
  readonly gapsMs: readonly number[];
  /** The longest gaps of equal windows without a kill. */
  readonly quietMs: readonly number[];
  readonly acknowledged: number;
  readonly refused: number;
  readonly seconds: number;
}

/** Kills the leader again and again; every kill meets a healthy store. Throws where it does not become healthy again. */
export async function leaderKills(times: number, ports: LeaderKillPorts): Promise<LeaderKills> {
  await pause(WARM_UP_MS);
  await ports.takeWindow();
  const quietMs: number[] = [];
  for (let i = 0; i < QUIET_WINDOWS; i++) {
    await pause(ports.windowMs);
    quietMs.push((await ports.takeWindow()).longestGapMs);
  }
  const gapsMs: number[] = [];
  let [acknowledged, refused] = [0, 0];
  const began = performance.now();
  for (let i = 0; i < times; i++) {
    await ports.killLeader();
    await healthy(ports);
    await pause(ports.windowMs);
    const seen = await ports.takeWindow();
    gapsMs.push(seen.longestGapMs);
    acknowledged += seen.acknowledged;
    refused += seen.refused;
    progress(i + 1, times);
  }
  return { gapsMs, quietMs, acknowledged, refused, seconds: (performance.now() - began) / 1000 };
}

/** All replicas run, and have applied what is committed but for a few entries. */
async function healthy(ports: LeaderKillPorts): Promise<void> {
  for (const endMs = performance.now() + HEALTHY_MAX_MS; performance.now() < endMs; ) {
    const indexes = await ports.appliedIndexes();
    const applied = indexes.filter((index) => index !== undefined);
    const lag = Math.max(...applied) - Math.min(...applied);
    if (applied.length === indexes.length && lag <= LAG_ENTRIES_MAX) return;
    await pause(5);
  }
  throw new Error(`the replicas have not caught up within ${HEALTHY_MAX_MS} ms`);
}

function progress(done: number, times: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${times} kills `);
  if (process.stderr.isTTY && done === times) process.stderr.write('\r\u001b[2K');
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
