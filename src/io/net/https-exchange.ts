import type { ServerResponse } from 'node:http';
import type { HttpExchange } from '../../protocol/index.js';
import type { ConnectionFacts } from './client-identity.js';
import { compressTo, type Compression } from './compress.js';
import { plainHeaders, sentHeaders } from './headers.js';
import { isHttp2, type Request, type Response } from './http-message.js';
import { readBody } from './read-body.js';
import { watchSendProgress } from './send-stall.js';

export interface ExchangeOptions {
  readonly facts: ConnectionFacts;
  /** A body must be whole within this time. */
  readonly bodyTimeoutMs: number;
  /** A client that takes none of what waits for it for so long is cut off. */
  readonly sendStallMs: number;
  /** The client waits for `100 Continue` before it sends its body. */
  readonly expectsContinue: boolean;
  /** True once the listener drains: HTTP/1.1 connections are then closed after their answer. */
  readonly isDraining: () => boolean;
}

/** One request over HTTP/1.1 or HTTP/2, behind the gateway's port. */
export function httpsExchange(
  request: Request,
  response: Response,
  options: ExchangeOptions,
): HttpExchange {
  let closed = false;
  /** The client holds its body back until it is told to send it. */
  let holdsBack = options.expectsContinue;
  const closeCallbacks: (() => void)[] = [];
  let compression: Compression | undefined;
  const close = (): void => {
    if (closed) return;
    closed = true;
    progress.end();
    compression?.cancel();
    for (const callback of closeCallbacks) callback();
  };
  const abort = (): void => {
    if (closed) return;
    cutOff(response);
    close();
  };
  const progress = watchSendProgress(response, options.sendStallMs, abort);
  const writeHead = (status: number, headers: Readonly<Record<string, string>>): void => {
    const sent = sentHeaders(headers);
    if (isHttp2(response)) {
      response.writeHead(status, sent);
      return;
    }
    // Where a body was promised and never asked for, nobody can tell it from the next request.
    if (holdsBack || options.isDraining()) sent['connection'] = 'close';
    response.writeHead(status, sent);
  };
  const onWanted = (): void => {
    if (holdsBack) response.writeContinue();
    holdsBack = false;
  };
  // The stream's errors are the client's going away: `close` follows each of them.
  request.on('error', close);
  response.on('error', close);
  response.on('close', close);

  return {
    method: request.method ?? 'GET',
    url: originForm(request.url ?? '/'),
    headers: plainHeaders(request.headers),
    client: options.facts.client,
    remoteAddress: options.facts.remoteAddress,
    readBody: (bytesMax) =>
      readBody(request, response, {
        bytesMax,
        bodyTimeoutMs: options.bodyTimeoutMs,
        onWanted,
        onTimeout: abort,
      }),
    respond(status, headers, body, coding = 'identity') {
      if (closed) return;
      if (coding === 'gzip') {
        writeHead(status, headers);
        compression = compressTo(response, body, {
          onWaits: () => progress.wrote(),
          onError: abort,
        });
        return;
      }
      writeHead(status, { ...headers, 'content-length': String(body.byteLength) });
      response.end(body);
      progress.wrote();
    },
    startStream(status, headers) {
      if (closed) return;
      writeHead(status, headers);
      // HTTP/1.1 would keep the head back until the first byte of the body.
      if (!isHttp2(response)) response.flushHeaders();
    },
    write(data) {
      if (closed) return true;
      const taken = (response as ServerResponse).write(data);
      if (!taken) progress.wrote();
      return taken;
    },
    onDrain(callback) {
      response.on('drain', callback);
    },
    end() {
      if (closed) return;
      response.end();
      progress.wrote();
    },
    abort,
    onClose(callback) {
      if (closed) callback();
      else closeCallbacks.push(callback);
    },
  };
}

/** So that the client sees a response that broke off: a reset, not an end. */
function cutOff(response: Response): void {
  if (isHttp2(response)) response.stream.destroy(new Error('the response was cut off'));
  else response.destroy();
}

/** `https://host/path`, which a proxy's client sends, is `/path` here. */
function originForm(url: string): string {
  const absolute = /^https?:\/\/[^/?]*/i.exec(url);
  if (absolute === null) return url;
  const rest = url.slice(absolute[0].length);
  return rest.startsWith('/') ? rest : `/${rest}`;
}
