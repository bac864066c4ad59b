import { assert } from '../base/index.js';
import { createFrameDecoder, createFrameEncoder, type FrameRecords } from '../codec/index.js';
import type { Peer } from './behaviour.js';
import { type CountedEnvelope, type Envelope, type FrameContent, isCounted } from './envelope.js';
import type { LinkLimits } from './host.js';

/** What `takeFrame` found to send. */
export type TakenFrame =
  | { readonly type: 'nothing' }
  | { readonly type: 'frame'; readonly frame: Uint8Array<ArrayBuffer>; readonly messages: number }
  /** These cannot be encoded and were taken out; take again. */
  | {
      readonly type: 'not-encodable';
      readonly envelopes: readonly Envelope[];
      readonly reason: string;
    };

export interface ArrivedFrame {
  readonly envelopes: readonly Envelope[];
  /** Frames before this one are missing, or it comes late. */
  readonly gap: boolean;
}

/**
 * The connection of one life of this actor with one life of another: what waits to be sent, and the credit for it.
 *
 * Credit is counted in totals since the link began, and each frame says what its sender has handled. The sender may have
 * `mailboxMessagesMax` messages on the way. A receiver that has nothing to say sends an empty frame once a quarter of that is
 * handled, so an idle link costs nothing.
 */
export class Link {
  readonly peer: Peer;
  readonly #limits: LinkLimits;
  readonly #lossy: boolean;
  readonly #encoder;
  readonly #decoder = createFrameDecoder();
  #outbox: Envelope[] = [];
  /** Counted, the waiting ones included; `#framedMessages` leaves those out. */
  #sentMessages = 0;
  /** An empty frame is to be sent: all that is on the way may be lost, and its answer brings the credit back. */
  #probe = false;
  #framedMessages = 0;
  #sentBytes = 0;
  #creditMessages = 0;
  #creditBytes = 0;
  #framesSent = 0;
  #framesExpected = 0;
  #handledMessages = 0;
  #handledBytes = 0;
  #toldMessages = 0;
  #toldBytes = 0;

  constructor(peer: Peer, limits: LinkLimits, records: FrameRecords) {
    this.peer = peer;
    this.#limits = limits;
    this.#lossy = records === 'frame';
    this.#encoder = createFrameEncoder(records);
  }

  /** The number of the frame that the next pushed envelope leaves with. */
  get nextFrame(): number {
    return this.#framesSent;
  }

  /** Whether the frame of that number has left. */
  hasLeft(frame: number): boolean {
    return frame < this.#framesSent;
  }

  /** False: no credit; nothing was taken. */
  pushCounted(envelope: CountedEnvelope): boolean {
    if (!this.#hasCredit()) {
      this.#probe = this.#lossy;
      return false;
    }
    this.#sentMessages++;
    this.#outbox.push(envelope);
    return true;
  }

  push(envelope: Envelope): void {
    assert(!isCounted(envelope), 'a counted envelope needs credit');
    this.#outbox.push(envelope);
  }

  /** Takes back the ask or the stream's open of this id, which has not left. */
  takeBack(type: 'ask' | 'open', id: number): void {
    const at = this.#outbox.findIndex((envelope) => envelope.type === type && envelope.id === id);
    assert(at >= 0, `${type} ${String(id)} is not waiting to be sent`);
    this.#outbox.splice(at, 1);
    this.#sentMessages--;
  }

  takeFrame(): TakenFrame {
    if (this.#outbox.length === 0 && !this.#creditIsDue() && !this.#probe)
      return { type: 'nothing' };
    const envelopes = this.#outbox;
    const content: FrameContent = {
      sequence: this.#framesSent,
      messagesBefore: this.#framedMessages,
      bytesBefore: this.#sentBytes,
      handledMessages: this.#handledMessages,
      handledBytes: this.#handledBytes,
      envelopes,
    };
    const encoded = this.#encoder.encode(content);
    if (!encoded.ok) return this.#takeOffenders(encoded.error.message);
    this.#outbox = [];
    this.#probe = false;
    this.#framesSent++;
    const messages = this.#sentMessages - this.#framedMessages;
    this.#framedMessages = this.#sentMessages;
    this.#sentBytes += encoded.value.length;
    this.#toldMessages = this.#handledMessages;
    this.#toldBytes = this.#handledBytes;
    return { type: 'frame', frame: encoded.value, messages };
  }

  /** Undefined where the frame cannot be read. What it holds counts as handled: the caller does so in the same turn. */
  arrived(frame: Uint8Array): ArrivedFrame | undefined {
    const decoded = this.#decoder.decode(frame);
    if (!decoded.ok) return undefined;
    const content = decoded.value as FrameContent;
    const gap = content.sequence !== this.#framesExpected;
    this.#framesExpected = Math.max(this.#framesExpected, content.sequence + 1);
    this.#creditMessages = Math.max(this.#creditMessages, content.handledMessages);
    this.#creditBytes = Math.max(this.#creditBytes, content.handledBytes);
    const counted = content.envelopes.reduce((sum, each) => (isCounted(each) ? sum + 1 : sum), 0);
    this.#handledMessages = Math.max(this.#handledMessages, content.messagesBefore + counted);
    this.#handledBytes = Math.max(this.#handledBytes, content.bytesBefore + frame.length);
    return { envelopes: content.envelopes, gap };
  }

  #hasCredit(): boolean {
    return (
      this.#sentMessages - this.#creditMessages < this.#limits.mailboxMessagesMax &&
      this.#sentBytes - this.#creditBytes < this.#limits.mailboxBytesMax
    );
  }

  #creditIsDue(): boolean {
    return (
      this.#handledMessages - this.#toldMessages >= this.#limits.mailboxMessagesMax / 4 ||
      this.#handledBytes - this.#toldBytes >= this.#limits.mailboxBytesMax / 4
    );
  }

  #takeOffenders(reason: string): TakenFrame {
    const probe = createFrameEncoder('frame');
    const offenders = this.#outbox.filter((envelope) => !probe.encode(envelope).ok);
    assert(offenders.length > 0, `a frame cannot be encoded: ${reason}`);
    this.#outbox = this.#outbox.filter((envelope) => !offenders.includes(envelope));
    this.#sentMessages -= offenders.filter(isCounted).length;
    return { type: 'not-encodable', envelopes: offenders, reason };
  }
}
