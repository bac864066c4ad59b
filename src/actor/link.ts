import { type Result, failed, ok } from '../base/index.js';
import {
  createFrameDecoder,
  createFrameEncoder,
  type Frame,
  type FrameRecords,
} from '../codec/index.js';
import { ActorError } from './actor-error.js';
import type { Peer } from './behaviour.js';
import {
  type CountedEnvelope,
  type Envelope,
  type FrameEnd,
  isCounted,
  isFrameEnd,
  laneOf,
  type SystemEnvelope,
  type UserEnvelope,
} from './envelope.js';
import type { LinkLimits } from './host.js';

export interface TakenFrame extends Frame {
  /** How many messages of it take room in the receiver's mailbox. */
  readonly messages: number;
}

export interface ArrivedFrame {
  readonly system: readonly SystemEnvelope[];
  readonly user: readonly UserEnvelope[];
  /** Frames before this one are missing, or it comes late. */
  readonly gap: boolean;
  /** Room that it takes in the mailbox until `handledBytes` gives it back. */
  readonly bytes: number;
}

/**
 * The connection of one life of this actor with one life of another: what waits to be sent, and the credit for it.
 *
 * Credit is counted in totals since the link began, and each frame says what its sender has handled. The sender may have
 * `mailboxMessagesMax` messages on the way. A receiver that has nothing to say sends an empty frame once a quarter of that is
 * handled, so an idle link costs nothing.
 *
 * An envelope is encoded when it is pushed, and sent with its turn's frame: what cannot be encoded fails at the call, and
 * what was pushed may be changed afterwards.
 */
export class Link {
  readonly peer: Peer;
  /** Frames may be lost: then credit has to be asked for. */
  readonly lossy: boolean;
  readonly #limits: LinkLimits;
  readonly #encoder;
  readonly #decoder = createFrameDecoder();
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
  /** Arrived, and of these not handled yet. Both count what was lost as arrived. */
  #arrivedMessages = 0;
  #arrivedBytes = 0;
  #waitingMessages = 0;
  #waitingBytes = 0;
  #toldMessages = 0;
  #toldBytes = 0;

  constructor(peer: Peer, limits: LinkLimits, records: FrameRecords) {
    this.peer = peer;
    this.#limits = limits;
    this.lossy = records === 'frame';
    this.#encoder = createFrameEncoder(records);
  }

  /** The number of the frame that the next pushed envelope leaves with. */
  get nextFrame(): number {
    return this.#framesSent;
  }

  /** Counted messages that have arrived since the link began. */
  get arrivedMessages(): number {
    return this.#arrivedMessages;
  }

  /** Whether the frame of that number has left. */
  hasLeft(frame: number): boolean {
    return frame < this.#framesSent;
  }

  /** False: no credit; nothing was taken. Throws `ActorError` where it cannot be encoded. */
  pushCounted(envelope: CountedEnvelope): boolean {
    if (!this.#takeCredit()) return false;
    this.#add(envelope);
    this.#sentMessages++;
    return true;
  }

  /** As `pushCounted`, for an envelope that was packed before. */
  pushPackedCounted(packed: Uint8Array): boolean {
    if (!this.#takeCredit()) return false;
    this.#encoder.addPacked(packed);
    this.#sentMessages++;
    return true;
  }

  pushPacked(packed: Uint8Array): void {
    this.#encoder.addPacked(packed);
  }

  /** Throws `ActorError` where it cannot be encoded. */
  push(envelope: Exclude<Envelope, CountedEnvelope>): void {
    this.#add(envelope);
  }

  /** Asks for credit with the next frame, where what is on the way may be lost. */
  probe(): void {
    this.#probe = this.lossy;
  }

  takeFrame(): TakenFrame | undefined {
    if (this.#encoder.bytes === 0 && !this.#creditIsDue() && !this.#probe) return undefined;
    const handledMessages = this.#handledMessages;
    const handledBytes = this.#handledBytes;
    const end: FrameEnd = {
      sequence: this.#framesSent,
      messagesBefore: this.#framedMessages,
      bytesBefore: this.#sentBytes,
      handledMessages,
      handledBytes,
    };
    this.#add(end);
    const frame = this.#encoder.finish();
    const messages = this.#sentMessages - this.#framedMessages;
    this.#probe = false;
    this.#framesSent++;
    this.#framedMessages = this.#sentMessages;
    this.#sentBytes += sizeOf(frame.bytes, frame.transfers);
    this.#toldMessages = handledMessages;
    this.#toldBytes = handledBytes;
    return { ...frame, messages };
  }

  /** What it holds takes room until it is told as handled. Failed with the reason where the frame cannot be read. */
  arrived(bytes: Uint8Array, transfers: readonly ArrayBuffer[]): Result<ArrivedFrame, string> {
    const decoded = this.#decoder.decode(bytes, transfers);
    if (!decoded.ok) return failed(decoded.error.message);
    const end = decoded.value.at(-1);
    if (!isFrameEnd(end)) return failed('its end is missing');
    const system: SystemEnvelope[] = [];
    const user: UserEnvelope[] = [];
    let counted = 0;
    for (let i = 0; i < decoded.value.length - 1; i++) {
      const envelope = decoded.value[i];
      const lane = laneOf(envelope);
      if (lane === undefined) return failed('it holds what nobody sends');
      if (lane === 'system') {
        system.push(envelope as SystemEnvelope);
      } else {
        user.push(envelope as UserEnvelope);
        if (isCounted(envelope as UserEnvelope)) counted++;
      }
    }
    const size = sizeOf(bytes, transfers);
    const gap = end.sequence !== this.#framesExpected;
    this.#framesExpected = Math.max(this.#framesExpected, end.sequence + 1);
    this.#creditMessages = Math.max(this.#creditMessages, end.handledMessages);
    this.#creditBytes = Math.max(this.#creditBytes, end.handledBytes);
    this.#arrivedMessages = Math.max(this.#arrivedMessages, end.messagesBefore + counted);
    this.#arrivedBytes = Math.max(this.#arrivedBytes, end.bytesBefore + size);
    this.#waitingMessages += counted;
    this.#waitingBytes += size;
    return ok({ system, user, gap, bytes: size });
  }

  handledMessage(): void {
    this.#waitingMessages--;
  }

  /** A frame's messages are all handled. */
  handledFrame(bytes: number): void {
    this.#waitingBytes -= bytes;
  }

  /** What comes late or twice waits without having been counted again, so these may fall behind for a while. */
  get #handledMessages(): number {
    return Math.max(0, this.#arrivedMessages - this.#waitingMessages);
  }

  get #handledBytes(): number {
    return Math.max(0, this.#arrivedBytes - this.#waitingBytes);
  }

  #takeCredit(): boolean {
    const onTheWay = this.#sentBytes + this.#encoder.bytes - this.#creditBytes;
    if (
      this.#sentMessages - this.#creditMessages < this.#limits.mailboxMessagesMax &&
      onTheWay < this.#limits.mailboxBytesMax
    )
      return true;
    this.probe();
    return false;
  }

  #creditIsDue(): boolean {
    return (
      this.#handledMessages - this.#toldMessages >= this.#limits.mailboxMessagesMax / 4 ||
      this.#handledBytes - this.#toldBytes >= this.#limits.mailboxBytesMax / 4
    );
  }

  #add(value: Envelope | FrameEnd): void {
    const added = this.#encoder.add(value);
    if (added.ok) return;
    const what = 'type' in value ? value.type : 'frame';
    throw new ActorError('not-encodable', `cannot encode a ${what}: ${added.error.message}`);
  }
}

function sizeOf(bytes: Uint8Array, transfers: readonly ArrayBuffer[]): number {
  let size = bytes.length;
  for (const buffer of transfers) size += buffer.byteLength;
  return size;
}
