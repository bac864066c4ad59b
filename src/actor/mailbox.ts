import { RingBuffer } from '../base/index.js';
import type { DownCause } from './behaviour.js';
import type { UserEnvelope } from './envelope.js';
import type { PeerConnection } from './peer-connection.js';

/** What waits its turn, in the order in which it happened. */
export type MailboxEntry =
  | {
      readonly type: 'messages';
      readonly connection: PeerConnection;
      readonly envelopes: readonly UserEnvelope[];
      /** What the frame weighs, until all of it is handled. */
      readonly bytes: number;
      next: number;
    }
  | { readonly type: 'up'; readonly connection: PeerConnection }
  | { readonly type: 'down'; readonly connection: PeerConnection; readonly cause: DownCause };

/** The user lane of an actor. It is bounded by the credit that its peers have. */
export class Mailbox {
  readonly #entries = new RingBuffer<MailboxEntry>(Number.MAX_SAFE_INTEGER);
  #messages = 0;
  #messagesPeak = 0;

  /** Messages that wait. */
  get messages(): number {
    return this.#messages;
  }

  /** The most that ever waited. */
  get messagesPeak(): number {
    return this.#messagesPeak;
  }

  get empty(): boolean {
    return this.#entries.length === 0;
  }

  push(entry: MailboxEntry): void {
    this.#entries.push(entry);
    if (entry.type !== 'messages') return;
    this.#messages += entry.envelopes.length;
    this.#messagesPeak = Math.max(this.#messagesPeak, this.#messages);
  }

  /** The oldest entry, which stays until it is dropped. */
  peek(): MailboxEntry | undefined {
    return this.#entries.at(0);
  }

  /** One message of the oldest entry is taken out. */
  took(): void {
    this.#messages--;
  }

  drop(): void {
    this.#entries.shift();
  }

  clear(): void {
    while (this.#entries.shift() !== undefined);
    this.#messages = 0;
  }
}
