import type { ClientHttp2Session, OutgoingHttpHeaders } from 'node:http2';

/** How a request ended. */
export interface Answer {
  /** 0: it was broken off before its response began. */
  readonly status: number;
  /** The response came to its end. */
  readonly whole: boolean;
}

/** Requests over HTTP/2, and how many of them have no end yet. */
export interface Traffic {
  readonly outstanding: number;
  /** Resolves when the stream has closed, however that came; rejects where the session takes no request. */
  send(
    session: ClientHttp2Session,
    headers: OutgoingHttpHeaders,
    body?: string | Buffer,
  ): Promise<Answer>;
}

export function createTraffic(): Traffic {
  let outstanding = 0;
  return {
    get outstanding() {
      return outstanding;
    },
    send: (session, headers, body) =>
      new Promise((resolve) => {
        const stream = session.request(headers);
        let status = 0;
        let whole = false;
        outstanding++;
        stream.on('response', (response) => {
          status = response[':status'] ?? 0;
        });
        stream.on('error', () => undefined);
        stream.on('end', () => {
          whole = status !== 0;
        });
        stream.on('close', () => {
          outstanding--;
          resolve({ status, whole });
        });
        stream.resume();
        stream.end(body);
      }),
  };
}
