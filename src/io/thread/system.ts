import { MessageChannel } from 'node:worker_threads';
import {
  type ActorEvent,
  actorsOf,
  type ChildSpec,
  type ChildState,
  SupervisorHost,
  type SupervisorSpec,
  type SystemFigures,
} from '../../actor/index.js';
import {
  type ActorId,
  assert,
  assertDefined,
  type ErrorData,
  failed,
  type Log,
  ok,
  type Result,
} from '../../base/index.js';
import { type LogLevel, openActorLog } from '../log/index.js';
import type { ActorState, ActorStatus, LastCrash } from './actor-status.js';
import type { CrashReport } from './control.js';
import { FiguresCollector } from './figures-collector.js';
import { realClock, realRandom } from './host-ports.js';
import { showSystem } from './system-view.js';
import { ThreadLife } from './thread-life.js';

export interface SystemOptions {
  /** Where the bundled code of an entry is. */
  readonly entryUrl: (entry: string) => URL;
  readonly logFolder: string;
  readonly logLevel: LogLevel;
  /** Main's own log. Default `<logFolder>/main.log`. */
  readonly log?: Log;
}

/** A supervision tree on threads. */
export interface ActorSystem {
  /** Resolves once every actor has been up; rejects where the tree gave up before. */
  ready(): Promise<void>;
  /** Resolves once all is down: after `stop`, or with the reason why the root gave up. */
  readonly ended: Promise<{ readonly failure: string | undefined }>;
  /** Start order. */
  actors(): ActorStatus[];
  /** What there is to see of all actors and of the process; who does not answer within half a second is seen from outside. */
  figures(): Promise<SystemFigures>;
  /** What an actor says of itself, with `counts` of what it has in hand and how its `thread` fares. */
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
  /** From now on, and in its next lives too. */
  setLogLevel(id: string, level: LogLevel): Promise<Result<void, ErrorData>>;
  /** Drains and ends every actor, in reverse of the start order. */
  stop(): Promise<void>;
  /** Returns a function that takes the listener off. */
  onEvent(listener: (event: ActorEvent) => void): () => void;
}

export function startSystem(spec: SupervisorSpec, options: SystemOptions): ActorSystem {
  return new ThreadSystem(spec, options);
}

const WATCH_MS = 1000;
const INJECT_TIMEOUT_MS = 1000;
const LOG_LEVEL_TIMEOUT_MS = 1000;

class ThreadSystem implements ActorSystem {
  readonly ended: Promise<{ readonly failure: string | undefined }>;
  readonly #options: SystemOptions;
  readonly #log: Log;
  readonly #root: SupervisorHost;
  readonly #specs: readonly ChildSpec[];
  readonly #lives = new Map<ActorId, ThreadLife>();
  readonly #supervisors = new Map<ActorId, SupervisorHost>();
  readonly #crashes = new Map<ActorId, LastCrash>();
  readonly #logLevels = new Map<ActorId, LogLevel>();
  readonly #listeners = new Set<(event: ActorEvent) => void>();
  readonly #figures = new FiguresCollector(this);
  readonly #ready: Promise<void>;
  readonly #watch: NodeJS.Timeout;
  #settleReady: (failure: string | undefined) => void = () => undefined;
  #settleEnded: (failure: string | undefined) => void = () => undefined;

  constructor(spec: SupervisorSpec, options: SystemOptions) {
    this.#options = options;
    this.#log =
      options.log ??
      openActorLog({
        folder: options.logFolder,
        level: options.logLevel,
        actor: 'main',
        incarnation: 1,
      });
    this.#specs = actorsOf(spec);
    assert(
      new Set(this.#specs.map((each) => each.id)).size === this.#specs.length,
      'two actors have the same id',
    );
    this.#ready = new Promise((resolve, reject) => {
      this.#settleReady = (failure) => {
        if (failure === undefined) resolve();
        else reject(new Error(failure));
      };
    });
    // Who does not ask for it is told by `ended`.
    this.#ready.catch(() => undefined);
    this.ended = new Promise((resolve) => {
      this.#settleEnded = (failure) => {
        resolve({ failure });
      };
    });
    this.#root = new SupervisorHost({
      spec,
      clock: realClock,
      random: realRandom(),
      spawn: (child, incarnation, supervisor) => {
        this.#spawn(child, incarnation, supervisor);
      },
      shutDown: (id) => this.#lives.get(id)?.shutDown(),
      kill: (id) => this.#lives.get(id)?.kill(),
      onEvent: (event) => {
        this.#tell(event);
      },
      onReady: () => {
        this.#settleReady(undefined);
      },
      onEnded: (failure) => {
        this.#end(failure);
      },
    });
    const watchMs = Math.min(WATCH_MS, ...this.#specs.map((each) => each.stallMs / 2));
    this.#watch = setInterval(() => {
      this.#watchLives();
    }, watchMs);
    this.#root.happened({ type: 'start' });
  }

  ready(): Promise<void> {
    return this.#ready;
  }

  actors(): ActorStatus[] {
    return this.#specs.map((spec) => this.#status(spec));
  }

  figures(): Promise<SystemFigures> {
    return this.#figures.figures();
  }

  async report(id: string, timeoutMs: number): Promise<Result<unknown, ErrorData>> {
    const life = this.#lives.get(id as ActorId);
    return life === undefined ? failed(this.#down(id)) : life.report(timeoutMs);
  }

  async inject(
    id: string,
    fault: { readonly type: string; readonly [field: string]: unknown },
    timeoutMs = INJECT_TIMEOUT_MS,
  ): Promise<Result<void, ErrorData>> {
    const life = this.#lives.get(id as ActorId);
    return life === undefined ? failed(this.#down(id)) : life.inject(fault, timeoutMs);
  }

  async kill(
    id: string,
    options: { readonly holdMs?: number } = {},
  ): Promise<Result<void, ErrorData>> {
    const life = this.#lives.get(id as ActorId);
    if (life === undefined) return failed(this.#down(id));
    const died = new Promise<void>((resolve) => {
      const off = this.onEvent((event) => {
        const over =
          event.type === 'died' &&
          event.id === life.spec.id &&
          event.incarnation === life.incarnation;
        if (!over && event.type !== 'ended') return;
        off();
        resolve();
      });
    });
    this.#log.info('killing on purpose', {
      actor: id,
      incarnation: life.incarnation,
      holdMs: options.holdMs ?? 0,
    });
    this.#supervisorOf(life.spec.id).happened({
      type: 'kill',
      id: life.spec.id,
      holdMs: options.holdMs ?? 0,
    });
    await died;
    return ok(undefined);
  }

  async setLogLevel(id: string, level: LogLevel): Promise<Result<void, ErrorData>> {
    const spec = this.#specs.find((each) => each.id === id);
    if (spec === undefined) return failed(this.#down(id));
    this.#logLevels.set(spec.id, level);
    // A life that is not there now will begin with it.
    const life = this.#lives.get(spec.id);
    return life === undefined ? ok(undefined) : life.setLogLevel(level, LOG_LEVEL_TIMEOUT_MS);
  }

  release(id: string): Result<void, ErrorData> {
    const spec = this.#specs.find((each) => each.id === id);
    if (spec === undefined) return failed(this.#down(id));
    if (this.#status(spec).state !== 'held')
      return failed({ code: 'not-held', message: `${id} is not held down` });
    this.#supervisorOf(spec.id).happened({ type: 'release', id: spec.id });
    return ok(undefined);
  }

  async stop(): Promise<void> {
    this.#root.happened({ type: 'stop' });
    await this.ended;
  }

  onEvent(listener: (event: ActorEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  #spawn(spec: ChildSpec, incarnation: number, supervisor: SupervisorHost): void {
    this.#supervisors.set(spec.id, supervisor);
    const life = new ThreadLife({
      spec,
      incarnation,
      links: this.#linksOf(spec),
      entryUrl: this.#options.entryUrl(spec.entry),
      logFolder: this.#options.logFolder,
      logLevel: this.#logLevels.get(spec.id) ?? this.#options.logLevel,
      onLoaded: () => {
        this.#connect(life);
      },
      onReady: () => {
        supervisor.happened({ type: 'ready', id: spec.id, incarnation });
        this.#tell({ type: 'ready', id: spec.id, incarnation });
      },
      onView: (port) => {
        showSystem({ figures: () => this.figures() }, port);
      },
      onExit: (exit, crash) => {
        this.#lives.delete(spec.id);
        if (crash !== undefined) this.#noteCrash(spec.id, crash);
        supervisor.exited(spec.id, incarnation, exit);
      },
      onStuck: () => {
        this.#log.error('an edge does not die: the process has to end', { actor: spec.id });
        this.#end(`the edge ${spec.id} does not answer and cannot be ended without the process`);
      },
    });
    this.#lives.set(spec.id, life);
  }

  /** A link exists where either side names the other. */
  #linksOf(spec: ChildSpec): ActorId[] {
    return this.#specs
      .filter(
        (other) =>
          other.id !== spec.id && (spec.links.includes(other.id) || other.links.includes(spec.id)),
      )
      .map((other) => other.id);
  }

  #connect(life: ThreadLife): void {
    for (const id of this.#linksOf(life.spec)) {
      const other = this.#lives.get(id);
      if (other?.linkable !== true) continue;
      const { port1, port2 } = new MessageChannel();
      life.connect({ id, incarnation: other.incarnation, port: port1, words: other.words });
      other.connect({
        id: life.spec.id,
        incarnation: life.incarnation,
        port: port2,
        words: life.words,
      });
    }
  }

  #watchLives(): void {
    for (const life of this.#lives.values()) {
      const { id, stallMs, buffersMbMax } = life.spec;
      const silentMs = life.silentMs();
      const { bufferBytes } = life.read();
      const tooLarge = buffersMbMax !== undefined && bufferBytes > buffersMbMax * 2 ** 20;
      if (silentMs <= stallMs && !tooLarge) continue;
      const message = tooLarge
        ? `its buffers hold ${String(Math.round(bufferBytes / 2 ** 20))} MB, more than ${String(buffersMbMax)} MB`
        : `stalled: its loop has not turned for ${String(Math.round(silentMs))} ms`;
      this.#supervisorOf(id).happened({
        type: 'doomed',
        id,
        incarnation: life.incarnation,
        message,
      });
    }
  }

  #status(spec: ChildSpec): ActorStatus {
    const child = this.#supervisors
      .get(spec.id)
      ?.state.children.find((each) => each.spec.id === spec.id);
    const life = this.#lives.get(spec.id);
    const reading = life?.read();
    return {
      id: spec.id,
      component: spec.component,
      state: child === undefined ? 'starting' : stateOf(child),
      incarnation: child?.incarnation ?? 0,
      restarts: child?.restarts ?? 0,
      mailboxMessages: reading?.mailboxMessages ?? 0,
      heapUsedBytes: reading?.heapUsedBytes ?? 0,
      bufferBytes: reading?.bufferBytes ?? 0,
      uptimeMs: life === undefined ? 0 : performance.now() - life.startedMs,
      lastCrash: this.#crashes.get(spec.id) ?? null,
    };
  }

  #tell(event: ActorEvent): void {
    if (event.type === 'died') {
      const { id, incarnation, cause, message, restartInMs } = event;
      if (cause === 'crash' && this.#crashes.get(id)?.reason !== message)
        this.#noteCrash(id, { message, stack: '', code: undefined });
      const level = cause === 'crash' ? 'error' : 'info';
      this.#log[level]('actor died', {
        actorId: id,
        life: incarnation,
        cause,
        reason: message,
        restartInMs,
      });
    } else {
      this.#log.debug(event.type, { ...event });
    }
    for (const listener of [...this.#listeners]) listener(event);
  }

  #noteCrash(id: ActorId, crash: CrashReport): void {
    const at = new Date().toISOString();
    this.#crashes.set(id, {
      reason: crash.message,
      stack: crash.stack,
      code: crash.code ?? null,
      at,
    });
  }

  #end(failure: string | undefined): void {
    clearInterval(this.#watch);
    this.#settleReady(failure ?? 'stopped before it was ready');
    this.#tell({ type: 'ended', failure });
    this.#settleEnded(failure);
  }

  #supervisorOf(id: ActorId): SupervisorHost {
    return assertDefined(this.#supervisors.get(id), `the supervisor of ${id}`);
  }

  #down(id: string): ErrorData {
    const known = this.#specs.some((each) => each.id === id);
    return known
      ? { code: 'actor-down', message: `${id} is down` }
      : { code: 'unknown-actor', message: `no actor ${id}` };
  }
}

function stateOf(child: ChildState): ActorState {
  if (child.phase === 'waiting') return child.incarnation === 0 ? 'starting' : 'restarting';
  return child.phase;
}
