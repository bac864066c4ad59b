import type { Clock, Log, Random } from '../base/index.js';
import { RingBuffer } from '../base/index.js';
import type { OpenSpan, Peer, Tracing } from './behaviour.js';
import {
  type AmbientScope,
  packTrace,
  type Span,
  synchronousScope,
  type TraceScope,
  unpackTrace,
} from './trace.js';

/** Spans that have ended and are kept; the oldest make room. */
const SPANS_KEPT_MAX = 2048;
/** Spans that go on. Beyond it the oldest counts as ended. */
const SPANS_OPEN_MAX = 2048;
/** What an event set off, or a stream began, is asked within this time. */
const LINGER_MS = 10_000;

export interface TracerPorts {
  readonly self: Peer;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly ambient: AmbientScope | undefined;
}

export interface SpanQuery {
  /** Undefined: all. */
  readonly traceId?: string | undefined;
  /** Only those that have ended, from this place on in the order of their ends. */
  readonly endedFrom?: number | undefined;
}

export interface SpanReply {
  readonly spans: readonly Span[];
  /** The place behind the last one that has ended. */
  readonly endedNext: number;
}

/** The spans of one life of an actor. What is not traced costs one look at the ambient scope for each ask. */
export class Tracer implements Tracing {
  readonly #ports: TracerPorts;
  readonly #ambient: AmbientScope;
  readonly #open = new Map<string, Span>();
  readonly #ended = new RingBuffer<Span>(SPANS_KEPT_MAX);
  #endedCount = 0;

  constructor(ports: TracerPorts) {
    this.#ports = ports;
    this.#ambient = ports.ambient ?? synchronousScope();
  }

  current(): string | undefined {
    const scope = this.#ambient.get();
    if (scope === undefined || this.#ports.clock.monotonicMs() > scope.untilMs) return undefined;
    return packTrace(scope);
  }

  /** The trace for a message, where its sender says this of it. */
  outgoing(wanted: string | null | undefined): string | undefined {
    if (wanted === null) return undefined;
    const current = this.current();
    if (wanted === undefined || current === undefined) return wanted ?? current;
    // A bare id of the trace that is worked for gets its span.
    return current.startsWith(`${wanted}-`) ? current : wanted;
  }

  begin(name: string, trace: string): OpenSpan {
    return this.#begin(name, trace, Infinity);
  }

  event(name: string, trace: string, work: () => void): void {
    const span = this.#begin(name, trace, LINGER_MS);
    span.run(work);
    span.end('ok');
  }

  apart<T>(work: () => T): T {
    return this.#ambient.get() === undefined ? work() : this.#ambient.run(undefined, work);
  }

  /** For a stream, which may go on long after all that it set off. */
  beginLong(name: string, trace: string): OpenSpan {
    return this.#begin(name, trace, LINGER_MS);
  }

  query({ traceId, endedFrom }: SpanQuery): SpanReply {
    const firstKept = this.#endedCount - this.#ended.length;
    const ended = [...this.#ended].slice(Math.max(0, (endedFrom ?? 0) - firstKept));
    const spans = endedFrom === undefined ? [...ended, ...this.#open.values()] : ended;
    return {
      spans: traceId === undefined ? spans : spans.filter((span) => span.traceId === traceId),
      endedNext: this.#endedCount,
    };
  }

  #begin(name: string, trace: string, lingerMs: number): OpenSpan {
    const { clock, random, self } = this.#ports;
    const { traceId, spanId: parentId } = unpackTrace(trace);
    const startedMs = clock.monotonicMs();
    const span: Span = {
      traceId,
      id: hex(random.uint32()) + hex(random.uint32()),
      parentId,
      name,
      actor: self.id,
      incarnation: self.incarnation,
      startedAtMs: clock.wallMs(),
      startedMs,
      durationMs: undefined,
      outcome: undefined,
    };
    const scope: TraceScope = { traceId, spanId: span.id, untilMs: startedMs + lingerMs };
    this.#open.set(span.id, span);
    if (this.#open.size > SPANS_OPEN_MAX) this.#endOldest();
    return {
      trace: packTrace(scope),
      traceId,
      run: (work) => this.#ambient.run(scope, work),
      end: (outcome) => {
        if (lingerMs === Infinity) scope.untilMs = 0;
        this.#end(span, outcome);
      },
    };
  }

  #end(begun: Span, outcome: string): void {
    if (!this.#open.delete(begun.id)) return;
    const { clock, log } = this.#ports;
    const span = { ...begun, durationMs: clock.monotonicMs() - begun.startedMs, outcome };
    this.#ended.pushDroppingOldest(span);
    this.#endedCount++;
    const { traceId } = span;
    log.debug('span', { traceId, span });
  }

  #endOldest(): void {
    for (const span of this.#open.values()) {
      this.#end(span, 'unknown');
      return;
    }
  }
}

function hex(word: number): string {
  return word.toString(16).padStart(8, '0');
}
