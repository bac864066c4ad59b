import type { ActorId } from '../base/index.js';
import type { MonitorDown, Peer } from './behaviour.js';
import { keyOf, type Monitors } from './monitors.js';

export interface FatesPorts {
  readonly monitors: Monitors;
  /** The life that can be reached now. */
  peer(id: ActorId): Peer | undefined;
  /** Tells a life that this actor shares its fate from now on, or no longer. */
  tell(peer: Peer, type: 'link' | 'unlink'): void;
  crash(error: Error): void;
}

/** OTP's links: two lives that share their fate. When one dies abnormally, so does the other. */
export class Fates {
  readonly #ports: FatesPorts;
  /** What calls off the watch of each linked life. */
  readonly #shared = new Map<string, () => void>();

  constructor(ports: FatesPorts) {
    this.#ports = ports;
  }

  /** Returns a function that ends the link on both sides. Linking twice is linking once. */
  link(id: ActorId): () => void {
    const peer = this.#ports.peer(id);
    if (peer === undefined)
      return this.#ports.monitors.watch(id, (down) => {
        this.#died(id, down);
      });
    if (!this.#shared.has(keyOf(peer))) {
      this.linkedBy(peer);
      this.#ports.tell(peer, 'link');
    }
    return () => {
      if (this.#shared.has(keyOf(peer))) this.#ports.tell(peer, 'unlink');
      this.unlinkedBy(peer);
    };
  }

  /** The peer has linked itself to this actor. */
  linkedBy(peer: Peer): void {
    const key = keyOf(peer);
    if (this.#shared.has(key)) return;
    const unwatch = this.#ports.monitors.watchLife(peer, (down) => {
      this.#shared.delete(key);
      this.#died(peer.id, down);
    });
    this.#shared.set(key, unwatch);
  }

  unlinkedBy(peer: Peer): void {
    const key = keyOf(peer);
    this.#shared.get(key)?.();
    this.#shared.delete(key);
  }

  #died(id: ActorId, down: MonitorDown): void {
    if (down.cause !== 'normal') this.#ports.crash(new LinkedDeath(id, down.message));
  }
}

/** The reason of an actor that died with another. */
class LinkedDeath extends Error {
  override readonly name = 'LinkedDeath';
  readonly code = 'LINKED_DEATH';

  constructor(id: ActorId, message: string) {
    super(`linked to ${id}, which died: ${message}`);
  }
}
