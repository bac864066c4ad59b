import type {
  ActorContext,
  AskFailure,
  AskOptions,
  AskResult,
  StreamEnd,
  StreamHandlers,
  Tracing,
} from '../../src/actor/index.js';
import { actorId, incarnation, type Clock } from '../../src/base/index.js';
import { DEFAULT_GATEWAY_LIMITS, gateway, type GatewayConfig } from '../../src/gateway/index.js';
import type {
  ContentCoding,
  HttpExchange,
  HttpReply,
  HttpRequest,
  HttpStreamItem,
  WebhookCaller,
} from '../../src/protocol/index.js';

export interface PendingAsk {
  readonly operation: string;
  readonly request: HttpRequest;
  readonly options: AskOptions;
  canceled: boolean;
  reply(reply: HttpReply): Promise<void>;
  fail(code: AskFailure['code'], handedOver: boolean): Promise<void>;
}

export interface OpenedStream {
  readonly to: string;
  readonly operation: string;
  readonly request: HttpRequest;
  paused: boolean;
  canceled: boolean;
  item(item: HttpStreamItem | Uint8Array): void;
  end(end: StreamEnd): void;
}

/** A gateway between a fake listener and a fake API server. */
export interface FakeEdge {
  readonly asks: PendingAsk[];
  readonly streams: OpenedStream[];
  readonly behaviour: ReturnType<ReturnType<typeof gateway>>;
  up: boolean;
  drained: boolean;
  advance(ms: number): Promise<void>;
  request(method: string, url: string, more?: Partial<FakeRequest>): FakeExchange;
}

interface FakeRequest {
  readonly headers: Record<string, string>;
  readonly client: HttpExchange['client'];
  readonly body: Awaited<ReturnType<HttpExchange['readBody']>>;
}

/** What the client sees. */
export interface FakeExchange {
  status: number | undefined;
  headers: Readonly<Record<string, string>>;
  body: string;
  coding: ContentCoding | undefined;
  ended: boolean;
  aborted: boolean;
  sinkFull: boolean;
  drain(): void;
  /** The client has all of it, or went away. */
  leave(): Promise<void>;
}

const NO_WEBHOOKS: WebhookCaller = {
  call: () => Promise.resolve({ type: 'failed', message: 'there is no network' }),
};

export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export async function fakeEdge(
  change: Partial<GatewayConfig> = {},
  tracing?: Tracing,
): Promise<FakeEdge> {
  const timers = new Set<{ atMs: number; run: () => void }>();
  let nowMs = 0;
  const clock: Clock = {
    monotonicMs: () => nowMs,
    wallMs: () => nowMs,
    after(delayMs, run) {
      const timer = { atMs: nowMs + delayMs, run };
      timers.add(timer);
      return { cancel: () => timers.delete(timer) };
    },
  };
  let accept: (exchange: HttpExchange) => void = () => undefined;
  const listener = {
    listen: (handle: (exchange: HttpExchange) => void) => {
      accept = handle;
      return Promise.resolve({ port: 6443 });
    },
    drain: () => {
      edge.drained = true;
    },
  };
  const silent = (): void => undefined;
  const context = {
    clock,
    tracing,
    log: { debug: silent, info: silent, warn: silent, error: silent },
    ref: (id: string) => ({ id: actorId(id) }),
    peer: (ref: { id: string }) =>
      edge.up ? { id: ref.id, incarnation: incarnation(1) } : undefined,
    sleep: (ms: number) => new Promise<void>((resolve) => clock.after(ms, resolve)),
    crash: (error: Error) => {
      throw error;
    },
    ask: (_to: unknown, operation: string, request: HttpRequest, options: AskOptions) =>
      new Promise<AskResult<HttpReply>>((resolve) => {
        const fail = (code: AskFailure['code'], handedOver: boolean): Promise<void> => {
          resolve({ ok: false, error: { code, handedOver } });
          return settle();
        };
        const pending: PendingAsk = {
          operation,
          request,
          options,
          canceled: false,
          fail,
          reply: (value) => {
            resolve({ ok: true, value });
            return settle();
          },
        };
        options.onCancelable?.(() => {
          pending.canceled = true;
          void fail('canceled', edge.up);
        });
        edge.asks.push(pending);
      }),
    openStream: (
      to: { id: string },
      operation: string,
      request: HttpRequest,
      handlers: StreamHandlers<unknown>,
    ) => {
      const stream: OpenedStream = {
        to: to.id,
        operation,
        request,
        paused: false,
        canceled: false,
        item: (item) => handlers.onItem(item),
        end: (end) => handlers.onEnd(end),
      };
      edge.streams.push(stream);
      return {
        cancel: () => {
          if (stream.canceled) return;
          stream.canceled = true;
          handlers.onEnd({ code: 'canceled' });
        },
        pause: () => {
          stream.paused = true;
        },
        resume: () => {
          stream.paused = false;
        },
      };
    },
  } as unknown as ActorContext;
  const edge: FakeEdge = {
    asks: [],
    streams: [],
    up: true,
    drained: false,
    behaviour: gateway(listener, NO_WEBHOOKS)(context, {
      ...DEFAULT_GATEWAY_LIMITS,
      apiServer: actorId('api-server'),
      ...change,
    }),
    async advance(ms) {
      nowMs += ms;
      for (const timer of [...timers].filter(({ atMs }) => atMs <= nowMs)) {
        timers.delete(timer);
        timer.run();
      }
      await settle();
    },
    request(method, url, more = {}) {
      const { exchange, seen } = fakeExchange(method, url, more);
      accept(exchange);
      return seen;
    },
  };
  await edge.behaviour.start();
  return edge;
}

function fakeExchange(
  method: string,
  url: string,
  more: Partial<FakeRequest>,
): { exchange: HttpExchange; seen: FakeExchange } {
  const closings: (() => void)[] = [];
  let drain = (): void => undefined;
  let closed = false;
  const close = (): void => {
    if (closed) return;
    closed = true;
    for (const callback of closings) callback();
  };
  const text = (data: Uint8Array): string => new TextDecoder().decode(data);
  const seen: FakeExchange = {
    status: undefined,
    headers: {},
    body: '',
    coding: undefined,
    ended: false,
    aborted: false,
    sinkFull: false,
    drain: () => drain(),
    leave: () => {
      close();
      return settle();
    },
  };
  const exchange: HttpExchange = {
    method,
    url,
    headers: more.headers ?? {},
    client: more.client ?? null,
    remoteAddress: '127.0.0.1',
    readBody: () => Promise.resolve(more.body ?? { ok: true, value: new Uint8Array(0) }),
    respond(status, headers, body, coding = 'identity') {
      Object.assign(seen, { status, headers, body: text(body), coding });
      if (coding === 'identity') exchange.end();
    },
    startStream: (status, headers) => void Object.assign(seen, { status, headers }),
    write(data) {
      seen.body += text(data);
      return !seen.sinkFull;
    },
    onDrain: (callback) => {
      drain = callback;
    },
    end: () => {
      seen.ended = true;
      close();
    },
    abort: () => {
      seen.aborted = true;
      close();
    },
    onClose: (callback) => {
      if (closed) callback();
      else closings.push(callback);
    },
  };
  return { exchange, seen };
}
