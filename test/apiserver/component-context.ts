import type {
  ActorContext,
  AskResult,
  Behaviour,
  StreamHandle,
  StreamHandlers,
} from '../../src/actor/index.js';
import { actorId, incarnation } from '../../src/base/index.js';
import type { ApiProtocol, ApiReply, ApiRequest, ApiWatchEvent } from '../../src/protocol/index.js';

/** The context of a component beside an API server, on the server's own time; what passes between them is copied. */
export function componentContext(
  base: ActorContext,
  server: () => Behaviour<ApiProtocol>,
  self: string,
): ActorContext {
  const from = { id: actorId(self), incarnation: incarnation(1) };

  function ask(
    _to: unknown,
    _operation: string,
    request: ApiRequest,
  ): Promise<AskResult<ApiReply>> {
    return new Promise((resolve) => {
      server().asks.request({
        from,
        request: structuredClone(request),
        traceId: undefined,
        deadlineMs: Infinity,
        onCancel: () => undefined,
        reply: (value) => {
          resolve({ ok: true, value: structuredClone(value) });
        },
      });
    });
  }

  function openStream(
    _to: unknown,
    _operation: string,
    request: ApiRequest,
    handlers: StreamHandlers<readonly ApiWatchEvent[]>,
  ): StreamHandle {
    let open = true;
    let canceled = (): void => undefined;
    const end = (how: Parameters<typeof handlers.onEnd>[0]): void => {
      if (open) handlers.onEnd(how);
      open = false;
    };
    server().streams.watch({
      from,
      request: structuredClone(request),
      traceId: undefined,
      queuedItems: 0,
      send: (items) => {
        if (open) handlers.onItem(structuredClone(items));
        return true;
      },
      onDrain: () => undefined,
      onCancel: (callback) => {
        canceled = callback;
      },
      complete: () => {
        end({ code: 'complete' });
      },
      fail: (error) => {
        end({ code: 'failed', error });
      },
    });
    return {
      cancel: () => {
        canceled();
        end({ code: 'canceled' });
      },
      pause: () => undefined,
      resume: () => undefined,
    };
  }

  const partial = {
    ref: (id: string) => ({ id: actorId(id) }),
    peer: () => undefined,
    tell: () => false,
    ask,
    openStream,
  };
  return { ...base, self: from, ...partial } as unknown as ActorContext;
}
