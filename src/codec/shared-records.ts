import { NAMES_MAX } from './frame-entry.js';
import { Packr, RECORDS_MAX, refuseFunction, Unpackr } from './msgpackr.js';

/**
 * Shapes and names that both ends of some connections know without being told, as they share memory: a simulator's. Each frame
 * then stands alone, as by `frame`, and costs no more than by `connection`.
 */
export class SharedRecords {
  readonly packr: Packr;
  readonly unpackr: Unpackr;
  /** By their numbers. */
  readonly names: string[] = [''];
  readonly #numbers = new Map([['', 0]]);

  constructor() {
    const structures: [] = [];
    const options = { useRecords: true, structures, maxSharedStructures: RECORDS_MAX };
    this.packr = new Packr({ ...options, writeFunction: refuseFunction });
    this.unpackr = new Unpackr({ ...options, copyBuffers: true });
  }

  numberOf(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    const number = this.names.length;
    if (number > NAMES_MAX) throw new RangeError('a connection has too many names');
    this.names.push(name);
    this.#numbers.set(name, number);
    return number;
  }
}
