import { type ActorId, type Random, randomFraction } from '../base/index.js';
import type { ActorCore, ChildSpec, Exit } from '../actor/index.js';
import type { PlannedEvent } from './event-queue.js';
import type { SimWorld } from './sim-world.js';

/** As on threads: an edge that does not die within this is stuck for good. */
const EDGE_DEATH_MS = 5000;
/** How long the supervisor looks away at most: a stall is found so much later than it is one. */
const WATCH_MS = 1000;

/** Thrown where an actor ends itself, so that nothing of it runs on. */
export class ActorExit extends Error {
  override readonly name = 'ActorExit';
}

export interface SupervisedLifeOptions {
  readonly world: SimWorld;
  readonly random: Random;
  readonly spec: ChildSpec;
  readonly incarnation: number;
  /** Until its code runs. */
  readonly loadMs: number;
  /** Its code cannot be loaded, and why. */
  readonly loadFailure: string | undefined;
  readonly onReady: () => void;
  /** Called once, and last. */
  readonly onExit: (exit: Exit, error: Error | undefined) => void;
  readonly onStalled: (silentMs: number) => void;
  /** An edge was asked to die and does not. */
  readonly onStuck: () => void;
}

/**
 * One life of an actor as its supervisor sees it: what the thread is on the other host. It takes time to load, to be heard of and
 * to die, and it can stall.
 */
export class SupervisedLife {
  readonly spec: ChildSpec;
  readonly incarnation: number;
  readonly startedMs: number;
  readonly #options: SupervisedLifeOptions;
  readonly #world: SimWorld;
  readonly #id: ActorId;
  readonly #onOver: (() => void)[] = [];
  #phase: 'loading' | 'loaded' | 'over' = 'loading';
  #commands: ((core: ActorCore) => void)[] = [];
  #force: PlannedEvent | undefined;
  #heardMs = 0;
  #stalledSinceMs = 0;
  #stalledUntilMs = 0;

  constructor(options: SupervisedLifeOptions) {
    this.#options = options;
    this.#world = options.world;
    this.spec = options.spec;
    this.incarnation = options.incarnation;
    this.#id = options.spec.id;
    this.startedMs = options.world.nowMs;
    this.#world.plan(options.loadMs, () => {
      this.#load();
    });
  }

  /** Does this on the actor's loop, once it has one and when it turns; never, where it dies before. */
  command(work: (core: ActorCore) => void): void {
    if (this.#phase === 'loading') this.#commands.push(work);
    else if (this.#phase === 'loaded') this.#world.within(this.#id, work);
  }

  /** Runs once the supervisor has heard that this life is over. */
  whenOver(callback: () => void): void {
    this.#onOver.push(callback);
  }

  becameReady(): void {
    this.#tell(0, this.#options.onReady);
  }

  crashed(error: Error): void {
    this.#over({ kind: 'crash', message: error.message }, error);
  }

  /** Its loop does not turn for so long. */
  stall(ms: number): void {
    if (this.#phase !== 'loaded') return;
    const { nowMs } = this.#world;
    if (nowMs >= this.#stalledUntilMs) this.#stalledSinceMs = nowMs;
    this.#stalledUntilMs = Math.max(this.#stalledUntilMs, nowMs + ms);
    this.#world.note(`stall ${this.#id} ${String(ms)}`);
    this.#world.pause(this.#id, ms);
    this.#watchStall(this.#stalledSinceMs);
  }

  /** What `process.exit` does to a thread: called by the actor itself, it does not return. */
  exit(code: number): never {
    this.#end(
      code === 0 ? { kind: 'normal' } : { kind: 'crash', message: `exit code ${String(code)}` },
    );
    throw new ActorExit(`exit code ${String(code)}`);
  }

  /** Asks it to drain, and ends it by force after its shutdown timeout. */
  shutDown(): void {
    this.command(() => {
      this.#world.stop(this.#id, () => {
        this.#over({ kind: 'normal' }, undefined);
      });
    });
    this.#force = this.#world.plan(this.spec.shutdownMs, () => {
      this.kill();
    });
  }

  /** Ends it now. An edge is asked to, as it must not be terminated. */
  kill(): void {
    if (this.#phase === 'over') return;
    if (this.#force !== undefined) this.#force.canceled = true;
    const killed = { kind: 'crash', message: 'exit code 1' } as const;
    if (this.spec.kind === 'worker') {
      this.#end(killed);
      return;
    }
    this.command(() => {
      this.#end(killed);
    });
    if (!this.#isOver()) this.#force = this.#world.plan(EDGE_DEATH_MS, this.#options.onStuck);
  }

  #load(): void {
    if (this.#phase === 'over') return;
    const { loadFailure } = this.#options;
    if (loadFailure !== undefined) {
      this.crashed(new Error(loadFailure));
      return;
    }
    this.#phase = 'loaded';
    this.#world.spawn(this.#id, this.incarnation);
    const commands = this.#commands;
    this.#commands = [];
    for (const command of commands) this.command(command);
  }

  #watchStall(sinceMs: number): void {
    const { stallMs } = this.spec;
    const lateMs = randomFraction(this.#options.random) * Math.min(WATCH_MS, stallMs / 2);
    this.#world.plan(sinceMs + stallMs + lateMs - this.#world.nowMs, () => {
      const { nowMs } = this.#world;
      const still = this.#stalledSinceMs === sinceMs && nowMs < this.#stalledUntilMs;
      if (still && !this.#isOver()) this.#options.onStalled(nowMs - sinceMs);
    });
  }

  #end(exit: Exit): void {
    this.#world.kill(this.#id);
    this.#over(exit, undefined);
  }

  #over(exit: Exit, error: Error | undefined): void {
    if (this.#phase === 'over') return;
    this.#phase = 'over';
    if (this.#force !== undefined) this.#force.canceled = true;
    this.#tell(1 + randomFraction(this.#options.random) * 3, () => {
      this.#options.onExit(exit, error);
      for (const callback of this.#onOver) callback();
    });
  }

  /** The supervisor hears of it a little later, and of everything in order. */
  #tell(delayMs: number, hear: () => void): void {
    const { nowMs } = this.#world;
    this.#heardMs = Math.max(
      this.#heardMs,
      nowMs + delayMs + randomFraction(this.#options.random) * 0.5,
    );
    this.#world.plan(this.#heardMs - nowMs, hear);
  }

  #isOver(): boolean {
    return this.#phase === 'over';
  }
}
