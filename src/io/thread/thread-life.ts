import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads';
import { type Remote, transfer, wrap } from 'comlink';
import type { ChildSpec, Exit, PeerExit, SpanQuery } from '../../actor/index.js';
import { type ErrorData, ok, type Result, type Timer } from '../../base/index.js';
import type { LogKeeping, LogLevel } from '../log/index.js';
import type { LifeSpans } from './actor-system.js';
import type { ActorControl, CrashReport, LinkGrant, ThreadData, ThreadNotice } from './control.js';
import { LifeCalls } from './life-calls.js';
import { afterSeen } from './seen-time.js';
import { type ActorWords, createWords, readWords, type WordsReading } from './words.js';
import { startWorkerThread } from './worker-thread.js';

export interface ThreadLifeOptions {
  readonly spec: ChildSpec;
  readonly incarnation: number;
  readonly links: readonly string[];
  readonly entryUrl: URL;
  /** A thread that waits for a life to run. Undefined: a cold start. */
  readonly spare: Worker | undefined;
  readonly logFolder: string;
  readonly logLevel: LogLevel;
  readonly logKeeping: LogKeeping;
  readonly onLoaded: () => void;
  readonly onReady: () => void;
  /** It cut its link to that life of another actor, whose frame it could not read. */
  readonly onLinkBroken: (id: string, incarnation: number, message: string) => void;
  /** It wants to see the whole system, over this port. */
  readonly onView: (port: MessagePort) => void;
  /** Called once, and last. */
  readonly onExit: (exit: Exit, crash: CrashReport | undefined) => void;
  /** An edge was asked to die and does not: it cannot be ended without the process. */
  readonly onStuck: () => void;
}

/** An edge dies within milliseconds; one that takes longer than this is in an endless loop. */
const EDGE_DEATH_MS = 5000;

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
  readonly #calls: LifeCalls;
  #ended = false;
  #loaded = false;
  #crash: CrashReport | undefined;
  #force: Timer | undefined;
  #beats = -1;
  #beatsSeenMs = 0;

  constructor(options: ThreadLifeOptions) {
    this.#options = options;
    this.spec = options.spec;
    this.incarnation = options.incarnation;
    const { port1, port2 } = new MessageChannel();
    const { id, kind, heapMbMax, youngMb, config } = options.spec;
    const data: ThreadData = {
      id,
      incarnation: options.incarnation,
      config,
      links: options.links,
      log: {
        folder: options.logFolder,
        level: options.logLevel,
        keeping: options.logKeeping,
      },
      words: this.#words,
      beatMs: beatMsOf(options.spec),
      heapBytesMax: kind === 'worker' ? heapMbMax * 2 ** 20 : Infinity,
      control: port2,
    };
    if (options.spare === undefined) {
      this.#worker = startWorkerThread({
        name: id,
        entryUrl: options.entryUrl,
        heapMbMax: kind === 'worker' ? heapMbMax : undefined,
        youngMb,
        life: data,
        transfer: [port2],
      });
    } else {
      this.#worker = options.spare;
      this.#worker.postMessage(data, [port2]);
    }
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
    this.#calls = new LifeCalls(id);
    this.#worker.once('exit', (code) => {
      this.#onExit(code);
    });
  }

  get words(): ActorWords {
    return this.#words;
  }

  /** Its code runs, and it has not ended. */
  get linkable(): boolean {
    return this.#loaded && !this.#ended;
  }

  get ended(): boolean {
    return this.#ended;
  }

  get worker(): Worker {
    return this.#worker;
  }

  read(): WordsReading {
    return readWords(this.#words);
  }

  /**
   * Milliseconds since its loop last turned, as far as is known. 0 while it waits for its disk, is paused on purpose, or has not
   * loaded. `nowMs` is on a clock of who asks, the same at each call.
   */
  silentMs(nowMs: number): number {
    const { beats, blocked } = this.read();
    if (beats !== this.#beats || blocked || !this.#loaded) {
      this.#beats = beats;
      this.#beatsSeenMs = nowMs;
    }
    return nowMs - this.#beatsSeenMs;
  }

  connect(grant: LinkGrant): void {
    this.#control.connect(transfer(grant, [grant.port])).catch(() => undefined);
  }

  peerExited(id: string, incarnation: number, exit: PeerExit): void {
    this.#control.peerExited(id, incarnation, exit).catch(() => undefined);
  }

  /** Asks for a beat out of turn: who holds up its loop gives none. */
  requestBeat(): void {
    this.#control.beat().catch(() => undefined);
  }

  setLogLevel(level: LogLevel): void {
    this.#control.setLogLevel(level).catch(() => undefined);
  }

  report(timeoutMs: number): Promise<Result<unknown, ErrorData>> {
    return this.#calls.run(timeoutMs, async () => {
      const { counts, report, thread } = await this.#control.report();
      return ok({ ...report, counts, thread });
    });
  }

  inject(
    fault: { readonly type: string; readonly [field: string]: unknown },
    timeoutMs: number,
  ): Promise<Result<void, ErrorData>> {
    return this.#calls.run(timeoutMs, () => this.#control.inject(fault));
  }

  spans(query: SpanQuery, timeoutMs: number): Promise<Result<LifeSpans, ErrorData>> {
    const { incarnation } = this;
    return this.#calls.run(timeoutMs, async () => {
      return ok({ incarnation, ...(await this.#control.spans(query)) });
    });
  }

  /** Asks it to drain, and ends it by force after its shutdown timeout. */
  shutDown(): void {
    this.#control.stop().catch(() => undefined);
    this.#force = afterSeen(this.spec.shutdownMs, () => {
      this.kill();
    });
  }

  /** Ends it now. An edge is asked to, as it must not be terminated. */
  kill(): void {
    if (this.#ended) return;
    this.#force?.cancel();
    if (this.spec.kind === 'worker') {
      void this.#worker.terminate();
      return;
    }
    this.#control.die().catch(() => undefined);
    // One that is still loading hears of it when it has loaded.
    const patienceMs = EDGE_DEATH_MS + (this.#loaded ? 0 : this.spec.startTimeoutMs);
    this.#force = afterSeen(patienceMs, this.#options.onStuck);
  }

  #noticed(notice: ThreadNotice): void {
    if (this.#ended) return;
    if (notice.type === 'crashed') {
      this.#crash = notice.crash;
    } else if (notice.type === 'ready') {
      this.#options.onReady();
    } else if (notice.type === 'link-broken') {
      this.#options.onLinkBroken(notice.id, notice.incarnation, notice.message);
    } else if (notice.type === 'view') {
      this.#options.onView(notice.port);
    } else if (notice.type === 'loaded') {
      this.#loaded = true;
      this.#options.onLoaded();
    }
  }

  #onExit(code: number): void {
    this.#ended = true;
    this.#force?.cancel();
    this.#calls.end();
    this.#closeControl();
    const crash = this.#crash;
    const normal = crash === undefined && code === 0;
    this.#options.onExit(
      normal
        ? { kind: 'normal' }
        : {
            kind: 'crash',
            message: crash?.message ?? `exit code ${String(code)}`,
            code: crash?.code,
          },
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

/** Often enough to see a stall, and seldom enough to cost little: each beat wakes a thread that has nothing else to do. */
function beatMsOf({ stallMs }: ChildSpec): number {
  return Math.max(20, Math.min(2500, stallMs / 4));
}
