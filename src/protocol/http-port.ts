import type { Result } from '../base/index.js';
import type { ClientIdentity } from './api.js';

/** A listening HTTPS socket, as the gateway sees it. `io/net` implements it; TLS and HTTP framing stay on that side. */
export interface HttpListener {
  /** Resolves when connections are accepted. Rejects with errno's name as `code` where the address cannot be had. */
  listen(handle: (exchange: HttpExchange) => void): Promise<{ readonly port: number }>;
  /** No new connection is accepted, and clients are told to go (GOAWAY, `connection: close`); exchanges under way go on. */
  drain(): void;
}

/** How the bytes of a body are sent (RFC 9110 §8.4). */
export type ContentCoding = 'identity' | 'gzip';

/** One request and its response. */
export interface HttpExchange {
  readonly method: string;
  /** Path and query, as sent. */
  readonly url: string;
  /** Names in lower case; repeated ones joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  /** Null: no certificate was shown, or none that our CA signed. */
  readonly client: ClientIdentity | null;
  readonly remoteAddress: string;
  /** Once. `too-large` as soon as more than `bytesMax` have come; `aborted`: the client went away. */
  readBody(bytesMax: number): Promise<Result<Uint8Array, 'too-large' | 'aborted'>>;
  /** The whole response; `gzip` compresses it on its way. */
  respond(
    status: number,
    headers: Readonly<Record<string, string>>,
    body: Uint8Array,
    coding?: ContentCoding,
  ): void;
  /** The head of a response whose body is written piece by piece. */
  startStream(status: number, headers: Readonly<Record<string, string>>): void;
  /** False: the socket is full. `onDrain` follows. */
  write(data: Uint8Array): boolean;
  onDrain(callback: () => void): void;
  end(): void;
  /** Cuts the response off, so that the client knows that it is not whole. */
  abort(): void;
  /** Runs once, when the exchange is over for whatever reason. */
  onClose(callback: () => void): void;
}
