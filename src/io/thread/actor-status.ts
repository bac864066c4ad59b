import type { ActorStatus } from '../../actor/index.js';

/** What main sees of an actor on a thread. */
export interface ThreadActorStatus extends ActorStatus {
  /** RFC 3339, UTC: when a dead actor is tried again. Null where it waits for no time. */
  readonly nextStartAt: string | null;
  /** At its last beat (each second). */
  readonly heapUsedBytes: number;
  /** Buffers, which are not in the heap. */
  readonly bufferBytes: number;
}
