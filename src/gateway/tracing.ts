import type { ActorContext, OpenSpan } from '../actor/index.js';
import { packTrace } from '../actor/index.js';
import { type Crypto, type Random, randomFraction } from '../base/index.js';
import type { HttpExchange } from '../protocol/index.js';

/** An exchange as the gateway works on it, and the trace that it belongs to. */
export interface TracedExchange {
  readonly exchange: HttpExchange;
  /** For what is asked for it. Undefined: it is not traced. */
  readonly trace: string | undefined;
}

/** Which exchange is traced, and as which trace. */
export interface TraceDecision {
  readonly trace: string;
  /** Without what only said that it is to be traced. */
  readonly url: string;
}

/** For clients that can set no header, as kubectl: the trace id as the first part of the server's path. */
const PATH_PREFIX = /^\/\.trace\/([0-9a-f]{32})(?=\/)/;
/** W3C Trace Context, version 00; later versions begin the same way. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;
const SAMPLED = 1;

/**
 * A client decides by its `traceparent`, sampled or not, or by the path; else `sampleRate` of all are traced. Only who showed a
 * certificate decides: a trace costs something.
 */
export function decideTrace(
  { url, headers, client }: Pick<HttpExchange, 'url' | 'headers' | 'client'>,
  sampleRate: number,
  random: Random,
  crypto: Pick<Crypto, 'uuid'>,
): TraceDecision | undefined {
  const byPath = PATH_PREFIX.exec(url);
  if (byPath !== null) {
    const [prefix, traceId = ''] = byPath;
    return client === null ? undefined : { trace: traceId, url: url.slice(prefix.length) };
  }
  const parent = headers['traceparent'];
  const [, traceId = '', spanId = '', flags = ''] = TRACEPARENT.exec(parent ?? '') ?? [];
  if (client !== null && isSet(traceId) && isSet(spanId)) {
    const sampled = (Number.parseInt(flags, 16) & SAMPLED) !== 0;
    return sampled ? { trace: packTrace({ traceId, spanId }), url } : undefined;
  }
  if (sampleRate === 0 || randomFraction(random) >= sampleRate) return undefined;
  return { trace: crypto.uuid().replaceAll('-', ''), url };
}

/** All zeros are no id. */
function isSet(id: string): boolean {
  return /[1-9a-f]/.test(id);
}

/** Begins the trace of an exchange, where it is to have one. Its span ends with the exchange; the response names the trace. */
export function traceExchange(
  context: ActorContext,
  sampleRate: number,
  exchange: HttpExchange,
): TracedExchange {
  const { tracing, random, crypto } = context;
  const decision = tracing && decideTrace(exchange, sampleRate, random, crypto);
  if (decision === undefined) return { exchange, trace: undefined };
  const { trace, url } = decision;
  const span = tracing?.begin(`${exchange.method} ${pathOf(url)}`, trace);
  return span === undefined
    ? { exchange, trace: undefined }
    : { exchange: followed({ ...shown(exchange), url }, exchange, span), trace: span.trace };
}

function pathOf(url: string): string {
  const mark = url.indexOf('?');
  return mark < 0 ? url : url.slice(0, mark);
}

type Shown = Pick<HttpExchange, 'method' | 'url' | 'headers' | 'client' | 'remoteAddress'>;

function shown({ method, url, headers, client, remoteAddress }: HttpExchange): Shown {
  return { method, url, headers, client, remoteAddress };
}

function followed(request: Shown, exchange: HttpExchange, span: OpenSpan): HttpExchange {
  let outcome = 'canceled';
  const head = (
    status: number,
    headers: Readonly<Record<string, string>>,
  ): Readonly<Record<string, string>> => {
    outcome = status >= 400 ? `failed ${String(status)}` : 'ok';
    // The format of traceparent, in the direction of the draft of Trace Context level 2.
    return { ...headers, traceresponse: `00-${span.trace}-01` };
  };
  exchange.onClose(() => {
    span.end(outcome);
  });
  return {
    ...request,
    readBody: (bytesMax) => exchange.readBody(bytesMax),
    respond: (status, headers, body, coding) => {
      exchange.respond(status, head(status, headers), body, coding);
    },
    startStream: (status, headers) => {
      exchange.startStream(status, head(status, headers));
    },
    write: (data) => exchange.write(data),
    onDrain: (callback) => {
      exchange.onDrain(callback);
    },
    end: () => {
      exchange.end();
    },
    abort: () => {
      outcome = 'failed aborted';
      exchange.abort();
    },
    onClose: (callback) => {
      exchange.onClose(callback);
    },
  };
}
