import { fileURLToPath } from 'node:url';
import { type Transferable, Worker } from 'node:worker_threads';
import type { ThreadData, ThreadStart } from './control.js';

/**
 * Generous for what a turn leaves behind, and far below V8's default of 48: with 13 threads the young generations would
 * otherwise be most of the memory (docs/decisions/0004).
 */
const YOUNG_MB = 4;

/**
 * V8's own limit, in MB, for an actor that main ends at `heapMbMax`. At its limit V8 ends the thread only if nothing large is
 * asked for meanwhile; else it aborts the process. A table that grows takes twice its size beside the old one, so this
 * limit is three times the actor's, and what may grow until main notices. From 2 GB on V8 would let garbage grow to four times what lives.
 */
function v8LimitMb(heapMbMax: number): number {
  return Math.min(3 * heapMbMax + NOTICE_MB, Math.max(BELOW_2_GB, 1.5 * heapMbMax));
}

const NOTICE_MB = 512;
const BELOW_2_GB = 2040;

export interface WorkerThreadOptions {
  /** For debuggers. */
  readonly name: string;
  readonly entryUrl: URL;
  /** Undefined: no limit, as out of memory takes an edge's process along. */
  readonly heapMbMax: number | undefined;
  readonly youngMb: number | undefined;
  /** Undefined: a spare, which is given its life later. */
  readonly life: ThreadData | undefined;
  readonly transfer: readonly Transferable[];
}

/** Starts a thread on an entry. Throws where the system has no more threads, or the life's configuration is no plain data. */
export function startWorkerThread(options: WorkerThreadOptions): Worker {
  const { name, entryUrl, heapMbMax, youngMb, life, transfer } = options;
  const start: ThreadStart = { program: fileURLToPath(entryUrl), life };
  return new Worker(firstFile(entryUrl), {
    name,
    workerData: start,
    transferList: [...transfer],
    execArgv: [],
    env: { ...process.env, NODE_OPTIONS: '' },
    resourceLimits: {
      maxYoungGenerationSizeMb: youngMb ?? YOUNG_MB,
      ...(heapMbMax === undefined
        ? {}
        : {
            maxOldGenerationSizeMb: v8LimitMb(heapMbMax),
          }),
    },
  });
}

/** A bundle in CommonJS is loaded by `thread.cjs` beside it, a module by Node itself. */
function firstFile(entryUrl: URL): URL {
  return entryUrl.pathname.endsWith('.cjs') ? new URL('thread.cjs', entryUrl) : entryUrl;
}
