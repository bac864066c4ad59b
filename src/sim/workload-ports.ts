import type { ActorId } from '../base/index.js';
import type { ClientHistory } from './client-history.js';
import type { LeaseEnds } from './lease-ends.js';

/** What clients and watchers need, and what they tell. */
export interface WorkloadPorts {
  readonly replicas: readonly ActorId[];
  readonly history: ClientHistory;
  readonly leases: LeaseEnds;
  /** Clients pause so many times shorter between their operations. Default 1. */
  readonly haste?: number;
  /** False: begin nothing new but reads of everything. */
  active(): boolean;
  /** An operation ended with a success. */
  succeeded(): void;
  /** One of these reads of everything. */
  finallyRead(client: ActorId, revision: number, keys: readonly string[]): void;
  /** A watcher has been given everything up to this. */
  watched(watcher: ActorId, revision: number): void;
}
