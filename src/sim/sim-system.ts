import type { ActorContext, ActorSystem, Behaviour, LinkLimits, Protocol } from '../actor/index.js';
import type { ActorId } from '../base/index.js';
import type { SimNetwork } from './sim-network.js';

/** The factory of any behaviour: what it understands, and its configuration, are checked where it was written. */
export type SimEntry = (context: ActorContext, config: never) => AnyBehaviour;
type Handlers = 'tells' | 'asks' | 'streams';
type AnyBehaviour = Omit<Behaviour<Protocol>, Handlers> & Readonly<Record<Handlers, object>>;

export interface SimSystemOptions {
  /** Everything that happens follows from it. */
  readonly seed: number;
  /** The code of an entry, as a child spec names it. */
  readonly entries: (entry: string) => SimEntry;
  /** Lets promise continuations run, then goes on: `setImmediate`. */
  readonly drain: (resume: () => void) => void;
  /** How long a life takes until its code runs, drawn between the two. Default 45 to 80, as a worker thread does. */
  readonly loadMs?: readonly [least: number, most: number];
  readonly limits?: Partial<LinkLimits>;
  /** Links between two of these obey `network.faults`, as if they crossed hosts. All others are ordered and reliable. */
  readonly unreliable?: readonly string[];
  readonly onLog?: (
    atMs: number,
    actor: ActorId,
    level: string,
    message: string,
    fields: unknown,
  ) => void;
}

/**
 * A supervision tree on virtual time: the same behaviours, supervisors and guarantees as on threads, in one thread, and the
 * same run for the same seed. Nothing moves but within `advance`, `runUntil` and `settle`, one at a time; what the rest of the interface
 * promises settles in there.
 */
export interface SimSystem extends ActorSystem {
  readonly nowMs: number;
  /** Counts what happened. */
  readonly events: number;
  /** When what is sent arrives: slow links, partitions, and loss where it was asked for. */
  readonly network: SimNetwork;
  advance(ms: number): Promise<void>;
  /** Until the condition holds, looked at after each event; false where it did not within that time. */
  runUntil(condition: () => boolean, withinMs: number): Promise<boolean>;
  /** Until the promise has settled; throws where it did not within that time (default one hour). */
  settle<T>(promise: Promise<T>, withinMs?: number): Promise<T>;
  /** Digest of all that happened, bit for bit. */
  traceHash(): string;
  /** The life that runs now fails with this error; false where it is down. */
  crash(id: string, error: Error): boolean;
  /**
   * A promise was left rejected: the actor that ran last fails, as on a thread. For the host's `unhandledRejection`, which comes
   * before what `drain` was given runs.
   */
  escaped(error: Error): void;
  /** The actor ends itself, as by `process.exit`: to be called by its own code, and does not return. */
  exit(id: string, code: number): never;
  /** Its loop does not turn for so long (Infinity: for ever), beginning after what it does now. */
  stall(id: string, ms: number): void;
  /** The next life takes this much longer to load, or cannot be loaded. */
  spoilNextStart(id: string, fault: StartFault): void;
}

export interface StartFault {
  readonly extraMs?: number;
  readonly failure?: string;
}
