import { type Result, failed, ok } from '../base/index.js';
import {
  createFrameDecoder,
  createFrameEncoder,
  type Frame,
  type FrameError,
  type FrameRecords,
  type FrameRest,
  packEntry,
  type PackedEntry,
} from '../codec/index.js';
import { ActorError } from './actor-error.js';
import type { Peer } from './behaviour.js';
import {
  type CountedEnvelope,
  type Envelope,
  frameEndValue,
  readFrameEnd,
  type SystemEnvelope,
  type UserEnvelope,
} from './envelope.js';
import {
  FRAME_END,
  isCountedKind,
  isUrgent,
  NOBODY_SENDS,
  readEnvelope,
  writeEnvelope,
} from './envelope-wire.js';
import type { LinkLimits } from './host.js';

export interface TakenFrame extends Frame {
  /** How many messages of it take room in the receiver's mailbox. */
  readonly messages: number;
  /** With what travels beside it. */
  readonly size: number;
}

export interface ArrivedFrame {
  readonly system: readonly SystemEnvelope[];
  /** What is read when its turn has come. */
  readonly user: FrameRest;
  /** How many messages of it take room in the mailbox. */
  readonly messages: number;
  /** Room that it takes in the mailbox until `handledFrame` gives it back. */
  readonly bytes: number;
  /** Frames before this one are missing, or it comes late. */
  readonly gap: boolean;
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
  readonly #write;
  readonly #decoder;
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
  /** Something happened since the last frame that may make another one due. */
  #stirred = false;

  constructor(peer: Peer, limits: LinkLimits, records: FrameRecords) {
    this.peer = peer;
    this.#limits = limits;
    this.lossy = records !== 'connection';
    const encoder = createFrameEncoder(records);
    this.#encoder = encoder;
    this.#decoder = createFrameDecoder(records);
    this.#write = (kind: number, name: string, id: number, value: unknown) =>
      encoder.add(kind, name, id, value);
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
  pushPackedCounted(packed: PackedEntry): boolean {
    if (!this.#takeCredit()) return false;
    this.pushPacked(packed);
    this.#sentMessages++;
    return true;
  }

  pushPacked(packed: PackedEntry): void {
    this.#stirred = true;
    check(this.#encoder.addPacked(packed), 'packed');
  }

  /** Throws `ActorError` where it cannot be encoded. */
  push(envelope: Exclude<UserEnvelope, CountedEnvelope>): void {
    this.#add(envelope);
  }

  /** Goes to the system lane of its receiver. */
  pushSystem(envelope: SystemEnvelope): void {
    this.pushPacked(packEnvelope(envelope));
  }

  /** Asks for credit with the next frame, where what is on the way may be lost. */
  probe(): void {
    this.#probe = this.lossy;
    this.#stirred = true;
  }

  takeFrame(): TakenFrame | undefined {
    if (!this.#stirred) return undefined;
    this.#stirred = false;
    if (this.#encoder.bytes === 0 && !this.#creditIsDue() && !this.#probe) return undefined;
    const handledMessages = this.#handledMessages;
    const handledBytes = this.#handledBytes;
    const end = frameEndValue({
      sequence: this.#framesSent,
      messagesBefore: this.#framedMessages,
      bytesBefore: this.#sentBytes,
      handledMessages,
      handledBytes,
    });
    check(this.#encoder.addAlone(FRAME_END, 0, end), 'frame');
    const frame = this.#encoder.finish();
    const messages = this.#sentMessages - this.#framedMessages;
    this.#probe = false;
    this.#framesSent++;
    this.#framedMessages = this.#sentMessages;
    const size = sizeOf(frame.bytes, frame.transfers);
    this.#sentBytes += size;
    this.#toldMessages = handledMessages;
    this.#toldBytes = handledBytes;
    const { bytes, transfers } = frame;
    // Each by its name: copying all of an object costs more than the rest of this.
    return { bytes, transfers, messages, size };
  }

  /** What it holds takes room until it is told as handled. Failed with the reason where the frame cannot be read. */
  arrived(bytes: Uint8Array, transfers: readonly ArrayBuffer[]): Result<ArrivedFrame, string> {
    const opened = this.#decoder.open(bytes, transfers, isUrgent);
    if (!opened.ok) return failed(opened.error.message);
    const { urgent, rest } = opened.value;
    const last = urgent.at(-1);
    const end = last?.kind === FRAME_END ? readFrameEnd(last.value) : undefined;
    if (end === undefined) return failed('its end is missing');
    const system: SystemEnvelope[] = [];
    for (const entry of urgent) {
      if (entry === last) break;
      const envelope = readEnvelope(entry);
      if (envelope === undefined) return failed(NOBODY_SENDS);
      system.push(envelope as SystemEnvelope);
    }
    let messages = 0;
    rest.visit((kind) => {
      if (isCountedKind(kind)) messages++;
    });
    const size = sizeOf(bytes, transfers);
    this.#stirred = true;
    const gap = end.sequence !== this.#framesExpected;
    this.#framesExpected = Math.max(this.#framesExpected, end.sequence + 1);
    this.#creditMessages = Math.max(this.#creditMessages, end.handledMessages);
    this.#creditBytes = Math.max(this.#creditBytes, end.handledBytes);
    this.#arrivedMessages = Math.max(this.#arrivedMessages, end.messagesBefore + messages);
    this.#arrivedBytes = Math.max(this.#arrivedBytes, end.bytesBefore + size);
    this.#waitingMessages += messages;
    this.#waitingBytes += size;
    return ok({ system, user: rest, messages, bytes: size, gap });
  }

  handledMessage(): void {
    this.#stirred = true;
    this.#waitingMessages--;
  }

  /** A frame's messages are all handled. */
  handledFrame(bytes: number): void {
    this.#stirred = true;
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
    const messages = this.#arrivedMessages - this.#waitingMessages - this.#toldMessages;
    const bytes = this.#arrivedBytes - this.#waitingBytes - this.#toldBytes;
    const { mailboxMessagesMax, mailboxBytesMax } = this.#limits;
    return messages >= mailboxMessagesMax / 4 || bytes >= mailboxBytesMax / 4;
  }

  #add(envelope: Envelope): void {
    this.#stirred = true;
    check(writeEnvelope(envelope, this.#write), envelope.type);
  }
}

/** An envelope as it is now, for a link that has no credit for it yet. Throws `ActorError` where it cannot be encoded. */
export function packEnvelope(envelope: Envelope): PackedEntry {
  return check(writeEnvelope(envelope, packEntry), envelope.type);
}

function check<T>(encoded: Result<T, FrameError>, what: string): T {
  if (encoded.ok) return encoded.value;
  throw new ActorError('not-encodable', `cannot encode a ${what}: ${encoded.error.message}`);
}

function sizeOf(bytes: Uint8Array, transfers: readonly ArrayBuffer[]): number {
  let size = bytes.length;
  for (const buffer of transfers) size += buffer.byteLength;
  return size;
}
