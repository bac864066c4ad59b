import { MessageChannel } from 'node:worker_threads';
import { type ActorEvent, type ChildSpec, LinkBreaks } from '../../actor/index.js';
import type { ActorId, Log } from '../../base/index.js';
import { realClock } from './host-ports.js';
import type { ThreadLife } from './thread-life.js';

export interface LinkBrokerPorts {
  readonly log: Log;
  /** Of the whole tree. */
  actors(): readonly ChildSpec[];
  life(id: ActorId): ThreadLife | undefined;
  /** That life no longer works. */
  doom(id: ActorId, incarnation: number, message: string): void;
}

/** Brings the lives of actors that are linked together: a pair of ports for each two, at each start, and when a link broke. */
export class LinkBroker {
  readonly #ports: LinkBrokerPorts;
  readonly #breaks = new LinkBreaks();

  constructor(ports: LinkBrokerPorts) {
    this.#ports = ports;
  }

  /** Whom an actor is linked with: a link exists where either side names the other. */
  of(spec: ChildSpec): ActorId[] {
    return this.#ports
      .actors()
      .filter(
        (other) =>
          other.id !== spec.id && (spec.links.includes(other.id) || other.links.includes(spec.id)),
      )
      .map((other) => other.id);
  }

  /** With all of them that run. */
  connect(life: ThreadLife): void {
    for (const id of this.of(life.spec)) {
      const other = this.#ports.life(id);
      if (other?.linkable === true) join(life, other);
    }
  }

  /** A life could not read a frame of another: they get a new link, unless this happens too often. */
  mend(life: ThreadLife, id: string, incarnation: number, message: string): void {
    const sender = this.#ports.life(id as ActorId);
    if (sender?.incarnation !== incarnation || !sender.linkable || !life.linkable) return;
    this.#ports.log.warn('a link broke', { from: id, to: life.spec.id, reason: message });
    const nowMs = realClock.monotonicMs();
    const reason = this.#breaks.note(sender.spec.id, life.spec.id, message, nowMs);
    if (reason === undefined) join(sender, life);
    else this.#ports.doom(sender.spec.id, incarnation, reason);
  }

  /** Who is linked with it hears of a death by its port; the reason comes from here. */
  tellExit({ id, incarnation, cause, message }: Extract<ActorEvent, { type: 'died' }>): void {
    const spec = this.#ports.actors().find((each) => each.id === id);
    // A supervisor dies too; nothing is linked with it.
    if (spec === undefined) return;
    for (const other of this.of(spec))
      this.#ports.life(other)?.peerExited(id, incarnation, { cause, message });
  }
}

function join(left: ThreadLife, right: ThreadLife): void {
  const { port1, port2 } = new MessageChannel();
  left.connect({
    id: right.spec.id,
    incarnation: right.incarnation,
    port: port1,
    words: right.words,
  });
  right.connect({
    id: left.spec.id,
    incarnation: left.incarnation,
    port: port2,
    words: left.words,
  });
}
