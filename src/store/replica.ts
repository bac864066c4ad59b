import { AssertionError } from '../base/index.js';
import type { Disk } from '../base/index.js';
import type { BehaviourFactory } from '../actor/index.js';
import type { ReplicaConfig, ReplicaProtocol } from './replica-protocol.js';

export interface ReplicaPorts {
  readonly disk: Disk;
}

/** A member of the replicated store, as an actor. */
export function storeReplica(ports: ReplicaPorts): BehaviourFactory<ReplicaProtocol, ReplicaConfig> {
  return (context) => {
    throw new AssertionError(`${context.self.id} is being built (${String(typeof ports.disk)})`);
  };
}
