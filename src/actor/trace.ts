/**
 * What travels with a traced message, as one text: the id of the trace, and behind a dash the span of who sent it, where there
 * is one. Ids are those of W3C Trace Context: 32 and 16 hexadecimal digits, lower case.
 */
export interface TraceLink {
  readonly traceId: string;
  readonly spanId: string | undefined;
}

const WITH_SPAN = /^(.+)-([0-9a-f]{16})$/;

export function packTrace({ traceId, spanId }: TraceLink): string {
  return spanId === undefined ? traceId : `${traceId}-${spanId}`;
}

export function unpackTrace(packed: string): TraceLink {
  const [, traceId, spanId] = WITH_SPAN.exec(packed) ?? [];
  return traceId === undefined ? { traceId: packed, spanId } : { traceId, spanId };
}

/** What one actor did for one trace: the handling of an ask or of a stream, or what an event set off. Plain data. */
export interface Span {
  readonly traceId: string;
  readonly id: string;
  /** Undefined: the first of its trace, as far as is known here. */
  readonly parentId: string | undefined;
  readonly name: string;
  readonly actor: string;
  readonly incarnation: number;
  /** By the wall clock. */
  readonly startedAtMs: number;
  /** By the clock that all actors of a process share: the order of spans. */
  readonly startedMs: number;
  /** Undefined: it goes on. */
  readonly durationMs: number | undefined;
  /** `ok`, `canceled`, or `failed` with the code that the answer gave. Undefined: it goes on. */
  readonly outcome: string | undefined;
}

/** The scope of a span, for what is asked while it is worked on. */
export interface TraceScope {
  readonly traceId: string;
  readonly spanId: string;
  /** Monotonic. What is asked later is no longer for this span: it may be background work that began in it. */
  untilMs: number;
}

/** Carries the scope from a handler to the asks that it makes. */
export interface AmbientScope {
  get(): TraceScope | undefined;
  /** Undefined: outside of every scope. */
  run<T>(scope: TraceScope | undefined, work: () => T): T;
}

/** Only as far as a handler runs without a pause: for hosts that cannot follow it over one. */
export function synchronousScope(): AmbientScope {
  let current: TraceScope | undefined;
  return {
    get: () => current,
    run: (scope, work) => {
      const outer = current;
      current = scope;
      try {
        return work();
      } finally {
        current = outer;
      }
    },
  };
}

/** How an answer says that it is none: a failed `Result`, or the status code of an HTTP or API reply. */
export function outcomeOf(reply: unknown): string {
  if (typeof reply !== 'object' || reply === null) return 'ok';
  const { ok, error, code, status } = reply as Readonly<Record<string, unknown>>;
  if (ok === false) {
    const reason = (error as { readonly code?: unknown } | undefined)?.code;
    return typeof reason === 'string' ? `failed ${reason}` : 'failed';
  }
  const answered = typeof code === 'number' ? code : status;
  return typeof answered === 'number' && answered >= 400 ? `failed ${String(answered)}` : 'ok';
}
