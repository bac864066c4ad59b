import {
  type ActorId,
  assertDefined,
  type Clock,
  type Random,
  randomFraction,
  type Timer,
} from '../base/index.js';
import type { ActorEvent } from './actor-event.js';
import {
  actorsOf,
  type ChildSpec,
  idsOf,
  isSupervisor,
  type SupervisorSpec,
} from './child-spec.js';
import { type ChildRefusal, childRefusal } from './dynamic-children.js';
import { decide } from './supervisor.js';
import {
  type ChildPast,
  type ChildRequest,
  type ChildState,
  createSupervisor,
  type SupervisorEffect,
  type SupervisorEvent,
  type SupervisorState,
} from './supervisor-state.js';

/** Without the time, which the host adds. */
type Happening = SupervisorEvent extends infer Event
  ? Event extends unknown
    ? Omit<Event, 'nowMs'>
    : never
  : never;

export interface SupervisorHostOptions {
  readonly spec: SupervisorSpec;
  readonly clock: Clock;
  readonly random: Random;
  /** Starts a life. Its end is told by `exited`. */
  spawn(spec: ChildSpec, incarnation: number, supervisor: SupervisorHost): void;
  shutDown(id: ActorId): void;
  kill(id: ActorId): void;
  onEvent(event: ActorEvent): void;
  onReady(): void;
  onEnded(failure: string | undefined): void;
}

/** Carries out what one supervisor decides; nested supervisors are hosts of their own. */
export class SupervisorHost {
  readonly state: SupervisorState;
  readonly nested = new Map<ActorId, SupervisorHost>();
  readonly #options: SupervisorHostOptions;
  readonly #timers = new Map<ActorId, Timer>();
  /** Of all actors that this tree ever had: one small record for each id. */
  readonly #pasts: Map<ActorId, ChildPast>;
  #queue: Happening[] = [];
  #busy = false;

  constructor(options: SupervisorHostOptions, pasts = new Map<ActorId, ChildPast>()) {
    this.#options = options;
    this.#pasts = pasts;
    this.state = createSupervisor(options.spec, pasts);
  }

  /** What happens while effects are carried out waits until they are. */
  happened(happening: Happening): void {
    this.#queue.push(happening);
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
        const event = { ...next, nowMs: this.#options.clock.monotonicMs() } as SupervisorEvent;
        for (const effect of decide(this.state, event)) this.#carryOut(effect);
        this.#cancelSpentTimers();
      }
    } finally {
      this.#busy = false;
    }
  }

  /** Asks for what OTP calls start_child and so on; refuses it where `childRefusal` does. */
  request(request: ChildRequest): ChildRefusal | undefined {
    const refusal = childRefusal(this.state, request);
    if (refusal !== undefined) return refusal;
    if (request.type === 'delete-child') this.#forget(request.id);
    this.happened(
      request.type === 'start-child'
        ? { ...request, past: this.#pasts.get(request.spec.id) }
        : request,
    );
    return undefined;
  }

  /** This supervisor or one below it. */
  find(id: ActorId): SupervisorHost | undefined {
    if (this.#options.spec.id === id) return this;
    for (const nested of this.nested.values()) {
      const found = nested.find(id);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** All actors below, in start order: those of now, and of a nested supervisor that is down those of its spec. */
  actors(): ChildSpec[] {
    return this.state.children.flatMap(({ spec }) => {
      if (!isSupervisor(spec)) return [spec];
      return this.nested.get(spec.id)?.actors() ?? actorsOf(spec);
    });
  }

  exited(
    id: ActorId,
    incarnation: number,
    exit: Extract<SupervisorEvent, { type: 'exited' }>['exit'],
  ): void {
    this.happened({
      type: 'exited',
      id,
      incarnation,
      exit,
      draw: randomFraction(this.#options.random),
    });
  }

  /** Of all supervisors and actors below, and its own. */
  ids(): ActorId[] {
    const { id } = this.#options.spec;
    return [
      id,
      ...this.state.children.flatMap(({ spec }) => this.nested.get(spec.id)?.ids() ?? idsOf(spec)),
    ];
  }

  #carryOut(effect: SupervisorEffect): void {
    const options = this.#options;
    switch (effect.type) {
      case 'spawn':
        this.#spawn(effect.id, effect.incarnation);
        return;
      case 'shutdown':
      case 'kill': {
        const nested = this.nested.get(effect.id);
        if (nested !== undefined) nested.happened({ type: 'stop' });
        else if (effect.type === 'kill') options.kill(effect.id);
        else options.shutDown(effect.id);
        return;
      }
      case 'arm':
        this.#arm(effect.id, effect.timer, effect.afterMs);
        return;
      case 'died': {
        const { code, delayMs, ...rest } = effect;
        options.onEvent({ ...rest, code: code ?? null, restartInMs: delayMs });
        return;
      }
      case 'ready':
        options.onReady();
        return;
      case 'ended':
        for (const timer of this.#timers.values()) timer.cancel();
        for (const child of this.state.children) this.#keepPast(child);
        options.onEnded(effect.failure);
    }
  }

  #arm(id: ActorId, timer: number, afterMs: number): void {
    this.#cancelTimer(id);
    const due = this.#options.clock.after(afterMs, () => {
      this.happened({ type: 'timer', id, timer });
    });
    this.#timers.set(id, due);
  }

  /** A child that is ready or has ended waits for none. */
  #cancelSpentTimers(): void {
    for (const { spec, timer } of this.state.children) if (timer === 0) this.#cancelTimer(spec.id);
  }

  #cancelTimer(id: ActorId): void {
    this.#timers.get(id)?.cancel();
    this.#timers.delete(id);
  }

  #spawn(id: ActorId, incarnation: number): void {
    const options = this.#options;
    const { spec } = assertDefined(
      this.state.children.find((child) => child.spec.id === id),
      id,
    );
    options.onEvent({ type: 'starting', id, incarnation });
    if (!isSupervisor(spec)) {
      options.spawn(spec, incarnation, this);
      return;
    }
    const nestedOptions = {
      ...options,
      spec,
      onReady: () => {
        this.happened({ type: 'ready', id, incarnation });
        options.onEvent({ type: 'ready', id, incarnation });
      },
      onEnded: (failure: string | undefined) => {
        this.nested.delete(id);
        this.exited(
          id,
          incarnation,
          failure === undefined ? { kind: 'normal' } : { kind: 'crash', message: failure },
        );
      },
    };
    const nested = new SupervisorHost(nestedOptions, this.#pasts);
    this.nested.set(id, nested);
    nested.happened({ type: 'start' });
  }

  #forget(id: ActorId): void {
    const child = this.state.children.find((each) => each.spec.id === id);
    if (child !== undefined) this.#keepPast(child);
    this.#cancelTimer(id);
  }

  #keepPast({ spec, incarnation, restarts }: ChildState): void {
    this.#pasts.set(spec.id, { incarnation, restarts });
  }
}
