import type { Span } from '../../actor/index.js';
import { type Log, RingBuffer } from '../../base/index.js';
import { otlpTraces } from './otlp-json.js';

export interface OtlpExporterOptions {
  /** `http://127.0.0.1:4318`; `/v1/traces` is added where it is not there. */
  readonly endpoint: string;
  readonly version: string;
  /** Spans that have ended since the last call. */
  readonly tail: () => Promise<readonly Span[]>;
  readonly log: Pick<Log, 'info' | 'warn'>;
  /** Default 2 s. */
  readonly intervalMs?: number;
}

/** Spans that wait for a collector that is away; the oldest make room. */
const WAITING_MAX = 8192;
const BATCH_SPANS_MAX = 512;
const REQUEST_MS_MAX = 10_000;
const INTERVAL_MS = 2000;
/** A round that failed is followed by longer and longer rests. */
const REST_MS_MAX = 60_000;
/** What a stopping daemon gives its last spans. */
const LAST_ROUND_MS = 1000;
/** Answers after which OTLP lets a client send the same again. */
const RETRYABLE = new Set([429, 502, 503, 504]);

/** Sends spans to an OpenTelemetry collector, OTLP over HTTP as JSON. It never holds anything up, and loses spans before that. */
export class OtlpExporter {
  readonly #options: OtlpExporterOptions;
  readonly #url: string;
  readonly #waiting = new RingBuffer<Span>(WAITING_MAX);
  /** Taken from those that wait, and not yet accepted. */
  #batch: readonly Span[] = [];
  #droppedSpans = 0;
  #failures = 0;
  #inTrouble = false;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> | undefined;
  #closed = false;

  constructor(options: OtlpExporterOptions) {
    this.#options = options;
    const base = options.endpoint.replace(/\/+$/, '');
    this.#url = base.endsWith('/v1/traces') ? base : `${base}/v1/traces`;
    this.#rest();
  }

  /** A last round, for a second at most. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    const late = new Promise<void>((resolve) => setTimeout(resolve, LAST_ROUND_MS).unref());
    await Promise.race([this.#lastRound(), late]);
  }

  async #lastRound(): Promise<void> {
    await this.#round;
    await this.#exportAll();
  }

  #rest(): void {
    if (this.#closed) return;
    const intervalMs = this.#options.intervalMs ?? INTERVAL_MS;
    const restMs = Math.min(REST_MS_MAX, intervalMs * 2 ** Math.min(this.#failures, 10));
    this.#timer = setTimeout(() => {
      this.#round = this.#exportAll().finally(() => {
        this.#rest();
      });
    }, restMs).unref();
  }

  async #exportAll(): Promise<void> {
    for (const span of await this.#options.tail())
      if (this.#waiting.pushDroppingOldest(span) !== undefined) this.#droppedSpans++;
    for (;;) {
      if (this.#batch.length === 0) this.#batch = this.#takeBatch();
      if (this.#batch.length === 0) return;
      const answer = await this.#send();
      this.#noteAnswer(answer);
      if (answer.type === 'again') return;
      this.#batch = [];
    }
  }

  #takeBatch(): Span[] {
    const batch: Span[] = [];
    while (batch.length < BATCH_SPANS_MAX) {
      const span = this.#waiting.shift();
      if (span === undefined) break;
      batch.push(span);
    }
    return batch;
  }

  async #send(): Promise<Answer> {
    try {
      const response = await fetch(this.#url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(otlpTraces(this.#batch, this.#options.version)),
        signal: AbortSignal.timeout(REQUEST_MS_MAX),
      });
      await response.arrayBuffer();
      if (response.ok) return { type: 'accepted' };
      const problem = `HTTP ${String(response.status)}`;
      return { type: RETRYABLE.has(response.status) ? 'again' : 'refused', problem };
    } catch (error) {
      const { cause, message } = error as Error;
      const problem = cause instanceof Error && cause.message !== '' ? cause.message : message;
      return { type: 'again', problem };
    }
  }

  /** Trouble is told once, and that it is over. */
  #noteAnswer(answer: Answer): void {
    const { log, endpoint } = this.#options;
    this.#failures = answer.type === 'again' ? this.#failures + 1 : 0;
    if (answer.type === 'refused') this.#droppedSpans += this.#batch.length;
    const fields = { collector: new URL(endpoint).host, droppedSpans: this.#droppedSpans };
    if (answer.type !== 'accepted') {
      if (!this.#inTrouble)
        log.warn('spans cannot be exported', { ...fields, problem: answer.problem });
      this.#inTrouble = true;
    } else if (this.#inTrouble) {
      log.info('spans are exported again', fields);
      this.#inTrouble = false;
    }
  }
}

type Answer =
  | { readonly type: 'accepted' }
  /** For good: sending the same again would not help. */
  | { readonly type: 'refused'; readonly problem: string }
  | { readonly type: 'again'; readonly problem: string };
