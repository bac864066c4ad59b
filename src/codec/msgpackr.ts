import type {
  addExtension as addExtensionFunction,
  Packr as PackrClass,
  Unpackr as UnpackrClass,
} from 'msgpackr';
import {
  addExtension as extend,
  Packr as packr,
  RESERVE_START_SPACE,
  RESET_BUFFER_MODE,
  REUSE_BUFFER_MODE,
} from 'msgpackr/pack';
import { Unpackr as unpackr } from 'msgpackr/unpack';

/**
 * msgpackr without its native add-on, which a killable thread must not hold: only these two entry points never load it.
 * Their own type files do not resolve under `nodenext`; the main entry's are the same.
 */
export const Packr = packr as unknown as typeof PackrClass;
export const Unpackr = unpackr as unknown as typeof UnpackrClass;
export const addExtension = extend as unknown as typeof addExtensionFunction;
export type Packr = PackrClass;
export type Unpackr = UnpackrClass;

/** Shapes remembered by each side of a connection; beyond it the oldest are sent anew. Kubernetes objects have many. */
export const RECORDS_MAX = 1024;

export function refuseFunction(): never {
  throw new TypeError('a function cannot be encoded');
}

/** The memory that all packers of the thread write to, one value behind the other, and where in it the newest one is. */
export type PackMemory = Uint8Array & { readonly start: number; readonly end: number };

const IN_PLACE = (REUSE_BUFFER_MODE as number) | (RESET_BUFFER_MODE as number);
const BEHIND_SPACE = (REUSE_BUFFER_MODE as number) | (RESERVE_START_SPACE as number);

/** The bytes of a value, which the next one overwrites: copy them at once. */
export function packInPlace(packr: Packr, value: unknown): Uint8Array {
  const { buffer, byteOffset, start, end } = packr.pack(value, IN_PLACE) as unknown as PackMemory;
  return new Uint8Array(buffer, byteOffset + start, end - start);
}

/** Packs a value behind so much free space, at a multiple of eight. Nothing else is ever written there. */
export function packBehind(packr: Packr, value: unknown, spaceBytes: number): PackMemory {
  return packr.pack(value, BEHIND_SPACE | spaceBytes) as unknown as PackMemory;
}

// A new memory is as large as the last one. 8 KiB, with which msgpackr begins, hold few messages.
new Packr().pack('x'.repeat(5000));
