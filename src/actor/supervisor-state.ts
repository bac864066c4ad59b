import type { ActorId } from '../base/index.js';
import type { ChildSpec, SupervisorSpec } from './child-spec.js';

/** How a life ended, as its host saw it. */
export type Exit =
  /** It ended by itself, without an error. */
  | { readonly kind: 'normal' }
  /** `code`: a stable name, where the error had one. */
  | { readonly kind: 'crash'; readonly message: string; readonly code?: string | undefined };

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
  | { readonly kind: 'crash'; readonly message: string; readonly code: string | undefined };

/** `crash`: counts. `chaos`: killed on purpose, counts for nothing. `normal`: it ended by itself or was asked to. */
export type DeathCause = 'crash' | 'chaos' | 'normal';

/** Why the next life of a child is another than the one before. */
export interface Death {
  /** `sibling`: it was stopped, since a sibling died and the strategy takes it along. */
  readonly cause: DeathCause | 'sibling';
  readonly message: string;
  readonly code: string | undefined;
}

export interface ChildState {
  readonly spec: ChildSpec | SupervisorSpec;
  phase: ChildPhase;
  /** 0 before the first life. */
  incarnation: number;
  restarts: number;
  /** A permanent child that ends by itself counts too. */
  crashesInRow: number;
  lastCrashMs: number;
  lastDeath: Death | undefined;
  /** When its next start is due. Undefined: it does not wait for a time. */
  dueMs: number | undefined;
  doom: Doom | undefined;
  /** It is to stay down: `terminate-child`. */
  terminated: boolean;
  /**
   * Started on request and not ready yet: a failure ends the request and is no crash of the tree (OTP's start_child and
   * restart_child). `forget`: the child is then gone; `keep`: it is then `failed`.
   */
  onStartFailure: 'forget' | 'keep' | undefined;
  /** Restarted together with this sibling (itself under one_for_one). */
  restartsWith: ActorId;
  /** The newest timer armed for it; older ones mean nothing. */
  timer: number;
}

export interface SupervisorState {
  readonly spec: SupervisorSpec;
  /** Start order. */
  children: ChildState[];
  phase: 'idle' | 'starting' | 'running' | 'stopping' | 'ended';
  /** Of crashes that count for the intensity. */
  crashTimesMs: number[];
  /** Siblings to be stopped before a restart (one_for_all, rest_for_one). */
  regroup: { readonly leader: ActorId; readonly delayMs: number } | undefined;
  /** Why it gave up. */
  failure: string | undefined;
  timers: number;
}

/** What OTP's supervisor calls start_child, terminate_child, restart_child and delete_child. */
export type ChildRequest =
  | {
      readonly type: 'start-child';
      readonly spec: ChildSpec | SupervisorSpec;
      readonly past?: ChildPast | undefined;
    }
  | { readonly type: 'terminate-child'; readonly id: ActorId }
  | { readonly type: 'restart-child'; readonly id: ActorId }
  | { readonly type: 'delete-child'; readonly id: ActorId };

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
      readonly code?: string | undefined;
    }
  /** Chaos, on purpose: does not count as a crash. Kept down for `holdMs` (Infinity: until released). */
  | { readonly type: 'kill'; readonly id: ActorId; readonly holdMs: number }
  | { readonly type: 'release'; readonly id: ActorId }
  /** Only where `childRefusal` finds nothing against it. */
  | ChildRequest
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
      readonly cause: DeathCause;
      readonly message: string;
      readonly code: string | undefined;
      readonly crashesInRow: number;
      readonly delayMs: number | undefined;
    }
  /** All children have been up, for the first time. */
  | { readonly type: 'ready' }
  /** All children are down, for good. `failure`: it gave up, and why. */
  | { readonly type: 'ended'; readonly failure: string | undefined };

/** What outlives a child's supervisor: incarnations never repeat, as messages are addressed by them. */
export interface ChildPast {
  readonly incarnation: number;
  readonly restarts: number;
}

export function createSupervisor(
  spec: SupervisorSpec,
  past?: ReadonlyMap<ActorId, ChildPast>,
): SupervisorState {
  return {
    spec,
    children: spec.children.map((child) => createChild(child, past?.get(child.id))),
    phase: 'idle',
    crashTimesMs: [],
    regroup: undefined,
    failure: undefined,
    timers: 0,
  };
}

export function createChild(
  spec: ChildSpec | SupervisorSpec,
  past: ChildPast = { incarnation: 0, restarts: 0 },
): ChildState {
  return {
    spec,
    phase: 'waiting',
    incarnation: past.incarnation,
    restarts: past.restarts,
    crashesInRow: 0,
    lastCrashMs: -Infinity,
    lastDeath: undefined,
    dueMs: undefined,
    doom: undefined,
    terminated: false,
    onStartFailure: undefined,
    restartsWith: spec.id,
    timer: 0,
  };
}

export function isAlive(child: ChildState): boolean {
  return child.phase === 'starting' || child.phase === 'running' || child.phase === 'stopping';
}

/** Down since it died by itself again and again, and waiting for its next try: not to be mistaken for one that is held. */
export function isCrashLooping({ phase, lastDeath, crashesInRow }: ChildState): boolean {
  const byItself = lastDeath?.cause === 'crash' || lastDeath?.cause === 'normal';
  return phase === 'restarting' && byItself && crashesInRow > 1;
}
