import { internalError, serviceUnavailable, tooManyRequests } from '../api/index.js';
import { assertNever, type ErrorData } from '../base/index.js';
import type { ActorContext, ActorRef, StreamEnd, StreamHandle } from '../actor/index.js';
import { overflowOf } from '../protocol/index.js';
import type { ApiProtocol, HttpExchange, HttpStreamItem } from '../protocol/index.js';
import type { GatewayConfig } from './config.js';
import { afterDeath } from './retry-rules.js';
import { replyStatus } from './status-reply.js';
import { httpRequest, RESTARTING, TOO_MANY } from './unary.js';

/** A watch under way. */
export interface ServedStream {
  /** Ends it as the API server would: the client resumes elsewhere. */
  end(): void;
}

/** A watch: it outlives the API server's life, and the client does not notice. */
export function serveStream(
  context: ActorContext,
  config: GatewayConfig,
  exchange: HttpExchange,
  trace: string | undefined,
): ServedStream {
  const server: ActorRef<ApiProtocol> = context.ref(config.apiServer, overflowOf.api);
  const request = httpRequest(exchange, new Uint8Array(0));
  let headSent = false;
  let bytesSent = false;
  let resumeAfter: string | undefined;
  let deathsInARow = 0;
  let sinkFull = false;
  let handle: StreamHandle | undefined;
  let closed = false;
  const isClosed = (): boolean => closed;
  exchange.onClose(() => {
    closed = true;
    handle?.cancel();
  });
  exchange.onDrain(() => {
    sinkFull = false;
    handle?.resume();
  });

  const onItem = (item: HttpStreamItem): void => {
    if (closed) return;
    if (item.type === 'head') {
      // A later life may refuse what an earlier one granted; the client has its 200, so the stream ends there.
      if (!headSent) exchange.startStream(item.status, item.headers);
      else if (item.status !== 200) handle?.cancel();
      headSent = true;
      return;
    }
    deathsInARow = 0;
    bytesSent = true;
    resumeAfter = item.resumeAfter;
    if (exchange.write(item.data)) return;
    sinkFull = true;
    handle?.pause();
  };
  const onEnd = (end: StreamEnd): void => {
    if (closed) return;
    switch (end.code) {
      case 'complete':
      case 'canceled':
        exchange.end();
        return;
      case 'failed':
        if (headSent) exchange.end();
        else refuse(exchange, end.error);
        return;
      case 'actor-down':
        if (end.handedOver) reopen();
        else if (headSent) exchange.end();
        else if (deathsInARow === 0) replyStatus(exchange, serviceUnavailable(RESTARTING), 1);
        else replyStatus(exchange, serviceUnavailable(RESTARTING));
        return;
      default:
        assertNever(end);
    }
  };
  const open = (): void => {
    const options = { waitForActorMs: config.waitForServerMs, traceId: trace };
    handle = context.openStream(
      server,
      'http',
      { ...request, resumeAfter },
      { onItem, onEnd },
      options,
    );
    if (sinkFull) handle.pause();
  };
  const reopen = (): void => {
    deathsInARow++;
    if (afterDeath({ bytesSent, resumeAfter, deathsInARow }) !== 'end') open();
    else if (headSent) exchange.end();
    else replyStatus(exchange, serviceUnavailable(RESTARTING));
  };
  if (!isClosed()) open();
  return {
    end() {
      if (closed) return;
      if (!headSent) replyStatus(exchange, serviceUnavailable(RESTARTING));
      else exchange.end();
      closed = true;
      handle?.cancel();
    },
  };
}

/** The stream was never begun: for want of room (the API server has not seen it), or because it cannot be. */
function refuse(exchange: HttpExchange, { code, message }: ErrorData): void {
  if (code === 'overloaded') replyStatus(exchange, tooManyRequests(TOO_MANY, 1), 1);
  else replyStatus(exchange, internalError(message));
}
