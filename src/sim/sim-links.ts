import type { ActorId } from '../base/index.js';
import { type ActorCore, LinkBreaks, type Peer, type PeerExit } from '../actor/index.js';
import type { EventQueue } from './event-queue.js';
import type { SimLife } from './sim-life.js';
import type { SimNetwork } from './sim-network.js';
import type { SimTrace } from './sim-trace.js';

/** What is left of transferred bytes at their sender. */
const SPOILED = 0xdd;

export interface SimLinksPorts {
  readonly queue: EventQueue;
  readonly network: SimNetwork;
  readonly trace: SimTrace;
  /** See `SimWorldOptions`. */
  readonly ordered: boolean;
  nowMs(): number;
  life(id: ActorId): SimLife | undefined;
}

/** What lives hear of each other: frames, and that one came up or died. */
export class SimLinks {
  readonly #ports: SimLinksPorts;
  readonly #breaks = new LinkBreaks();
  /** How often the link between two lives broke. */
  readonly #broken = new Map<string, number>();

  constructor(ports: SimLinksPorts) {
    this.#ports = ports;
  }

  send(
    from: SimLife,
    to: Peer,
    frame: Uint8Array,
    messages: number,
    transfers: readonly ArrayBuffer[],
  ): void {
    const { network, trace, queue, ordered } = this.#ports;
    const breaks = this.#breaksOf(from.peer, to);
    if (network.damages(from.peer.id, to.id)) frame.fill(0xff);
    const beside = transfers.map((buffer) => buffer.slice(0));
    // The threads' host takes transferred memory away from its sender; here whoever still reads it reads this.
    for (const buffer of transfers) new Uint8Array(buffer).fill(SPOILED);
    const addressee = this.#ports.life(to.id);
    if (addressee?.peer.incarnation === to.incarnation) addressee.postedMessages += messages;
    if (ordered) trace.frameSent(frame);
    const busyMs = from.busyUntilMs === Infinity ? 0 : from.busyUntilMs;
    const departMs = Math.max(this.#ports.nowMs(), busyMs);
    const arrivals = network.arrivals(from.peer.id, to.id, departMs);
    for (const atMs of arrivals) {
      queue.plan(atMs, () => {
        const receiver = this.#ports.life(to.id);
        if (receiver?.peer.incarnation !== to.incarnation) return;
        if (breaks !== this.#breaksOf(from.peer, to)) return;
        trace.frameArrived(this.#ports.nowMs(), from.peer.id, to.id, frame.length);
        const own = arrivals.length > 1;
        receiver.do(() => {
          receiver.core.frameArrived(
            from.peer,
            own ? frame.slice() : frame,
            own ? beside.map((buffer) => buffer.slice(0)) : beside,
          );
        });
      });
    }
  }

  /** Brings a life together with whoever lives under that id. */
  join(life: SimLife, otherId: ActorId): void {
    const other = this.#ports.life(otherId);
    if (!life.alive || other === undefined) return;
    other.core.linkAdded(life.peer.id);
    if (this.#ports.ordered) {
      this.#notice(other, life, (core) => {
        core.peerUp(other.peer);
      });
      this.#notice(life, other, (core) => {
        core.peerUp(life.peer);
      });
      return;
    }
    life.do(() => {
      life.core.peerUp(other.peer);
    });
    other.do(() => {
      other.core.peerUp(life.peer);
    });
  }

  /** A life is over: who is linked to it hears of it. */
  died(life: SimLife, links: readonly ActorId[], exit: PeerExit): void {
    for (const otherId of links) {
      const known = this.#ports.life(otherId);
      if (known === undefined) continue;
      if (this.#ports.ordered) {
        this.#notice(life, known, (core) => {
          core.peerDown(life.peer);
        });
        continue;
      }
      const { network, queue } = this.#ports;
      const atMs = network.deathArrives(life.peer.id, otherId, this.#ports.nowMs());
      queue.plan(atMs, () => {
        const other = this.#ports.life(otherId);
        other?.do(() => {
          other.core.peerDown(life.peer);
          other.core.peerExited(life.peer, exit);
        });
      });
    }
  }

  /** A frame of a life could not be read: both sides drop the link, and get a new one. */
  mend(life: SimLife, from: Peer, message: string): void {
    const { queue, trace } = this.#ports;
    const nowMs = this.#ports.nowMs();
    trace.note(nowMs, `link ${from.id}>${life.peer.id} broken`);
    const other = this.#ports.life(from.id);
    if (other?.peer.incarnation !== from.incarnation) return;
    this.#broken.set(keyOf(from, life.peer), this.#breaksOf(from, life.peer) + 1);
    const reason = this.#breaks.note(from.id, life.peer.id, message, nowMs);
    if (reason !== undefined) {
      queue.plan(nowMs, () => {
        if (other.alive) other.core.crash(new Error(reason));
      });
      return;
    }
    other.do(() => {
      other.core.peerDown(life.peer, 'link-broken');
    });
    queue.plan(nowMs + 1, () => {
      if (other.alive) this.join(life, from.id);
    });
  }

  /** One life hears something of another, in order with what that one sends. */
  #notice(of: SimLife, to: SimLife, hear: (core: ActorCore) => void): void {
    const { network, queue } = this.#ports;
    const atMs = network.noticeArrives(of.peer.id, to.peer.id, this.#ports.nowMs());
    queue.plan(atMs, () => {
      to.do(() => {
        hear(to.core);
      });
    });
  }

  #breaksOf(left: Peer, right: Peer): number {
    if (this.#broken.size === 0) return 0;
    return this.#broken.get(keyOf(left, right)) ?? 0;
  }
}

/** Of the link between two lives, whichever of them is named first. */
function keyOf(left: Peer, right: Peer): string {
  return [left, right]
    .map((peer) => `${peer.id}#${String(peer.incarnation)}`)
    .sort()
    .join(' ');
}
