import type { ActorId } from '../base/index.js';
import type { Peer } from './behaviour.js';
import type { PeerConnection } from './peer-connection.js';

/** The connections of one actor: as the host knows them, and as its behaviour does, which is told in turn with the messages. */
export class PeerTable {
  readonly #self: ActorId;
  readonly #linked: Set<ActorId>;
  /** As the host knows them. What a life sent before its end may still wait in the mailbox, and its successor be here. */
  readonly #newest = new Map<ActorId, PeerConnection>();
  /** As the behaviour knows them. */
  readonly #active = new Map<ActorId, PeerConnection>();

  constructor(self: ActorId, links: Iterable<ActorId>) {
    this.#self = self;
    this.#linked = new Set(links);
  }

  link(id: ActorId): void {
    this.#linked.add(id);
  }

  linked(id: ActorId): boolean {
    return this.#linked.has(id);
  }

  misuseOf(id: ActorId): 'ask-to-self' | 'not-linked' | undefined {
    if (id === this.#self) return 'ask-to-self';
    return this.#linked.has(id) ? undefined : 'not-linked';
  }

  /** Whichever life it is of. */
  newest(id: ActorId): PeerConnection | undefined {
    return this.#newest.get(id);
  }

  newestOf(peer: Peer): PeerConnection | undefined {
    return ofLife(this.#newest.get(peer.id), peer);
  }

  activeOf(peer: Peer): PeerConnection | undefined {
    return ofLife(this.#active.get(peer.id), peer);
  }

  /** Where something can be sent. */
  open(id: ActorId): PeerConnection | undefined {
    const connection = this.#active.get(id);
    return connection?.closed === false ? connection : undefined;
  }

  openOf(peer: Peer): PeerConnection | undefined {
    return ofLife(this.open(peer.id), peer);
  }

  cameUp(connection: PeerConnection): void {
    this.#newest.set(connection.link.peer.id, connection);
  }

  /** What it sent may still wait to be handled. */
  wentDown(connection: PeerConnection): void {
    this.#newest.delete(connection.link.peer.id);
    connection.closed = true;
  }

  activate(connection: PeerConnection): void {
    this.#active.set(connection.link.peer.id, connection);
  }

  deactivate(connection: PeerConnection): void {
    this.#active.delete(connection.link.peer.id);
    connection.calls.cancelAll();
    connection.producers.cancelAll();
    connection.tells.end();
  }

  active(): Iterable<PeerConnection> {
    return this.#active.values();
  }

  clear(): void {
    this.#newest.clear();
    this.#active.clear();
  }

  counts(): { callsPending: number; streamsProduced: number; tellsQueued: number } {
    const counts = { callsPending: 0, streamsProduced: 0, tellsQueued: 0 };
    for (const { calls, producers, tells } of this.#active.values()) {
      counts.callsPending += calls.size;
      counts.streamsProduced += producers.size;
      counts.tellsQueued += tells.length;
    }
    return counts;
  }
}

function ofLife(connection: PeerConnection | undefined, peer: Peer): PeerConnection | undefined {
  return connection?.link.peer.incarnation === peer.incarnation ? connection : undefined;
}
