import type { ContentCoding, HttpExchange } from '../protocol/index.js';

/** Kubernetes' own threshold: below it, the time of compressing is worth more than the bytes. */
export const COMPRESSED_FROM_BYTES = 128 * 1024;

/**
 * How a whole answer goes to its client. Pure: as Kubernetes does it, what is read is compressed when it is long and its client
 * names `gzip`; a client that gives it a weight gets it plain, as there.
 */
export function answerCoding(
  { method, headers }: Pick<HttpExchange, 'method' | 'headers'>,
  status: number,
  bodyBytes: number,
): ContentCoding {
  if (method !== 'GET' || status !== 200 || bodyBytes <= COMPRESSED_FROM_BYTES) return 'identity';
  const accepted = headers['accept-encoding'] ?? '';
  return accepted.split(',').some((coding) => coding.trim() === 'gzip') ? 'gzip' : 'identity';
}
