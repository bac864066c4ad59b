import {
  type ActorCounts,
  type ActorStatus,
  type ActorSystem,
  actorsOf,
  type ChildSpec,
  isSupervisor,
  type SupervisorSpec,
} from '../../../src/actor/index.js';
import {
  type Random,
  randomBelow,
  randomFraction,
  randomPick,
  seededRandom,
} from '../../../src/base/index.js';
import { checkChaos } from './chaos-check.js';
import type { Observation } from './chaos-protocol.js';

/** What the two hosts do each in their own way. */
export interface ChaosHost {
  readonly system: ActorSystem;
  /** Lets the actors talk for so long. */
  pace(ms: number): Promise<void>;
  /** The outcome of something that the system promised. */
  settle<T>(promise: Promise<T>): Promise<T>;
  observations(): readonly Observation[];
  /** A fault that only this host can make; its name. */
  strike?(random: Random, id: string): string;
}

export interface ChaosOptions {
  readonly spec: SupervisorSpec;
  readonly seed: number;
  readonly steps: number;
  readonly stepMs: number;
  readonly strikesPerStep: number;
  /** Messages that may wait at an actor, for each actor that talks to it. */
  readonly mailboxMessagesMax: number;
}

export interface ChaosResult {
  /** Nothing, or the promises that were broken. */
  readonly broken: readonly string[];
  /** Why the root gave up, if it did. */
  readonly failure: string | undefined;
  readonly strikes: Readonly<Record<string, number>>;
  /** Of actors and of supervisors. */
  readonly deaths: number;
  /** Supervisors that gave up, so that the ones above had to restart them. */
  readonly escalations: number;
  readonly observations: number;
  readonly mailboxMessagesMost: number;
}

const REST_ROUNDS_MAX = 300;
/** What an actor at rest has none of. */
const IN_HAND = [
  'asksPending',
  'callsPending',
  'streamsConsumed',
  'streamsProduced',
  'mailboxMessages',
  'tellsQueued',
] as const;

const REPORT_MS = 5000;
/** Each so many steps, all actors of one group crash. */
const STORM_STEPS = 10;
/** … and so often at the end, where no supervisor has given up until then. */
const STORMS_MAX = 100;
/** What a strike floods an actor with: more than a mailbox takes. */
const FLOOD_NOTES = 20_000;

/** Strikes at random for so many steps, lets all come to rest, stops the tree, and checks what the actors observed. */
export function runChaos(host: ChaosHost, options: ChaosOptions): Promise<ChaosResult> {
  return new ChaosRun(host, options).run();
}

class ChaosRun {
  readonly #host: ChaosHost;
  readonly #options: ChaosOptions;
  readonly #system: ActorSystem;
  readonly #random: Random;
  readonly #specs: ReadonlyMap<string, ChildSpec>;
  readonly #talkers = new Map<string, string[]>();
  readonly #strikes: Record<string, number> = {};
  readonly #broken: string[] = [];
  #deaths = 0;
  #escalations = 0;
  #mailboxMessagesMost = 0;
  #ended: { readonly failure: string | undefined } | undefined;

  constructor(host: ChaosHost, options: ChaosOptions) {
    this.#host = host;
    this.#options = options;
    this.#system = host.system;
    this.#random = seededRandom(options.seed);
    const specs = actorsOf(options.spec);
    this.#specs = new Map(specs.map((spec) => [spec.id, spec]));
    for (const spec of specs) {
      for (const id of spec.links)
        this.#talkers.set(id, [...(this.#talkers.get(id) ?? []), spec.id]);
    }
    this.#system.onEvent((event) => {
      if (event.type === 'ended') this.#ended = event;
      if (event.type !== 'died') return;
      this.#deaths++;
      if (event.cause === 'crash' && !this.#specs.has(event.id)) this.#escalations++;
    });
  }

  async run(): Promise<ChaosResult> {
    await this.#host.settle(this.#system.ready());
    for (let step = 0; step < this.#options.steps && !this.#isOver(); step++) {
      for (let strike = 0; strike < this.#options.strikesPerStep; strike++) this.#strike();
      if (step % STORM_STEPS === STORM_STEPS - 1) this.#storm();
      await this.#host.pace(this.#options.stepMs);
      this.#lookAtMailboxes();
    }
    // On a busy machine the crashes of a storm may come too far apart for a supervisor to give up.
    for (let storm = 0; storm < STORMS_MAX && this.#escalations === 0 && !this.#isOver(); storm++) {
      this.#storm();
      await this.#host.pace(this.#options.stepMs);
    }
    const survivors = this.#isOver() ? [] : await this.#comeToRest();
    const failure = this.#ended?.failure;
    if (!this.#isOver()) await this.#host.settle(this.#system.stop());
    const observations = this.#host.observations();
    return {
      broken: [...this.#broken, ...checkChaos({ observations, survivors })],
      failure,
      strikes: this.#strikes,
      deaths: this.#deaths,
      escalations: this.#escalations,
      observations: observations.length,
      mailboxMessagesMost: this.#mailboxMessagesMost,
    };
  }

  #strike(): void {
    const { id } = randomPick(this.#random, this.#system.actors());
    const draw = randomFraction(this.#random);
    if (draw < 0.3) this.#kill(id, 0);
    else if (draw < 0.4) this.#kill(id, 50 + randomBelow(this.#random, 500));
    else if (draw < 0.6) this.#inject(id, { type: 'last-words' });
    else if (draw < 0.68) this.#inject(id, { type: 'throw' });
    else if (draw < 0.73) this.#inject(id, { type: 'exit' });
    else if (draw < 0.85) this.#inject(id, { type: 'flood', notes: FLOOD_NOTES });
    else if (draw < 0.92) this.#stall(id);
    else this.#count(this.#host.strike?.(this.#random, id) ?? 'none');
  }

  /** More crashes than their supervisors take. */
  #storm(): void {
    const group = randomPick(this.#random, this.#options.spec.children);
    if (!isSupervisor(group)) return;
    for (const { id } of actorsOf(group)) this.#inject(id, { type: 'throw' });
  }

  #kill(id: string, holdMs: number): void {
    this.#count(holdMs > 0 ? 'hold' : 'kill');
    void this.#system.kill(id, { holdMs });
  }

  #inject(id: string, fault: { readonly type: string; readonly [field: string]: unknown }): void {
    this.#count(fault.type);
    void this.#system.inject(id, fault);
  }

  /**
   * Its loop stops, and those who talk to it flood it meanwhile. Half of the stalls are too short to be taken for one. An edge
   * that stalls would end the system.
   */
  #stall(id: string): void {
    const spec = this.#specs.get(id);
    if (spec === undefined || spec.kind === 'edge') return;
    const ms = randomFraction(this.#random) < 0.5 ? spec.stallMs / 10 : spec.stallMs * 3;
    this.#inject(id, { type: 'stall', ms });
    for (const talker of this.#talkers.get(id) ?? [])
      this.#inject(talker, { type: 'flood', notes: FLOOD_NOTES, to: id });
  }

  #lookAtMailboxes(): void {
    for (const { id, mailboxMessages } of this.#system.actors()) {
      this.#mailboxMessagesMost = Math.max(this.#mailboxMessagesMost, mailboxMessages);
      // Each of its links has a mailbox of its own, in either direction.
      const talkers = this.#talkers.get(id)?.length ?? 0;
      const links = talkers + (this.#specs.get(id)?.links.length ?? 0);
      if (mailboxMessages > links * this.#options.mailboxMessagesMax)
        this.#broken.push(`${String(mailboxMessages)} messages wait at ${id}`);
    }
  }

  /** No strikes any more: the tree is restored, every actor answers and has nothing in hand. Returns the lives that do. */
  async #comeToRest(): Promise<string[]> {
    let why = 'no time';
    for (let round = 0; round < REST_ROUNDS_MAX && !this.#isOver(); round++) {
      await this.#host.pace(100);
      const actors = this.#system.actors();
      const running = actors.filter((actor) => actor.state === 'running');
      const unrest = await this.#host.settle(
        Promise.all(running.map(({ id }) => this.#unrestOf(id))),
      );
      const down = actors.find((actor) => actor.state !== 'running' && !this.#mayRest(actor));
      if (down !== undefined) {
        why = `${down.id} is ${down.state}`;
        continue;
      }
      const restless = unrest.find((each) => each !== undefined);
      if (restless === undefined)
        return running.map(({ id, incarnation }) => `${id}#${String(incarnation)}`);
      why = restless;
    }
    if (!this.#isOver()) this.#broken.push(`the tree was not restored: ${why}`);
    return [];
  }

  /** What keeps it from being at rest. */
  async #unrestOf(id: string): Promise<string | undefined> {
    const quiet = await this.#system.inject(id, { type: 'quiet' }, REPORT_MS);
    const report = await this.#system.report(id, REPORT_MS);
    if (!quiet.ok || !report.ok) return `${id} does not answer`;
    const { counts } = report.value as { readonly counts: ActorCounts };
    const first = IN_HAND.find((each) => counts[each] > 0);
    return first === undefined ? undefined : `${id} has ${String(counts[first])} ${first}`;
  }

  /** One that ended by itself, and is not to be restarted then. */
  #mayRest({ id, state }: ActorStatus): boolean {
    return state === 'stopped' && this.#specs.get(id)?.restart === 'transient';
  }

  #count(strike: string): void {
    this.#strikes[strike] = (this.#strikes[strike] ?? 0) + 1;
  }

  #isOver(): boolean {
    return this.#ended !== undefined;
  }
}
