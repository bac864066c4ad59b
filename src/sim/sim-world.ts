import { actorId, assert, assertDefined, incarnation, seededRandom } from '../base/index.js';
import type { ActorId, Random } from '../base/index.js';
import { createActorCore } from '../actor/index.js';
import { LinkBreaks } from '../actor/index.js';
import type {
  ActorCore,
  BehaviourFactory,
  LinkLimits,
  Peer,
  PeerExit,
  Protocol,
} from '../actor/index.js';
import type { FrameRecords } from '../codec/index.js';
import { createHasher } from '../mvcc/index.js';
import { EventQueue } from './event-queue.js';
import type { PlannedEvent } from './event-queue.js';
import { SimNetwork } from './sim-network.js';
import { logTo, seededCrypto, virtualClock } from './sim-ports.js';

/** What is left of transferred bytes at their sender. */
const SPOILED = 0xdd;

export interface SimActorSpec {
  readonly id: ActorId;
  readonly links: readonly ActorId[];
  /** Its code waits on promises: a macrotask is drained after each of its events. */
  readonly waits: boolean;
  /** Makes what a life runs. */
  readonly make: () => {
    readonly factory: BehaviourFactory<Protocol, unknown>;
    readonly config: unknown;
  };
  readonly onReady?: () => void;
  /** A life is over, however it ended. */
  readonly onEnd: () => void;
  /** A life ended by itself: what it threw. */
  readonly onCrash: (error: Error) => void;
  /** After each of its turns. */
  readonly afterTurn?: () => void;
}

export interface SimLife {
  readonly peer: Peer;
  readonly core: ActorCore;
  alive: boolean;
  waits: boolean;
  /** It does nothing before this: a pause, or a slow disk. */
  busyUntilMs: number;
  /** What came meanwhile, in order. */
  readonly held: (() => void)[];
  /** Messages posted to it that take room in its mailbox. */
  postedMessages: number;
  wake: PlannedEvent | undefined;
}

export interface SimWorldOptions {
  readonly random: Random;
  readonly log: (
    atMs: number,
    actor: ActorId,
    level: string,
    message: string,
    fields: unknown,
  ) => void;
  /**
   * As within one process: that a life came up, and that it died, is heard in order with what it sends. What is sent is a part
   * of the trace, and each event is drained. Default false: as between hosts.
   */
  readonly ordered?: boolean;
  /** Default `frame`: links may lose and reorder. */
  readonly records?: FrameRecords;
  readonly limits?: Partial<LinkLimits>;
}

/** The simulated host: actors, links, clocks and time. Everything that happens follows from the seed. */
export class SimWorld {
  readonly network: SimNetwork;
  readonly #random: Random;
  readonly #queue = new EventQueue();
  readonly #specs = new Map<ActorId, SimActorSpec>();
  readonly #lives = new Map<ActorId, SimLife>();
  readonly #incarnations = new Map<ActorId, number>();
  readonly #breaks = new LinkBreaks();
  /** How often the link between two lives broke. */
  readonly #broken = new Map<string, number>();
  readonly #hasher = createHasher();
  readonly #options: SimWorldOptions;
  #nowMs = 0;
  #events = 0;
  #drainNeeded = false;
  #ranLast: SimLife | undefined;

  constructor(options: SimWorldOptions) {
    this.#random = options.random;
    this.#options = options;
    this.network = new SimNetwork(options.random);
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** Counts what happened: a clock without ties. */
  get events(): number {
    return this.#events;
  }

  traceHash(): string {
    return this.#hasher.digest();
  }

  define(spec: SimActorSpec): void {
    this.#specs.set(spec.id, spec);
  }

  life(id: ActorId): SimLife | undefined {
    const life = this.#lives.get(id);
    return life?.alive === true ? life : undefined;
  }

  plan(delayMs: number, run: () => void): PlannedEvent {
    return this.#queue.plan(this.#nowMs + delayMs, run);
  }

  /** Adds to the trace. */
  note(what: string): void {
    this.#hasher.text(`${String(this.#nowMs)} ${what}`);
  }

  /** Begins a new life of an actor and brings it together with those it is linked to. */
  spawn(id: ActorId, number = (this.#incarnations.get(id) ?? 0) + 1): void {
    const spec = assertDefined(this.#specs.get(id), id);
    assert(this.life(id) === undefined, `${id} is dead before it is spawned`);
    this.#incarnations.set(id, number);
    const peer: Peer = { id, incarnation: incarnation(number) };
    this.note(`spawn ${id} ${String(number)}`);
    const life = this.#makeLife(spec, peer);
    this.#lives.set(id, life);
    const { factory, config } = spec.make();
    this.#do(life, () => {
      life.core.start(factory, config, () => spec.onReady?.());
    });
    for (const other of this.#linksOf(spec)) this.#join(life, other);
  }

  /** Ends a life at once. What it sent before still arrives, and then its peers learn of its death. */
  kill(id: ActorId, exit: PeerExit = { cause: 'chaos', message: 'killed on purpose' }): void {
    const life = this.life(id);
    if (life === undefined) return;
    this.note(`kill ${id}`);
    life.core.abandon();
    this.#bury(life, exit);
  }

  /** The planned way: drain, then end. */
  stop(id: ActorId, onStopped: () => void): void {
    const life = this.life(id);
    if (life === undefined) return;
    this.note(`stop ${id}`);
    life.waits = true;
    this.#do(life, () => {
      life.core.stop(() => {
        this.plan(0, () => {
          if (!life.alive) return;
          this.kill(id, { cause: 'normal', message: 'stopped' });
          onStopped();
        });
      });
    });
  }

  /** Does this on the actor's own loop, which may be busy; never, where its life ends before. */
  within(id: ActorId, work: (core: ActorCore) => void): void {
    const life = this.life(id);
    if (life === undefined) return;
    this.#do(life, () => {
      work(life.core);
    });
  }

  /** A rejection that nobody handled ends the life that ran last, as it does on a thread. */
  escaped(error: Error): void {
    this.#ranLast?.core.crash(error);
  }

  pause(id: ActorId, ms: number): void {
    const life = this.life(id);
    if (life !== undefined) life.busyUntilMs = Math.max(life.busyUntilMs, this.#nowMs + ms);
  }

  /** Charges the life that runs now with time. */
  charge(id: ActorId, ms: number): void {
    const life = this.life(id);
    if (life !== undefined) life.busyUntilMs = Math.max(life.busyUntilMs, this.#nowMs) + ms;
  }

  /** Runs until `untilMs` or until `stopped` says so; `drain` lets promise continuations run between events. */
  run(
    untilMs: number,
    stopped: () => boolean,
    drain: (resume: () => void) => void,
    onEnd: (broken?: Error) => void,
  ): void {
    const go = (): void => {
      for (;;) {
        if (stopped()) {
          onEnd();
          return;
        }
        const event = (this.#queue.nextMs() ?? Infinity) > untilMs ? undefined : this.#queue.take();
        if (event === undefined) {
          this.#nowMs = untilMs;
          onEnd();
          return;
        }
        this.#nowMs = event.atMs;
        this.#events++;
        try {
          event.run();
        } catch (error) {
          onEnd(error instanceof Error ? error : new Error(String(error)));
          return;
        }
        if (!this.#drainNeeded && this.#options.ordered !== true) continue;
        this.#drainNeeded = false;
        drain(go);
        return;
      }
    };
    go();
  }

  #makeLife(spec: SimActorSpec, peer: Peer): SimLife {
    let turnPlanned = false;
    const core = createActorCore({
      self: peer,
      links: this.#linksOf(spec),
      records: this.#options.records ?? 'frame',
      limits: this.#options.limits ?? {},
      host: {
        clock: virtualClock(
          () => this.#nowMs,
          (delayMs, callback) => this.#later(() => life, Math.max(0, delayMs), callback),
        ),
        random: seededRandom(this.#random.uint32()),
        crypto: seededCrypto(seededRandom(this.#random.uint32())),
        log: logTo((level, message, fields) => {
          this.#options.log(this.#nowMs, spec.id, level, message, fields);
        }),
        transport: {
          send: (to, frame, messages, transfers) => {
            this.#send(life, to, frame, messages, transfers);
          },
        },
        linkBroken: (to, broken) => {
          this.#mend(life, to, broken.message);
        },
        requestTurnEnd: () => {
          if (turnPlanned) return;
          turnPlanned = true;
          this.#later(
            () => life,
            0,
            () => {
              turnPlanned = false;
              life.core.turnEnd();
              if (life.alive) spec.afterTurn?.();
            },
          );
        },
        crashed: (error) => {
          this.note(`crash ${spec.id} ${error.message}`);
          this.#bury(life, { cause: 'crash', message: error.message });
          spec.onCrash(error);
        },
      },
    });
    const life: SimLife = {
      peer,
      core,
      alive: true,
      waits: spec.waits,
      busyUntilMs: this.#nowMs,
      held: [],
      postedMessages: 0,
      wake: undefined,
    };
    return life;
  }

  /** Plans work of a life. It is held back while the life is busy, in order, and dropped when it is over. */
  #later(life: () => SimLife, delayMs: number, run: () => void): { cancel(): void } {
    let canceled = false;
    const work = (): void => {
      if (!canceled) run();
    };
    this.plan(delayMs, () => {
      this.#do(life(), work);
    });
    return {
      cancel: () => {
        canceled = true;
      },
    };
  }

  #do(life: SimLife, work: () => void): void {
    if (!life.alive) return;
    if (this.#nowMs < life.busyUntilMs || life.held.length > 0) {
      life.held.push(work);
      life.wake ??= this.#queue.plan(life.busyUntilMs, () => {
        this.#awake(life);
      });
      return;
    }
    this.#ranLast = life;
    if (life.waits) this.#drainNeeded = true;
    work();
  }

  #awake(life: SimLife): void {
    life.wake = undefined;
    if (!life.alive) return;
    if (this.#nowMs < life.busyUntilMs) {
      life.wake = this.#queue.plan(life.busyUntilMs, () => {
        this.#awake(life);
      });
      return;
    }
    const next = life.held.shift();
    if (life.held.length > 0)
      life.wake = this.#queue.plan(this.#nowMs, () => {
        this.#awake(life);
      });
    this.#ranLast = life;
    if (life.waits) this.#drainNeeded = true;
    next?.();
  }

  #send(
    from: SimLife,
    to: Peer,
    frame: Uint8Array,
    messages: number,
    transfers: readonly ArrayBuffer[],
  ): void {
    const breaks = this.#breaksOf(from.peer, to);
    if (this.network.damages(from.peer.id, to.id)) frame.fill(0xff);
    const beside = transfers.map((buffer) => buffer.slice(0));
    // The threads' host takes transferred memory away from its sender; here whoever still reads it reads this.
    for (const buffer of transfers) new Uint8Array(buffer).fill(SPOILED);
    const addressee = this.life(to.id);
    if (addressee?.peer.incarnation === to.incarnation) addressee.postedMessages += messages;
    if (this.#options.ordered === true) this.#hasher.bytes(frame);
    const busyMs = from.busyUntilMs === Infinity ? 0 : from.busyUntilMs;
    const departMs = Math.max(this.#nowMs, busyMs);
    const arrivals = this.network.arrivals(from.peer.id, to.id, departMs);
    for (const atMs of arrivals) {
      this.#queue.plan(atMs, () => {
        const receiver = this.life(to.id);
        if (receiver?.peer.incarnation !== to.incarnation) return;
        if (breaks !== this.#breaksOf(from.peer, to)) return;
        this.note(`${from.peer.id}>${to.id} ${String(frame.length)}`);
        this.#do(receiver, () => {
          receiver.core.frameArrived(
            from.peer,
            frame.slice(),
            beside.map((buffer) => buffer.slice(0)),
          );
        });
      });
    }
  }

  #join(life: SimLife, otherId: ActorId): void {
    const other = this.life(otherId);
    if (!life.alive || other === undefined) return;
    other.core.linkAdded(life.peer.id);
    if (this.#options.ordered === true) {
      this.#notice(other, life, (core) => {
        core.peerUp(other.peer);
      });
      this.#notice(life, other, (core) => {
        core.peerUp(life.peer);
      });
      return;
    }
    this.#do(life, () => {
      life.core.peerUp(other.peer);
    });
    this.#do(other, () => {
      other.core.peerUp(life.peer);
    });
  }

  /** A link exists where either side names the other: an actor that is defined later brings its own. */
  #linksOf({ id, links }: SimActorSpec): ActorId[] {
    const later = [...this.#specs.values()].filter(
      (other) => other.links.includes(id) && !links.includes(other.id),
    );
    return [...links, ...later.map((other) => other.id)];
  }

  /** One life hears something of another, in order with what that one sends. */
  #notice(of: SimLife, to: SimLife, hear: (core: ActorCore) => void): void {
    const atMs = this.network.noticeArrives(of.peer.id, to.peer.id, this.#nowMs);
    this.#queue.plan(atMs, () => {
      this.#do(to, () => {
        hear(to.core);
      });
    });
  }

  /** A frame of a life could not be read: both sides drop the link, and get a new one. */
  #mend(life: SimLife, from: Peer, message: string): void {
    this.note(`link ${from.id}>${life.peer.id} broken`);
    const other = this.life(from.id);
    if (other?.peer.incarnation !== from.incarnation) return;
    this.#broken.set(keyOf(from, life.peer), this.#breaksOf(from, life.peer) + 1);
    const reason = this.#breaks.note(from.id, life.peer.id, message, this.#nowMs);
    if (reason !== undefined) {
      this.plan(0, () => {
        if (other.alive) other.core.crash(new Error(reason));
      });
      return;
    }
    this.#do(other, () => {
      other.core.peerDown(life.peer, 'link-broken');
    });
    this.plan(1, () => {
      if (other.alive) this.#join(life, from.id);
    });
  }

  #breaksOf(left: Peer, right: Peer): number {
    return this.#broken.get(keyOf(left, right)) ?? 0;
  }

  #bury(life: SimLife, exit: PeerExit): void {
    life.alive = false;
    life.held.length = 0;
    const spec = assertDefined(this.#specs.get(life.peer.id), life.peer.id);
    spec.onEnd();
    for (const otherId of this.#linksOf(spec)) {
      const known = this.life(otherId);
      if (known === undefined) continue;
      if (this.#options.ordered === true) {
        this.#notice(life, known, (core) => {
          core.peerDown(life.peer);
        });
        continue;
      }
      const atMs = this.network.deathArrives(life.peer.id, otherId, this.#nowMs);
      this.#queue.plan(atMs, () => {
        const other = this.life(otherId);
        if (other !== undefined)
          this.#do(other, () => {
            other.core.peerDown(life.peer);
            other.core.peerExited(life.peer, exit);
          });
      });
    }
  }
}

/** Of the link between two lives, whichever of them is named first. */
function keyOf(left: Peer, right: Peer): string {
  return [left, right]
    .map((peer) => `${peer.id}#${String(peer.incarnation)}`)
    .sort()
    .join(' ');
}

export function simActorId(name: string): ActorId {
  return actorId(name);
}
