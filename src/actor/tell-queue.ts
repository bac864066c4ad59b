import { type Clock, RingBuffer, type Timer } from '../base/index.js';
import type { PackedEntry } from '../codec/index.js';
import type { OverflowPolicy } from './behaviour.js';
import type { DeadLetterReason } from './dead-letters.js';
import type { TellEnvelope } from './envelope.js';
import type { LinkLimits } from './host.js';
import { type Link, packEnvelope } from './link.js';

export interface TellQueuePorts {
  readonly clock: Clock;
  readonly limits: LinkLimits;
  touch(): void;
  deadLetter(reason: DeadLetterReason, operation: string): void;
}

/** Where frames may be lost, credit is asked for this often while tells wait for it. */
const PROBE_MS = 100;

/**
 * The tells to one life of a peer, and those of them that wait for credit: what the overflow policy of their ref lets wait.
 * While any waits there is no credit, so that nothing overtakes.
 */
export class TellQueue {
  readonly #ports: TellQueuePorts;
  readonly #link: Link;
  readonly #queue: RingBuffer<PackedEntry>;
  #bytes = 0;
  #whenEmpty: (() => void)[] = [];
  #probe: Timer | undefined;

  constructor(ports: TellQueuePorts, link: Link) {
    this.#ports = ports;
    this.#link = link;
    this.#queue = new RingBuffer(ports.limits.tellQueueMessagesMax);
  }

  get length(): number {
    return this.#queue.length;
  }

  /** False: not taken. Throws `ActorError` where it cannot be encoded. */
  tell(envelope: TellEnvelope, overflow: OverflowPolicy): boolean {
    if (this.#queue.length === 0 && this.#link.pushCounted(envelope)) return true;
    if (overflow === 'reject') return this.#refuse(envelope);
    const packed = packEnvelope(envelope);
    const bytes = packed.bytes.length;
    if (overflow === 'drop-oldest') while (this.#hasNoRoom(bytes) && this.#dropOldest());
    if (this.#hasNoRoom(bytes)) return this.#refuse(envelope);
    this.#queue.push(packed);
    this.#bytes += bytes;
    if (this.#link.lossy) this.#askForCredit();
    return true;
  }

  /** Credit may have come. */
  pump(): void {
    if (this.#queue.length === 0) return;
    for (;;) {
      const next = this.#queue.at(0);
      if (next === undefined || !this.#link.pushPackedCounted(next)) break;
      this.#queue.shift();
      this.#bytes -= next.bytes.length;
    }
    this.#ports.touch();
    if (this.#queue.length === 0) this.#emptied();
  }

  /** The peer is down: what waits was never sent. */
  end(): void {
    for (const { name } of this.#queue) this.#ports.deadLetter('actor-down', name);
    while (this.#queue.shift() !== undefined);
    this.#bytes = 0;
    this.#emptied();
  }

  /** Resolves once nothing waits any more. */
  drained(): Promise<void> {
    if (this.#queue.length === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#whenEmpty.push(resolve);
    });
  }

  #refuse(envelope: TellEnvelope): false {
    this.#ports.deadLetter('overflow', envelope.operation);
    return false;
  }

  /** One that is larger than the whole queue may wait alone. */
  #hasNoRoom(bytes: number): boolean {
    if (this.#queue.length === 0) return false;
    return this.#queue.full || this.#bytes + bytes > this.#ports.limits.tellQueueBytesMax;
  }

  #dropOldest(): boolean {
    const oldest = this.#queue.shift();
    if (oldest === undefined) return false;
    this.#bytes -= oldest.bytes.length;
    this.#ports.deadLetter('dropped-oldest', oldest.name);
    return true;
  }

  #emptied(): void {
    this.#probe?.cancel();
    this.#probe = undefined;
    const waiting = this.#whenEmpty;
    this.#whenEmpty = [];
    for (const resolve of waiting) resolve();
  }

  #askForCredit(): void {
    this.#probe ??= this.#ports.clock.after(PROBE_MS, () => {
      this.#probe = undefined;
      this.#link.probe();
      this.#ports.touch();
      this.#askForCredit();
    });
  }
}
