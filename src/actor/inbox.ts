import type { Clock } from '../base/index.js';
import type { DownCause } from './behaviour.js';
import type { UserEnvelope } from './envelope.js';
import { isCountedKind, NOBODY_SENDS, readEnvelope } from './envelope-wire.js';
import { HandlingHistogram } from './handling-histogram.js';
import { Mailbox, type MailboxEntry, type MessagesEntry } from './mailbox.js';
import type { PeerConnection } from './peer-connection.js';
import type { Runner } from './runner.js';
import { type SliceLimits, TurnSlice } from './turn-slice.js';

export interface InboxPorts {
  readonly clock: Clock;
  readonly limits: SliceLimits;
  readonly runner: Runner;
  readonly take: (connection: PeerConnection, envelope: UserEnvelope) => unknown;
  bringUp(connection: PeerConnection): void;
  takeDown(connection: PeerConnection, cause: DownCause): void;
  /** A message cannot be read. */
  broke(connection: PeerConnection, message: string): void;
}

/** The mailbox of an actor, and the handling of what is in it: a slice a turn, in the order in which it came. */
export class Inbox {
  readonly #ports: InboxPorts;
  readonly #mailbox = new Mailbox();
  readonly #handling = new HandlingHistogram();
  readonly #slice: TurnSlice;
  #messagesHandled = 0;

  constructor(ports: InboxPorts) {
    this.#ports = ports;
    this.#slice = new TurnSlice(ports.clock, ports.limits, this.#handling);
  }

  get messagesHandled(): number {
    return this.#messagesHandled;
  }

  get empty(): boolean {
    return this.#mailbox.empty;
  }

  enter(entry: MailboxEntry): void {
    this.#mailbox.push(entry);
    this.handle();
  }

  /** A new turn has a slice of its own. */
  beginTurn(): void {
    this.#slice.begin();
  }

  /** Handles what waits, as far as this turn's slice goes. The rest begins a later turn. */
  handle(): void {
    if (this.#slice.running) return;
    this.#slice.resume();
    for (;;) {
      const entry = this.#isOver() ? undefined : this.#mailbox.peek();
      if (entry === undefined) break;
      if (entry.type === 'messages' && !this.#handleMessages(entry)) break;
      if (this.#isOver()) break;
      this.#mailbox.drop();
      if (entry.type === 'up') this.#ports.bringUp(entry.connection);
      else if (entry.type === 'down') this.#ports.takeDown(entry.connection, entry.cause);
      else entry.connection.link.handledFrame(entry.bytes);
    }
    this.#slice.pause();
  }

  clear(): void {
    this.#mailbox.clear();
  }

  counts() {
    return {
      messagesHandled: this.#messagesHandled,
      mailboxMessages: this.#mailbox.messages,
      mailboxMessagesPeak: this.#mailbox.messagesPeak,
      handlingMicroseconds: this.#handling.counts(),
      handlingMs: this.#handling.totalMs,
    };
  }

  /** A handler that throws ends what handles it, too. */
  #isOver(): boolean {
    return this.#ports.runner.dead;
  }

  /** False: the slice is used up before they were all handled. */
  #handleMessages(entry: MessagesEntry): boolean {
    const { runner, take } = this.#ports;
    const { connection, user } = entry;
    while (user.length > 0 && !connection.broken) {
      if (this.#slice.isUsedUp()) return false;
      this.#mailbox.took(1);
      const error = user.next();
      const envelope = error === undefined ? readEnvelope(user) : undefined;
      if (envelope === undefined) {
        connection.broken = true;
        this.#ports.broke(connection, error?.message ?? NOBODY_SENDS);
      } else {
        if (isCountedKind(user.kind)) {
          entry.counted--;
          this.#messagesHandled++;
          connection.link.handledMessage();
        }
        runner.runWith(take, connection, envelope as UserEnvelope);
      }
      if (this.#isOver()) return false;
      this.#slice.handled();
    }
    // What is left of a broken link is never read.
    this.#mailbox.took(user.length);
    this.#messagesHandled += entry.counted;
    return true;
  }
}
