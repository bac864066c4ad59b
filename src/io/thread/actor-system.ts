import type {
  ActorSystem,
  ChildRefusal,
  ChildSpec,
  SpanQuery,
  SpanReply,
  SpecProblem,
  SystemFigures,
  SupervisorSpec,
} from '../../actor/index.js';
import type { ErrorData, Log, Result } from '../../base/index.js';
import type { LogKeeping, LogLevel } from '../log/index.js';
import type { ThreadActorStatus } from './actor-status.js';
import type { SpareStatus } from './spare-pool.js';

export interface SystemOptions {
  /** Where the code of an entry is: a module, or a bundle `.cjs` with `thread.cjs` beside it. */
  readonly entryUrl: (entry: string) => URL;
  /** Each actor writes `<logFolder>/<id>.log`. */
  readonly logFolder: string;
  /** Of all actors, until `setLogLevel`. */
  readonly logLevel: LogLevel;
  /** Of each actor's log. Default `DEFAULT_LOG_KEEPING`. */
  readonly logKeeping?: LogKeeping;
  /** Main's own log. Default `<logFolder>/main.log`. */
  readonly log?: Log;
}

/** A supervision tree on threads. `ready` rejects with a `StartError`. */
export interface ThreadActorSystem extends ActorSystem {
  actors(): ThreadActorStatus[];
  /** What there is to see of all actors and of the process; who does not answer within half a second is seen from outside. */
  figures(): Promise<SystemFigures>;
  /** Threads that wait for a restart, by entry. */
  spares(): SpareStatus[];
  /** What the life of an actor that is up did for traces. */
  spans(id: string, query: SpanQuery, timeoutMs: number): Promise<Result<LifeSpans, ErrorData>>;
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
}

export interface LifeSpans extends SpanReply {
  readonly incarnation: number;
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
