import { setTimeout as sleep } from 'node:timers/promises';
import { randomBelow, randomFraction, randomPick } from '../../src/base/index.js';
import type { Random } from '../../src/base/index.js';
import type { ThreadActorSystem } from '../../src/io/thread/index.js';
import type { ReplicaStatus } from '../../src/protocol/index.js';

/** What strikes a replica, and whom of them. */
const STRIKES = [
  { share: 30, what: 'kill', whom: 'any' },
  { share: 20, what: 'kill', whom: 'leader' },
  { share: 15, what: 'hang', whom: 'any' },
  { share: 15, what: 'hang', whom: 'leader' },
  { share: 10, what: 'restart', whom: 'any' },
  { share: 10, what: 'restart', whom: 'leader' },
] as const;
type Strike = (typeof STRIKES)[number];

const GAP_MS_MAX = 160;
const HANG_MS_MAX = 800;
const HOLD_MS_MAX = 200;

export interface StrikeCounts {
  kill: number;
  hang: number;
  restart: number;
  /** How many of all struck a leader. */
  leader: number;
}

/**
 * Strikes replicas `times` times, one blow after another, without waiting for them to recover: so that two or all three may be
 * down at a time. Which blows fall and when they are drawn follows from the seed.
 */
export async function strikeReplicas(
  system: ThreadActorSystem,
  supervisor: string,
  replicas: readonly string[],
  times: number,
  random: Random,
): Promise<StrikeCounts> {
  const counts: StrikeCounts = { kill: 0, hang: 0, restart: 0, leader: 0 };
  for (let struck = 0; struck < times; ) {
    await sleep(randomBelow(random, GAP_MS_MAX));
    const strike = drawStrike(random);
    const leader = strike.whom === 'leader' ? await leaderOf(system, replicas) : undefined;
    const victim = leader ?? randomPick(random, replicas);
    const hit = await strikeOne(system, supervisor, victim, strike.what, random);
    if (!hit) continue;
    struck++;
    counts[strike.what]++;
    if (leader !== undefined) counts.leader++;
  }
  return counts;
}

function drawStrike(random: Random): Strike {
  let left = randomFraction(random) * STRIKES.reduce((sum, { share }) => sum + share, 0);
  return STRIKES.find(({ share }) => (left -= share) < 0) ?? STRIKES[0];
}

/** False: it was down already. */
async function strikeOne(
  system: ThreadActorSystem,
  supervisor: string,
  victim: string,
  what: Strike['what'],
  random: Random,
): Promise<boolean> {
  if (system.actors().find(({ id }) => id === victim)?.state !== 'running') return false;
  switch (what) {
    case 'kill':
      return (await system.kill(victim, { holdMs: randomBelow(random, HOLD_MS_MAX) })).ok;
    case 'hang': {
      const ms = 20 + randomBelow(random, HANG_MS_MAX);
      // It answers when it has woken up, or never where it is killed before.
      void system.inject(victim, { type: 'pause', ms }, ms);
      return true;
    }
    case 'restart':
      if (!(await system.terminateChild(supervisor, victim)).ok) return false;
      return (await system.restartChild(supervisor, victim)).ok;
  }
}

async function leaderOf(
  system: ThreadActorSystem,
  replicas: readonly string[],
): Promise<string | undefined> {
  const statuses = await Promise.all(replicas.map((id) => statusOf(system, id)));
  return statuses.find((status) => status?.role === 'leader')?.id;
}

export async function statusOf(
  system: ThreadActorSystem,
  id: string,
): Promise<ReplicaStatus | undefined> {
  const report = await system.report(id, 200);
  return report.ok ? (report.value as { status?: ReplicaStatus }).status : undefined;
}
