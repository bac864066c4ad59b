import { actorId, randomBelow, randomPick } from '../../src/base/index.js';
import {
  type SimEntry,
  type SimSystem,
  type SimSystemOptions,
  startSimSystem,
} from '../../src/sim/index.js';
import { chaosActor } from '../actor/chaos/chaos-actor.js';
import type { Observation } from '../actor/chaos/chaos-protocol.js';
import { type ChaosResult, runChaos } from '../actor/chaos/chaos-run.js';
import { chaosTree } from '../actor/chaos/chaos-tree.js';

export interface SimChaosOptions {
  readonly seed: number;
  readonly actors?: number;
  readonly steps?: number;
  /** Of the root. Default: it never gives up. */
  readonly intensity?: number;
  /** Makes the host break a promise, to see it caught. */
  readonly plant?: {
    readonly entry?: (entry: SimEntry) => SimEntry;
    readonly system?: (system: SimSystem) => void;
    readonly options?: Partial<SimSystemOptions>;
  };
}

export interface SimChaosResult extends ChaosResult {
  readonly traceHash: string;
  readonly virtualMs: number;
  readonly events: number;
}

const MAILBOX_MESSAGES_MAX = 1024;

/** The chaos test on virtual time. */
export async function runSimChaos(options: SimChaosOptions): Promise<SimChaosResult> {
  const { seed, plant } = options;
  const spec = chaosTree({
    seed,
    actors: options.actors ?? 200,
    tickMs: 60,
    stallMs: 1000,
    startTimeoutMs: 2000,
    ...(options.intensity === undefined ? {} : { intensity: options.intensity }),
  });
  const observations: Observation[] = [];
  const entry: SimEntry = chaosActor(({ self: { id, incarnation } }) => ({
    observe: (observed) =>
      void observations.push({ ...observed, life: `${id}#${String(incarnation)}` }),
    stall: (ms) => {
      system.stall(id, ms);
    },
    exit: () => system.exit(id, 0),
  }));
  const system = startSimSystem(spec, {
    seed,
    drain: (resume) => void setImmediate(resume),
    entries: () => plant?.entry?.(entry) ?? entry,
    limits: { mailboxMessagesMax: MAILBOX_MESSAGES_MAX },
    ...plant?.options,
  });
  plant?.system?.(system);
  const result = await runChaos(
    {
      system,
      pace: (ms) => system.advance(ms),
      settle: (promise) => system.settle(promise),
      observations: () => observations,
      strike: (random, id) => {
        if (randomBelow(random, 2) === 0) {
          system.spoilNextStart(
            id,
            randomBelow(random, 2) === 0 ? { extraMs: 1900 } : { failure: 'on purpose' },
          );
          void system.kill(id);
          return 'bad start';
        }
        const to = randomPick(random, system.actors()).id;
        system.network.slow(actorId(id), to, randomBelow(random, 50));
        return 'slow link';
      },
    },
    {
      spec,
      seed,
      steps: options.steps ?? 45,
      stepMs: 50,
      strikesPerStep: 3,
      mailboxMessagesMax: MAILBOX_MESSAGES_MAX,
    },
  );
  return {
    ...result,
    traceHash: system.traceHash(),
    virtualMs: system.nowMs,
    events: system.events,
  };
}
