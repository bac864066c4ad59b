import type { ActorId, Clock, Timer } from '../base/index.js';
import type { DownCause, MonitorDown, Peer, PeerExit } from './behaviour.js';

interface Watch {
  readonly onDown: (down: MonitorDown) => void;
  /** Called off. */
  over: boolean;
}

interface Dying {
  readonly watches: readonly Watch[];
  readonly timer: Timer;
}

export interface MonitorsPorts {
  readonly clock: Clock;
  /** The life that can be reached now. */
  peer(id: ActorId): Peer | undefined;
  /** Runs the callback later in this turn: `onDown` must not run before `monitor` has returned. */
  defer(callback: () => void): void;
}

/** The host tells why a life ended within milliseconds of its death. If it does not, nobody will. */
const REASON_MS = 1000;

/** Who is to be told of whose death. Each watch is of one life, and ends with it. */
export class Monitors {
  readonly #ports: MonitorsPorts;
  /** By life. */
  readonly #watches = new Map<string, Set<Watch>>();
  readonly #dying = new Map<string, Dying>();

  constructor(ports: MonitorsPorts) {
    this.#ports = ports;
  }

  /** Returns a function that calls it off. */
  watch(id: ActorId, onDown: (down: MonitorDown) => void): () => void {
    const peer = this.#ports.peer(id);
    return peer === undefined ? this.#watchNobody(id, onDown) : this.watchLife(peer, onDown);
  }

  /** As `watch`, of a life that is known to be up. */
  watchLife(peer: Peer, onDown: (down: MonitorDown) => void): () => void {
    const key = keyOf(peer);
    const watch: Watch = { onDown, over: false };
    const watches = this.#watches.get(key) ?? new Set();
    watches.add(watch);
    this.#watches.set(key, watches);
    return () => {
      watch.over = true;
      watches.delete(watch);
    };
  }

  peerDown(peer: Peer, cause: DownCause): void {
    const key = keyOf(peer);
    const watches = [...(this.#watches.get(key) ?? [])];
    this.#watches.delete(key);
    if (watches.length === 0) return;
    if (cause === 'link-broken') {
      tellAll(watches, { peer, cause: 'noconnection', message: 'its link is broken' });
      return;
    }
    const timer = this.#ports.clock.after(REASON_MS, () => {
      this.#dying.delete(key);
      tellAll(watches, { peer, cause: 'noconnection', message: 'nobody said why' });
    });
    this.#dying.set(key, { watches, timer });
  }

  peerExited(peer: Peer, exit: PeerExit): void {
    const key = keyOf(peer);
    const dying = this.#dying.get(key);
    if (dying === undefined) return;
    dying.timer.cancel();
    this.#dying.delete(key);
    tellAll(dying.watches, { peer, ...exit });
  }

  #watchNobody(id: ActorId, onDown: (down: MonitorDown) => void): () => void {
    let over = false;
    this.#ports.defer(() => {
      if (!over) onDown({ peer: undefined, cause: 'noproc', message: `${id} is down` });
    });
    return () => {
      over = true;
    };
  }
}

function tellAll(watches: readonly Watch[], down: MonitorDown): void {
  for (const watch of watches) {
    if (watch.over) continue;
    watch.over = true;
    watch.onDown(down);
  }
}

export function keyOf(peer: Peer): string {
  return `${peer.id}#${String(peer.incarnation)}`;
}
