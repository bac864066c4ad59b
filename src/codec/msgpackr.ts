import type { Packr as PackrClass, Unpackr as UnpackrClass } from 'msgpackr';
import { Packr as packr } from 'msgpackr/pack';
import { Unpackr as unpackr } from 'msgpackr/unpack';

/**
 * msgpackr without its native add-on, which a killable thread must not hold: only these two entry points never load it.
 * Their own type files do not resolve under `nodenext`; the main entry's are the same.
 */
export const Packr = packr as unknown as typeof PackrClass;
export const Unpackr = unpackr as unknown as typeof UnpackrClass;
export type Packr = PackrClass;
export type Unpackr = UnpackrClass;
