import type { ServerResponse } from 'node:http';
import { constants, createGzip } from 'node:zlib';
import type { Response } from './http-message.js';

/** A body that is being compressed on its way to the client. */
export interface Compression {
  cancel(): void;
}

export interface CompressionEvents {
  /** Something waits in our memory for the client to take it. */
  readonly onWaits: () => void;
  readonly onError: () => void;
}

/** What is held compressed at a time, beside what the socket holds. */
const CHUNK_BYTES = 64 * 1024;

/**
 * Writes a body as gzip, and ends the response. It is compressed off this thread, piece by piece, and no further ahead than the
 * client reads. Level 1, as in Kubernetes.
 */
export function compressTo(
  response: Response,
  body: Uint8Array,
  { onWaits, onError }: CompressionEvents,
): Compression {
  const gzip = createGzip({ level: constants.Z_BEST_SPEED, chunkSize: CHUNK_BYTES });
  gzip.on('data', (chunk: Buffer) => {
    if ((response as ServerResponse).write(chunk)) return;
    onWaits();
    gzip.pause();
  });
  response.on('drain', () => gzip.resume());
  gzip.on('end', () => {
    response.end();
    onWaits();
  });
  gzip.on('error', onError);
  gzip.end(body);
  return { cancel: () => void gzip.destroy() };
}
