import type { ActorId } from '../base/index.js';
import type { ChildSpec, SupervisorSpec } from './child-spec.js';

/** How a life ended, as its host saw it. */
export type Exit =
  /** It ended by itself, without an error. */
  { readonly kind: 'normal' } | { readonly kind: 'crash'; readonly message: string };

/**
 * `waiting`: to be started in its turn. `restarting`: dead, and waiting for its delay or for siblings to stop. `held`: kept
 * down by chaos. `stopped`: ended and not to be restarted. `failed`: the same, after a crash.
 */
export type ChildPhase =
  | 'waiting'
  | 'starting'
  | 'running'
  | 'restarting'
  | 'held'
  | 'stopping'
  | 'stopped'
  | 'failed';

/** Why the supervisor itself is ending a life. */
export type Doom =
  | { readonly kind: 'chaos'; readonly holdMs: number }
  | { readonly kind: 'crash'; readonly message: string };

export interface ChildState {
  readonly spec: ChildSpec | SupervisorSpec;
  phase: ChildPhase;
  /** 0 before the first life. */
  incarnation: number;
  restarts: number;
  crashesInRow: number;
  lastCrashMs: number;
  doom: Doom | undefined;
  /** Restarted together with this sibling (itself under one_for_one). */
  restartsWith: ActorId;
  /** The newest timer armed for it; older ones mean nothing. */
  timer: number;
}

export interface SupervisorState {
  readonly spec: SupervisorSpec;
  readonly children: readonly ChildState[];
  phase: 'idle' | 'starting' | 'running' | 'stopping' | 'ended';
  /** Of crashes that count for the intensity. */
  crashTimesMs: number[];
  /** Siblings to be stopped before a restart (one_for_all, rest_for_one). */
  regroup: { readonly leader: ActorId; readonly delayMs: number } | undefined;
  /** Why it gave up. */
  failure: string | undefined;
  timers: number;
}

export type SupervisorEvent = { readonly nowMs: number } & (
  | { readonly type: 'start' }
  | { readonly type: 'ready'; readonly id: ActorId; readonly incarnation: number }
  /** `draw` in [0, 1) decides the jitter. */
  | {
      readonly type: 'exited';
      readonly id: ActorId;
      readonly incarnation: number;
      readonly exit: Exit;
      readonly draw: number;
    }
  | { readonly type: 'timer'; readonly id: ActorId; readonly timer: number }
  /** The host found that this life no longer works: stalled, or beyond a limit. */
  | {
      readonly type: 'doomed';
      readonly id: ActorId;
      readonly incarnation: number;
      readonly message: string;
    }
  /** Chaos, on purpose: does not count as a crash. Kept down for `holdMs` (Infinity: until released). */
  | { readonly type: 'kill'; readonly id: ActorId; readonly holdMs: number }
  | { readonly type: 'release'; readonly id: ActorId }
  | { readonly type: 'stop' }
);

export type SupervisorEffect =
  | { readonly type: 'spawn'; readonly id: ActorId; readonly incarnation: number }
  /** Drain, then end within the child's shutdown timeout. */
  | { readonly type: 'shutdown'; readonly id: ActorId; readonly incarnation: number }
  /** End now: terminate a worker, let an edge die tidy. */
  | { readonly type: 'kill'; readonly id: ActorId; readonly incarnation: number }
  | { readonly type: 'arm'; readonly id: ActorId; readonly timer: number; readonly afterMs: number }
  /** For people: a child died, and what follows. `delayMs` undefined: no restart. */
  | {
      readonly type: 'died';
      readonly id: ActorId;
      readonly incarnation: number;
      readonly cause: 'crash' | 'chaos' | 'normal';
      readonly message: string;
      readonly delayMs: number | undefined;
    }
  /** All children have been up, for the first time. */
  | { readonly type: 'ready' }
  /** All children are down, for good. `failure`: it gave up, and why. */
  | { readonly type: 'ended'; readonly failure: string | undefined };

/** `lived` counts the lives that its children have had under it before it was itself restarted: they go on from there. */
export function createSupervisor(
  spec: SupervisorSpec,
  lived: ReadonlyMap<ActorId, number> = new Map(),
): SupervisorState {
  return {
    spec,
    children: spec.children.map((child) => ({
      spec: child,
      phase: 'waiting',
      incarnation: lived.get(child.id) ?? 0,
      restarts: Math.max(0, (lived.get(child.id) ?? 0) - 1),
      crashesInRow: 0,
      lastCrashMs: -Infinity,
      doom: undefined,
      restartsWith: child.id,
      timer: 0,
    })),
    phase: 'idle',
    crashTimesMs: [],
    regroup: undefined,
    failure: undefined,
    timers: 0,
  };
}

export function isAlive(child: ChildState): boolean {
  return child.phase === 'starting' || child.phase === 'running' || child.phase === 'stopping';
}
