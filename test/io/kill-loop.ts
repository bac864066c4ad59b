import type { ThreadActorSystem } from '../../src/io/thread/index.js';
import { nextEvent } from './system-of.js';

export interface KillLoopOptions {
  /** Requests that must be outstanding at each kill, at least. */
  readonly outstanding: number;
  /** How many are outstanding now. Default: the asks that the victim has not answered. */
  readonly outstandingNow?: () => Promise<number>;
  /** Called when the victim is ready again after each kill. */
  readonly afterEach?: (round: number) => void | Promise<void>;
  /** A round that takes longer is a hang. Default 15 s. */
  readonly roundMsMax?: number;
}

export interface KillLoopResult {
  readonly kills: number;
  /** From the kill to the end of the thread. */
  readonly deathMs: readonly number[];
  /** From the kill to ready again. */
  readonly rebirthMs: readonly number[];
  readonly outstandingMin: number;
}

/**
 * Kills an actor again and again, each time with at least so many requests outstanding, and waits until it is ready again.
 * Throws where a round hangs. That the process lives on is the rest of the proof.
 */
export async function killLoop(
  system: ThreadActorSystem,
  actorId: string,
  times: number,
  options: KillLoopOptions,
): Promise<KillLoopResult> {
  const deathMs: number[] = [];
  const rebirthMs: number[] = [];
  let outstandingMin = Infinity;
  const outstandingNow = options.outstandingNow ?? (() => callsPending(system, actorId));
  for (let round = 1; round <= times; round++) {
    await withinMs(
      options.roundMsMax ?? 15_000,
      `round ${String(round)} of killing ${actorId}`,
      async () => {
        let outstanding = await outstandingNow();
        while (outstanding < options.outstanding) outstanding = await outstandingNow();
        outstandingMin = Math.min(outstandingMin, outstanding);
        const life = system.actors().find((actor) => actor.id === actorId)?.incarnation ?? 0;
        const ready = nextEvent(
          system,
          (event) => event.type === 'ready' && event.id === actorId && event.incarnation > life,
        );
        const beganMs = performance.now();
        const killed = await system.kill(actorId);
        if (!killed.ok) throw new Error(killed.error.message);
        deathMs.push(performance.now() - beganMs);
        await ready;
        rebirthMs.push(performance.now() - beganMs);
        await options.afterEach?.(round);
      },
    );
  }
  return { kills: times, deathMs, rebirthMs, outstandingMin };
}

async function callsPending(system: ThreadActorSystem, actorId: string): Promise<number> {
  const report = await system.report(actorId, 5000);
  return report.ok ? (report.value as { counts: { callsPending: number } }).counts.callsPending : 0;
}

export async function withinMs<T>(ms: number, what: string, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`${what} took longer than ${String(ms)} ms`));
    }, ms);
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
