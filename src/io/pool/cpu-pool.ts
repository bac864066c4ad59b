import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { failed, ok, type Result } from '../../base/index.js';
import type { TaskAnswer } from './pool-task.js';

export interface PoolFailure {
  /**
   * `failed`: the task threw, or what it was given or gave back cannot be sent. `worker-died`: its thread crashed or ran out
   * of memory. `timeout`: not done by its deadline. `canceled`: by its signal, or because the pool was closed. `overloaded`:
   * the queue is full, and nothing was begun.
   */
  readonly code: 'failed' | 'worker-died' | 'timeout' | 'canceled' | 'overloaded';
  readonly message: string;
  /** Where the task threw. */
  readonly stack?: string;
}

export interface CpuPoolOptions {
  /** A module whose default export is a `poolTask`. */
  readonly program: URL;
  /** At most one for each core, which is the default. */
  readonly threads?: number;
  /** Tasks that wait for a thread, at most. */
  readonly queueMax: number;
  /** Of each thread. A task that needs more ends with `worker-died`. */
  readonly heapMbMax: number;
}

export interface TaskOptions {
  /** From the call to the answer, the wait for a thread included. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

interface Pending {
  end(failure: PoolFailure): void;
}

/**
 * Threads for pure work that is long: it belongs to the main thread, never to an actor, which may be killed at any moment.
 * A task that crashes, leaks or never ends takes down its own thread only, which is replaced; every task ends.
 * The threads start at once and last until `close`.
 */
export class CpuPool<Input, Output> {
  readonly threads: number;
  readonly #inHandMax: number;
  readonly #piscina: Piscina<Input, TaskAnswer<Output>>;
  readonly #pending = new Set<Pending>();
  /** Why no task can be run any more. */
  #over: PoolFailure | undefined;

  constructor(options: CpuPoolOptions) {
    this.threads = Math.min(options.threads ?? Infinity, availableParallelism());
    this.#inHandMax = this.threads + options.queueMax;
    this.#piscina = new Piscina({
      filename: fileURLToPath(options.program),
      // Fewer at the least would leave the queue without a thread once all of them have died.
      minThreads: this.threads,
      maxThreads: this.threads,
      // A loader or a debugger of the process is none of a thread's.
      execArgv: [],
      env: { ...process.env, NODE_OPTIONS: '' },
      resourceLimits: { maxOldGenerationSizeMb: options.heapMbMax },
      recordTiming: false,
    });
    // A thread died without a task.
    this.#piscina.on('error', (error: Error) => {
      this.#threadDied(error.message);
    });
  }

  /** Never rejects, and always ends. */
  async run(input: Input, options: TaskOptions): Promise<Result<Output, PoolFailure>> {
    if (this.#over !== undefined) return failed(this.#over);
    if (this.#pending.size >= this.#inHandMax)
      return failed({
        code: 'overloaded',
        message: `${String(this.#inHandMax)} tasks are in hand, the most that this pool takes`,
      });
    const abort = new AbortController();
    let failure: PoolFailure | undefined;
    const pending: Pending = {
      end: (why) => {
        failure ??= why;
        abort.abort();
      },
    };
    const { signal, timeoutMs } = options;
    const canceled = (): void => {
      pending.end({ code: 'canceled', message: 'canceled' });
    };
    if (signal?.aborted === true) canceled();
    signal?.addEventListener('abort', canceled);
    const timer = setTimeout(() => {
      pending.end({ code: 'timeout', message: `not done within ${String(timeoutMs)} ms` });
    }, timeoutMs);
    this.#pending.add(pending);
    try {
      const answer = await this.#piscina.run(input, { signal: abort.signal });
      return answer.ok
        ? ok(answer.value)
        : failed({ code: 'failed', message: answer.message, stack: answer.stack });
    } catch (error) {
      if (failure !== undefined) return failed(failure);
      const why = failureOf(error);
      if (why.code === 'worker-died') this.#threadDied(why.message);
      return failed(why);
    } finally {
      this.#pending.delete(pending);
      clearTimeout(timer);
      signal?.removeEventListener('abort', canceled);
    }
  }

  /** Ends every task with `canceled`; resolves once all threads are gone. */
  async close(): Promise<void> {
    this.#endAll({ code: 'canceled', message: 'the pool is closed' });
    await this.#piscina.destroy();
  }

  /** Piscina has replaced it by now, unless it died before it had loaded its program: then tasks would wait for ever. */
  #threadDied(message: string): void {
    if (this.#piscina.threads.length === 0)
      this.#endAll({ code: 'worker-died', message: `no thread starts: ${message}` });
  }

  #endAll(failure: PoolFailure): void {
    this.#over ??= failure;
    for (const pending of [...this.#pending]) pending.end(failure);
  }
}

/** Of a task that Piscina rejects. A thread that died is an error; what cannot be cloned is another one, or arrives bare. */
function failureOf(error: unknown): PoolFailure {
  if (!(error instanceof Error))
    return { code: 'failed', message: 'what it gave back cannot be sent between threads' };
  const { name, message } = error;
  return { code: name === 'DataCloneError' ? 'failed' : 'worker-died', message };
}
