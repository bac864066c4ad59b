/** What one client may cost. Times in milliseconds. */
export interface HttpsLimits {
  readonly handshakeTimeoutMs: number;
  /** HTTP/1.1: the headers must be whole within this time. */
  readonly headersTimeoutMs: number;
  /** A request's body must be whole within this time. */
  readonly bodyTimeoutMs: number;
  /** How often HTTP/1.1 connections are looked at for the two above. */
  readonly slowClientCheckMs: number;
  /** A connection without any request is closed after this time. */
  readonly idleMs: number;
  /** A client that takes nothing of what waits for it is cut off after one to two times this. */
  readonly sendStallMs: number;
  readonly tcpKeepAliveMs: number;
  readonly streamsPerSessionMax: number;
  /** Bytes of a request that HTTP/2 takes before they are read. */
  readonly streamWindowBytes: number;
  /** Names and values together, and the URL: Go's limit is 1 MiB, label selectors can be long. */
  readonly headerBytesMax: number;
  readonly sessionMemoryMb: number;
}

export const HTTPS_LIMITS: HttpsLimits = {
  handshakeTimeoutMs: 10_000,
  headersTimeoutMs: 10_000,
  bodyTimeoutMs: 60_000,
  slowClientCheckMs: 30_000,
  idleMs: 120_000,
  sendStallMs: 60_000,
  tcpKeepAliveMs: 30_000,
  streamsPerSessionMax: 1_000,
  streamWindowBytes: 1 << 20,
  headerBytesMax: 1 << 18,
  sessionMemoryMb: 64,
};
