import type { ActorId, ErrorData, Result } from '../base/index.js';
import type { ActorEvent } from './actor-event.js';
import { type ChildState, isCrashLooping } from './supervisor-state.js';

/** A supervision tree at work, on either host: threads and real time (`io/thread`), or virtual time and a seed (`sim`). */
export interface ActorSystem {
  /** Resolves once every actor has been up; rejects where the tree gave up before. */
  ready(): Promise<void>;
  /** Resolves once all is down: after `stop`, or with the reason why the root gave up. */
  readonly ended: Promise<{ readonly failure: string | undefined }>;
  /** Start order. */
  actors(): ActorStatus[];
  /** What an actor says of itself, with `counts` of what it has in hand. */
  report(id: string, timeoutMs: number): Promise<Result<unknown, ErrorData>>;
  /** Chaos: ends this life at once, and keeps the actor down for `holdMs` (Infinity: until `release`). Resolves once it is dead. */
  kill(id: string, options?: { readonly holdMs?: number }): Promise<Result<void, ErrorData>>;
  /** Ends a hold early. */
  release(id: string): Result<void, ErrorData>;
  /** Chaos: hands a fault to the actor. */
  inject(
    id: string,
    fault: { readonly type: string; readonly [field: string]: unknown },
    timeoutMs?: number,
  ): Promise<Result<void, ErrorData>>;
  /** Drains and ends every actor, in reverse of the start order. */
  stop(): Promise<void>;
  /** Returns a function that takes the listener off. */
  onEvent(listener: (event: ActorEvent) => void): () => void;
}

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
  /** Posted to it and not handled yet. */
  readonly mailboxMessages: number;
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
): Pick<ActorStatus, 'state' | 'incarnation' | 'restarts' | 'crashesInRow'> {
  if (child === undefined)
    return { state: 'starting', incarnation: 0, restarts: 0, crashesInRow: 0 };
  const { incarnation, restarts } = child;
  const crashesInRow = nowMs - child.lastCrashMs <= periodMs ? child.crashesInRow : 0;
  return { state: stateOf(child), incarnation, restarts, crashesInRow };
}

function stateOf(child: ChildState): ActorState {
  if (child.phase === 'waiting') return child.incarnation === 0 ? 'starting' : 'restarting';
  return isCrashLooping(child) ? 'crash-looping' : child.phase;
}
