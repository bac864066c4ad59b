import { assert } from '../base/index.js';
import type { SimWorld } from './sim-world.js';

const HOUR_MS = 3_600_000;

/** Lets the time of a world pass, for a caller that waits on promises. */
export class VirtualTime {
  readonly #world: SimWorld;
  readonly #drain: (resume: () => void) => void;
  #running = false;

  constructor(world: SimWorld, drain: (resume: () => void) => void) {
    this.#world = world;
    this.#drain = drain;
  }

  /** True: the condition holds. False: it did not within that time. */
  runUntil(condition: () => boolean, withinMs: number): Promise<boolean> {
    assert(!this.#running, 'time runs already');
    this.#running = true;
    return new Promise((resolve, reject) => {
      this.#world.run(this.#world.nowMs + withinMs, condition, this.#drain, (broken) => {
        this.#running = false;
        if (broken === undefined) resolve(condition());
        else reject(broken);
      });
    });
  }

  async settle<T>(promise: Promise<T>, withinMs = HOUR_MS): Promise<T> {
    let settled = false;
    const note = (): void => {
      settled = true;
    };
    promise.then(note, note);
    await new Promise<void>(this.#drain);
    const inTime = await this.runUntil(() => settled, withinMs);
    assert(inTime, `not settled within ${String(withinMs)} ms`);
    return promise;
  }
}
