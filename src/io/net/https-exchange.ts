import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { failed, ok, type Result } from '../../base/index.js';
import type { ClientIdentity, HttpExchange } from '../../protocol/index.js';

type Request = IncomingMessage | Http2ServerRequest;
type Response = ServerResponse | Http2ServerResponse;

/** One request over HTTP/1.1 or HTTP/2, behind the gateway's port. */
export function httpsExchange(
  request: Request,
  response: Response,
  client: ClientIdentity | null,
): HttpExchange {
  let closed = false;
  const closeCallbacks: (() => void)[] = [];
  const close = (): void => {
    if (closed) return;
    closed = true;
    for (const callback of closeCallbacks) callback();
  };
  // The stream's errors are the client's going away: `close` follows each of them.
  request.on('error', close);
  response.on('error', close);
  response.on('close', close);

  return {
    method: request.method ?? 'GET',
    url: request.url ?? '/',
    headers: plainHeaders(request),
    client,
    remoteAddress: request.socket.remoteAddress ?? '',
    readBody: (bytesMax) => readBody(request, bytesMax),
    respond(status, headers, body) {
      if (closed) return;
      writeHead(response, status, { ...headers, 'content-length': String(body.byteLength) });
      response.end(body);
    },
    startStream(status, headers) {
      if (closed) return;
      writeHead(response, status, headers);
      flushHead(response);
    },
    write: (data) => (closed ? true : (response as ServerResponse).write(data)),
    onDrain(callback) {
      response.on('drain', callback);
    },
    end() {
      if (!closed) response.end();
    },
    abort() {
      if (!closed) response.destroy();
    },
    onClose(callback) {
      if (closed) callback();
      else closeCallbacks.push(callback);
    },
  };
}

function writeHead(response: Response, status: number, headers: Record<string, string>): void {
  // The two classes declare the same call with types that do not unite.
  (response as ServerResponse).writeHead(status, headers);
}

function flushHead(response: Response): void {
  if ('flushHeaders' in response) response.flushHeaders();
}

function plainHeaders(request: Request): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value === undefined || name.startsWith(':')) continue;
    headers[name] = Array.isArray(value) ? value.join(', ') : String(value);
  }
  return headers;
}

function readBody(
  request: Request,
  bytesMax: number,
): Promise<Result<Uint8Array, 'too-large' | 'aborted'>> {
  return new Promise((resolve) => {
    const declared = Number(request.headers['content-length'] ?? 0);
    if (declared > bytesMax) {
      request.resume();
      resolve(failed('too-large'));
      return;
    }
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.byteLength;
      if (bytes <= bytesMax) {
        chunks.push(chunk);
        return;
      }
      chunks.length = 0;
      resolve(failed('too-large'));
    });
    request.on('end', () => resolve(ok(Buffer.concat(chunks))));
    request.on('close', () => resolve(failed('aborted')));
    request.on('aborted', () => resolve(failed('aborted')));
  });
}
