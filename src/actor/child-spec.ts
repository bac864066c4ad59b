import type { ActorId } from '../base/index.js';

/** `permanent`: always restarted. `transient`: restarted after a crash. `temporary`: never restarted. (OTP supervisor) */
export type RestartType = 'permanent' | 'transient' | 'temporary';

/** What a child's death means for its siblings: nothing; all restart; those that started after it restart. (OTP supervisor) */
export type RestartStrategy = 'one_for_one' | 'one_for_all' | 'rest_for_one';

export interface ChildSpec {
  readonly id: ActorId;
  /** What kind of thing it is, for people: `store`, `kubelet`. */
  readonly component: string;
  /** Names the code that runs in it; the host knows where that is. */
  readonly entry: string;
  /** Plain data, handed to the behaviour's factory. */
  readonly config: unknown;
  /** The actors that it may talk to. A link exists where either side names the other. */
  readonly links: readonly ActorId[];
  readonly restart: RestartType;
  /** How long it may take to drain before it is ended by force. */
  readonly shutdownMs: number;
  /** An `edge` holds TLS and HTTP/2: it dies tidy on request and is never terminated. */
  readonly kind: 'worker' | 'edge';
  readonly startTimeoutMs: number;
  /**
   * A restart waits at least so long, where others have something more urgent to do with the processor: the cold start of a
   * thread costs about 60 ms of it. Default 0.
   */
  readonly restartDelayMs?: number;
  /** An actor whose loop does not turn for so long is taken as crashed. A blocking disk sync is not held against it. */
  readonly stallMs: number;
  /** Bound on the heap, less its garbage; beyond it the actor is taken as crashed. An edge has none. */
  readonly heapMbMax: number;
  /**
   * Size of the heap's young generation. A third of it is filled between two collections, each of which copies what is in
   * flight: more is faster for who has much in flight, and stays resident once it was used. Default 4.
   */
  readonly youngMb?: number;
  /**
   * Bound on buffers, which are not in the heap. Sampled each second, and more often while the process grows; beyond it the
   * actor is taken as crashed. Default: as much as `heapMbMax`.
   */
  readonly buffersMbMax?: number;
  /**
   * Started threads that wait with this entry's code loaded, so that a restart is not a cold start. All children of one
   * entry and one size of heap share them: the largest number counts. Workers only. Default 0.
   */
  readonly warmSpares?: number;
  /**
   * A crash before the supervisor has been ready once. `escalate` (default, as in OTP): the start as a whole has failed.
   * `restart`: it is restarted like after any other crash.
   */
  readonly startFailure?: 'escalate' | 'restart';
}

export interface Backoff {
  readonly minMs: number;
  readonly maxMs: number;
  readonly factor: number;
  /** The share of a delay that is drawn by lot, 0 to 1. */
  readonly jitter: number;
}

export interface SupervisorSpec {
  readonly id: ActorId;
  readonly strategy: RestartStrategy;
  /** More crashes than this within `periodMs`, and the supervisor gives up. */
  readonly intensity: number;
  readonly periodMs: number;
  readonly backoff: Backoff;
  /** `sequential`: each child waits until the one before it is ready, as in OTP. Default `parallel`. */
  readonly startOrder?: 'parallel' | 'sequential';
  /** As the child of another supervisor. Default `permanent`. */
  readonly restart?: RestartType;
  readonly children: readonly (ChildSpec | SupervisorSpec)[];
}

export function isSupervisor(spec: ChildSpec | SupervisorSpec): spec is SupervisorSpec {
  return 'children' in spec;
}

/** All actors of the tree, in start order. */
export function actorsOf(spec: SupervisorSpec): ChildSpec[] {
  return spec.children.flatMap((child) => (isSupervisor(child) ? actorsOf(child) : [child]));
}

/** Of this spec and all that are in it. */
export function idsOf(spec: ChildSpec | SupervisorSpec): ActorId[] {
  return [spec.id, ...(isSupervisor(spec) ? spec.children.flatMap(idsOf) : [])];
}
