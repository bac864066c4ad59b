import { serviceUnavailable } from '../api/index.js';
import { assertNever } from '../base/index.js';
import type { ActorContext, ActorRef, StreamEnd, StreamHandle } from '../actor/index.js';
import type { ApiProtocol, HttpExchange, HttpStreamItem } from '../protocol/index.js';
import type { GatewayConfig } from './config.js';
import { replyStatus } from './status-reply.js';
import { httpRequest } from './unary.js';

/** Where a streamed response stands, seen from the client. */
interface Progress {
  readonly headSent: boolean;
  readonly bytesSent: boolean;
  /** The stream can go on after this resourceVersion; undefined within the initial events. */
  readonly resumeAfter: string | undefined;
}

/** What to do when the API server dies under a stream. Pure: the promise of design section 3. */
export function afterDeath(progress: Progress): 'start-over' | 'resume' | 'end' {
  if (!progress.bytesSent) return 'start-over';
  return progress.resumeAfter === undefined ? 'end' : 'resume';
}

/** A watch: it outlives the API server's life, and the client does not notice. */
export function serveStream(context: ActorContext, config: GatewayConfig, exchange: HttpExchange): void {
  const server: ActorRef<ApiProtocol> = context.ref(config.apiServer);
  const request = httpRequest(exchange, new Uint8Array(0));
  let headSent = false;
  let bytesSent = false;
  let resumeAfter: string | undefined;
  let handle: StreamHandle | undefined;
  let closed = false;
  exchange.onClose(() => {
    closed = true;
    handle?.cancel();
  });
  exchange.onDrain(() => handle?.resume());

  const onItem = (item: HttpStreamItem): void => {
    if (closed) return;
    if (item.type === 'head') {
      if (!headSent) exchange.startStream(item.status, item.headers);
      else if (item.status !== 200) handle?.cancel();
      headSent = true;
      return;
    }
    bytesSent = true;
    resumeAfter = item.resumeAfter;
    if (!exchange.write(item.data)) handle?.pause();
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
        else replyStatus(exchange, serviceUnavailable(end.error.message), 1);
        return;
      case 'actor-down':
        if (end.handedOver) reopen();
        else if (headSent) exchange.end();
        else replyStatus(exchange, serviceUnavailable('the API server is being restarted'), 1);
        return;
      default:
        assertNever(end);
    }
  };
  const open = (): void => {
    const options = { waitForActorMs: config.waitForServerMs };
    handle = context.openStream(server, 'http', { ...request, resumeAfter }, { onItem, onEnd }, options);
  };
  const reopen = (): void => {
    if (afterDeath({ headSent, bytesSent, resumeAfter }) === 'end') exchange.end();
    else open();
  };
  open();
}
