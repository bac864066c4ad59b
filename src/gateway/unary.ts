import {
  requestEntityTooLarge,
  serviceUnavailable,
  timeout,
  tooManyRequests,
} from '../api/index.js';
import { assertNever } from '../base/index.js';
import type { ActorContext, ActorRef, AskResult } from '../actor/index.js';
import { overflowOf } from '../protocol/index.js';
import type { ApiProtocol, HttpExchange, HttpReply, HttpRequest } from '../protocol/index.js';
import { answerCoding } from './answer-coding.js';
import type { GatewayConfig } from './config.js';
import { streamLogs } from './logs.js';
import { afterFailure, isSafe, type Verdict } from './retry-rules.js';
import { replyStatus } from './status-reply.js';

/** What bodies cost the gateway, all exchanges together. */
export interface BodyBudget {
  /** Of requests. */
  bytesInHand: number;
  /** Answers that are being compressed. */
  compressions: number;
}

export const TOO_MANY = 'Too many requests, please try again later.';
export const RESTARTING = 'the API server is being restarted';

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
  trace: string | undefined,
): Promise<void> {
  let reservedBytes = bodyBytesToReserve(exchange, config);
  if (budget.bytesInHand + reservedBytes > config.bodyBytesInHandMax) {
    replyStatus(exchange, tooManyRequests(TOO_MANY, 1), 1);
    return;
  }
  budget.bytesInHand += reservedBytes;
  const body = await exchange.readBody(config.bodyBytesMax);
  const keptBytes = body.ok ? body.value.byteLength : 0;
  budget.bytesInHand += keptBytes - reservedBytes;
  reservedBytes = keptBytes;
  if (body.ok)
    await handOver(context, config, budget, exchange, httpRequest(exchange, body.value), trace);
  else if (body.error === 'too-large')
    replyStatus(exchange, requestEntityTooLarge(`limit is ${config.bodyBytesMax}`));
  budget.bytesInHand -= reservedBytes;
}

/** What the client says that it will send; all that is allowed where it does not say. */
function bodyBytesToReserve(exchange: HttpExchange, config: GatewayConfig): number {
  const declared = Number(exchange.headers['content-length']);
  if (Number.isSafeInteger(declared)) return Math.min(declared, config.bodyBytesMax);
  return 'transfer-encoding' in exchange.headers || !isSafe(exchange.method)
    ? config.bodyBytesMax
    : 0;
}

/** Hands a request over, again where the rules allow it, until it is answered or its time is over. */
async function handOver(
  context: ActorContext,
  config: GatewayConfig,
  budget: BodyBudget,
  exchange: HttpExchange,
  request: HttpRequest,
  trace: string | undefined,
): Promise<void> {
  const deadlineMs = context.clock.monotonicMs() + config.requestTimeoutMs;
  const attempt = askOf(context, config, request, deadlineMs, trace);
  let closed = false;
  const isClosed = (): boolean => closed;
  exchange.onClose(() => {
    closed = true;
    attempt.cancel();
  });
  let handOvers = 0;
  while (!isClosed()) {
    const result = await attempt.ask();
    if (isClosed()) return;
    if (result.ok) {
      if (result.value.type === 'response') respond(config, budget, exchange, result.value);
      else streamLogs(context, exchange, result.value.actor, result.value.request, trace);
      return;
    }
    if (result.error.handedOver) handOvers++;
    const verdict = afterFailure(result.error, request.method, handOvers);
    if (verdict !== 'send-again') {
      refuse(exchange, verdict);
      return;
    }
    if (context.clock.monotonicMs() >= deadlineMs) {
      refuse(exchange, handOvers === 0 ? 'unavailable' : 'unanswered');
      return;
    }
  }
}

interface Attempt {
  ask(): Promise<AskResult<HttpReply>>;
  cancel(): void;
}

/** An ask that waits for a server that is down, but not for as long as for the answer of one that is up. */
function askOf(
  context: ActorContext,
  config: GatewayConfig,
  request: HttpRequest,
  deadlineMs: number,
  trace: string | undefined,
): Attempt {
  const server: ActorRef<ApiProtocol> = context.ref(config.apiServer, overflowOf.api);
  let cancelAsk: (() => void) | undefined;
  return {
    async ask() {
      const patience = context.clock.after(config.waitForServerMs, () => {
        if (context.peer(server) === undefined) cancelAsk?.();
      });
      const result = await context.ask(server, 'http', request, {
        timeoutMs: Math.max(1, deadlineMs - context.clock.monotonicMs()),
        whenDown: 'wait',
        traceId: trace,
        onCancelable: (cancel) => {
          cancelAsk = cancel;
        },
      });
      patience.cancel();
      return result;
    },
    cancel: () => cancelAsk?.(),
  };
}

function respond(
  config: GatewayConfig,
  budget: BodyBudget,
  exchange: HttpExchange,
  { status, headers, body }: Extract<HttpReply, { readonly type: 'response' }>,
): void {
  const coding = answerCoding(exchange, status, body.byteLength);
  if (coding === 'identity' || budget.compressions >= config.compressionsMax) {
    exchange.respond(status, headers, body);
    return;
  }
  budget.compressions++;
  exchange.onClose(() => budget.compressions--);
  const said = { ...headers, 'content-encoding': coding, vary: 'Accept-Encoding' };
  exchange.respond(status, said, body, coding);
}

function refuse(exchange: HttpExchange, verdict: Exclude<Verdict, 'send-again'>): void {
  switch (verdict) {
    case 'unavailable':
      replyStatus(exchange, serviceUnavailable(RESTARTING), 1);
      return;
    case 'overloaded':
      replyStatus(exchange, tooManyRequests(TOO_MANY, 1), 1);
      return;
    case 'unanswered':
      replyStatus(exchange, timeout('request did not complete within requested timeout'));
      return;
    default:
      assertNever(verdict);
  }
}
