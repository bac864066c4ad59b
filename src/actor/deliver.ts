import { assertNever } from '../base/index.js';
import type { AskCall, Peer, StreamCall } from './behaviour.js';
import type { CountedEnvelope } from './envelope.js';
import type { PeerConnection } from './peer-connection.js';

/** A behaviour's handlers by name, without their types: names come from other actors. */
export interface Handlers {
  readonly tells: HandlerTable<(from: Peer, message: unknown) => unknown>;
  readonly asks: HandlerTable<(call: AskCall<unknown, unknown>) => unknown>;
  readonly streams: HandlerTable<(call: StreamCall<unknown, unknown>) => unknown>;
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
      const call = calls.begin(envelope);
      if (call !== undefined) return handler.call(handlers.asks, call);
      connection.deadLetter('late', envelope.operation);
      return undefined;
    }
    case 'open': {
      if (!producers.take(envelope.id)) return undefined;
      const handler = find(handlers.streams, envelope.operation);
      if (handler === undefined) {
        producers.refuse(envelope.id);
        return undefined;
      }
      return handler.call(handlers.streams, producers.begin(envelope));
    }
    default:
      return assertNever(envelope, 'message');
  }
}

function find<Handler>(table: HandlerTable<Handler>, operation: string): Handler | undefined {
  return Object.hasOwn(table, operation) ? table[operation] : undefined;
}
