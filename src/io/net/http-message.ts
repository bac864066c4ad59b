import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import type { IncomingMessage, ServerResponse } from 'node:http';

export type Request = IncomingMessage | Http2ServerRequest;
export type Response = ServerResponse | Http2ServerResponse;

export function isHttp2(message: Response): message is Http2ServerResponse {
  return 'stream' in message;
}

/** Bytes of a response that were written and have not left the process. */
export function waitingBytes(response: Response): number {
  return isHttp2(response) ? response.stream.writableLength : response.writableLength;
}
