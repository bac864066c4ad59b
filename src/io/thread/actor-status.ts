import type { ActorId } from '../../base/index.js';

export type ActorState =
  | 'starting'
  | 'running'
  | 'restarting'
  | 'held'
  | 'stopping'
  | 'stopped'
  | 'failed';

export interface ActorStatus {
  readonly id: ActorId;
  readonly component: string;
  readonly state: ActorState;
  /** 0: not started yet. */
  readonly incarnation: number;
  readonly restarts: number;
  /** Posted to it and not handled yet. */
  readonly mailboxMessages: number;
  /** At its last beat (each second). */
  readonly heapUsedBytes: number;
  /** Buffers, which are not in the heap. */
  readonly bufferBytes: number;
  /** Of this life; 0 where it is down. */
  readonly uptimeMs: number;
  readonly lastCrash: LastCrash | null;
}

export interface LastCrash {
  readonly reason: string;
  readonly stack: string;
  /** A stable name, where the error had one: EADDRINUSE, ASSERTION, ERR_WORKER_OUT_OF_MEMORY. */
  readonly code: string | null;
  /** RFC 3339, UTC. */
  readonly at: string;
}
