import type { Span } from '../../actor/index.js';

/** OTLP's `Span.SpanKind` and `Status.StatusCode`. */
const SPAN_KIND_SERVER = 2;
const STATUS_OK = 1;
const STATUS_ERROR = 2;

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue: string } | { readonly intValue: string };
}

/**
 * Spans that have ended as OTLP's `ExportTraceServiceRequest` in its JSON form (ids in hexadecimal, 64-bit numbers as texts).
 * Each life of an actor is a resource, whose service is the actor. Spans whose ids are not W3C's are left out: nobody else
 * could read them.
 */
export function otlpTraces(spans: readonly Span[], version: string): object {
  const lives = new Map<string, Span[]>();
  for (const span of spans) {
    if (!/^[0-9a-f]{32}$/.test(span.traceId)) continue;
    const life = `${span.actor}#${String(span.incarnation)}`;
    lives.set(life, [...(lives.get(life) ?? []), span]);
  }
  return {
    resourceSpans: [...lives].map(([life, own]) => ({
      resource: {
        attributes: [
          text('service.namespace', 'kubactor'),
          text('service.name', own[0]?.actor ?? ''),
          text('service.instance.id', life),
          text('service.version', version),
          { key: 'process.pid', value: { intValue: String(process.pid) } },
        ] satisfies Attribute[],
      },
      scopeSpans: [{ scope: { name: 'kubactor', version }, spans: own.map(otlpSpan) }],
    })),
  };
}

function otlpSpan(span: Span): object {
  const { traceId, id, parentId, name, startedAtMs, durationMs = 0, outcome = '' } = span;
  const isOk = outcome === 'ok';
  return {
    traceId,
    spanId: id,
    ...(parentId === undefined ? {} : { parentSpanId: parentId }),
    name,
    kind: SPAN_KIND_SERVER,
    startTimeUnixNano: unixNano(startedAtMs),
    endTimeUnixNano: unixNano(startedAtMs + durationMs),
    attributes: [text('kubactor.outcome', outcome)],
    status: isOk ? { code: STATUS_OK } : { code: STATUS_ERROR, message: outcome },
  };
}

function text(key: string, stringValue: string): Attribute {
  return { key, value: { stringValue } };
}

/** Whole microseconds: what the clocks can tell. */
function unixNano(ms: number): string {
  return String(BigInt(Math.round(ms * 1000)) * 1000n);
}
