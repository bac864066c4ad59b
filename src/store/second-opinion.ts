import type { ActorId, Clock, Timer } from '../base/index.js';

/** An answer that takes longer than this is worth a question to another replica. */
const PATIENCE_MS = 100;
/** How often it is looked at who waits, while anybody does. */
const LOOK_MS = 50;

export interface SecondOpinionPorts {
  readonly clock: Clock;
  /** Asks other replicas who leads. Undefined: none of them names one but `asked`. */
  leaderBeside(asked: ActorId): Promise<ActorId | undefined>;
}

/** Who waits for an answer. */
export interface Waiting {
  /** Since when, on the monotonic clock. */
  readonly sinceMs: number;
  /** Another replica leads. It waits no more. */
  moved(leader: ActorId): void;
}

/**
 * A leader that hangs, or is cut off, answers nothing, and says nothing of the one that was elected in its place. So whoever waits
 * for it for too long asks the others, one question for all that wait; what it was asked for is then tried where they say.
 */
export class SecondOpinion {
  readonly #ports: SecondOpinionPorts;
  /** By replica, those who wait longest first. */
  readonly #waiting = new Map<ActorId, Set<Waiting>>();
  #timer: Timer | undefined;

  constructor(ports: SecondOpinionPorts) {
    this.#ports = ports;
  }

  /** `waiting.moved` is called where another replica turns out to lead before `answered`. */
  waits(asked: ActorId, waiting: Waiting): void {
    this.#waitersFor(asked).add(waiting);
    this.#timer ??= this.#later();
  }

  answered(asked: ActorId, waiting: Waiting): void {
    this.#waiting.get(asked)?.delete(waiting);
  }

  #waitersFor(asked: ActorId): Set<Waiting> {
    const known = this.#waiting.get(asked);
    if (known !== undefined) return known;
    const waiters = new Set<Waiting>();
    this.#waiting.set(asked, waiters);
    return waiters;
  }

  #later(): Timer {
    return this.#ports.clock.after(LOOK_MS, () => {
      this.#timer = undefined;
      let anybody = false;
      for (const [asked, waiters] of this.#waiting) {
        const [longest] = waiters;
        if (longest === undefined) continue;
        anybody = true;
        if (this.#ports.clock.monotonicMs() - longest.sinceMs >= PATIENCE_MS)
          void this.#ask(asked, waiters);
      }
      if (anybody) this.#timer ??= this.#later();
    });
  }

  async #ask(asked: ActorId, waiters: Set<Waiting>): Promise<void> {
    const leader = await this.#ports.leaderBeside(asked);
    if (leader === undefined) return;
    for (const waiting of [...waiters]) {
      waiters.delete(waiting);
      waiting.moved(leader);
    }
  }
}
