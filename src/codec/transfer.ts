import { assert } from '../base/index.js';
import { addExtension } from './msgpackr.js';

/** In a frame it stands for bytes that travel beside it: the place in the transfer list follows. */
const EXTENSION_TYPE = 0x54;

const marked = new WeakSet<Uint8Array>();
/** The memory that is in some frame already: it can leave only once. */
const given = new WeakSet<ArrayBuffer>();

/** Of the frame that is being written, and of the one that was read last. Both run to completion. */
let writing: ArrayBuffer[] | undefined;
let reading: readonly ArrayBuffer[] = [];

/**
 * Marks bytes to be handed over instead of copied when they are sent (comlink's word). They must own their whole
 * ArrayBuffer. At the end of the sender's turn they are detached, so that the sender must not touch them again; sent
 * twice, they are not encodable. Worth it from some 64 KiB on.
 */
export function transfer<Bytes extends Uint8Array<ArrayBuffer>>(bytes: Bytes): Bytes {
  assert(
    bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength,
    'only bytes that own their whole memory can be transferred',
  );
  marked.add(bytes);
  return bytes;
}

/** Until it is called with nothing, what is packed and marked is appended to the list. */
export function collectTransfers(list: ArrayBuffer[] | undefined): void {
  writing = list;
}

/** What could not be encoded takes nothing: the list is cut back to that length. */
export function takeBackTransfers(list: ArrayBuffer[], length: number): void {
  for (const buffer of list.splice(length)) given.delete(buffer);
}

/** What is unpacked from now on finds there the memory that came beside its frame. */
export function restoreTransfers(list: readonly ArrayBuffer[]): void {
  reading = list;
}

function isMarked(value: unknown): boolean {
  return value instanceof Uint8Array && marked.has(value);
}

// msgpackr asks whether a value is an `instanceof` the class of an extension: the marked ones are.
Object.defineProperty(isMarked, Symbol.hasInstance, { value: isMarked });

addExtension({
  Class: isMarked,
  type: EXTENSION_TYPE,
  write(bytes: Uint8Array<ArrayBuffer>): number | Uint8Array {
    const { buffer } = bytes;
    if (given.has(buffer)) throw new TypeError('bytes can be transferred only once');
    // Packed outside of a frame they are copied, as all bytes are.
    if (writing === undefined) return bytes.slice();
    given.add(buffer);
    return writing.push(buffer) - 1;
  },
  read(place: unknown): Uint8Array {
    if (place instanceof Uint8Array) return place;
    const buffer = typeof place === 'number' ? reading[place] : undefined;
    if (buffer === undefined) throw new RangeError('transferred bytes are missing');
    return new Uint8Array(buffer);
  },
});
