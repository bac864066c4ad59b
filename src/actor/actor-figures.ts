import type { ActorId } from '../base/index.js';
import type { ActorCounts } from './host.js';

/** Why an actor was started anew: its own crash, a kill on purpose, an orderly end, or a sibling that took it along. */
export type RestartCause = 'crash' | 'chaos' | 'normal' | 'sibling';

/** What there is to see of one actor. The first part is known of a dead one too; the last two only it can tell. */
export interface ActorFigures {
  readonly id: ActorId;
  readonly component: string;
  readonly state: string;
  /** 0: not started yet. */
  readonly incarnation: number;
  readonly restarts: number;
  readonly restartsByCause: Readonly<Record<RestartCause, number>>;
  readonly mailboxMessages: number;
  readonly heapUsedBytes: number;
  readonly bufferBytes: number;
  readonly uptimeMs: number;
  /** Null: it is down, or did not answer in time. */
  readonly counts: ActorCounts | null;
  /** Null as above, or on a host without threads. */
  readonly thread: ThreadStats | null;
}

/** How the thread of one life fares. Totals are of this life. */
export interface ThreadStats {
  /**
   * How late timers are: a sample each second, over the last one to two minutes. Null until there is one.
   */
  readonly loopDelayP50Ms: number | null;
  readonly loopDelayP99Ms: number | null;
  readonly loopDelayMaxMs: number | null;
  /** Time that the loop spent working, and waiting for something to do. */
  readonly loopActiveMs: number;
  readonly loopIdleMs: number;
  readonly gcCount: number;
  readonly gcMs: number;
  readonly gcMsMax: number;
  readonly heapUsedBytes: number;
  /** With so much, less its garbage, the actor is ended; V8's own limit where it has none. */
  readonly heapLimitBytes: number;
  /** Buffers, which are not in the heap. */
  readonly bufferBytes: number;
}

/** The process that holds all actors. */
export interface ProcessFigures {
  readonly residentBytes: number;
  readonly cpuMs: number;
  /** Milliseconds since 1970. */
  readonly startedWallMs: number;
}

export interface SystemFigures {
  /** Start order. */
  readonly actors: readonly ActorFigures[];
  readonly process: ProcessFigures;
}
