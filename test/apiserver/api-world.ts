import type { ActorContext, AskCall, Behaviour, Peer, StreamCall } from '../../src/actor/index.js';
import type { KubernetesObject } from '../../src/api/index.js';
import { actorId, incarnation, seededRandom } from '../../src/base/index.js';
import type { Clock, ErrorData } from '../../src/base/index.js';
import { apiServerOver, type ApiServerPorts } from '../../src/apiserver/api-server.js';
import { API_SERVER_DEFAULTS } from '../../src/apiserver/index.js';
import type { ApiServerConfig } from '../../src/apiserver/index.js';
import type {
  ApiProtocol,
  ApiReply,
  ApiRequest,
  ApiWatchEvent,
  HttpReply,
  HttpRequest,
  HttpStreamItem,
} from '../../src/protocol/index.js';
import { virtualTime } from '../virtual-time.js';
import type { VirtualTime } from '../virtual-time.js';
import { componentContext } from './component-context.js';
import { readProtobuf, readProtobufFrames } from './protobuf-answers.js';
import { createMemoryStore } from './memory-store.js';
import type { MemoryStore } from './memory-store.js';

/** One second after midnight. */
const WALL_MS = Date.UTC(2026, 0, 1, 0, 0, 1);
export const PROTOBUF = 'application/vnd.kubernetes.protobuf';
export const ADMIN = { commonName: 'kubernetes-admin', organizations: ['system:masters'] };

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** The body as JSON; deeply indexable. */
  readonly body: Json;
  readonly reply: HttpReply;
}

/** JSON that tests look into. Missing parts read as undefined. */
export type Json = KubernetesObject & { readonly [field: string]: unknown };

export interface RequestOptions {
  readonly type?: string;
  readonly accept?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly client?: HttpRequest['client'];
  readonly from?: string;
}

export interface WatchLog {
  head: { status: number; headers: Readonly<Record<string, string>> } | undefined;
  /** The chunks as they came. */
  readonly chunks: Uint8Array[];
  readonly events: { type: string; object: Json }[];
  readonly resumeAfter: (string | undefined)[];
  ended: 'complete' | ErrorData | undefined;
  cancel(): void;
  /** The consumer takes nothing more; `drain` lets it go on. */
  stall(): void;
  drain(): void;
}

export interface ApiWorld {
  readonly store: MemoryStore;
  readonly clock: Clock;
  readonly crashes: Error[];
  readonly warnings: string[];
  start(): Promise<void>;
  /** A new life of the API server over the same store. */
  restart(): Promise<void>;
  advance(ms: number): Promise<void>;
  /** What a component lives in that speaks to this API server by messages. */
  context(self: string): ActorContext;
  http(method: string, url: string, body?: unknown, options?: RequestOptions): Promise<Answer>;
  /** Hands a request over without waiting for its answer. */
  begin(
    method: string,
    url: string,
    body?: unknown,
    options?: RequestOptions,
  ): { answer: Answer | undefined };
  watch(
    url: string,
    options?: { accept?: string; resumeAfter?: string; client?: HttpRequest['client'] },
  ): Promise<WatchLog>;
  message(from: string, request: ApiRequest): Promise<ApiReply>;
  watchMessages(
    from: string,
    request: ApiRequest,
  ): Promise<{ events: ApiWatchEvent[]; ended: boolean }>;
}

const gatewayPeer: Peer = { id: actorId('gateway'), incarnation: incarnation(1) };

/** An API server over a store in memory, on virtual time, spoken to as the gateway and the components do. */
export function createApiWorld(
  overrides: Partial<ApiServerConfig> = {},
  ports: ApiServerPorts = {},
): ApiWorld {
  const time = virtualTime({ wallMs: WALL_MS, turns: 3 });
  const crashes: Error[] = [];
  const warnings: string[] = [];
  const context = testContext(time, crashes, warnings);
  const store = createMemoryStore(context);
  const config: ApiServerConfig = {
    ...API_SERVER_DEFAULTS,
    replicas: [actorId('store-0')],
    kubernetesServiceEndpoint: { ip: '127.0.0.1', port: 6443 },
    gateway: actorId('gateway'),
    ...overrides,
  };
  let server: Behaviour<ApiProtocol> | undefined;

  async function start(): Promise<void> {
    server = apiServerOver(context, config, store, ports);
    let started = false;
    void Promise.resolve(server.start()).then(() => {
      started = true;
    });
    await time.until('the API server to start', () => started);
  }

  const current = (): Behaviour<ApiProtocol> => {
    if (server === undefined) throw new Error('not started');
    return server;
  };

  function begin(
    method: string,
    url: string,
    body?: unknown,
    options: RequestOptions = {},
  ): { answer: Answer | undefined } {
    const pending: { answer: Answer | undefined } = { answer: undefined };
    const call: AskCall<HttpRequest, HttpReply> = {
      from: { id: actorId(options.from ?? 'gateway'), incarnation: incarnation(1) },
      request: httpRequest(method, url, body, options),
      traceId: undefined,
      deadlineMs: time.clock.monotonicMs() + 60_000,
      reply: (reply) => {
        pending.answer = answerOf(reply);
      },
      onCancel: () => undefined,
    };
    current().asks.http(call);
    return pending;
  }

  return {
    store,
    clock: time.clock,
    crashes,
    warnings,
    start,
    begin,
    restart: async () => {
      await current().stop?.();
      await start();
    },
    advance: (ms) => time.advance(ms),
    context: (self) => componentContext(context, current, self),
    http: async (method, url, body, options) => {
      const pending = begin(method, url, body, options);
      await time.until('an answer', () => pending.answer !== undefined);
      if (pending.answer === undefined) throw new Error('no answer');
      return pending.answer;
    },
    watch: async (url, options = {}) => {
      const log = openWatch(current(), url, options);
      await time.until('the head of a stream', () => log.head !== undefined);
      await time.settle();
      return log;
    },
    message: async (from, request) => {
      let reply: ApiReply | undefined;
      current().asks.request({
        from: { id: actorId(from), incarnation: incarnation(1) },
        request,
        traceId: undefined,
        deadlineMs: 0,
        onCancel: () => undefined,
        reply: (value) => {
          reply = value;
        },
      });
      await time.until('a reply', () => reply !== undefined);
      if (reply === undefined) throw new Error('no answer');
      return reply;
    },
    watchMessages: async (from, request) => {
      const log = { events: [] as ApiWatchEvent[], ended: false };
      current().streams.watch({
        from: { id: actorId(from), incarnation: incarnation(1) },
        request,
        traceId: undefined,
        queuedItems: 0,
        send: (items) => {
          log.events.push(...items);
          return true;
        },
        onDrain: () => undefined,
        onCancel: () => undefined,
        complete: () => {
          log.ended = true;
        },
        fail: () => undefined,
      });
      await time.until('a watch event, or the end', () => log.events.length > 0 || log.ended);
      return log;
    },
  };
}

function httpRequest(
  method: string,
  url: string,
  body: unknown,
  options: RequestOptions,
): HttpRequest {
  const bytes =
    body === undefined
      ? new Uint8Array()
      : body instanceof Uint8Array
        ? body
        : new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body));
  return {
    method,
    url,
    body: bytes,
    headers: {
      ...(options.type === undefined ? {} : { 'content-type': options.type }),
      ...(options.accept === undefined ? {} : { accept: options.accept }),
      ...options.headers,
    },
    client: options.client === undefined ? ADMIN : options.client,
    remoteAddress: '127.0.0.1',
  };
}

function answerOf(reply: HttpReply): Answer {
  if (reply.type === 'logs') return { status: 200, headers: {}, text: '', body: {}, reply };
  const text = new TextDecoder().decode(reply.body);
  const type = reply.headers['content-type'];
  const json = type?.startsWith('application/json') === true;
  return {
    status: reply.status,
    headers: reply.headers,
    text,
    body: json ? (JSON.parse(text) as Json) : type === PROTOBUF ? readProtobuf(reply.body) : {},
    reply,
  };
}

function openWatch(
  server: Behaviour<ApiProtocol>,
  url: string,
  options: { accept?: string; resumeAfter?: string; client?: HttpRequest['client'] },
): WatchLog {
  let canceled = (): void => undefined;
  let drained = (): void => undefined;
  let stalled = false;
  const log: WatchLog = {
    head: undefined,
    chunks: [],
    events: [],
    resumeAfter: [],
    ended: undefined,
    cancel: () => {
      canceled();
    },
    stall: () => {
      stalled = true;
    },
    drain: () => {
      stalled = false;
      drained();
    },
  };
  const call: StreamCall<HttpRequest, HttpStreamItem> = {
    from: gatewayPeer,
    request: {
      ...httpRequest('GET', url, undefined, options),
      ...(options.resumeAfter === undefined ? {} : { resumeAfter: options.resumeAfter }),
    },
    traceId: undefined,
    queuedItems: 0,
    send: (item) => {
      if (item.type === 'head') {
        log.head = { status: item.status, headers: item.headers };
        return true;
      }
      log.resumeAfter.push(item.resumeAfter);
      log.chunks.push(item.data);
      if (log.head?.headers['content-type'] === `${PROTOBUF};stream=watch`) {
        log.events.push(...readProtobufFrames(item.data));
        return !stalled;
      }
      for (const line of new TextDecoder().decode(item.data).split('\n')) {
        if (line !== '') log.events.push(JSON.parse(line) as { type: string; object: Json });
      }
      return !stalled;
    },
    onDrain: (callback) => {
      drained = callback;
    },
    onCancel: (callback) => {
      canceled = callback;
    },
    complete: () => {
      log.ended = 'complete';
    },
    fail: (error) => {
      log.ended = error;
    },
  };
  server.streams.http(call);
  return log;
}

function testContext(time: VirtualTime, crashes: Error[], warnings: string[]): ActorContext {
  const random = seededRandom(1);
  let uuids = 0;
  const warn = (message: string, fields?: object): void => {
    warnings.push(`${message} ${JSON.stringify(fields ?? {})}`);
  };
  const partial = {
    self: { id: actorId('api-server'), incarnation: incarnation(1) },
    clock: time.clock,
    random,
    crypto: {
      uuid: () => `00000000-0000-4000-8000-${String(++uuids).padStart(12, '0')}`,
      randomBytes: (count: number) => new Uint8Array(count),
      sha256: () => new Uint8Array(32),
    },
    log: { debug: () => undefined, info: () => undefined, warn, error: warn },
    sleep: (delayMs: number) =>
      new Promise<void>((resolve) => {
        time.clock.after(delayMs, resolve);
      }),
    crash: (reason: Error) => {
      crashes.push(reason);
    },
  };
  return partial as unknown as ActorContext;
}
