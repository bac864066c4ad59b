import { assertNever } from '../base/index.js';
import type { AskCall, OpenSpan, Peer, StreamCall } from './behaviour.js';
import type { CountedEnvelope } from './envelope.js';
import type { PeerConnection } from './peer-connection.js';
import type { Tracer } from './tracer.js';

/** A behaviour's handlers by name, without their types: names come from other actors. */
export interface Handlers {
  readonly tells: HandlerTable<(from: Peer, message: unknown) => unknown>;
  readonly asks: HandlerTable<(call: AskCall<unknown, unknown>) => unknown>;
  readonly streams: HandlerTable<(call: StreamCall<unknown, unknown>) => unknown>;
  readonly describe?: (operation: string, request: unknown) => string;
}
type HandlerTable<Handler> = Readonly<Record<string, Handler>>;

/**
 * Hands one message to its handler, and returns what the handler returned. An unknown ask or stream is refused. An unknown tell
 * and an ask for whose answer nobody waits any more are dead letters. What was canceled while it waited is dropped.
 */
export function deliver(
  handlers: Handlers,
  connection: PeerConnection,
  envelope: CountedEnvelope,
  tracer: Tracer,
): unknown {
  const { link, calls, producers } = connection;
  switch (envelope.type) {
    case 'tell': {
      const handler = find(handlers.tells, envelope.operation);
      if (handler !== undefined) return handler.call(handlers.tells, link.peer, envelope.message);
      connection.deadLetter('unknown-operation', envelope.operation);
      return undefined;
    }
    case 'ask': {
      if (!calls.take(envelope.id)) return undefined;
      const handler = find(handlers.asks, envelope.operation);
      if (handler === undefined) {
        calls.refuse(envelope.id);
        return undefined;
      }
      const { trace, operation, request } = envelope;
      const span =
        trace === undefined ? undefined : tracer.begin(nameOf(handlers, operation, request), trace);
      const call = calls.begin(envelope, span);
      if (call !== undefined) return within(span, handlers.asks, handler, call);
      span?.end('late');
      connection.deadLetter('late', operation);
      return undefined;
    }
    case 'open': {
      if (!producers.take(envelope.id)) return undefined;
      const handler = find(handlers.streams, envelope.operation);
      if (handler === undefined) {
        producers.refuse(envelope.id);
        return undefined;
      }
      const { trace, operation, request } = envelope;
      const span =
        trace === undefined
          ? undefined
          : tracer.beginLong(nameOf(handlers, operation, request), trace);
      const call = producers.begin(envelope, span);
      return within(span, handlers.streams, handler, call);
    }
    default:
      return assertNever(envelope, 'message');
  }
}

function nameOf(handlers: Handlers, operation: string, request: unknown): string {
  return handlers.describe?.(operation, request) ?? operation;
}

function within<Call>(
  span: OpenSpan | undefined,
  table: HandlerTable<(call: Call) => unknown>,
  handler: (call: Call) => unknown,
  call: Call,
): unknown {
  return span === undefined ? handler.call(table, call) : traced(span, table, handler, call);
}

/** Apart, so that only what is traced pays for a closure. */
function traced<Call>(
  span: OpenSpan,
  table: HandlerTable<(call: Call) => unknown>,
  handler: (call: Call) => unknown,
  call: Call,
): unknown {
  return span.run(() => handler.call(table, call));
}

function find<Handler>(table: HandlerTable<Handler>, operation: string): Handler | undefined {
  return Object.hasOwn(table, operation) ? table[operation] : undefined;
}
