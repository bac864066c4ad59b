import type { WebhookCall, WebhookCaller, WebhookReply } from '../../src/protocol/index.js';

/** What a review asks, and what its webhook answers (the `response`). */
export type Handler = (request: Request, call: WebhookCall) => object | Promise<object> | Reply;
/** An answer that is no review. */
export class Reply {
  readonly reply: WebhookReply;
  constructor(reply: WebhookReply) {
    this.reply = reply;
  }
}

export interface Request {
  readonly uid: string;
  readonly [field: string]: unknown;
}

/** Webhooks in memory, by the path of their URL; the edge's port. */
export interface FakeWebhooks extends WebhookCaller {
  readonly calls: {
    readonly path: string;
    readonly call: WebhookCall;
    readonly request: Request;
  }[];
  serve(path: string, handler: Handler): void;
}

export function fakeWebhooks(): FakeWebhooks {
  const handlers = new Map<string, Handler>();
  const calls: FakeWebhooks['calls'] = [];
  return {
    calls,
    serve: (path, handler) => {
      handlers.set(path, handler);
    },
    async call(call) {
      const path = new URL(call.url).pathname;
      const review = JSON.parse(new TextDecoder().decode(call.body)) as {
        kind: string;
        apiVersion: string;
        request: Request;
      };
      calls.push({ path, call, request: review.request });
      const handler = handlers.get(path);
      if (handler === undefined)
        return { type: 'failed', message: 'dial tcp 127.0.0.1:1: connect: connection refused' };
      const answered = await handler(review.request, call);
      if (answered instanceof Reply) return answered.reply;
      const { kind, apiVersion } = review;
      const body = { kind, apiVersion, response: { uid: review.request.uid, ...answered } };
      const bytes = new TextEncoder().encode(JSON.stringify(body));
      return { type: 'response', status: 200, body: bytes };
    },
  };
}
