import { totalmem } from 'node:os';
import type { ActorId } from '../../base/index.js';
import { lookIntervalMs } from './look-interval.js';
import { type ActorMemory, type MemoryBooks, memoryVerdicts } from './memory-blame.js';
import { stallStack } from './stall-stack.js';
import type { ThreadLife } from './thread-life.js';

export interface WatchdogOptions {
  /** Those that are not known to be dead. */
  readonly lives: () => Iterable<ThreadLife>;
  /** This life no longer works and is to be ended: it counts as a crash. */
  readonly doom: (life: ThreadLife, why: Doomed) => void;
}

/** Heap beyond its bound has the name that Node gives it where V8 finds it. */
type DoomCode =
  | 'ERR_STALLED'
  | 'ERR_WORKER_OUT_OF_MEMORY'
  | 'ERR_BUFFERS_LIMIT'
  | 'ERR_MEMORY_LIMIT';

export interface Doomed {
  readonly message: string;
  readonly code: DoomCode;
  /** Where it was. Empty where nobody asked. */
  readonly stack: string;
}

/** How long a stalled thread may take to tell where it is. It is ended then in any case. */
const STACK_MS = 2000;
/** Of the memory that the process may have by its machine or container. */
const RSS_SHARE_MAX = 0.9;
/** After it has ended an actor for the memory of the process, it waits so long to see what that brings. */
const RELIEF_MS = 5000;

const MIB = 2 ** 20;

/** Finds the actors that stall and those that take too much memory. Main runs it; it never waits for a thread. */
export class Watchdog {
  readonly #options: WatchdogOptions;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  readonly #books: MemoryBooks = new Map();
  /** Those that are being ended: once is enough. */
  readonly #given = new WeakSet<ThreadLife>();
  readonly #rssBytesMax = RSS_SHARE_MAX * machineBytes();
  #relievedMs = -Infinity;
  /** At the look before. */
  #rssBytesBefore = 0;
  /**
   * The time that main has seen: each look counts for the wait that it had asked for. A process that is stopped or gets no
   * processor sees none, and nobody in it has stalled then.
   */
  #seenMs = 0;

  constructor(options: WatchdogOptions) {
    this.#options = options;
    this.#look();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #look(): void {
    const lives = [...this.#options.lives()].filter((life) => !this.#given.has(life));
    for (const life of lives) {
      const silentMs = life.silentMs(this.#seenMs);
      if (silentMs > life.spec.stallMs) void this.#endStalled(life, silentMs);
    }
    const rssBytes = process.memoryUsage.rss();
    this.#lookAtMemory(new Map(lives.map((life) => [life.spec.id, life])), rssBytes);
    if (this.#closed) return;
    const stallMs = Math.min(...lives.map((life) => life.spec.stallMs));
    const waitMs = lookIntervalMs({
      rssBytes,
      rssBytesBefore: this.#rssBytesBefore,
      rssBytesMax: this.#rssBytesMax,
      stallMs,
    });
    this.#rssBytesBefore = rssBytes;
    this.#timer = setTimeout(() => {
      this.#seenMs += waitMs;
      this.#look();
    }, waitMs);
  }

  async #endStalled(life: ThreadLife, silentMs: number): Promise<void> {
    this.#given.add(life);
    const message = `stalled: its loop has not turned for ${String(Math.round(silentMs))} ms`;
    const found = await stallStack(life.worker.threadId, STACK_MS);
    if (life.ended) return;
    if (life.silentMs(this.#seenMs) === 0) {
      // It was slow, and has turned meanwhile.
      this.#given.delete(life);
      return;
    }
    const stack = `${message}\n${found.found ? found.stack : `    (${found.why})`}`;
    this.#options.doom(life, { message, code: 'ERR_STALLED', stack });
  }

  #lookAtMemory(lives: ReadonlyMap<ActorId, ThreadLife>, rssBytes: number): void {
    const sample = {
      rssBytes,
      rssBytesMax: this.#rssBytesMax,
      actors: [...lives.values()].filter((life) => life.linkable).map(memoryOf),
    };
    for (const verdict of memoryVerdicts(this.#books, sample)) {
      const life = lives.get(verdict.actor.id as ActorId);
      if (life === undefined) continue;
      switch (verdict.type) {
        case 'ask':
          life.requestBeat();
          break;
        case 'over-heap': {
          const { heapBytes, heapBytesMax } = verdict.actor;
          const holds = `its heap holds ${megabytes(heapBytes)}, more than ${megabytes(heapBytesMax)}`;
          this.#endForMemory(life, 'ERR_WORKER_OUT_OF_MEMORY', `out of memory: ${holds}`);
          break;
        }
        case 'over-buffers': {
          const { bufferBytes, buffersBytesMax } = verdict.actor;
          this.#endForMemory(
            life,
            'ERR_BUFFERS_LIMIT',
            `its buffers hold ${megabytes(bufferBytes)}, more than ${megabytes(buffersBytesMax)}`,
          );
          break;
        }
        case 'grew-unseen':
          this.#endForMemory(
            life,
            'ERR_MEMORY_LIMIT',
            `out of memory: the process grew by ${megabytes(verdict.bytes)} since its loop last turned`,
          );
          break;
        case 'largest':
          this.#relieve(life, verdict.bytes, sample.rssBytes);
      }
    }
  }

  #relieve(life: ThreadLife, bytes: number, rssBytes: number): void {
    if (performance.now() - this.#relievedMs < RELIEF_MS) return;
    this.#relievedMs = performance.now();
    const process = `the process holds ${megabytes(rssBytes)} of ${megabytes(this.#rssBytesMax)}`;
    const message = `${process}, and this actor the most of it, ${megabytes(bytes)}`;
    this.#endForMemory(life, 'ERR_MEMORY_LIMIT', message);
  }

  #endForMemory(life: ThreadLife, code: DoomCode, message: string): void {
    this.#given.add(life);
    this.#options.doom(life, { message, code, stack: message });
  }
}

function memoryOf(life: ThreadLife): ActorMemory {
  const { heapMbMax, buffersMbMax = heapMbMax, id, kind } = life.spec;
  const { beats, blocked, heapUsedBytes, bufferBytes } = life.read();
  return {
    id,
    incarnation: life.incarnation,
    beats,
    heapBytes: heapUsedBytes,
    bufferBytes,
    heapBytesMax: kind === 'edge' ? Infinity : heapMbMax * MIB,
    buffersBytesMax: buffersMbMax * MIB,
    exempt: kind === 'edge' || blocked,
  };
}

/** Of the container, where one sets a bound. */
function machineBytes(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(totalmem(), constrained) : totalmem();
}

function megabytes(bytes: number): string {
  return `${String(Math.round(bytes / MIB))} MB`;
}
