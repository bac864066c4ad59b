import { type ChildState, isCrashLooping } from '../../actor/index.js';
import type { ActorId } from '../../base/index.js';

export type ActorState =
  | 'starting'
  | 'running'
  /** Dead, and about to be started again. */
  | 'restarting'
  /** The same, after several crashes in a row: it waits, longer each time. */
  | 'crash-looping'
  /** Kept down on purpose. */
  | 'held'
  | 'stopping'
  | 'stopped'
  /** Ended by a crash, and not to be restarted. */
  | 'failed';

export interface ActorStatus {
  readonly id: ActorId;
  readonly component: string;
  readonly state: ActorState;
  /** 0: not started yet. */
  readonly incarnation: number;
  readonly restarts: number;
  /** 0 after a quiet period. Kills on purpose neither count nor end the row. */
  readonly crashesInRow: number;
  /** RFC 3339, UTC: when a dead actor is tried again. Null where it waits for no time. */
  readonly nextStartAt: string | null;
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
  /** Where it was, as far as is known. */
  readonly stack: string;
  /** A stable name, where there is one: EADDRINUSE, ASSERTION, ERR_WORKER_OUT_OF_MEMORY, ERR_STALLED. */
  readonly code: string | null;
  /** RFC 3339, UTC. */
  readonly at: string;
}

/** What the supervisor knows of a child, in the words of `ActorStatus`. */
export function supervisionOf(
  child: ChildState | undefined,
  periodMs: number,
  nowMs: number,
): Pick<ActorStatus, 'state' | 'incarnation' | 'restarts' | 'crashesInRow' | 'nextStartAt'> {
  if (child === undefined)
    return { state: 'starting', incarnation: 0, restarts: 0, crashesInRow: 0, nextStartAt: null };
  const { incarnation, restarts, dueMs } = child;
  return {
    state: stateOf(child),
    incarnation,
    restarts,
    crashesInRow: nowMs - child.lastCrashMs <= periodMs ? child.crashesInRow : 0,
    nextStartAt: dueMs === undefined ? null : new Date(Date.now() + dueMs - nowMs).toISOString(),
  };
}

function stateOf(child: ChildState): ActorState {
  if (child.phase === 'waiting') return child.incarnation === 0 ? 'starting' : 'restarting';
  return isCrashLooping(child) ? 'crash-looping' : child.phase;
}
