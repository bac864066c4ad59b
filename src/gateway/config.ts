import type { ActorId } from '../base/index.js';

export interface GatewayConfig {
  readonly apiServer: ActorId;
  /** Kubernetes' limit for a request body. */
  readonly bodyBytesMax: number;
  /** Bodies in hand, all together. Beyond it, 429. */
  readonly bodyBytesInHandMax: number;
  readonly exchangesMax: number;
  /** Answers that are compressed at the same time, each in some 0.3 MB; beyond it they go out plain. */
  readonly compressionsMax: number;
  /** Calls to webhooks that are under way at the same time; beyond it they fail. */
  readonly webhookCallsMax: number;
  /** How long a request waits for an API server that is down before 503. */
  readonly waitForServerMs: number;
  /** From the hand-over to the answer. */
  readonly requestTimeoutMs: number;
  /** Of the requests whose client does not decide: 0 to 1. */
  readonly traceSampleRate: number;
}

export const DEFAULT_GATEWAY_LIMITS = {
  bodyBytesMax: 3 * 1024 * 1024,
  bodyBytesInHandMax: 96 * 1024 * 1024,
  exchangesMax: 10_000,
  compressionsMax: 64,
  webhookCallsMax: 256,
  waitForServerMs: 10_000,
  requestTimeoutMs: 60_000,
  traceSampleRate: 0,
} as const;
