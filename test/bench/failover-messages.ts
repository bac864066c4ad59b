import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ThreadActorSystem } from '../../src/io/thread/index.js';
import type { GapWindow } from './gap-meter.js';
import { leaderKills, type LeaderKills } from './leader-kills.js';
import { benchPrograms } from './programs.js';
import { appliedIndexes, leaderOf, startStore } from './store-system.js';

const WINDOW_MS = 250;

/** Kills the leader of three replicas under a writer, all of them actors; nothing of Kubernetes. */
export function failoverOverMessages(times: number): Promise<LeaderKills> {
  return leaderLosses(times, async (system) => {
    await system.kill(await leaderOf(system), { holdMs: 0 });
  });
}

/** The same with a leader that hangs for `hangMs`: nobody is told, so that it is found by timeouts. */
export function hangsOverMessages(times: number, hangMs: number): Promise<LeaderKills> {
  return leaderLosses(times, async (system) => {
    // It answers when it has woken up.
    void system.inject(await leaderOf(system), { type: 'pause', ms: hangMs }, 2 * hangMs);
  });
}

async function leaderLosses(
  times: number,
  loseLeader: (system: ThreadActorSystem) => Promise<void>,
): Promise<LeaderKills> {
  const folder = mkdtempSync(path.join(tmpdir(), 'kubactor-bench-'));
  const system = startStore(await benchPrograms(), folder, {
    id: 'writer',
    entry: 'store-writer',
    config: { intervalMs: 1, keys: 1000, valueBytes: 256 },
  });
  try {
    await system.ready();
    await leaderOf(system);
    return await leaderKills(times, {
      windowMs: WINDOW_MS,
      killLeader: () => loseLeader(system),
      appliedIndexes: () => appliedIndexes(system),
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
