import type { Worker } from 'node:worker_threads';
import type { ChildSpec } from '../../actor/index.js';
import type { Log } from '../../base/index.js';
import type { ThreadNotice } from './control.js';
import { startWorkerThread } from './worker-thread.js';

export interface SparePoolOptions {
  readonly entryUrl: (entry: string) => URL;
  readonly log: Log;
  readonly onWarm: (entry: string) => void;
}

/** The spares of one entry. */
export interface SpareStatus {
  readonly entry: string;
  readonly wanted: number;
  /** Loaded, and waiting. */
  readonly warm: number;
}

/**
 * A spare is started when nothing has happened in the tree for so long. It costs about 60 ms of processor time, which
 * an election has a better use for.
 */
const CALM_MS = 200;
/** A spare that died by itself is replaced after 1, 2, 4 … s, at most this. */
const REPLACE_MS_MAX = 60_000;

interface Shelf {
  readonly entry: string;
  readonly heapMbMax: number;
  readonly youngMb: number | undefined;
  wanted: number;
  readonly spares: Spare[];
  /** Spares that died in a row without having been of use. */
  failures: number;
  /** No new one before this time (`performance.now()`). */
  notBeforeMs: number;
}

interface Spare {
  readonly worker: Worker;
  warm: boolean;
  /** Takes the pool's listeners off: another owns it now. */
  readonly release: () => void;
}

/**
 * Started threads that wait for a life to run, with their entry's code loaded: a restart is then a message instead of a cold
 * start. Filled one by one, and only while the tree is calm.
 */
export class SparePool {
  readonly #options: SparePoolOptions;
  readonly #shelves = new Map<string, Shelf>();
  readonly #ending = new Set<Promise<unknown>>();
  #refill: NodeJS.Timeout | undefined;
  #open = false;

  constructor(options: SparePoolOptions) {
    this.#options = options;
  }

  /** What the actors of the tree want. Spares that nobody wants any more are ended. */
  want(specs: readonly ChildSpec[]): void {
    for (const shelf of this.#shelves.values()) shelf.wanted = 0;
    for (const spec of specs) {
      const { warmSpares = 0, entry, heapMbMax, youngMb } = spec;
      if (warmSpares === 0) continue;
      const shelf: Shelf = this.#shelves.get(keyOf(spec)) ?? {
        entry,
        heapMbMax,
        youngMb,
        wanted: 0,
        spares: [],
        failures: 0,
        notBeforeMs: 0,
      };
      shelf.wanted = Math.max(shelf.wanted, warmSpares);
      this.#shelves.set(keyOf(spec), shelf);
    }
    for (const [key, shelf] of this.#shelves) {
      for (const spare of shelf.spares.splice(shelf.wanted)) this.#end(spare);
      if (shelf.wanted === 0) this.#shelves.delete(key);
    }
    this.#planRefill();
  }

  /** The tree has been ready: from now on spares may be started. */
  open(): void {
    this.#open = true;
    this.#planRefill();
  }

  /** Something happens in the tree: a spare can wait. */
  stir(): void {
    this.#planRefill();
  }

  /** A thread for this actor, if there is one; the caller owns it from now on. */
  take(spec: ChildSpec): Worker | undefined {
    const shelf = spec.kind === 'worker' ? this.#shelves.get(keyOf(spec)) : undefined;
    if (shelf === undefined) return undefined;
    // One that is still loading is ahead of a cold start too.
    const spare = shelf.spares.find((each) => each.warm) ?? shelf.spares[0];
    if (spare === undefined) return undefined;
    shelf.spares.splice(shelf.spares.indexOf(spare), 1);
    spare.release();
    shelf.failures = 0;
    this.#planRefill();
    return spare.worker;
  }

  status(): SpareStatus[] {
    return [...this.#shelves.values()].map(({ entry, wanted, spares }) => ({
      entry,
      wanted,
      warm: spares.filter((spare) => spare.warm).length,
    }));
  }

  /** Resolves once every spare has ended. */
  async close(): Promise<void> {
    this.#open = false;
    clearTimeout(this.#refill);
    for (const shelf of this.#shelves.values())
      for (const spare of shelf.spares.splice(0)) this.#end(spare);
    await Promise.all(this.#ending);
  }

  #planRefill(): void {
    clearTimeout(this.#refill);
    if (!this.#open) return;
    const nowMs = performance.now();
    const waits = [...this.#shelves.values()]
      .filter(({ spares, wanted }) => spares.length < wanted)
      .map(({ notBeforeMs }) => Math.max(CALM_MS, notBeforeMs - nowMs));
    if (waits.length === 0) return;
    this.#refill = setTimeout(
      () => {
        this.#startOne();
      },
      Math.min(...waits),
    );
  }

  #startOne(): void {
    const nowMs = performance.now();
    const shelf = [...this.#shelves.values()].find(
      ({ spares, wanted, notBeforeMs }) => spares.length < wanted && notBeforeMs <= nowMs,
    );
    if (shelf === undefined) {
      this.#planRefill();
      return;
    }
    const { entry, heapMbMax, youngMb } = shelf;
    const failed = (error: unknown): void => {
      const waitMs = Math.min(REPLACE_MS_MAX, 1000 * 2 ** shelf.failures++);
      shelf.notBeforeMs = performance.now() + waitMs;
      this.#options.log.warn('a spare thread died', { entry, error, replacedInMs: waitMs });
      this.#planRefill();
    };
    let worker: Worker;
    try {
      worker = startWorkerThread({
        name: `spare of ${entry}`,
        entryUrl: this.#options.entryUrl(entry),
        heapMbMax,
        youngMb,
        life: undefined,
        transfer: [],
      });
    } catch (error) {
      failed(error);
      return;
    }
    let cause: unknown;
    const noticed = (notice: ThreadNotice): void => {
      if (notice.type !== 'warm') return;
      spare.warm = true;
      this.#options.onWarm(entry);
      this.#planRefill();
    };
    const errored = (error: unknown): void => {
      cause = error;
    };
    const exited = (code: number): void => {
      shelf.spares.splice(shelf.spares.indexOf(spare), 1);
      failed(cause ?? `exit code ${String(code)}`);
    };
    const spare: Spare = {
      worker,
      warm: false,
      release: () => {
        worker.off('message', noticed).off('error', errored).off('exit', exited);
      },
    };
    shelf.spares.push(spare);
    worker.on('message', noticed).on('error', errored).on('exit', exited);
  }

  #end({ worker, release }: Spare): void {
    release();
    // What it throws while it ends concerns nobody.
    worker.on('error', () => undefined);
    const ended = worker.terminate();
    this.#ending.add(ended);
    void ended.finally(() => this.#ending.delete(ended));
  }
}

/** The limits of a thread's heap are set at its start. */
function keyOf({ entry, heapMbMax, youngMb }: ChildSpec): string {
  return `${entry} ${String(heapMbMax)} ${String(youngMb)}`;
}
