import {
  type ActorCore,
  type ActorEvent,
  actorsOf,
  type ActorStatus,
  type BehaviourFactory,
  type ChildSpec,
  type Protocol,
  SupervisorHost,
  type SupervisorSpec,
  supervisionOf,
} from '../actor/index.js';
import {
  type ActorId,
  actorId,
  assert,
  assertDefined,
  type ErrorData,
  failed,
  ok,
  type Random,
  randomFraction,
  type Result,
  seededRandom,
} from '../base/index.js';

import { callLife } from './control-call.js';
import { CrashNotes } from './crash-notes.js';
import { plainCopy } from './plain-copy.js';
import type { SimNetwork } from './sim-network.js';
import type { SimSystem, SimSystemOptions, StartFault } from './sim-system.js';
import { virtualClock } from './sim-ports.js';
import { SimWorld } from './sim-world.js';
import { SupervisedLife } from './supervised-life.js';
import { VirtualTime } from './virtual-time.js';

export function startSimSystem(spec: SupervisorSpec, options: SimSystemOptions): SimSystem {
  return new VirtualSystem(spec, options);
}

const INJECT_TIMEOUT_MS = 1000;

class VirtualSystem implements SimSystem {
  readonly ended: Promise<{ readonly failure: string | undefined }>;
  readonly #options: SimSystemOptions;
  readonly #random: Random;
  readonly #world: SimWorld;
  readonly #time: VirtualTime;
  readonly #root: SupervisorHost;
  readonly #specs: readonly ChildSpec[];
  readonly #lives = new Map<ActorId, SupervisedLife>();
  readonly #supervisors = new Map<ActorId, SupervisorHost>();
  readonly #crashes = new CrashNotes();
  readonly #startFaults = new Map<ActorId, StartFault>();
  readonly #listeners = new Set<(event: ActorEvent) => void>();
  readonly #ready: Promise<void>;
  #settleReady: (failure: string | undefined) => void = () => undefined;
  #settleEnded: (failure: string | undefined) => void = () => undefined;

  constructor(spec: SupervisorSpec, options: SimSystemOptions) {
    this.#options = options;
    this.#random = seededRandom(options.seed);
    const unreliable = (options.unreliable ?? []).map(actorId);
    this.#world = new SimWorld({
      random: this.#random,
      ordered: true,
      records: unreliable.length > 0 ? 'frame' : 'connection',
      limits: options.limits ?? {},
      log: (atMs, actor, level, message, fields) =>
        options.onLog?.(atMs, actor, level, message, fields),
    });
    this.#time = new VirtualTime(this.#world, options.drain);
    this.#world.network.makeFaulty(unreliable);
    this.#specs = actorsOf(spec);
    assert(
      new Set(this.#specs.map((each) => each.id)).size === this.#specs.length,
      'two actors have the same id',
    );
    for (const each of this.#specs) this.#define(each);
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
      clock: virtualClock(
        () => this.nowMs,
        (delayMs, callback) => {
          const event = this.#world.plan(delayMs, callback);
          return { cancel: () => void (event.canceled = true) };
        },
      ),
      random: this.#random,
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
    this.#root.happened({ type: 'start' });
  }

  get nowMs(): number {
    return this.#world.nowMs;
  }

  get events(): number {
    return this.#world.events;
  }

  get network(): SimNetwork {
    return this.#world.network;
  }

  traceHash(): string {
    return this.#world.traceHash();
  }

  async advance(ms: number): Promise<void> {
    await this.runUntil(() => false, ms);
  }

  runUntil(condition: () => boolean, withinMs: number): Promise<boolean> {
    return this.#time.runUntil(condition, withinMs);
  }

  settle<T>(promise: Promise<T>, withinMs?: number): Promise<T> {
    return this.#time.settle(promise, withinMs);
  }

  ready(): Promise<void> {
    return this.#ready;
  }

  actors(): ActorStatus[] {
    return this.#specs.map((spec) => this.#status(spec));
  }

  report(id: string, timeoutMs: number): Promise<Result<unknown, ErrorData>> {
    return this.#call(id, timeoutMs, (core) => ok({ ...core.report(), counts: core.counts() }));
  }

  inject(
    id: string,
    fault: { readonly type: string; readonly [field: string]: unknown },
    timeoutMs = INJECT_TIMEOUT_MS,
  ): Promise<Result<void, ErrorData>> {
    return this.#call(id, timeoutMs, (core) => core.inject(fault));
  }

  kill(id: string, options: { readonly holdMs?: number } = {}): Promise<Result<void, ErrorData>> {
    const life = this.#lives.get(id as ActorId);
    if (life === undefined) return Promise.resolve(failed(this.#down(id)));
    const over = new Promise<Result<void, ErrorData>>((resolve) => {
      life.whenOver(() => {
        resolve(ok(undefined));
      });
    });
    this.#supervisorOf(life.spec.id).happened({
      type: 'kill',
      id: life.spec.id,
      holdMs: options.holdMs ?? 0,
    });
    return over;
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

  crash(id: string, error: Error): boolean {
    const life = this.#world.life(id as ActorId);
    life?.core.crash(error);
    return life !== undefined;
  }

  escaped(error: Error): void {
    this.#world.escaped(error);
  }

  exit(id: string, code: number): never {
    return assertDefined(this.#lives.get(id as ActorId), `a life of ${id}`).exit(code);
  }

  stall(id: string, ms: number): void {
    this.#lives.get(id as ActorId)?.stall(ms);
  }

  spoilNextStart(id: string, fault: StartFault): void {
    this.#startFaults.set(actorId(id), fault);
  }

  #define(spec: ChildSpec): void {
    const factory = this.#options.entries(spec.entry) as unknown as BehaviourFactory<
      Protocol,
      unknown
    >;
    const config = plainCopy(spec.config, spec.id);
    this.#world.define({
      id: spec.id,
      links: this.#linksOf(spec),
      waits: true,
      make: () => {
        // Each life gets a copy of its own, as a thread does: what an earlier one did to it is over.
        return { factory, config: plainCopy(config, spec.id) };
      },
      onReady: () => this.#lives.get(spec.id)?.becameReady(),
      onEnd: () => undefined,
      onCrash: (error) => this.#lives.get(spec.id)?.crashed(error),
    });
  }

  #spawn(spec: ChildSpec, incarnation: number, supervisor: SupervisorHost): void {
    this.#supervisors.set(spec.id, supervisor);
    const [least, most] = this.#options.loadMs ?? [45, 80];
    const fault = this.#startFaults.get(spec.id);
    this.#startFaults.delete(spec.id);
    const drawnMs = least + randomFraction(this.#random) * (most - least);
    const life = new SupervisedLife({
      world: this.#world,
      random: this.#random,
      spec,
      incarnation,
      loadMs: drawnMs + (fault?.extraMs ?? 0),
      loadFailure: fault?.failure,
      onReady: () => {
        supervisor.happened({ type: 'ready', id: spec.id, incarnation });
        this.#tell({ type: 'ready', id: spec.id, incarnation });
      },
      onExit: (exit, error) => {
        this.#lives.delete(spec.id);
        if (error !== undefined) this.#crashes.note(spec.id, error, this.nowMs);
        supervisor.exited(spec.id, incarnation, exit);
      },
      onStalled: (silentMs) => {
        const message = `stalled: its loop has not turned for ${String(Math.round(silentMs))} ms`;
        supervisor.happened({ type: 'doomed', id: spec.id, incarnation, message });
      },
      onStuck: () => {
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

  #call<T>(
    id: string,
    timeoutMs: number,
    call: (core: ActorCore) => Result<T, ErrorData>,
  ): Promise<Result<T, ErrorData>> {
    const life = this.#lives.get(id as ActorId);
    if (life === undefined) return Promise.resolve(failed(this.#down(id)));
    return callLife(this.#world, life, timeoutMs, call);
  }

  #status(spec: ChildSpec): ActorStatus {
    const supervisor = this.#supervisors.get(spec.id);
    const child = supervisor?.state.children.find((each) => each.spec.id === spec.id);
    const life = this.#lives.get(spec.id);
    const running = this.#world.life(spec.id);
    return {
      id: spec.id,
      component: spec.component,
      ...supervisionOf(child, supervisor?.state.spec.periodMs ?? 0, this.nowMs),
      mailboxMessages:
        running === undefined ? 0 : running.postedMessages - running.core.counts().messagesHandled,
      uptimeMs: life === undefined ? 0 : this.nowMs - life.startedMs,
      lastCrash: this.#crashes.last(spec.id) ?? null,
    };
  }

  #tell(event: ActorEvent): void {
    this.#world.note(JSON.stringify(event));
    if (event.type === 'died') {
      const { id, cause, message } = event;
      if (cause === 'crash' && this.#crashes.last(id)?.reason !== message)
        this.#crashes.note(id, { message }, this.nowMs);
    }
    for (const listener of [...this.#listeners]) listener(event);
  }

  #end(failure: string | undefined): void {
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
