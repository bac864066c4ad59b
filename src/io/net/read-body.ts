import { constants } from 'node:http2';
import { failed, ok, type Result } from '../../base/index.js';
import { isHttp2, type Request, type Response } from './http-message.js';

export interface BodyOptions {
  readonly bytesMax: number;
  readonly bodyTimeoutMs: number;
  /** The body is wanted: a client that waits for `100 Continue` is told so. */
  readonly onWanted: () => void;
  /** The client is too slow: the exchange is to be cut off. */
  readonly onTimeout: () => void;
}

/**
 * What a client still sends of a body that was refused is thrown away up to here, so that it comes to read the refusal;
 * then the stream, or the HTTP/1.1 connection, is closed.
 */
const DISCARDED_BYTES_MAX = 32 * 1024 * 1024;

/** Gathers the body, or refuses it as soon as it is known to be too large. */
export function readBody(
  request: Request,
  response: Response,
  options: BodyOptions,
): Promise<Result<Uint8Array, 'too-large' | 'aborted'>> {
  return new Promise((resolve) => {
    const { bytesMax } = options;
    const declared = Number(request.headers['content-length'] ?? 0);
    let refused = declared > bytesMax;
    if (refused) resolve(failed('too-large'));
    else options.onWanted();
    const timer = setTimeout(() => {
      resolve(failed('aborted'));
      options.onTimeout();
    }, options.bodyTimeoutMs);
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.byteLength;
      if (refused) {
        if (bytes > DISCARDED_BYTES_MAX) stopReceiving(request, response);
      } else if (bytes <= bytesMax) {
        chunks.push(chunk);
      } else {
        refused = true;
        chunks.length = 0;
        resolve(failed('too-large'));
      }
    });
    request.on('end', () => {
      clearTimeout(timer);
      if (!refused) resolve(ok(Buffer.concat(chunks)));
    });
    const aborted = (): void => {
      clearTimeout(timer);
      resolve(failed('aborted'));
    };
    request.on('close', aborted);
    request.on('aborted', aborted);
    // From here on the server's own timeout holds for what is still to come.
    response.on('close', () => clearTimeout(timer));
  });
}

function stopReceiving(request: Request, response: Response): void {
  if (isHttp2(response)) response.stream.close(constants.NGHTTP2_NO_ERROR);
  else request.destroy();
}
