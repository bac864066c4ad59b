/** What the gateway serves beside its clients: the API server's calls to webhooks, since TLS lives in edges only. */
export interface GatewayProtocol {
  tells: object;
  asks: { webhook: { request: WebhookCall; reply: WebhookReply } };
  streams: object;
}

/** One POST of JSON to a webhook. */
export interface WebhookCall {
  /** `https://host:port/path?query`: its host is whom the certificate has to name. */
  readonly url: string;
  /** Where to connect instead of the URL's host: a Service's endpoint. */
  readonly address?: { readonly host: string; readonly port: number } | undefined;
  /** PEM: who may have signed the certificate. Absent: whom the machine trusts. */
  readonly caBundle?: string | undefined;
  readonly body: Uint8Array;
  /** From the hand-over to the last byte of the answer. */
  readonly timeoutMs: number;
}

export type WebhookReply =
  | { readonly type: 'response'; readonly status: number; readonly body: Uint8Array }
  /** In Go's words, as Kubernetes shows them: `dial tcp 127.0.0.1:1: connect: connection refused`. */
  | { readonly type: 'failed'; readonly message: string };

/** How an edge carries such a call out. `io/net` implements it. Always settles, and in time. */
export interface WebhookCaller {
  call(call: WebhookCall): Promise<WebhookReply>;
}
