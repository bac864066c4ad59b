import { RingBuffer } from '../base/index.js';
import type { FrameRest } from '../codec/index.js';
import type { DownCause } from './behaviour.js';
import type { PeerConnection } from './peer-connection.js';

/** What waits its turn, in the order in which it happened. */
export type MailboxEntry =
  | MessagesEntry
  | { readonly type: 'up'; readonly connection: PeerConnection }
  | { readonly type: 'down'; readonly connection: PeerConnection; readonly cause: DownCause };

/** The messages of one frame. */
export interface MessagesEntry {
  readonly type: 'messages';
  readonly connection: PeerConnection;
  /** Still encoded: what waits is no burden for the garbage collector. */
  readonly user: FrameRest;
  /** How many of them take room by number; all of them take room by these bytes. */
  counted: number;
  readonly bytes: number;
}

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
    this.#messages += entry.user.length;
    this.#messagesPeak = Math.max(this.#messagesPeak, this.#messages);
  }

  /** The oldest entry, which stays until it is dropped. */
  peek(): MailboxEntry | undefined {
    return this.#entries.at(0);
  }

  /** Messages of the oldest entry are taken out. */
  took(messages: number): void {
    this.#messages -= messages;
  }

  drop(): void {
    this.#entries.shift();
  }

  clear(): void {
    while (this.#entries.shift() !== undefined);
    this.#messages = 0;
  }
}
