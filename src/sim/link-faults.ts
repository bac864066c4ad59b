import { randomBelow, randomChance } from '../base/index.js';
import type { ActorId } from '../base/index.js';
import type { Strike } from './fault-kinds.js';
import type { FaultPorts } from './fault-ports.js';
import type { LinkFaults as LinkProbabilities } from './sim-network.js';

const CALM: LinkProbabilities = {
  lossProbability: 0,
  reorderProbability: 0,
  duplicateProbability: 0,
};

export type Partition = Extract<Strike, `${string}-partition`>;

/** What happens between replicas. */
export class LinkFaults {
  readonly #ports: FaultPorts;

  constructor(ports: FaultPorts) {
    this.#ports = ports;
  }

  /**
   * Symmetric: one is alone. Asymmetric: it is not heard, or does not hear. Ring: each hears only the one before it.
   * Bridge: one hears all, the others only that one.
   */
  partition(kind: Partition, id: ActorId): void {
    const { world, random, replicas, counts } = this.#ports;
    counts[kind]++;
    const mute = randomChance(random, 0.5);
    const hears = (to: ActorId, from: ActorId): boolean => {
      switch (kind) {
        case 'symmetric-partition':
          return to !== id && from !== id;
        case 'asymmetric-partition':
          return mute ? from !== id : to !== id;
        case 'ring-partition':
          return replicas.indexOf(to) === (replicas.indexOf(from) + 1) % replicas.length;
        case 'bridge-partition':
          return to === id || from === id;
      }
    };
    for (const from of replicas) {
      for (const to of replicas) if (from !== to && !hears(to, from)) world.network.block(from, to);
    }
    world.plan(200 + randomBelow(random, 4000), () => {
      world.network.healPartitions();
    });
  }

  /** What came of it is counted by the network. */
  disturb(faults: Partial<LinkProbabilities>): void {
    const { world, random } = this.#ports;
    Object.assign(world.network.faults, faults);
    world.plan(300 + randomBelow(random, 3000), () => {
      Object.assign(world.network.faults, CALM);
    });
  }
}
