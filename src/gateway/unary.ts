import { requestEntityTooLarge, serviceUnavailable, timeout, tooManyRequests } from '../api/index.js';
import { assertNever } from '../base/index.js';
import type { ActorContext, ActorRef } from '../actor/index.js';
import type { ApiProtocol, HttpExchange, HttpRequest } from '../protocol/index.js';
import type { GatewayConfig } from './config.js';
import { streamLogs } from './logs.js';
import { replyStatus } from './status-reply.js';

/** What a request may be sent again for: it changes nothing. */
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** The bytes of bodies that the gateway holds, all exchanges together. */
export interface BodyBudget {
  bytesInHand: number;
}

export function httpRequest(exchange: HttpExchange, body: Uint8Array): HttpRequest {
  const { method, url, headers, client, remoteAddress } = exchange;
  return { method, url, headers, body, client, remoteAddress };
}

/** One request, one answer. */
export async function serveUnary(
  context: ActorContext,
  config: GatewayConfig,
  budget: BodyBudget,
  exchange: HttpExchange,
): Promise<void> {
  const reservedBytes = bodyBytesToReserve(exchange, config);
  if (budget.bytesInHand + reservedBytes > config.bodyBytesInHandMax) {
    replyStatus(exchange, tooManyRequests('Too many requests, please try again later.', 1), 1);
    return;
  }
  budget.bytesInHand += reservedBytes;
  try {
    const body = await exchange.readBody(config.bodyBytesMax);
    if (body.ok) await handOver(context, config, exchange, httpRequest(exchange, body.value));
    else if (body.error === 'too-large') replyStatus(exchange, requestEntityTooLarge(`limit is ${config.bodyBytesMax}`));
  } finally {
    budget.bytesInHand -= reservedBytes;
  }
}

/** What the client says that it will send; all that is allowed where it does not say. */
function bodyBytesToReserve(exchange: HttpExchange, config: GatewayConfig): number {
  const declared = Number(exchange.headers['content-length']);
  if (Number.isSafeInteger(declared)) return Math.min(declared, config.bodyBytesMax);
  return 'transfer-encoding' in exchange.headers || !SAFE_METHODS.has(exchange.method) ? config.bodyBytesMax : 0;
}

/**
 * The edge's promise: what was never handed over is refused with Retry-After; what was handed over and not answered is
 * sent again where that changes nothing, and is answered 504 without Retry-After where it might.
 */
async function handOver(
  context: ActorContext,
  config: GatewayConfig,
  exchange: HttpExchange,
  request: HttpRequest,
): Promise<void> {
  const server: ActorRef<ApiProtocol> = context.ref(config.apiServer);
  const deadlineMs = context.clock.monotonicMs() + config.requestTimeoutMs;
  let open = true;
  let cancel: (() => void) | undefined;
  exchange.onClose(() => {
    open = false;
    cancel?.();
  });
  while (open) {
    const leftMs = deadlineMs - context.clock.monotonicMs();
    const up = context.peer(server) !== undefined;
    const result = await context.ask(server, 'http', request, {
      timeoutMs: Math.max(1, up ? leftMs : Math.min(leftMs, config.waitForServerMs)),
      whenDown: 'wait',
      onCancelable: (cancelAsk) => {
        cancel = cancelAsk;
      },
    });
    if (result.ok) {
      const reply = result.value;
      if (reply.type === 'logs') streamLogs(context, exchange, reply.actor, reply.request);
      else exchange.respond(reply.status, reply.headers, reply.body);
      return;
    }
    const { code, handedOver } = result.error;
    switch (code) {
      case 'canceled':
        return;
      case 'actor-down':
        if (!handedOver || SAFE_METHODS.has(request.method)) continue;
        replyStatus(exchange, timeout('the API server was restarted while it handled the request'));
        return;
      case 'timeout':
        if (handedOver) replyStatus(exchange, timeout('request did not complete within requested timeout'));
        else replyStatus(exchange, serviceUnavailable('the API server is being restarted'), 1);
        return;
      case 'overloaded':
        replyStatus(exchange, tooManyRequests('Too many requests, please try again later.', 1), 1);
        return;
      case 'not-encodable':
      case 'unknown-operation':
        throw new Error(`the API server cannot be asked for http: ${code}`);
      default:
        assertNever(code);
    }
  }
}
