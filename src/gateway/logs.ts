import { badRequest, internalError, type Status } from '../api/index.js';
import { actorId } from '../base/index.js';
import type {
  ActorContext,
  ActorRef,
  StreamEnd,
  StreamHandle,
  StreamHandlers,
} from '../actor/index.js';
import { overflowOf } from '../protocol/index.js';
import type { HttpExchange, KubeletProtocol, LogsRequest } from '../protocol/index.js';
import { replyStatus } from './status-reply.js';

const TEXT_HEADERS = { 'content-type': 'text/plain' } as const;

/** The API server has said yes: the bytes come from the kubelet itself, and go on while the API server restarts. */
export function streamLogs(
  context: ActorContext,
  exchange: HttpExchange,
  kubelet: string,
  request: LogsRequest,
  trace: string | undefined,
): void {
  const ref: ActorRef<KubeletProtocol> = context.ref(actorId(kubelet), overflowOf.kubelet);
  let headSent = false;
  let closed = false;
  let handle: StreamHandle | undefined = undefined;
  const isClosed = (): boolean => closed;
  const sendHead = (): void => {
    if (!headSent) exchange.startStream(200, TEXT_HEADERS);
    headSent = true;
  };
  exchange.onClose(() => {
    closed = true;
    handle?.cancel();
  });
  exchange.onDrain(() => handle?.resume());
  // It may be over already: the client went away while the API server decided.
  if (isClosed()) return;
  const handlers: StreamHandlers<Uint8Array> = {
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
      else replyStatus(exchange, refusal(end, kubelet, request));
    },
  };
  handle = context.openStream(ref, 'logs', request, handlers, { traceId: trace });
}

/** A kubelet that says no has its words (400); one that cannot be reached is said to refuse connections, as in Kubernetes. */
function refusal(
  end: Exclude<StreamEnd, { code: 'complete' }>,
  kubelet: string,
  request: LogsRequest,
): Status {
  if (end.code === 'failed')
    return end.error.code === 'bad-request'
      ? badRequest(end.error.message)
      : internalError(end.error.message);
  const { namespace, pod, container } = request;
  return internalError(
    `Get "https://${kubelet}:10250/containerLogs/${namespace}/${pod}/${container}": dial tcp: connect: connection refused`,
  );
}
