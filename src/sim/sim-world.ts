import { actorId, assert, assertDefined, incarnation, seededRandom } from '../base/index.js';
import type { ActorId, Random } from '../base/index.js';
import { createActorCore } from '../actor/index.js';
import type { ActorCore, Peer, PeerExit } from '../actor/index.js';
import { SharedRecords } from '../codec/index.js';
import { EventQueue } from './event-queue.js';
import type { PlannedEvent } from './event-queue.js';
import { SimLife } from './sim-life.js';
import { SimLinks } from './sim-links.js';
import type { SimActorSpec, SimWorldOptions } from './sim-actor-spec.js';
import { SimNetwork } from './sim-network.js';
import { logTo, seededCrypto, virtualClock } from './sim-ports.js';
import { SimTrace } from './sim-trace.js';

/** The simulated host: actors, links, clocks and time. Everything that happens follows from the seed. */
export class SimWorld {
  readonly network: SimNetwork;
  readonly #options: SimWorldOptions;
  readonly #random: Random;
  readonly #queue = new EventQueue();
  readonly #trace = new SimTrace();
  readonly #links: SimLinks;
  readonly #records = new SharedRecords();
  readonly #specs = new Map<ActorId, SimActorSpec>();
  readonly #lives = new Map<ActorId, SimLife>();
  readonly #incarnations = new Map<ActorId, number>();
  /** How far all monotonic clocks are ahead of virtual time, and by how much more those of some are. */
  #clockShiftMs = 0;
  readonly #clockLeadsMs = new Map<ActorId, number>();
  #nowMs = 0;
  #events = 0;
  #drainNeeded = false;
  #ranLast: SimLife | undefined;

  constructor(options: SimWorldOptions) {
    this.#random = options.random;
    this.#options = options;
    this.network = new SimNetwork(options.random);
    this.#links = new SimLinks({
      queue: this.#queue,
      network: this.network,
      trace: this.#trace,
      ordered: options.ordered === true,
      nowMs: () => this.#nowMs,
      life: (id) => this.life(id),
    });
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** Counts what happened: a clock without ties. */
  get events(): number {
    return this.#events;
  }

  traceHash(): string {
    return this.#trace.digest();
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
    this.#trace.note(this.#nowMs, what);
  }

  /** Begins a new life of an actor and brings it together with those it is linked to. */
  spawn(id: ActorId, number = (this.#incarnations.get(id) ?? 0) + 1): void {
    const spec = assertDefined(this.#specs.get(id), id);
    assert(this.life(id) === undefined, `${id} is dead before it is spawned`);
    this.#incarnations.set(id, number);
    this.note(`spawn ${id} ${String(number)}`);
    const life = this.#makeLife(spec, { id, incarnation: incarnation(number) });
    this.#lives.set(id, life);
    const { factory, config } = spec.make();
    life.do(() => {
      life.core.start(factory, config, () => spec.onReady?.());
    });
    for (const other of this.#linksOf(spec)) this.#links.join(life, other);
  }

  /** Ends a life at once. What it sent before still arrives, and then its peers learn of its death. */
  kill(id: ActorId, exit: PeerExit = { cause: 'chaos', message: 'killed on purpose' }): void {
    const life = this.life(id);
    if (life === undefined) return;
    this.note(`kill ${id}`);
    life.core.abandon();
    this.#bury(life, exit);
  }

  /** The planned way: drain, then end. False: there is nobody to stop, or it is stopping already. */
  stop(id: ActorId, onStopped: () => void): boolean {
    const life = this.life(id);
    if (life === undefined || life.stopping) return false;
    this.note(`stop ${id}`);
    life.stopping = true;
    life.waits = true;
    life.do(() => {
      life.core.stop(() => {
        this.plan(0, () => {
          if (!life.alive) return;
          this.kill(id, { cause: 'normal', message: 'stopped' });
          onStopped();
        });
      });
    });
    return true;
  }

  /** Does this on the actor's own loop, which may be busy; never, where its life ends before. */
  within(id: ActorId, work: (core: ActorCore) => void): void {
    const life = this.life(id);
    life?.do(() => {
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
    if (life === undefined) return;
    life.busyUntilMs = Math.max(life.busyUntilMs, this.#nowMs) + ms;
    life.diskUntilMs = life.busyUntilMs;
  }

  /** The life that runs now may stand still for so long after each turn. */
  rests(id: ActorId, ms: number): void {
    const life = this.life(id);
    if (life !== undefined) life.restsMs = ms;
  }

  /** What its thread does, as others see it without asking. */
  activity(id: ActorId): { readonly silentMs: number; readonly inSync: boolean } | undefined {
    const life = this.life(id);
    if (life === undefined) return undefined;
    const silentMs = Math.max(0, this.#nowMs - life.turnedMs - life.restsMs);
    return { silentMs, inSync: this.#nowMs < life.diskUntilMs };
  }

  /** An actor's monotonic clock leaps forward, and stays ahead in its later lives. */
  jumpClock(id: ActorId, ms: number): void {
    this.note(`jump ${id} ${String(ms)}`);
    this.#leadBy(id, ms);
    this.life(id)?.jumpClock(ms);
  }

  /** All monotonic clocks leap forward; but for one, which did so before. */
  jumpClocks(ms: number, first?: ActorId): void {
    this.note(`jump ${String(ms)}`);
    this.#clockShiftMs += ms;
    if (first !== undefined) this.#leadBy(first, -ms);
    for (const life of this.#lives.values())
      if (life.alive && life.peer.id !== first) life.jumpClock(ms);
  }

  #leadBy(id: ActorId, ms: number): void {
    this.#clockLeadsMs.set(id, (this.#clockLeadsMs.get(id) ?? 0) + ms);
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
    const clockShiftMs = this.#clockShiftMs + (this.#clockLeadsMs.get(peer.id) ?? 0);
    const ports = {
      queue: this.#queue,
      nowMs: () => this.#nowMs,
      runs: (life: SimLife) => {
        this.#ranLast = life;
        life.turnedMs = this.#nowMs;
        if (life.waits) this.#drainNeeded = true;
      },
    };
    return new SimLife({ peer, waits: spec.waits, clockShiftMs }, ports, (life) =>
      this.#makeCore(spec, life),
    );
  }

  #makeCore(spec: SimActorSpec, life: SimLife): ActorCore {
    let turnPlanned = false;
    const endTurn = (): void => {
      turnPlanned = false;
      life.core.turnEnd();
      if (life.alive) spec.afterTurn?.();
    };
    const turnDue = (): void => {
      life.do(endTurn);
    };
    return createActorCore({
      self: life.peer,
      links: this.#linksOf(spec),
      records: this.#options.records ?? this.#records,
      limits: this.#options.limits ?? {},
      host: {
        clock: virtualClock(
          () => life.monotonicMs(),
          (delayMs, callback) => life.after(delayMs, callback),
        ),
        random: seededRandom(this.#random.uint32()),
        crypto: seededCrypto(seededRandom(this.#random.uint32())),
        log: logTo((level, message, fields) => {
          this.#options.log(this.#nowMs, spec.id, level, message, fields);
        }),
        transport: {
          send: (to, frame, messages, transfers) => {
            this.#links.send(life, to, frame, messages, transfers);
          },
        },
        linkBroken: (to, broken) => {
          this.#links.mend(life, to, broken.message);
        },
        requestTurnEnd: () => {
          if (turnPlanned) return;
          turnPlanned = true;
          this.plan(0, turnDue);
        },
        crashed: (error) => {
          this.note(`crash ${spec.id} ${error.message}`);
          this.#bury(life, { cause: 'crash', message: error.message });
          spec.onCrash(error);
        },
      },
    });
  }

  #bury(life: SimLife, exit: PeerExit): void {
    life.end();
    const spec = assertDefined(this.#specs.get(life.peer.id), life.peer.id);
    spec.onEnd();
    this.#links.died(life, this.#linksOf(spec), exit);
  }

  /** A link exists where either side names the other: an actor that is defined later brings its own. */
  #linksOf({ id, links }: SimActorSpec): ActorId[] {
    const later = [...this.#specs.values()].filter(
      (other) => other.links.includes(id) && !links.includes(other.id),
    );
    return [...links, ...later.map((other) => other.id)];
  }
}

export function simActorId(name: string): ActorId {
  return actorId(name);
}
