import { assert } from '../base/index.js';
import { ProtobufFormatError, WIRE } from './protobuf-wire.js';

const textEncoder = new TextEncoder();
const VARINT_BYTES_MAX = 10;
/** Deeper than what is read from protobuf, since what is written may have come as JSON. */
const DEPTH_MAX = 1000;

/**
 * Writes one message, field after field, into a buffer that grows. Every field that it is told to write is
 * written, zero or not: whoever calls it decides what is left out.
 */
export class ProtobufWriter {
  #buffer: Uint8Array<ArrayBuffer>;
  #length = 0;
  #depth = 0;

  constructor(capacityBytes = 256) {
    this.#buffer = new Uint8Array(capacityBytes);
  }

  /** A varint field: int32, int64, uint64, enum. Negative numbers take ten bytes, as protobuf has it. */
  int(field: number, value: number | bigint): void {
    this.#tag(field, WIRE.varint);
    this.#varint(value);
  }

  bool(field: number, value: boolean): void {
    this.int(field, value ? 1 : 0);
  }

  /** A `double`. */
  double(field: number, value: number): void {
    this.#tag(field, WIRE.fixed64);
    this.#reserve(8);
    const view = new DataView(this.#buffer.buffer, this.#buffer.byteOffset);
    view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  bytes(field: number, value: Uint8Array): void {
    this.#tag(field, WIRE.bytes);
    this.#varint(value.length);
    this.raw(value);
  }

  string(field: number, value: string): void {
    this.bytes(field, textEncoder.encode(value));
  }

  /** A message within this one: `write` writes its fields with this same writer. Throws `ProtobufFormatError` where it nests too deep. */
  message(field: number, write: () => void): void {
    this.#tag(field, WIRE.bytes);
    if (this.#depth >= DEPTH_MAX) {
      throw new ProtobufFormatError(`messages nest deeper than ${String(DEPTH_MAX)}`);
    }
    this.#reserve(1);
    const start = ++this.#length;
    this.#depth++;
    write();
    this.#depth--;
    this.#setLength(start);
  }

  /** Bytes as they are, without a tag. */
  raw(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#buffer.set(value, this.#length);
    this.#length += value.length;
  }

  /** What was written so far, as a copy. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#buffer.slice(0, this.#length);
  }

  /** Puts the length before the bytes from `start` on, for which one byte is free; most messages need no more. */
  #setLength(start: number): void {
    const end = this.#length;
    const size = end - start;
    const extra = varintBytes(size) - 1;
    if (extra > 0) {
      this.#reserve(extra);
      this.#buffer.copyWithin(start + extra, start, end);
    }
    this.#length = start - 1;
    this.#varint(size);
    this.#length = end + extra;
  }

  #tag(field: number, wire: number): void {
    assert(Number.isInteger(field) && field > 0, `bad field number ${String(field)}`);
    this.#varint(field * 8 + wire);
  }

  #varint(value: number | bigint): void {
    this.#reserve(VARINT_BYTES_MAX);
    if (typeof value === 'bigint' || value < 0) {
      let rest = BigInt.asUintN(64, BigInt(value));
      for (; rest > 0x7fn; rest >>= 7n) this.#buffer[this.#length++] = Number(rest & 0x7fn) | 0x80;
      this.#buffer[this.#length++] = Number(rest);
      return;
    }
    assert(Number.isSafeInteger(value), `not a safe integer: ${String(value)}`);
    let rest = value;
    for (; rest > 0x7f; rest = Math.floor(rest / 128)) {
      this.#buffer[this.#length++] = (rest % 128) | 0x80;
    }
    this.#buffer[this.#length++] = rest;
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#buffer.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#buffer.length * 2));
    grown.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = grown;
  }
}

function varintBytes(value: number): number {
  let count = 1;
  for (let rest = value; rest > 0x7f; rest = Math.floor(rest / 128)) count++;
  return count;
}
