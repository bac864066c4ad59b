import type { ActorId, Random } from '../base/index.js';
import type { FaultCounts } from './fault-kinds.js';
import type { SimDisk } from './sim-disk.js';
import type { SimWorld } from './sim-world.js';

/** What faults are made with. */
export interface FaultPorts {
  readonly world: SimWorld;
  readonly random: Random;
  /** Now. */
  readonly replicas: readonly ActorId[];
  /** Clients and watchers. */
  readonly clients: readonly ActorId[];
  disk(id: ActorId): SimDisk;
  /** The replica whose files and memory may rot: only a minority does. */
  readonly rotting: ActorId;
  /** Places in a file where damage must be noticed: before the last batch. 0: none. */
  damageableBytes(id: ActorId, path: string): number;
  leader(): ActorId | undefined;
  /** Shifts a replica's wall clock. */
  shiftWallClock(id: ActorId, ms: number): void;
  /** A monotonic clock leaps. */
  leapt(ms: number): void;
  /** Makes something wrong in a replica's memory. False: there was nothing. */
  spoilState(id: ActorId): boolean;
  readonly counts: FaultCounts;
}
