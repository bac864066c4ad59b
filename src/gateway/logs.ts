import { internalError } from '../api/index.js';
import { actorId } from '../base/index.js';
import type { ActorContext, ActorRef, StreamHandle } from '../actor/index.js';
import type { HttpExchange, KubeletProtocol, LogsRequest } from '../protocol/index.js';
import { replyStatus } from './status-reply.js';

const TEXT_HEADERS = { 'content-type': 'text/plain' } as const;

/** The API server has said yes: the bytes come from the kubelet itself, and go on while the API server restarts. */
export function streamLogs(
  context: ActorContext,
  exchange: HttpExchange,
  kubelet: string,
  request: LogsRequest,
): void {
  const ref: ActorRef<KubeletProtocol> = context.ref(actorId(kubelet));
  let headSent = false;
  let closed = false;
  let handle: StreamHandle | undefined;
  const sendHead = (): void => {
    if (!headSent) exchange.startStream(200, TEXT_HEADERS);
    headSent = true;
  };
  exchange.onClose(() => {
    closed = true;
    handle?.cancel();
  });
  exchange.onDrain(() => handle?.resume());
  handle = context.openStream(ref, 'logs', request, {
    onItem(data) {
      if (closed) return;
      sendHead();
      if (!exchange.write(data)) handle?.pause();
    },
    onEnd(end) {
      if (closed) return;
      if (end.code === 'complete') {
        sendHead();
        exchange.end();
      } else if (headSent) exchange.abort();
      else replyStatus(exchange, internalError(failureText(end, kubelet)));
    },
  });
}

function failureText(end: { code: string; error?: { message: string } }, kubelet: string): string {
  return end.error?.message ?? `Get "https://${kubelet}/containerLogs": dial: connection refused`;
}
