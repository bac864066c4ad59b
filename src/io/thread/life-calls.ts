import { type ErrorData, failed, type Result } from '../../base/index.js';

/**
 * Calls to a thread, which never settle once it dies: each ends with its answer, its deadline or the thread's end, whichever is
 * first, and nothing is kept of it then. (`Promise.race` with a promise of the thread's end would keep every answer until that
 * end: whatever a promise once raced for hangs on it.)
 */
export class LifeCalls {
  readonly #name: string;
  readonly #waiting = new Set<(error: ErrorData) => void>();
  #ended = false;

  /** `name`: whose life it is, for messages. */
  constructor(name: string) {
    this.#name = name;
  }

  /** Calls that have not ended. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Never rejects: what `call` rejects with is the error of the result, with the code `failed`. */
  run<T>(
    timeoutMs: number,
    call: () => Promise<Result<T, ErrorData>>,
  ): Promise<Result<T, ErrorData>> {
    if (this.#ended)
      return Promise.resolve(failed({ code: 'actor-down', message: `${this.#name} is down` }));
    return new Promise((resolve) => {
      const settle = (result: Result<T, ErrorData>): void => {
        clearTimeout(timer);
        this.#waiting.delete(giveUp);
        resolve(result);
      };
      const giveUp = (error: ErrorData): void => {
        settle(failed(error));
      };
      const timer = setTimeout(() => {
        const message = `${this.#name} did not answer within ${String(timeoutMs)} ms`;
        giveUp({ code: 'timeout', message });
      }, timeoutMs);
      this.#waiting.add(giveUp);
      call().then(settle, (error: unknown) => {
        const message = error instanceof Error ? error.message : String(error);
        giveUp({ code: 'failed', message });
      });
    });
  }

  /** The thread has ended. */
  end(): void {
    this.#ended = true;
    for (const giveUp of [...this.#waiting])
      giveUp({ code: 'actor-down', message: `${this.#name} died` });
  }
}
