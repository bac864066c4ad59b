import type { Worker } from 'node:worker_threads';
import {
  type ActorEvent,
  actorsOf,
  BadSpecError,
  type ChildSpec,
  type SpanQuery,
  specProblems,
  SupervisorHost,
  type SupervisorSpec,
  type SystemFigures,
} from '../../actor/index.js';
import {
  type ActorId,
  assertDefined,
  type ErrorData,
  failed,
  type Log,
  ok,
  type Result,
} from '../../base/index.js';
import { DEFAULT_LOG_KEEPING, type LogLevel, openActorLog } from '../log/index.js';
import { ActorJournal } from './actor-journal.js';
import { actorStatus, childStateOf } from './actor-status.js';
import type { ThreadActorStatus } from './actor-status.js';
import {
  type ChildError,
  StartError,
  type SystemOptions,
  type ThreadActorSystem,
} from './actor-system.js';
import {
  type ChildRequestPorts,
  deleteChild,
  restartChild,
  startChild,
  terminateChild,
} from './child-requests.js';
import { FiguresCollector } from './figures-collector.js';
import { realRandom } from './host-ports.js';
import { hostProblems } from './host-problems.js';
import { LinkBroker } from './link-broker.js';
import { supervisionClock } from './seen-time.js';
import { SparePool, type SpareStatus } from './spare-pool.js';
import { showSystem } from './system-view.js';
import { ThreadLife } from './thread-life.js';
import { Watchdog } from './watchdog.js';

/** Starts a tree. Throws a `BadSpecError` that names each mistake in it; nothing has been started then. */
export function startSystem(spec: SupervisorSpec, options: SystemOptions): ThreadActorSystem {
  const problems = specProblems(spec, (child) => hostProblems(child, options));
  if (problems.length > 0) throw new BadSpecError(problems);
  return new ThreadSystem(spec, options);
}

const INJECT_TIMEOUT_MS = 1000;

class ThreadSystem implements ThreadActorSystem {
  readonly ended: Promise<{ readonly failure: string | undefined }>;
  readonly #options: SystemOptions;
  readonly #log: Log;
  readonly #root: SupervisorHost;
  readonly #requests: ChildRequestPorts;
  readonly #pool: SparePool;
  readonly #watchdog: Watchdog;
  readonly #journal: ActorJournal;
  readonly #lives = new Map<ActorId, ThreadLife>();
  readonly #supervisors = new Map<ActorId, SupervisorHost>();
  readonly #links: LinkBroker;
  readonly #logLevels = new Map<ActorId, LogLevel>();
  readonly #listeners = new Set<(event: ActorEvent) => void>();
  readonly #figures = new FiguresCollector(this);
  readonly #ready: Promise<void>;
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
        keeping: options.logKeeping ?? DEFAULT_LOG_KEEPING,
      });
    this.#journal = new ActorJournal(this.#log);
    this.#pool = new SparePool({
      entryUrl: options.entryUrl,
      log: this.#log,
      onWarm: (entry) => {
        this.#tell({ type: 'spare-ready', entry });
      },
    });
    this.#pool.want(actorsOf(spec));
    this.#ready = new Promise((resolve, reject) => {
      this.#settleReady = (failure) => {
        if (failure === undefined) resolve();
        else reject(new StartError(failure));
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
      clock: supervisionClock,
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
        this.#pool.open();
      },
      onEnded: (failure) => {
        void this.#end(failure);
      },
    });
    this.#links = new LinkBroker({
      log: this.#log,
      actors: () => this.#root.actors(),
      life: (id) => this.#lives.get(id),
      doom: (id, incarnation, message) => {
        this.#supervisorOf(id).happened({ type: 'doomed', id, incarnation, message });
      },
    });
    this.#requests = {
      root: this.#root,
      checkActor: (child) => hostProblems(child, options),
      onEvent: (listener) => this.onEvent(listener),
    };
    this.#watchdog = new Watchdog({
      lives: () => this.#lives.values(),
      doom: (life, doomed) => {
        const { incarnation } = life;
        const { id } = life.spec;
        const { message, code } = doomed;
        this.#journal.doomed(id, incarnation, doomed);
        this.#supervisorOf(id).happened({ type: 'doomed', id, incarnation, message, code });
      },
    });
    this.#root.happened({ type: 'start' });
  }

  ready(): Promise<void> {
    return this.#ready;
  }

  actors(): ThreadActorStatus[] {
    return this.#root.actors().map((spec) => this.#status(spec));
  }

  spares(): SpareStatus[] {
    return this.#pool.status();
  }

  figures(): Promise<SystemFigures> {
    return this.#figures.figures();
  }

  async report(id: string, timeoutMs: number): Promise<Result<unknown, ErrorData>> {
    return this.#withLife(id, (life) => life.report(timeoutMs));
  }

  async spans(id: string, query: SpanQuery, timeoutMs: number): ReturnType<ThreadLife['spans']> {
    return this.#withLife(id, (life) => life.spans(query, timeoutMs));
  }

  async inject(
    id: string,
    fault: { readonly type: string; readonly [field: string]: unknown },
    timeoutMs = INJECT_TIMEOUT_MS,
  ): Promise<Result<void, ErrorData>> {
    return this.#withLife(id, (life) => life.inject(fault, timeoutMs));
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

  release(id: string): Result<void, ErrorData> {
    const spec = this.#specOf(id);
    if (spec === undefined) return failed(this.#down(id));
    if (this.#status(spec).state !== 'held')
      return failed({ code: 'not-held', message: `${id} is not held down` });
    this.#supervisorOf(spec.id).happened({ type: 'release', id: spec.id });
    return ok(undefined);
  }

  setLogLevel(id: string, level: LogLevel): Result<void, ErrorData> {
    const spec = this.#specOf(id);
    if (spec === undefined) return failed(this.#down(id));
    this.#logLevels.set(spec.id, level);
    this.#lives.get(spec.id)?.setLogLevel(level);
    return ok(undefined);
  }

  async startChild(
    supervisorId: string,
    spec: ChildSpec | SupervisorSpec,
  ): Promise<Result<void, ChildError>> {
    const started = startChild(this.#requests, supervisorId, spec);
    this.#pool.want(this.#root.actors());
    const outcome = await started;
    if (!outcome.ok) this.#forgetGone();
    return outcome;
  }

  async restartChild(supervisorId: string, id: string): Promise<Result<void, ChildError>> {
    return restartChild(this.#requests, supervisorId, id as ActorId);
  }

  async terminateChild(supervisorId: string, id: string): Promise<Result<void, ChildError>> {
    return terminateChild(this.#requests, supervisorId, id as ActorId);
  }

  deleteChild(supervisorId: string, id: string): Result<void, ChildError> {
    const outcome = deleteChild(this.#requests, supervisorId, id as ActorId);
    this.#forgetGone();
    return outcome;
  }

  async stop(): Promise<void> {
    void this.#pool.close();
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
    const spare = this.#pool.take(spec);
    const child = childStateOf(supervisor, spec.id);
    if (child !== undefined && incarnation > 1)
      this.#journal.restarts(spec.id, child, spare !== undefined);
    try {
      this.#startLife(spec, incarnation, supervisor, spare);
    } catch (error) {
      // The system has no more threads. It is told as any other crash, once this one decision is carried out.
      void spare?.terminate();
      const cause = error instanceof Error ? error : new Error(String(error));
      this.#journal.noteCrash(spec.id, incarnation, { stack: cause.stack ?? cause.message });
      supervisor.exited(spec.id, incarnation, { kind: 'crash', message: cause.message });
    }
  }

  #startLife(
    spec: ChildSpec,
    incarnation: number,
    supervisor: SupervisorHost,
    spare: Worker | undefined,
  ): void {
    const life = new ThreadLife({
      spec,
      incarnation,
      links: this.#links.of(spec),
      entryUrl: this.#options.entryUrl(spec.entry),
      spare,
      logFolder: this.#options.logFolder,
      logLevel: this.#logLevels.get(spec.id) ?? this.#options.logLevel,
      logKeeping: this.#options.logKeeping ?? DEFAULT_LOG_KEEPING,
      onLoaded: () => {
        this.#links.connect(life);
      },
      onReady: () => {
        supervisor.happened({ type: 'ready', id: spec.id, incarnation });
        this.#tell({ type: 'ready', id: spec.id, incarnation });
      },
      onLinkBroken: (id, sender, message) => {
        this.#links.mend(life, id, sender, message);
      },
      onView: (port) => {
        showSystem({ figures: () => this.figures() }, port);
      },
      onExit: (exit, crash) => {
        this.#lives.delete(spec.id);
        if (crash !== undefined) this.#journal.noteCrash(spec.id, incarnation, crash);
        supervisor.exited(spec.id, incarnation, exit);
      },
      onStuck: () => {
        this.#log.error('an edge does not die: the process has to end', { actor: spec.id });
        void this.#end(
          `the edge ${spec.id} does not answer and cannot be ended without the process`,
        );
      },
    });
    this.#lives.set(spec.id, life);
  }

  #status(spec: ChildSpec): ThreadActorStatus {
    return actorStatus(spec, {
      supervisor: this.#supervisors.get(spec.id),
      life: this.#lives.get(spec.id),
      lastCrash: this.#journal.lastCrash(spec.id),
    });
  }

  #tell(event: ActorEvent): void {
    if (event.type === 'died') {
      this.#links.tellExit(event);
      this.#journal.died(event);
    } else this.#log.debug(event.type, { ...event });
    if (event.type !== 'spare-ready') this.#pool.stir();
    for (const listener of [...this.#listeners]) listener(event);
  }

  async #end(failure: string | undefined): Promise<void> {
    this.#watchdog.close();
    this.#settleReady(failure ?? 'stopped before it was ready');
    await this.#pool.close();
    this.#tell({ type: 'ended', failure });
    this.#settleEnded(failure);
  }

  /** What is kept of actors that are no longer in the tree. */
  #forgetGone(): void {
    const specs = this.#root.actors();
    for (const id of [...this.#supervisors.keys()]) {
      if (specs.some((spec) => spec.id === id)) continue;
      this.#journal.forget(id);
      this.#supervisors.delete(id);
      this.#logLevels.delete(id);
    }
    this.#pool.want(specs);
  }

  async #withLife<T>(
    id: string,
    work: (life: ThreadLife) => Promise<Result<T, ErrorData>>,
  ): Promise<Result<T, ErrorData>> {
    const life = this.#lives.get(id as ActorId);
    return life === undefined ? failed(this.#down(id)) : work(life);
  }

  #specOf(id: string): ChildSpec | undefined {
    return this.#root.actors().find((each) => each.id === id);
  }

  #supervisorOf(id: ActorId): SupervisorHost {
    return assertDefined(this.#supervisors.get(id), `the supervisor of ${id}`);
  }

  #down(id: string): ErrorData {
    return this.#specOf(id) !== undefined
      ? { code: 'actor-down', message: `${id} is down` }
      : { code: 'unknown-actor', message: `no actor ${id}` };
  }
}
