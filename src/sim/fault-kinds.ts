import { randomBelow, randomChance, randomFraction } from '../base/index.js';
import type { Random } from '../base/index.js';

/** Everything that can go wrong, by what it is counted as. */
export const FAULT_KINDS = [
  'crash',
  'crash-of-all',
  'crash-after-vote',
  'power-loss',
  'power-loss-of-all',
  'stop',
  'pause',
  'symmetric-partition',
  'asymmetric-partition',
  'ring-partition',
  'bridge-partition',
  'loss',
  'duplication',
  'reordering',
  'slow-disk',
  'full-disk',
  'failed-sync',
  'failed-write',
  'torn-write',
  'lost-unsynced-write',
  'lost-unsynced-write-on-all',
  'misdirected-write',
  'flipped-bit',
  'clock-jump',
  'monotonic-jump',
  'monotonic-jump-of-all',
  'client-crash',
  'wrong-state',
  'member-added',
  'member-removed',
  'member-replaced',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** How often each struck. */
export type FaultCounts = Record<FaultKind, number>;

export function noFaults(): FaultCounts {
  return Object.fromEntries(FAULT_KINDS.map((kind) => [kind, 0])) as FaultCounts;
}

/** Faults that are struck; the others are what these lead to, or what rots while a replica is down. */
export const STRIKES = [
  ['crash', 5],
  ['crash-of-all', 1],
  ['crash-after-vote', 2],
  ['power-loss', 4],
  ['power-loss-of-all', 1.5],
  ['stop', 2],
  ['pause', 3],
  ['symmetric-partition', 2],
  ['asymmetric-partition', 2],
  ['ring-partition', 2],
  ['bridge-partition', 2],
  ['loss', 2],
  ['duplication', 2],
  ['reordering', 2],
  ['slow-disk', 2],
  ['full-disk', 1],
  ['failed-sync', 1],
  ['failed-write', 1],
  ['clock-jump', 1],
  ['monotonic-jump', 1],
  ['monotonic-jump-of-all', 0.7],
  ['client-crash', 2],
  ['wrong-state', 0.7],
] as const satisfies readonly (readonly [FaultKind, number])[];
export type Strike = (typeof STRIKES)[number][0];

/** A seed's own mixture. */
export interface FaultMix {
  /** Between two strikes on average. */
  readonly strikeMs: number;
  /** Per restart of the replica whose disk rots. */
  readonly rotProbability: number;
  readonly weights: readonly (readonly [Strike, number])[];
}

/**
 * Swarm testing (Groce et al. 2012): each seed leaves some kinds out and stresses others, since faults hide each other: a
 * cluster that is always down shows nothing of what goes wrong in a long quiet partition.
 */
export function drawMix(random: Random): FaultMix {
  const weights: FaultMix['weights'] = STRIKES.map(
    ([strike, weight]) =>
      [strike, randomChance(random, 0.35) ? 0 : weight * (0.3 + randomFraction(random))] as const,
  );
  return {
    strikeMs: 400 + randomBelow(random, 1800),
    rotProbability: randomChance(random, 0.4) ? 0 : 0.5,
    weights: weights.some(([, weight]) => weight > 0) ? weights : STRIKES,
  };
}

export function drawStrike(random: Random, { weights }: FaultMix): Strike {
  let left = randomFraction(random) * weights.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [strike, weight] of weights) {
    left -= weight;
    if (left < 0) return strike;
  }
  return 'crash';
}
