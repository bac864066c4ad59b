import {
  type ChildSpec,
  createSupervisor,
  decide,
  type SupervisorEffect,
  type SupervisorEvent,
  type SupervisorSpec,
  type SupervisorState,
} from '../../src/actor/index.js';
import { actorId } from '../../src/base/index.js';

export function childSpec(name: string, more: Partial<ChildSpec> = {}): ChildSpec {
  return {
    id: actorId(name),
    component: name,
    entry: name,
    config: {},
    links: [],
    restart: 'permanent',
    shutdownMs: 1000,
    kind: 'worker',
    startTimeoutMs: 5000,
    stallMs: 10_000,
    heapMbMax: 64,
    ...more,
  };
}

export function supervisorSpec(
  children: readonly (ChildSpec | SupervisorSpec)[],
  more: Partial<SupervisorSpec> = {},
): SupervisorSpec {
  return {
    id: actorId('root'),
    strategy: 'one_for_one',
    intensity: 3,
    periodMs: 10_000,
    backoff: { minMs: 100, maxMs: 1000, factor: 2, jitter: 0 },
    children,
    ...more,
  };
}

/** An event as a test writes it down: the time is the world's. */
export type Happening = SupervisorEvent extends infer Event
  ? Event extends unknown
    ? Omit<Event, 'nowMs'>
    : never
  : never;

export interface SupervisorWorld {
  readonly state: SupervisorState;
  /** Returns the effects in short words; timers are kept and fire in `pass`. */
  happen(event: Happening): string[];
  lifeOf(name: string): number;
  ready(name: string): string[];
  exit(name: string, kind?: 'crash' | 'normal', draw?: number): string[];
  kill(name: string, holdMs?: number): string[];
  /** Lets time pass; returns what the timers did. */
  pass(ms: number): string[];
  /** Starts it and makes all children ready. */
  start(): SupervisorWorld;
  phases(): string[];
}

/** Drives the decisions of one supervisor by hand. */
export function drive(given: SupervisorSpec): SupervisorWorld {
  const state = createSupervisor(given);
  let nowMs = 0;
  const timers: { id: string; timer: number; atMs: number }[] = [];
  const world: SupervisorWorld = {
    state,
    happen(event) {
      const effects = decide(state, { ...event, nowMs });
      for (const effect of effects) {
        if (effect.type === 'arm')
          timers.push({ id: effect.id, timer: effect.timer, atMs: nowMs + effect.afterMs });
      }
      return effects.filter((effect) => effect.type !== 'arm').map(words);
    },
    lifeOf: (name) => state.children.find((each) => each.spec.id === name)?.incarnation ?? 0,
    ready: (name) =>
      world.happen({ type: 'ready', id: actorId(name), incarnation: world.lifeOf(name) }),
    exit: (name, kind = 'crash', draw = 0) =>
      world.happen({
        type: 'exited',
        id: actorId(name),
        incarnation: world.lifeOf(name),
        exit: kind === 'crash' ? { kind, message: 'oops' } : { kind },
        draw,
      }),
    kill: (name, holdMs = 0) => world.happen({ type: 'kill', id: actorId(name), holdMs }),
    pass(ms) {
      nowMs += ms;
      const due = timers.filter((timer) => timer.atMs <= nowMs);
      for (const timer of due) timers.splice(timers.indexOf(timer), 1);
      return due.flatMap(({ id, timer }) =>
        world.happen({ type: 'timer', id: actorId(id), timer }),
      );
    },
    start() {
      world.happen({ type: 'start' });
      for (const each of given.children) world.ready(each.id);
      return world;
    },
    phases: () => state.children.map((each) => each.phase),
  };
  return world;
}

function words(effect: SupervisorEffect): string {
  switch (effect.type) {
    case 'spawn':
    case 'shutdown':
    case 'kill':
      return `${effect.type} ${effect.id}${String(effect.incarnation)}`;
    case 'died':
      return `died ${effect.id}${String(effect.incarnation)} ${effect.cause} ${String(effect.delayMs)}`;
    case 'ended':
      return effect.failure === undefined ? 'ended' : `ended: ${effect.failure}`;
    default:
      return effect.type;
  }
}
