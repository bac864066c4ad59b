/** The wire types of protobuf; 3 and 4 (groups) are used by nothing here and are refused. */
export const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** Messages nest no deeper than this (protobuf's own limit). */
export const MESSAGE_DEPTH_MAX = 100;

/**
 * The bytes are not a sound message. The reader throws it; whoever decodes a whole message turns it into a
 * value.
 */
export class ProtobufFormatError extends Error {
  override readonly name = 'ProtobufFormatError';
  readonly code = 'PROTOBUF_FORMAT';
}

const FIELD_NUMBER_MAX = 2 ** 29 - 1;
const TWO_32 = 2 ** 32;
/** A number is safe while its upper 32 bits are below this. */
const SAFE_HIGH = 2 ** 21;

const textDecoder = new TextDecoder();

/**
 * Reads one message: `while (reader.next()) switch (reader.field) …`. Every read is checked against the end of
 * the message and throws `ProtobufFormatError`. A field that is not read must be skipped.
 */
export class ProtobufReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  readonly #depth: number;
  #at: number;
  #field = 0;
  #wire = 0;
  #low = 0;
  #high = 0;

  /** `depth` counts the messages around this one. */
  constructor(bytes: Uint8Array, start = 0, end = bytes.length, depth = 0) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    this.#depth = depth;
  }

  /** The number of the field that `next` came to. */
  get field(): number {
    return this.#field;
  }

  /** Its wire type. */
  get wire(): number {
    return this.#wire;
  }

  /** How many messages are around this one. */
  get depth(): number {
    return this.#depth;
  }

  /** True at the end of the message (or of a packed list). */
  get done(): boolean {
    return this.#at >= this.#end;
  }

  /** Goes to the next field; false at the end of the message. */
  next(): boolean {
    if (this.done) return false;
    const tag = this.uint();
    this.#field = Math.floor(tag / 8);
    this.#wire = tag % 8;
    if (this.#field > 0 && this.#field <= FIELD_NUMBER_MAX) return true;
    const wire = String(this.#wire);
    throw new ProtobufFormatError(`illegal tag ${String(this.#field)} (wire type ${wire})`);
  }

  /** An unsigned varint, up to 2^53 - 1. */
  uint(): number {
    this.#varint();
    if (this.#high >= SAFE_HIGH) throw new ProtobufFormatError('integer overflow');
    return this.#high * TWO_32 + this.#low;
  }

  /** int32, int64, enum: a varint in two's complement, within the safe integers. */
  int(): number {
    this.#varint();
    if (this.#high < SAFE_HIGH) return this.#high * TWO_32 + this.#low;
    const high = ~this.#high >>> 0;
    const low = ~this.#low >>> 0;
    if (high >= SAFE_HIGH) throw new ProtobufFormatError('integer overflow');
    return -(high * TWO_32 + low) - 1;
  }

  /** int64, whole. */
  int64(): bigint {
    return BigInt.asIntN(64, this.uint64());
  }

  /** uint64, whole. */
  uint64(): bigint {
    this.#varint();
    return (BigInt(this.#high) << 32n) | BigInt(this.#low);
  }

  bool(): boolean {
    this.#varint();
    return this.#low !== 0 || this.#high !== 0;
  }

  /** A `double`. */
  double(): number {
    const at = this.#take(8);
    const view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset + at, 8);
    return view.getFloat64(0, true);
  }

  /** A view into the message, not a copy. */
  bytes(): Uint8Array {
    const length = this.uint();
    const at = this.#take(length);
    return this.#bytes.subarray(at, at + length);
  }

  /** UTF-8; bytes that are not become U+FFFD. */
  string(): string {
    return textDecoder.decode(this.bytes());
  }

  /** The message (or packed list) that the current field holds, as a reader of its own. */
  message(): ProtobufReader {
    if (this.#depth >= MESSAGE_DEPTH_MAX) {
      throw new ProtobufFormatError(`messages nest deeper than ${String(MESSAGE_DEPTH_MAX)}`);
    }
    const length = this.uint();
    const at = this.#take(length);
    return new ProtobufReader(this.#bytes, at, at + length, this.#depth + 1);
  }

  /** Throws where the current field is not of this wire type. */
  expect(wire: number): void {
    if (this.#wire === wire) return;
    const field = String(this.#field);
    throw new ProtobufFormatError(`wrong wireType = ${String(this.#wire)} for field ${field}`);
  }

  /** Passes over the current field. */
  skip(): void {
    switch (this.#wire) {
      case WIRE.varint:
        this.#varint();
        return;
      case WIRE.fixed64:
        this.#take(8);
        return;
      case WIRE.bytes:
        this.#take(this.uint());
        return;
      case WIRE.fixed32:
        this.#take(4);
        return;
      default:
        throw new ProtobufFormatError(`illegal wireType ${String(this.#wire)}`);
    }
  }

  /** Moves past `length` bytes; returns where they begin. */
  #take(length: number): number {
    const at = this.#at;
    if (length > this.#end - at) throw new ProtobufFormatError('unexpected EOF');
    this.#at = at + length;
    return at;
  }

  /** Reads up to ten bytes of seven bits into two halves of 32 bits; bits above the 64th are dropped. */
  #varint(): void {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.done) throw new ProtobufFormatError('unexpected EOF');
      const byte = this.#bytes[this.#at++] ?? 0;
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high |= bits >>> 4;
      } else high |= bits << (shift - 32);
      if (byte < 0x80) {
        this.#low = low >>> 0;
        this.#high = high >>> 0;
        return;
      }
    }
    throw new ProtobufFormatError('integer overflow');
  }
}
