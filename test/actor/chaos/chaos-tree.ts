import type { ChildSpec, RestartStrategy, SupervisorSpec } from '../../../src/actor/index.js';
import { actorId, type Random, randomBelow, seededRandom } from '../../../src/base/index.js';
import type { ChaosConfig } from './chaos-protocol.js';

/** More crashes than any run has: the root does not give up. */
const NEVER = 1_000_000;

export interface ChaosTreeOptions {
  readonly seed: number;
  /** A multiple of ten. */
  readonly actors: number;
  readonly tickMs: number;
  readonly stallMs: number;
  readonly startTimeoutMs: number;
  readonly folder?: string;
  /** A few actors are edges. Default true. */
  readonly edges?: boolean;
  /** Of the root. Default: it never gives up. */
  readonly intensity?: number;
}

/**
 * A supervisor for every ten actors: six of them one by one, and two nested pairs, one for all and rest for one. The nested ones
 * give up soon, so that restarts go up the tree. Each actor talks to three others anywhere.
 */
export function chaosTree(options: ChaosTreeOptions): SupervisorSpec {
  const random = seededRandom(options.seed);
  const names = Array.from({ length: options.actors }, (_, at) => `a${String(at)}`);
  const children = names.map((name, at) => chaosChild(options, random, names, name, at));
  const groups: SupervisorSpec[] = [];
  for (let at = 0; at < children.length; at += 10) {
    const name = `group${String(at / 10)}`;
    groups.push(
      group(name, 'one_for_one', 4, [
        ...children.slice(at, at + 6),
        group(`${name}-all`, 'one_for_all', 1, children.slice(at + 6, at + 8)),
        group(`${name}-rest`, 'rest_for_one', 1, children.slice(at + 8, at + 10)),
      ]),
    );
  }
  return group('root', 'one_for_one', options.intensity ?? NEVER, groups);
}

function group(
  id: string,
  strategy: RestartStrategy,
  intensity: number,
  children: SupervisorSpec['children'],
): SupervisorSpec {
  const backoff = { minMs: 20, maxMs: 500, factor: 2, jitter: 0.5 };
  return { id: actorId(id), strategy, intensity, periodMs: 5000, backoff, children };
}

function chaosChild(
  options: ChaosTreeOptions,
  random: Random,
  names: readonly string[],
  name: string,
  at: number,
): ChildSpec {
  const others = names.filter((other) => other !== name);
  const neighbours = Array.from(
    { length: 3 },
    () => others.splice(randomBelow(random, others.length), 1)[0] ?? '',
  );
  const config: ChaosConfig = {
    seed: options.seed + at,
    neighbours,
    tickMs: options.tickMs,
    folder: options.folder ?? '',
  };
  return {
    id: actorId(name),
    component: 'chaos',
    entry: 'chaos',
    config,
    links: neighbours.map(actorId),
    restart: at % 20 === 3 ? 'transient' : 'permanent',
    kind: options.edges !== false && at % 40 === 5 ? 'edge' : 'worker',
    shutdownMs: 5000,
    startTimeoutMs: options.startTimeoutMs,
    stallMs: options.stallMs,
    heapMbMax: 64,
    startFailure: 'restart',
  };
}
