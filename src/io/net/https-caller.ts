import { Agent, request, type RequestOptions } from 'node:https';
import { isIP, type Socket } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { WebhookCall, WebhookCaller, WebhookReply } from '../../protocol/index.js';
import { goNetError, type SocketError } from './go-net-error.js';

export interface HttpsCallerLimits {
  /** Of one answer. Kubernetes' objects have 3 MiB at most, and a conversion answers with several. */
  readonly responseBytesMax: number;
  /** Connections to one webhook, each for one call at a time. */
  readonly connectionsPerHostMax: number;
  /** How long a connection without a call is kept. */
  readonly idleMs: number;
}

const LIMITS: HttpsCallerLimits = {
  responseBytesMax: 16 * 1024 * 1024,
  connectionsPerHostMax: 64,
  idleMs: 30_000,
};

/**
 * Calls out over TLS, HTTP/1.1 with connections that are kept. For edge actors only, as `HttpsListener`: `destroyAll` must be
 * called in the tick of the exit.
 */
export class HttpsCaller implements WebhookCaller {
  readonly #limits: HttpsCallerLimits;
  readonly #agent: Agent;
  readonly #sockets = new Set<Socket>();

  constructor(limits: Partial<HttpsCallerLimits> = {}) {
    this.#limits = { ...LIMITS, ...limits };
    this.#agent = new Agent({
      keepAlive: true,
      maxSockets: this.#limits.connectionsPerHostMax,
      maxFreeSockets: 4,
      timeout: this.#limits.idleMs,
    });
  }

  async call(call: WebhookCall): Promise<WebhookReply> {
    const deadlineMs = performance.now() + call.timeoutMs;
    const first = await this.#attempt(call, call.timeoutMs);
    // A kept connection that the other side had just closed: nothing was carried out.
    if (first !== 'stale') return first;
    const again = await this.#attempt(call, Math.max(1, deadlineMs - performance.now()));
    return again === 'stale' ? { type: 'failed', message: 'EOF' } : again;
  }

  /** Connections that are open now. */
  get openConnections(): number {
    return this.#sockets.size;
  }

  /** All sockets, at once. The thread's exit must follow in the same tick. */
  destroyAll(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#agent.destroy();
  }

  #attempt(call: WebhookCall, timeoutMs: number): Promise<WebhookReply | 'stale'> {
    let outgoing: ClientRequest;
    try {
      outgoing = request(optionsOf(call, this.#agent));
    } catch (error) {
      // A URL or a bundle that cannot be read.
      const { message } = error instanceof Error ? error : new Error(String(error));
      return Promise.resolve({ type: 'failed', message });
    }
    return new Promise((resolve) => {
      let socket: Socket | undefined;
      const timer = setTimeout(() => {
        end({ type: 'failed', message: timeoutText(socket, call) });
        outgoing.destroy();
      }, timeoutMs);
      const end = (reply: WebhookReply | 'stale'): void => {
        clearTimeout(timer);
        resolve(reply);
      };
      outgoing.on('socket', (assigned) => {
        socket = assigned;
        this.#hold(assigned);
      });
      outgoing.on('error', (error: SocketError) => {
        const stale = outgoing.reusedSocket && error.code === 'ECONNRESET';
        end(stale ? 'stale' : { type: 'failed', message: goNetError(error) });
      });
      outgoing.on('response', (response) => {
        this.#read(response, end);
      });
      outgoing.end(call.body);
    });
  }

  #read(response: IncomingMessage, end: (reply: WebhookReply) => void): void {
    const chunks: Buffer[] = [];
    let bytes = 0;
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes <= this.#limits.responseBytesMax) return;
      const limit = String(this.#limits.responseBytesMax);
      end({ type: 'failed', message: `the answer is longer than ${limit} bytes` });
      response.destroy();
    });
    response.on('error', () => {
      end({ type: 'failed', message: 'unexpected EOF' });
    });
    response.on('end', () => {
      end({
        type: 'response',
        status: response.statusCode ?? 0,
        body: new Uint8Array(Buffer.concat(chunks)),
      });
    });
  }

  #hold(socket: Socket): void {
    if (this.#sockets.has(socket)) return;
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
  }
}

function optionsOf(call: WebhookCall, agent: Agent): RequestOptions {
  const url = new URL(call.url);
  const name = url.hostname.replace(/^\[|\]$/g, '');
  return {
    agent,
    method: 'POST',
    host: call.address?.host ?? name,
    port: call.address?.port ?? (url.port === '' ? 443 : Number(url.port)),
    path: `${url.pathname}${url.search}`,
    headers: {
      host: url.host,
      'content-type': 'application/json',
      'content-length': call.body.byteLength,
      accept: 'application/json, */*',
      'user-agent': 'kube-apiserver-admission',
    },
    // An IP address is no server name; the certificate is checked for it all the same.
    servername: isIP(name) === 0 ? name : '',
    checkServerIdentity: identityOf(name),
    minVersion: 'TLSv1.2',
    ...(call.caBundle === undefined ? {} : { ca: call.caBundle }),
  };
}

function timeoutText(socket: Socket | undefined, { address }: WebhookCall): string {
  if (socket?.connecting !== true || address === undefined) return 'context deadline exceeded';
  return `dial tcp ${address.host}:${String(address.port)}: i/o timeout`;
}

/** The certificate has to name whom the URL names, wherever the connection leads. */
function identityOf(name: string): typeof checkServerIdentity {
  return (_host, certificate) => checkServerIdentity(name, certificate);
}
