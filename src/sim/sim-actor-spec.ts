import type { BehaviourFactory, LinkLimits, Protocol } from '../actor/index.js';
import type { ActorId, Random } from '../base/index.js';
import type { FrameRecords } from '../codec/index.js';

export interface SimActorSpec {
  readonly id: ActorId;
  readonly links: readonly ActorId[];
  /** Its code waits on promises: a macrotask is drained after each of its events. */
  readonly waits: boolean;
  /** Makes what a life runs. */
  readonly make: () => {
    readonly factory: BehaviourFactory<Protocol, unknown>;
    readonly config: unknown;
  };
  readonly onReady?: () => void;
  /** A life is over, however it ended. */
  readonly onEnd: () => void;
  /** A life ended by itself: what it threw. */
  readonly onCrash: (error: Error) => void;
  /** After each of its turns. */
  readonly afterTurn?: () => void;
}

export interface SimWorldOptions {
  readonly random: Random;
  readonly log: (
    atMs: number,
    actor: ActorId,
    level: string,
    message: string,
    fields: unknown,
  ) => void;
  /**
   * As within one process: that a life came up, and that it died, is heard in order with what it sends. What is sent is a part
   * of the trace, and each event is drained. Default false: as between hosts.
   */
  readonly ordered?: boolean;
  /** Default: links may lose and reorder, and share the shapes of what they carry. */
  readonly records?: FrameRecords;
  readonly limits?: Partial<LinkLimits>;
}
