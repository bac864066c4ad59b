import type { ActorId, Disk } from '../base/index.js';
import type { ReplicaStatus } from '../protocol/index.js';
import type { Storage } from '../raft/index.js';
import type { StateMachine } from './state-machine.js';

/** What a replica needs of the world beside its context. */
export interface ReplicaPorts {
  readonly disk: Disk;
  /** Blocks the replica's thread. Where it is absent faults are refused. */
  readonly block?: ((ms: number) => void) | undefined;
  /**
   * What another replica's thread does, seen without asking it; undefined where that is not known. Where the port is absent a leader
   * that hangs is found by Raft's timeouts alone.
   */
  readonly activityOf?: ((id: ActorId) => ThreadActivity | undefined) | undefined;
  /** Tells the other replicas, where they look at what this one does, that its loop may stand still for so long from now on. */
  readonly rests?: ((ms: number) => void) | undefined;
  /** Called once a life has recovered: lets a simulation check what only the inside knows. */
  readonly observe?: ((view: ReplicaView) => void) | undefined;
}

export interface ThreadActivity {
  /** Since its loop last turned, beyond what it meant to rest. */
  readonly silentMs: number;
  /** It waits for its disk. */
  readonly inSync: boolean;
}

/** The inside of one life of a replica, to be read only. */
export interface ReplicaView {
  readonly log: Storage;
  readonly machine: StateMachine;
  status(): ReplicaStatus;
  /** The part of it that is cheap to ask for. */
  standing(): Pick<ReplicaStatus, 'role' | 'leader' | 'term'>;
}
