export interface RunnerPorts {
  /** See `ActorHost`. */
  requestTurnEnd(): void;
  /** This life is over. Called at most once. */
  crashed(error: Error): void;
}

/** All code of a behaviour runs through here: what it throws, and a promise that it leaves rejected, ends this life. */
export class Runner {
  readonly #ports: RunnerPorts;
  #dead = false;
  #turnRequested = false;

  constructor(ports: RunnerPorts) {
    this.#ports = ports;
  }

  get dead(): boolean {
    return this.#dead;
  }

  run(work: () => unknown): void {
    this.runWith(callIt, work, undefined);
  }

  /** As `run`, for work that comes too often for a closure of its own. */
  runWith<A, B>(work: (first: A, second: B) => unknown, first: A, second: B): void {
    if (this.#dead) return;
    this.touch();
    try {
      const result = work(first, second);
      if (result instanceof Promise) this.whenDone(result, () => undefined);
    } catch (error) {
      this.crash(asError(error));
    }
  }

  whenDone(work: unknown, done: () => void): void {
    if (work instanceof Promise) {
      const finish = (): void => {
        this.run(done);
      };
      work.then(finish, (error: unknown) => {
        this.crash(asError(error));
      });
    } else {
      done();
    }
  }

  /** Something happened that the end of a turn has to see: one is asked for, unless it is already. */
  touch(): void {
    if (this.#turnRequested || this.#dead) return;
    this.#turnRequested = true;
    this.#ports.requestTurnEnd();
  }

  /** The turn that was asked for begins its end. What is pushed from here on leaves with it: no other needs to be asked for. */
  beginTurnEnd(): void {
    this.#turnRequested = true;
  }

  finishTurnEnd(): void {
    this.#turnRequested = false;
  }

  end(): void {
    this.#dead = true;
  }

  crash(error: Error): void {
    if (this.#dead) return;
    this.#dead = true;
    this.#ports.crashed(error);
  }
}

function callIt(work: () => unknown): unknown {
  return work();
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
