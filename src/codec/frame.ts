import { type Result, failed, ok } from '../base/index.js';
import { PACK_IN_PLACE, Packr, type PackedInPlace, Unpackr } from './msgpackr.js';
import { collectTransfers, restoreTransfers, takeBackTransfers } from './transfer.js';

/**
 * Frames are what actors send each other: a list of msgpack values, added one at a time, that leave together.
 *
 * Plain data survives as it is: objects (fields set to `undefined` included), arrays, strings, numbers, bigints of 64 bits,
 * booleans, null, Date, Map, Set. A Uint8Array arrives as a Uint8Array of its own memory, safe to keep. Functions, symbols,
 * larger bigints and cycles cannot be encoded.
 *
 * `connection`: the shapes of objects are sent once and then referred to, so that a frame can be read only by a decoder
 * that read all frames before it. `frame`: each value stands alone, for a link that may lose or reorder frames.
 *
 * A frame is a row of sections: one byte that says how the records within are to be read, four bytes of length, values.
 */
export type FrameRecords = 'connection' | 'frame';

export interface FrameError {
  readonly code: 'not-encodable' | 'bad-frame';
  readonly message: string;
}

export interface Frame {
  /** It owns its whole ArrayBuffer, so that it can be transferred. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The memory of what was marked by `transfer`, which travels beside the frame. */
  readonly transfers: readonly ArrayBuffer[];
}

export interface FrameEncoder {
  /** Adds a value to the frame, as it is now. After an error nothing of it is in the frame, and the encoder stays usable. */
  add(value: unknown): Result<void, FrameError>;
  /** Adds a value that `packValue` made. */
  addPacked(packed: Uint8Array): void;
  /** How much was added since the last frame, transfers included. */
  readonly bytes: number;
  /** Ends the frame; the next value begins another. */
  finish(): Frame;
}

export interface FrameDecoder {
  /** The values, in order. After an error of a `connection` it reads nothing until its encoder starts anew. */
  decode(
    bytes: Uint8Array,
    transfers?: readonly ArrayBuffer[],
  ): Result<readonly unknown[], FrameError>;
}

/** First byte of a section. Fresh: forget all records known so far (each connection begins so). Alone: its values need none. */
const Section = { continued: 0, fresh: 1, alone: 2 } as const;
type Section = (typeof Section)[keyof typeof Section];
const HEADER_BYTES = 5;

/** Shapes remembered by each side of a connection; beyond it the oldest are sent anew. Kubernetes objects have many. */
const RECORDS_MAX = 1024;
const ADDED = ok(undefined);

/** An encoder keeps a buffer of up to this size between its frames. */
const KEPT_BYTES = 64 * 1024;
const FIRST_BYTES = 1024;

export function createFrameEncoder(records: FrameRecords = 'connection'): FrameEncoder {
  return new Encoder(records);
}

export function createFrameDecoder(): FrameDecoder {
  return new Decoder();
}

/** A value by itself, for a frame that it may join later. It holds the value as it is now. */
export function packValue(value: unknown): Result<Uint8Array, FrameError> {
  try {
    return ok(new Uint8Array(alonePackr.pack(value)));
  } catch (error) {
    return notEncodable(error);
  }
}

class Encoder implements FrameEncoder {
  readonly #alone: boolean;
  #packr: Packr;
  #fresh = true;
  #buffer: Uint8Array<ArrayBuffer> = new Uint8Array(FIRST_BYTES);
  #length = 0;
  /** Where the open section begins. */
  #sectionAt = 0;
  #section: Section | undefined;
  #transfers: ArrayBuffer[] = [];
  #transferBytes = 0;

  constructor(records: FrameRecords) {
    this.#alone = records === 'frame';
    this.#packr = this.#alone ? alonePackr : createPackr('connection');
  }

  get bytes(): number {
    return this.#length + this.#transferBytes;
  }

  add(value: unknown): Result<void, FrameError> {
    const before = this.#transfers.length;
    let packed: PackedInPlace;
    collectTransfers(this.#transfers);
    try {
      packed = this.#packr.pack(value, PACK_IN_PLACE) as PackedInPlace;
    } catch (error) {
      takeBackTransfers(this.#transfers, before);
      if (!this.#alone) {
        // Records may have been assigned whose definition never leaves: both sides start anew.
        this.#packr = createPackr('connection');
        this.#fresh = true;
      }
      return notEncodable(error);
    } finally {
      collectTransfers(undefined);
    }
    for (let i = before; i < this.#transfers.length; i++)
      this.#transferBytes += this.#transfers[i]?.byteLength ?? 0;
    const { buffer, start, end } = packed;
    this.#append(
      this.#alone ? Section.alone : Section.continued,
      new Uint8Array(buffer, packed.byteOffset + start, end - start),
    );
    return ADDED;
  }

  addPacked(packed: Uint8Array): void {
    this.#append(Section.alone, packed);
  }

  finish(): Frame {
    this.#closeSection();
    const frame = { bytes: this.#buffer.slice(0, this.#length), transfers: this.#transfers };
    if (this.#buffer.length > KEPT_BYTES) this.#buffer = new Uint8Array(FIRST_BYTES);
    this.#length = 0;
    this.#transfers = [];
    this.#transferBytes = 0;
    return frame;
  }

  #append(section: typeof Section.continued | typeof Section.alone, packed: Uint8Array): void {
    const begins = section === Section.continued && this.#fresh;
    if (this.#section !== section || begins) {
      this.#closeSection();
      this.#reserve(HEADER_BYTES);
      this.#section = section;
      this.#sectionAt = this.#length;
      this.#buffer[this.#length] = begins ? Section.fresh : section;
      this.#length += HEADER_BYTES;
      if (begins) this.#fresh = false;
    }
    this.#reserve(packed.length);
    this.#buffer.set(packed, this.#length);
    this.#length += packed.length;
  }

  #closeSection(): void {
    if (this.#section === undefined) return;
    const bytes = this.#length - this.#sectionAt - HEADER_BYTES;
    new DataView(this.#buffer.buffer).setUint32(this.#sectionAt + 1, bytes);
    this.#section = undefined;
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#buffer.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#buffer.length * 2));
    grown.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = grown;
  }
}

class Decoder implements FrameDecoder {
  readonly #alone = createUnpackr();
  #unpackr: Unpackr | undefined;

  decode(
    bytes: Uint8Array,
    transfers: readonly ArrayBuffer[] = [],
  ): Result<readonly unknown[], FrameError> {
    const values: unknown[] = [];
    try {
      restoreTransfers(transfers, () => {
        this.#read(bytes, values);
      });
      return ok(values);
    } catch (error) {
      this.#unpackr = undefined;
      return failed({ code: 'bad-frame', message: messageOf(error) });
    }
  }

  #read(bytes: Uint8Array, values: unknown[]): void {
    if (bytes.length === 0) throw new RangeError('it is empty');
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at < bytes.length; ) {
      const unpackr = this.#readerOf(bytes[at]);
      if (at + HEADER_BYTES >= bytes.length) throw new RangeError('a section is cut off');
      const from = at + HEADER_BYTES;
      at = from + view.getUint32(at + 1);
      if (at === from || at > bytes.length) throw new RangeError('a section has a wrong length');
      unpackr.unpackMultiple(bytes.subarray(from, at), (value) => {
        values.push(value);
      });
    }
  }

  #readerOf(section: number | undefined): Unpackr {
    if (section === Section.alone) return this.#alone;
    if (section === Section.fresh) this.#unpackr = createUnpackr();
    else if (section !== Section.continued)
      throw new RangeError(`unknown section ${String(section)}`);
    if (this.#unpackr === undefined) throw new RangeError('the frames before it are missing');
    return this.#unpackr;
  }
}

function createPackr(records: FrameRecords): Packr {
  return new Packr({
    useRecords: true,
    sequential: records === 'connection',
    maxOwnStructures: RECORDS_MAX,
    writeFunction: refuseFunction,
  });
}

function createUnpackr(): Unpackr {
  return new Unpackr({
    useRecords: true,
    sequential: true,
    maxOwnStructures: RECORDS_MAX,
    copyBuffers: true,
  });
}

/** It keeps nothing from one value to the next, so that all encoders may share it. */
const alonePackr = createPackr('frame');

function refuseFunction(): never {
  throw new TypeError('a function cannot be encoded');
}

function notEncodable(error: unknown): Result<never, FrameError> {
  return failed({ code: 'not-encodable', message: messageOf(error) });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
