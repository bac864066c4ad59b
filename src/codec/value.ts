import { packInPlace, Packr } from './msgpackr.js';

/**
 * Plain data as msgpack, self-contained: no records, so that any decoder reads it, in any later life. A `bigint` is an
 * int64 and stays a bigint, a number stays a number, a Uint8Array is a bin. The same value always gives the same bytes.
 * (msgpackr.ts keeps the native add-on out.)
 */
const packr = new Packr({
  useRecords: false,
  moreTypes: false,
  int64AsType: 'bigint',
  encodeUndefinedAsNil: false,
});

/** The bytes of a plain value, in memory of their own: what is kept for long keeps nothing else. */
export function encodeValue(value: unknown): Uint8Array<ArrayBuffer> {
  return packInPlace(packr, value).slice();
}

/** As `encodeValue`, in memory that the next value overwrites: to be copied at once. */
export function encodeValueInPlace(value: unknown): Uint8Array {
  return packInPlace(packr, value);
}

/** The values of bytes that are several results of `encodeValue`, one behind the other. As `decodeValue` otherwise. */
export function decodeValues(data: Uint8Array): unknown[] {
  return packr.unpackMultiple(data) as unknown[];
}

/** The value of bytes that `encodeValue` made. Byte arrays within it are views of `data`. Throws where they are not msgpack. */
export function decodeValue(data: Uint8Array): unknown {
  return packr.unpack(data);
}
