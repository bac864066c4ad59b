import { assertDefined } from '../base/index.js';
import type { AskTable } from './ask-table.js';
import type { Behaviour } from './behaviour.js';
import { deliver } from './deliver.js';
import type { SystemEnvelope, UserEnvelope } from './envelope.js';
import type { Fates } from './fates.js';
import type { PeerConnection } from './peer-connection.js';
import type { Protocol } from './protocol.js';
import type { StreamConsumers } from './stream-consumers.js';
import type { Tracer } from './tracer.js';

export interface Recipients {
  readonly asks: AskTable;
  readonly consumers: StreamConsumers;
  readonly fates: Fates;
  readonly tracer: Tracer;
  /** Set when the actor starts. */
  behaviour: Behaviour<Protocol> | undefined;
}

/** What overtakes: it belongs to what is open already. */
export function dispatchSystem(
  to: Recipients,
  connection: PeerConnection,
  envelope: SystemEnvelope,
): void {
  switch (envelope.type) {
    case 'gap':
      noteGap(to, connection);
      return;
    case 'cancel':
      connection.calls.cancel(envelope.id);
      return;
    case 'credit':
      connection.producers.credit(envelope.id, envelope.handledItems);
      return;
    case 'close':
      connection.producers.close(envelope.id);
      return;
    case 'link':
      to.fates.linkedBy(connection.link.peer);
      return;
    case 'unlink':
      to.fates.unlinkedBy(connection.link.peer);
      return;
  }
}

/** Hands a message whose turn has come to whom it is for. Returns what the handler returned. */
export function dispatch(
  to: Recipients,
  connection: PeerConnection,
  envelope: UserEnvelope,
): unknown {
  const { link } = connection;
  switch (envelope.type) {
    case 'tell':
    case 'ask':
    case 'open':
      return deliver(assertDefined(to.behaviour, 'the behaviour'), connection, envelope, to.tracer);
    case 'reply':
      to.asks.replied(link, envelope.id, envelope.reply);
      return;
    case 'unknown':
      if (envelope.of === 'ask') to.asks.unknownOperation(link, envelope.id);
      else to.consumers.unknownOperation(link, envelope.id);
      return;
    case 'item':
      to.consumers.item(link, envelope.id, envelope.item);
      return;
    case 'end':
      to.consumers.ended(link, envelope.id, envelope.end);
      return;
  }
}

/** Frames of the link were lost: nobody knows what is missing. */
export function noteGap(to: Recipients, connection: PeerConnection): void {
  to.consumers.gap(connection.link);
  connection.producers.gap();
}
