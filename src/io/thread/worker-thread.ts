import { fileURLToPath } from 'node:url';
import { type Transferable, Worker } from 'node:worker_threads';
import type { ThreadData, ThreadStart } from './control.js';

/**
 * Generous for what a turn leaves behind, and far below V8's default of 48 MB: with 13 threads the young generations
 * would otherwise be most of the memory (docs/decisions/0004).
 */
const YOUNG_GENERATION_MB = 4;

/**
 * How far V8's own limit is above the actor's, in MB. At that limit V8 ends the thread only if nothing large is asked for meanwhile;
 * else (a Map or an array that grows) it aborts the whole process. So main ends the actor before.
 */
const HEADROOM_MB_MIN = 256;
const HEADROOM_SHARE = 0.5;

export interface WorkerThreadOptions {
  /** For debuggers. */
  readonly name: string;
  readonly entryUrl: URL;
  /** Undefined: no limit, as out of memory takes an edge's process along. */
  readonly heapMbMax: number | undefined;
  /** Undefined: a spare, which is given its life later. */
  readonly life: ThreadData | undefined;
  readonly transfer: readonly Transferable[];
}

/** Starts a thread on an entry. Throws where the system has no more threads, or the life's configuration is no plain data. */
export function startWorkerThread(options: WorkerThreadOptions): Worker {
  const { name, entryUrl, heapMbMax, life, transfer } = options;
  const start: ThreadStart = { program: fileURLToPath(entryUrl), life };
  return new Worker(firstFile(entryUrl), {
    name,
    workerData: start,
    transferList: [...transfer],
    execArgv: [],
    env: { ...process.env, NODE_OPTIONS: '' },
    resourceLimits: {
      maxYoungGenerationSizeMb: YOUNG_GENERATION_MB,
      ...(heapMbMax === undefined
        ? {}
        : {
            maxOldGenerationSizeMb:
              heapMbMax + Math.max(HEADROOM_MB_MIN, HEADROOM_SHARE * heapMbMax),
          }),
    },
  });
}

/** A bundle in CommonJS is loaded by `thread.cjs` beside it, a module by Node itself. */
function firstFile(entryUrl: URL): URL {
  return entryUrl.pathname.endsWith('.cjs') ? new URL('thread.cjs', entryUrl) : entryUrl;
}
