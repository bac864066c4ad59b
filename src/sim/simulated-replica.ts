import { nodeId } from '../base/index.js';
import type { ActorId, Random } from '../base/index.js';
import type { BehaviourFactory, Protocol } from '../actor/index.js';
import { lastBatchStart, storeReplica } from '../store/index.js';
import type { ReplicaConfig, ReplicaView } from '../store/index.js';
import { createSimDisk } from './sim-disk.js';
import type { SimDisk } from './sim-disk.js';
import type { SimWorld } from './sim-world.js';

export interface SimulatedReplicaPorts {
  readonly world: SimWorld;
  readonly random: Random;
  readonly founders: readonly ActorId[];
  /** Of one that comes later. */
  readonly joining: Pick<ReplicaConfig, 'nodeId' | 'known'>;
  readonly links: readonly ActorId[];
  /** A life has recovered. */
  began(view: ReplicaView): void;
  ended(): void;
  crashed(error: Error): void;
  afterTurn(): void;
}

/** What stays of a replica over its lives: its disk, and how far its wall clock is off. */
export class SimulatedReplica {
  readonly disk: SimDisk;
  /** People's clocks jump; durations are measured with another one. */
  wallShiftMs = 0;

  constructor(id: ActorId, ports: SimulatedReplicaPorts) {
    const { world, random, links } = ports;
    this.disk = createSimDisk({
      random,
      charge: (ms) => {
        world.charge(id, ms);
      },
    });
    const factory = storeReplica({
      disk: this.disk,
      activityOf: (other) => world.activity(other),
      rests: (ms) => {
        world.rests(id, ms);
      },
      observe: (view) => {
        ports.began(view);
      },
    });
    world.define({
      id,
      waits: false,
      links,
      make: () => ({
        factory: this.#withShiftedClock(factory) as BehaviourFactory<Protocol, unknown>,
        config: { ...configOf(id, ports.founders), ...ports.joining },
      }),
      onEnd: () => {
        ports.ended();
      },
      onCrash: (error) => {
        ports.crashed(error);
      },
      afterTurn: () => {
        ports.afterTurn();
      },
    });
  }

  /** How far from its beginning damage of a file must be noticed: before the last batch. 0: nowhere. */
  damageableBytes(path: string): number {
    const file = this.disk.files().find((one) => one.path === path);
    if (file === undefined) return 0;
    if (path.endsWith('.snap')) return file.bytes;
    if (!path.endsWith('.wal')) return 0;
    const bytes = new Uint8Array(file.bytes);
    this.disk.open(path, 'read').pread(bytes, 0);
    return lastBatchStart(bytes);
  }

  #withShiftedClock<P extends Protocol, C>(
    factory: BehaviourFactory<P, C>,
  ): BehaviourFactory<P, C> {
    return (context, config) => {
      const wallMs = (): number => context.clock.wallMs() + this.wallShiftMs;
      return factory({ ...context, clock: { ...context.clock, wallMs } }, config);
    };
  }
}

/** Everything is small, so that a minute sees many segments, snapshots and comparisons. */
function configOf(id: ActorId, founders: readonly ActorId[]): ReplicaConfig {
  return {
    id,
    peers: founders.map((peer, at) => ({ id: peer, nodeId: nodeId(at + 1) })),
    folder: id,
    clusterId: 42n,
    snapshotEntries: 60,
    keptEntries: 20,
    segmentBytes: 16 * 1024,
    requestTimeoutMs: 2000,
    hashCheckMs: 1000,
  };
}
