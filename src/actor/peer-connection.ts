import type { Clock } from '../base/index.js';
import type { PeerExit } from './behaviour.js';
import { CallTable } from './call-table.js';
import type { DeadLetterReason } from './dead-letters.js';
import { requestOf } from './envelope-wire.js';
import type { LinkLimits } from './host.js';
import type { Link } from './link.js';
import { StreamProducers } from './stream-producers.js';
import { TellQueue } from './tell-queue.js';

export interface PeerConnectionPorts {
  readonly limits: LinkLimits;
  readonly clock: Clock;
  touch(): void;
  readonly deadLetter: (reason: DeadLetterReason, operation: string) => void;
}

/** One life of a peer that is up: the link to it, what is told to it, and what this actor serves it. */
export class PeerConnection {
  readonly link: Link;
  readonly calls: CallTable;
  readonly producers: StreamProducers;
  readonly tells: TellQueue;
  readonly deadLetter: PeerConnectionPorts['deadLetter'];
  /** A message of it could not be read: those behind it are dropped. */
  broken = false;
  /** It is over, and nothing more is sent; what it sent before may still wait to be handled. */
  closed = false;
  /** Known before all that the life sent was handled. */
  exit: PeerExit | undefined;

  constructor(link: Link, ports: PeerConnectionPorts) {
    this.link = link;
    this.calls = new CallTable(ports, link);
    this.producers = new StreamProducers(ports, link);
    this.tells = new TellQueue(ports, link);
    this.deadLetter = ports.deadLetter;
  }

  /** An entry has arrived. Until an ask or an open is handled, `cancel` and `close` drop it. */
  arrived(kind: number, id: number): void {
    const request = requestOf(kind);
    if (request === 'ask') this.calls.arrived(id);
    else if (request === 'open') this.producers.arrived(id);
  }
}
