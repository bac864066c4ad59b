import {
  connect,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
} from 'node:http2';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { ensurePki, type ClusterPki, type KeyPair } from '../../../src/daemon/pki/index.js';
import { HttpsListener, type HttpsLimits } from '../../../src/io/net/index.js';
import type { HttpExchange } from '../../../src/protocol/index.js';

/** What the test harness gives to each test. */
interface Test {
  testdir(): string;
  teardown(fn: () => void): void;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

export interface Edge {
  readonly port: number;
  readonly pki: ClusterPki;
  readonly listener: HttpsListener;
  /** Over HTTP/1.1, on a connection of its own unless an agent is given. */
  http1(options: RequestOptions, body?: string | Buffer): Promise<Answer>;
  start1(options: RequestOptions): ClientRequest;
  session(client?: KeyPair): ClientHttp2Session;
}

/** Two authorities: the cluster's, and a stranger's. */
export async function keys(t: Test): Promise<ClusterPki> {
  return ensurePki(t.testdir(), ['127.0.0.1', 'localhost']);
}

export async function edge(
  t: Test,
  pki: ClusterPki,
  handle: (exchange: HttpExchange) => void,
  limits: Partial<HttpsLimits> = {},
): Promise<Edge> {
  const listener = new HttpsListener({
    host: '127.0.0.1',
    port: 0,
    certificate: pki.serving.certificate,
    privateKey: pki.serving.privateKey,
    clientCa: pki.ca.certificate,
    connectionsMax: 100,
    limits,
  });
  const { port } = await listener.listen(handle);
  const sessions: ClientHttp2Session[] = [];
  t.teardown(() => {
    for (const session of sessions) session.destroy();
    listener.drain();
    listener.destroyAll();
  });
  const start1 = (options: RequestOptions): ClientRequest =>
    httpsRequest({ host: '127.0.0.1', port, ca: pki.ca.certificate, agent: false, ...options });
  return {
    port,
    pki,
    listener,
    start1,
    http1: (options, body) =>
      new Promise((resolve, reject) => {
        const request = start1(options);
        request.on('error', reject);
        request.on('response', (response) => void whole(response).then(resolve, reject));
        request.end(body);
      }),
    session: (client) => {
      const session = connect(`https://127.0.0.1:${String(port)}`, {
        ca: pki.ca.certificate,
        ...(client === undefined ? {} : { cert: client.certificate, key: client.privateKey }),
        maxSendHeaderBlockLength: 1 << 18,
      });
      session.on('error', () => undefined);
      sessions.push(session);
      return session;
    },
  };
}

export async function whole(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: Buffer.concat(chunks).toString(),
  };
}

/** One request over HTTP/2. */
export function http2(
  session: ClientHttp2Session,
  headers: Record<string, string>,
  body?: string | Buffer,
): Promise<Answer> {
  return wholeStream(
    session.request({ ':path': '/', ...headers }, { endStream: body === undefined }),
    body,
  );
}

export function wholeStream(stream: ClientHttp2Stream, body?: string | Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let head: IncomingHttpHeaders & { ':status'?: number | undefined } = {};
    const chunks: Buffer[] = [];
    stream.on('response', (headers) => {
      head = headers;
    });
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      resolve({
        status: head[':status'] ?? 0,
        headers: head,
        body: Buffer.concat(chunks).toString(),
      });
    });
    stream.on('error', reject);
    if (body !== undefined) stream.end(body);
  });
}

/** Answers with what the request says of itself. */
export function echo(exchange: HttpExchange): void {
  void exchange.readBody(3 * 2 ** 20).then((body) => {
    const { method, url, headers, client, remoteAddress } = exchange;
    if (!body.ok) {
      if (body.error === 'too-large')
        exchange.respond(413, { 'content-type': 'application/json' }, text('{"code":413}'));
      return;
    }
    const said = { method, url, headers, client, remoteAddress, bytes: body.value.byteLength };
    exchange.respond(200, { 'content-type': 'application/json' }, text(JSON.stringify(said)));
  });
}

export function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

/** A promise and what settles it. */
export function signal<T = void>(): { readonly promise: Promise<T>; fire(value: T): void } {
  let fire: (value: T) => void = () => undefined;
  const promise = new Promise<T>((resolve) => {
    fire = resolve;
  });
  return { promise, fire: (value) => fire(value) };
}
