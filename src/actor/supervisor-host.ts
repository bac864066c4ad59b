import {
  type ActorId,
  assertDefined,
  type Clock,
  type Random,
  randomFraction,
  type Timer,
} from '../base/index.js';
import type { ActorEvent } from './actor-event.js';
import { type ChildSpec, isSupervisor, type SupervisorSpec } from './child-spec.js';
import { decide } from './supervisor.js';
import {
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
  /**
   * The lives that each child of the tree has had: a nested supervisor that is restarted must not begin to count anew, as its
   * children's peers would take the new life for the old one. Default: none.
   */
  readonly lived?: Map<ActorId, number>;
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
  readonly #lived: Map<ActorId, number>;
  readonly #timers = new Map<ActorId, Timer>();

  constructor(options: SupervisorHostOptions) {
    this.#options = options;
    this.#lived = options.lived ?? new Map<ActorId, number>();
    this.state = createSupervisor(options.spec, this.#lived);
  }

  happened(happening: Happening): void {
    const event = { ...happening, nowMs: this.#options.clock.monotonicMs() } as SupervisorEvent;
    for (const effect of decide(this.state, event)) this.#carryOut(effect);
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
        const { id, incarnation, cause, message, delayMs } = effect;
        options.onEvent({ type: 'died', id, incarnation, cause, message, restartInMs: delayMs });
        return;
      }
      case 'ready':
        options.onReady();
        return;
      case 'ended':
        for (const timer of this.#timers.values()) timer.cancel();
        options.onEnded(effect.failure);
    }
  }

  #arm(id: ActorId, timer: number, afterMs: number): void {
    this.#timers.get(id)?.cancel();
    const due = this.#options.clock.after(afterMs, () => {
      this.happened({ type: 'timer', id, timer });
    });
    this.#timers.set(id, due);
  }

  #spawn(id: ActorId, incarnation: number): void {
    const spec = assertDefined(
      this.#options.spec.children.find((child) => child.id === id),
      id,
    );
    this.#lived.set(id, incarnation);
    if (!isSupervisor(spec)) {
      this.#options.onEvent({ type: 'starting', id, incarnation });
      this.#options.spawn(spec, incarnation, this);
      return;
    }
    const nested = new SupervisorHost({
      ...this.#options,
      spec,
      lived: this.#lived,
      onReady: () => {
        this.happened({ type: 'ready', id, incarnation });
      },
      onEnded: (failure) => {
        this.nested.delete(id);
        this.exited(
          id,
          incarnation,
          failure === undefined ? { kind: 'normal' } : { kind: 'crash', message: failure },
        );
      },
    });
    this.nested.set(id, nested);
    nested.happened({ type: 'start' });
  }
}
