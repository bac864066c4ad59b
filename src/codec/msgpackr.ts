import type {
  addExtension as addExtensionFunction,
  Packr as PackrClass,
  Unpackr as UnpackrClass,
} from 'msgpackr';
import {
  addExtension as extend,
  Packr as packr,
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

/** `pack` returns its whole buffer with the place of the bytes in it, which the next `pack` overwrites: copy them at once. */
export const PACK_IN_PLACE = (REUSE_BUFFER_MODE as number) | (RESET_BUFFER_MODE as number);
export type PackedInPlace = Buffer & { readonly start: number; readonly end: number };
