import type {
  ActorEvent,
  ChildRefusal,
  ChildSpec,
  SpecProblem,
  SupervisorSpec,
} from '../../actor/index.js';
import type { ErrorData, Log, Result } from '../../base/index.js';
import type { LogLevel } from '../log/index.js';
import type { ActorStatus } from './actor-status.js';
import type { SpareStatus } from './spare-pool.js';

export interface SystemOptions {
  /** Where the code of an entry is: a module, or a bundle `.cjs` with `thread.cjs` beside it. */
  readonly entryUrl: (entry: string) => URL;
  /** Each actor writes `<logFolder>/<id>.log`. */
  readonly logFolder: string;
  /** Of all actors, until `setLogLevel`. */
  readonly logLevel: LogLevel;
  /** Main's own log. Default `<logFolder>/main.log`. */
  readonly log?: Log;
}

/** A supervision tree on threads. */
export interface ActorSystem {
  /** Resolves once every actor has been up; rejects with a `StartError` where the tree gave up before. */
  ready(): Promise<void>;
  /** Resolves once all is down: after `stop`, or with the reason why the root gave up. */
  readonly ended: Promise<{ readonly failure: string | undefined }>;
  /** Start order. */
  actors(): ActorStatus[];
  /** Threads that wait for a restart, by entry. */
  spares(): SpareStatus[];
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
  /** Of this life and of those that follow. */
  setLogLevel(id: string, level: LogLevel): Result<void, ErrorData>;
  /**
   * Adds a child to a running supervisor, as the last in its start order, and links it with those that it names and that name
   * it. Resolves when it is ready. One that fails before is forgotten, and not tried again. Where its supervisor is restarted by its
   * own, it is gone, as in OTP.
   */
  startChild(
    supervisorId: string,
    spec: ChildSpec | SupervisorSpec,
  ): Promise<Result<void, ChildError>>;
  /** Drains and ends a child, and keeps it down; it stays known. Resolves when it is down. */
  terminateChild(supervisorId: string, id: string): Promise<Result<void, ChildError>>;
  /** Starts a child again that was terminated, or ended for good. Resolves when it is ready. */
  restartChild(supervisorId: string, id: string): Promise<Result<void, ChildError>>;
  /** Forgets a child that is down for good. */
  deleteChild(supervisorId: string, id: string): Result<void, ChildError>;
  /** Drains and ends every actor, in reverse of the start order. */
  stop(): Promise<void>;
  /** Returns a function that takes the listener off. */
  onEvent(listener: (event: ActorEvent) => void): () => void;
}

/** Why a request about a child came to nothing. */
export type ChildError =
  | { readonly code: ChildRefusal | 'unknown-supervisor'; readonly message: string }
  /** Nothing of it was started. */
  | {
      readonly code: 'bad-spec';
      readonly message: string;
      readonly problems: readonly SpecProblem[];
    }
  /** It died, or was ended, before it was ready. */
  | { readonly code: 'start-failed'; readonly message: string };

/** The tree gave up before every actor had been up. The message says why. */
export class StartError extends Error {
  override readonly name = 'StartError';
  readonly code = 'start-failed';
}
