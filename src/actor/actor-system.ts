import type { ActorId, ErrorData, Result } from '../base/index.js';
import type { ActorEvent } from './actor-event.js';
import type { ChildPhase, ChildState } from './supervisor-state.js';

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
  release(id: string): Result<void, ErrorData>;
  /** Chaos: hands a fault to the behaviour. */
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

export interface ActorStatus {
  readonly id: ActorId;
  readonly component: string;
  readonly state: ActorState;
  /** 0: not started yet. */
  readonly incarnation: number;
  readonly restarts: number;
  /** Posted to it and not handled yet. */
  readonly mailboxMessages: number;
  /** Of this life; 0 where it is down. */
  readonly uptimeMs: number;
  readonly lastCrash: LastCrash | null;
}

export type ActorState = Exclude<ChildPhase, 'waiting'>;

export interface LastCrash {
  readonly reason: string;
  readonly stack: string;
  /** A stable name, where the error had one: EADDRINUSE, ASSERTION. */
  readonly code: string | null;
  /** RFC 3339, UTC. */
  readonly at: string;
}

/** A child's state in the words for people. */
export function actorStateOf(child: ChildState): ActorState {
  if (child.phase === 'waiting') return child.incarnation === 0 ? 'starting' : 'restarting';
  return child.phase;
}
