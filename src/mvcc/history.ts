import { assertDefined } from '../base/index.js';
import type { KeyValue } from './request.js';

/**
 * Versions in order of revision: they are appended, and never changed or taken away, so that who holds it may read what was
 * there at some length for as long as it likes. It grows block by block: an array of a million would be copied in one go.
 */
export interface History {
  readonly length: number;
  at(index: number): KeyValue | undefined;
  push(version: KeyValue): void;
  /** The place of the first version at or after a revision. */
  indexFrom(revision: number): number;
  /** Visits from a place on, until false is returned. `next` is what follows, if anything does. */
  scan(from: number, visit: (version: KeyValue, next: KeyValue | undefined) => boolean): void;
}

const BLOCK_BITS = 10;
const BLOCK_VERSIONS = 1 << BLOCK_BITS;

export function createHistory(): History {
  const blocks: KeyValue[][] = [];
  let length = 0;
  const at = (index: number): KeyValue | undefined =>
    blocks[index >>> BLOCK_BITS]?.[index & (BLOCK_VERSIONS - 1)];
  return {
    get length() {
      return length;
    },
    at,
    push(version) {
      if ((length & (BLOCK_VERSIONS - 1)) === 0) blocks.push([]);
      assertDefined(blocks[blocks.length - 1], 'there is a block to add to').push(version);
      length++;
    },
    indexFrom(revision) {
      let low = 0;
      let high = length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((at(middle) as KeyValue).modRevision < revision) low = middle + 1;
        else high = middle;
      }
      return low;
    },
    scan(from, visit) {
      let version = at(from);
      for (let index = from + 1; version !== undefined; index++) {
        const next = at(index);
        if (!visit(version, next)) return;
        version = next;
      }
    },
  };
}
