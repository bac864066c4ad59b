import { fileURLToPath } from 'node:url';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { type Remote, transfer, wrap } from 'comlink';
import type { ChildSpec, Exit } from '../../actor/index.js';
import { type ErrorData, failed, ok, type Result } from '../../base/index.js';
import type { LogLevel } from '../log/index.js';
import type { ActorControl, CrashReport, LinkGrant, ThreadData, ThreadNotice } from './control.js';
import { type ActorWords, createWords, readWords, type WordsReading } from './words.js';

export interface ThreadLifeOptions {
  readonly spec: ChildSpec;
  readonly incarnation: number;
  readonly links: readonly string[];
  readonly entryUrl: URL;
  readonly logFolder: string;
  readonly logLevel: LogLevel;
  readonly onLoaded: () => void;
  readonly onReady: () => void;
  /** It wants to see the whole system, over this port. */
  readonly onView: (port: MessagePort) => void;
  /** Called once, and last. */
  readonly onExit: (exit: Exit, crash: CrashReport | undefined) => void;
  /** An edge was asked to die and does not: it cannot be ended without the process. */
  readonly onStuck: () => void;
}

/** An edge dies within milliseconds; one that takes longer than this is in an endless loop. */
const EDGE_DEATH_MS = 5000;

/**
 * Generous for what a turn leaves behind, and far below V8's default of 48 MB: with 13 threads the young generations
 * would otherwise be most of the memory (docs/decisions/0004).
 */
const YOUNG_GENERATION_MB = 4;

/** One life of an actor, seen from main: its worker thread and the way to control it. */
export class ThreadLife {
  readonly spec: ChildSpec;
  readonly incarnation: number;
  readonly startedMs = performance.now();
  readonly #options: ThreadLifeOptions;
  readonly #worker: Worker;
  readonly #control: Remote<ActorControl>;
  readonly #closeControl: () => void;
  readonly #words: ActorWords = createWords();
  readonly #exited: Promise<void>;
  #ended = false;
  #loaded = false;
  #crash: CrashReport | undefined;
  #force: NodeJS.Timeout | undefined;
  #beats = -1;
  #beatsSeenMs = performance.now();

  constructor(options: ThreadLifeOptions) {
    this.#options = options;
    this.spec = options.spec;
    this.incarnation = options.incarnation;
    const { port1, port2 } = new MessageChannel();
    const { id, stallMs, kind, heapMbMax, config } = options.spec;
    const data: ThreadData = {
      id,
      incarnation: options.incarnation,
      program: fileURLToPath(options.entryUrl),
      config,
      links: options.links,
      log: { folder: options.logFolder, level: options.logLevel },
      words: this.#words,
      beatMs: Math.max(20, Math.min(1000, stallMs / 4)),
      control: port2,
    };
    this.#worker = new Worker(firstFile(options.entryUrl), {
      name: id,
      workerData: data,
      transferList: [port2],
      execArgv: [],
      env: { ...process.env, NODE_OPTIONS: '' },
      resourceLimits: {
        maxYoungGenerationSizeMb: YOUNG_GENERATION_MB,
        ...(kind === 'worker' ? { maxOldGenerationSizeMb: heapMbMax } : {}),
      },
    });
    this.#control = wrap<ActorControl>(port1);
    this.#closeControl = () => {
      port1.close();
    };
    this.#worker.on('message', (notice: ThreadNotice) => {
      this.#noticed(notice);
    });
    this.#worker.on('error', (error: unknown) => {
      this.#crash ??= crashReport(error);
    });
    this.#exited = new Promise((resolve) => {
      this.#worker.once('exit', (code) => {
        resolve();
        this.#onExit(code);
      });
    });
  }

  get words(): ActorWords {
    return this.#words;
  }

  /** Its code runs, and it has not ended. */
  get linkable(): boolean {
    return this.#loaded && !this.#ended;
  }

  read(): WordsReading {
    return readWords(this.#words);
  }

  /** Milliseconds since its loop last turned, as far as is known. 0 while it blocks in a disk sync or has not loaded. */
  silentMs(): number {
    const { beats, inSync } = this.read();
    const nowMs = performance.now();
    if (beats !== this.#beats || inSync || !this.#loaded) {
      this.#beats = beats;
      this.#beatsSeenMs = nowMs;
    }
    return nowMs - this.#beatsSeenMs;
  }

  connect(grant: LinkGrant): void {
    this.#control.connect(transfer(grant, [grant.port])).catch(() => undefined);
  }

  report(timeoutMs: number): Promise<Result<unknown, ErrorData>> {
    return this.#call(timeoutMs, async () => {
      const { counts, report, thread } = await this.#control.report();
      return ok({ ...report, counts, thread });
    });
  }

  inject(
    fault: { readonly type: string; readonly [field: string]: unknown },
    timeoutMs: number,
  ): Promise<Result<void, ErrorData>> {
    return this.#call(timeoutMs, () => this.#control.inject(fault));
  }

  setLogLevel(level: LogLevel, timeoutMs: number): Promise<Result<void, ErrorData>> {
    return this.#call(timeoutMs, async () => {
      await this.#control.setLogLevel(level);
      return ok(undefined);
    });
  }

  /** Asks it to drain, and ends it by force after its shutdown timeout. */
  shutDown(): void {
    this.#control.stop().catch(() => undefined);
    this.#force = setTimeout(() => {
      this.kill();
    }, this.spec.shutdownMs);
  }

  /** Ends it now. An edge is asked to, as it must not be terminated. */
  kill(): void {
    if (this.#ended) return;
    clearTimeout(this.#force);
    if (this.spec.kind === 'worker') {
      void this.#worker.terminate();
      return;
    }
    this.#control.die().catch(() => undefined);
    this.#force = setTimeout(this.#options.onStuck, EDGE_DEATH_MS);
  }

  /** A comlink call to a thread that dies never settles: it races the thread's exit and a deadline. */
  async #call<T>(
    timeoutMs: number,
    call: () => Promise<Result<T, ErrorData>>,
  ): Promise<Result<T, ErrorData>> {
    if (this.#ended) return failed({ code: 'actor-down', message: `${this.spec.id} is down` });
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<Result<T, ErrorData>>((resolve) => {
      timer = setTimeout(() => {
        resolve(
          failed({
            code: 'timeout',
            message: `${this.spec.id} did not answer within ${String(timeoutMs)} ms`,
          }),
        );
      }, timeoutMs);
    });
    const death = this.#exited.then(() =>
      failed({ code: 'actor-down', message: `${this.spec.id} died` }),
    );
    try {
      return await Promise.race([call(), deadline, death]);
    } catch (error) {
      return failed({
        code: 'failed',
        message: error instanceof Error ? error.message : String(error),
      });
    } finally {
      clearTimeout(timer);
    }
  }

  #noticed(notice: ThreadNotice): void {
    if (this.#ended) return;
    if (notice.type === 'crashed') {
      this.#crash = notice.crash;
    } else if (notice.type === 'ready') {
      this.#options.onReady();
    } else if (notice.type === 'view') {
      this.#options.onView(notice.port);
    } else {
      this.#loaded = true;
      this.#options.onLoaded();
    }
  }

  #onExit(code: number): void {
    this.#ended = true;
    clearTimeout(this.#force);
    this.#closeControl();
    const crash = this.#crash;
    const normal = crash === undefined && code === 0;
    this.#options.onExit(
      normal
        ? { kind: 'normal' }
        : { kind: 'crash', message: crash?.message ?? `exit code ${String(code)}` },
      crash,
    );
  }
}

function crashReport(error: unknown): CrashReport {
  if (!(error instanceof Error))
    return { message: String(error), stack: String(error), code: undefined };
  const { code } = error as { code?: unknown };
  return {
    message: error.message,
    stack: error.stack ?? error.message,
    code: typeof code === 'string' ? code : undefined,
  };
}

/** A bundle in CommonJS is loaded by `thread.cjs` beside it, a module by Node itself. */
function firstFile(entryUrl: URL): URL {
  return entryUrl.pathname.endsWith('.cjs') ? new URL('thread.cjs', entryUrl) : entryUrl;
}
