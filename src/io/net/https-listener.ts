import { createSecureServer, type Http2SecureServer, type ServerHttp2Session } from 'node:http2';
import type { Server } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { ClientIdentity, HttpExchange, HttpListener } from '../../protocol/index.js';
import { httpsExchange } from './https-exchange.js';

export interface HttpsListenerOptions {
  readonly host: string;
  readonly port: number;
  /** PEM. */
  readonly certificate: string;
  readonly privateKey: string;
  /** The CA that signs client certificates, PEM. */
  readonly clientCa: string;
  readonly connectionsMax: number;
}

/** Headers must be whole within this time, or the connection is closed (slow clients). */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 60_000;
const KEEP_ALIVE_TIMEOUT_MS = 120_000;

/**
 * HTTPS on one socket, HTTP/1.1 and HTTP/2 by ALPN. For edge actors only: a thread that dies with one of its
 * sessions open aborts the process, so `destroyAll` must be called in the tick of the exit.
 */
export class HttpsListener implements HttpListener {
  readonly #server: Http2SecureServer;
  readonly #host: string;
  readonly #port: number;
  readonly #sockets = new Set<TLSSocket>();
  readonly #sessions = new Set<ServerHttp2Session>();

  constructor(options: HttpsListenerOptions) {
    this.#host = options.host;
    this.#port = options.port;
    this.#server = createSecureServer({
      allowHTTP1: true,
      cert: options.certificate,
      key: options.privateKey,
      ca: options.clientCa,
      requestCert: true,
      // Who comes without a certificate gets 401 in Kubernetes' words, not a broken handshake.
      rejectUnauthorized: false,
      minVersion: 'TLSv1.2',
      settings: { maxConcurrentStreams: 1000, initialWindowSize: 1 << 20 },
      maxSessionMemory: 64,
    });
    this.#server.maxConnections = options.connectionsMax;
    const http1 = this.#server as unknown as Server;
    http1.headersTimeout = HEADERS_TIMEOUT_MS;
    http1.requestTimeout = REQUEST_TIMEOUT_MS;
    http1.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
  }

  listen(handle: (exchange: HttpExchange) => void): Promise<{ readonly port: number }> {
    const server = this.#server;
    server.on('connection', (socket: TLSSocket) => this.#hold(socket));
    server.on('secureConnection', (socket: TLSSocket) => this.#hold(socket));
    server.on('session', (session: ServerHttp2Session) => {
      this.#sessions.add(session);
      session.on('close', () => this.#sessions.delete(session));
      session.on('error', () => session.destroy());
    });
    server.on('tlsClientError', (_error, socket) => socket.destroy());
    server.on('request', (request, response) => {
      handle(httpsExchange(request, response, clientIdentity(request.socket as TLSSocket)));
    });
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, this.#host, () => {
        server.off('error', reject);
        const address = server.address();
        resolve({ port: typeof address === 'object' && address !== null ? address.port : this.#port });
      });
    });
  }

  drain(): void {
    this.#server.close();
    for (const session of this.#sessions) session.close();
  }

  /** All sessions and sockets, at once. The thread's exit must follow in the same tick. */
  destroyAll(): void {
    for (const session of this.#sessions) session.destroy();
    for (const socket of this.#sockets) socket.destroy();
  }

  #hold(socket: TLSSocket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  }
}

/** Who the verified certificate names; null where there is none, or none that our CA signed. */
function clientIdentity(socket: TLSSocket): ClientIdentity | null {
  if (!socket.authorized) return null;
  const { subject } = socket.getPeerCertificate() as { subject?: Record<string, string | string[]> };
  const commonName = [subject?.['CN'] ?? []].flat()[0];
  if (commonName === undefined || commonName === '') return null;
  return { commonName, organizations: [subject?.['O'] ?? []].flat() };
}
