import {
  createSecureServer,
  type Http2SecureServer,
  type Http2ServerRequest,
  type ServerHttp2Session,
} from 'node:http2';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { HttpExchange, HttpListener } from '../../protocol/index.js';
import { connectionFacts, type ConnectionFacts } from './client-identity.js';
import { isHttp2, type Request, type Response } from './http-message.js';
import { httpsExchange } from './https-exchange.js';
import { HTTPS_LIMITS, type HttpsLimits } from './https-limits.js';
import type { ServingKeys } from './watched-keys.js';

export interface HttpsListenerOptions extends ServingKeys {
  readonly host: string;
  readonly port: number;
  readonly connectionsMax: number;
  readonly limits?: Partial<HttpsLimits>;
}

/**
 * HTTPS on one socket, HTTP/1.1 and HTTP/2 by ALPN. For edge actors only: a thread that dies with one of its
 * sessions open aborts the process, so `destroyAll` must be called in the tick of the exit.
 */
export class HttpsListener implements HttpListener {
  readonly #server: Http2SecureServer;
  readonly #host: string;
  readonly #port: number;
  readonly #limits: HttpsLimits;
  readonly #sockets = new Set<Socket>();
  readonly #sessions = new Set<ServerHttp2Session>();
  /** By TLS connection, or by the HTTP/2 session on it: a certificate is read once. */
  readonly #facts = new WeakMap<object, ConnectionFacts>();
  #draining = false;

  constructor(options: HttpsListenerOptions) {
    this.#host = options.host;
    this.#port = options.port;
    this.#limits = { ...HTTPS_LIMITS, ...options.limits };
    this.#server = createServer(options, this.#limits);
    this.#server.maxConnections = options.connectionsMax;
  }

  listen(handle: (exchange: HttpExchange) => void): Promise<{ readonly port: number }> {
    const server = this.#server;
    server.on('connection', (socket: Socket) => {
      // Finds clients that are gone without a word.
      socket.setKeepAlive(true, this.#limits.tcpKeepAliveMs);
      this.#hold(socket);
    });
    server.on('secureConnection', (socket: TLSSocket) => {
      this.#hold(socket);
      this.#facts.set(socket, connectionFacts(socket));
    });
    server.on('session', (session: ServerHttp2Session) => this.#holdSession(session));
    server.on('tlsClientError', (_error, socket: Socket) => socket.destroy());
    server.on('request', (request: Request, response: Response) =>
      this.#begin(handle, request, response, false),
    );
    server.on('checkContinue', (request: Request, response: Response) =>
      this.#begin(handle, request, response, true),
    );
    return new Promise((resolve, reject) => {
      // Later errors are those of one connection that could not be accepted (no file descriptor is left): it is lost alone.
      server.on('error', reject);
      server.listen(this.#port, this.#host, () => {
        const address = server.address();
        resolve({
          port: typeof address === 'object' && address !== null ? address.port : this.#port,
        });
      });
    });
  }

  drain(): void {
    if (this.#draining) return;
    this.#draining = true;
    this.#server.close();
    for (const session of this.#sessions) session.close();
  }

  /** Connections from now on see this certificate; those that are open go on as they are. Throws where the pair is none. */
  renew(keys: ServingKeys): void {
    this.#server.setSecureContext({
      cert: keys.certificate,
      key: keys.privateKey,
      ca: keys.clientCa,
      minVersion: 'TLSv1.2',
    });
  }

  /** All sessions and sockets, at once. The thread's exit must follow in the same tick. */
  destroyAll(): void {
    for (const session of this.#sessions) session.destroy();
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Connections that are open now, each with its TLS layer. */
  get openConnections(): number {
    return this.#sockets.size;
  }

  #begin(
    handle: (exchange: HttpExchange) => void,
    request: Request,
    response: Response,
    expectsContinue: boolean,
  ): void {
    const session = isHttp2(response) ? (request as Http2ServerRequest).stream.session : undefined;
    const facts = this.#facts.get(session ?? request.socket);
    // The connection was destroyed while its request was being read.
    if (facts === undefined) return;
    const { bodyTimeoutMs, sendStallMs } = this.#limits;
    const isDraining = (): boolean => this.#draining;
    handle(
      httpsExchange(request, response, {
        facts,
        bodyTimeoutMs,
        sendStallMs,
        expectsContinue,
        isDraining,
      }),
    );
  }

  #hold(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  }

  #holdSession(session: ServerHttp2Session): void {
    let streams = 0;
    this.#sessions.add(session);
    this.#facts.set(session, connectionFacts(session.socket as TLSSocket));
    session.on('close', () => this.#sessions.delete(session));
    session.on('error', () => session.destroy());
    session.on('stream', (stream) => {
      streams++;
      stream.on('close', () => streams--);
    });
    // A session with a watch open may be silent for long; one without any request may not.
    session.setTimeout(this.#limits.idleMs, () => {
      if (streams === 0) session.close();
    });
  }
}

function createServer(options: HttpsListenerOptions, limits: HttpsLimits): Http2SecureServer {
  const server = createSecureServer({
    allowHTTP1: true,
    cert: options.certificate,
    key: options.privateKey,
    ca: options.clientCa,
    requestCert: true,
    // Who comes without a certificate gets 401 in Kubernetes' words, not a broken handshake.
    rejectUnauthorized: false,
    minVersion: 'TLSv1.2',
    handshakeTimeout: limits.handshakeTimeoutMs,
    settings: {
      maxConcurrentStreams: limits.streamsPerSessionMax,
      initialWindowSize: limits.streamWindowBytes,
      maxHeaderListSize: limits.headerBytesMax,
    },
    maxSessionMemory: limits.sessionMemoryMb,
  });
  // What HTTP/1.1 reads from its server; a secure HTTP/2 server takes none of it as an option.
  const http1 = server as unknown as Server & {
    maxHeaderSize: number;
    connectionsCheckingInterval: number;
  };
  http1.maxHeaderSize = limits.headerBytesMax;
  http1.connectionsCheckingInterval = limits.slowClientCheckMs;
  http1.headersTimeout = limits.headersTimeoutMs;
  http1.requestTimeout = limits.bodyTimeoutMs;
  http1.keepAliveTimeout = limits.idleMs;
  return server;
}
