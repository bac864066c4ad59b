import type { Step } from './declared.js';
import type { Range } from './estimate-range.js';
import { UNKNOWN } from './estimate-range.js';
import type { Type } from './types.js';

/** What is known of a part of an expression: what it costs, how large its value is, and where that comes from. */
export interface Estimate {
  readonly cost: Range;
  /** Undefined: it is not known here; what is declared at the path may say. */
  readonly size: Range | undefined;
  readonly path: readonly Step[] | undefined;
  /** The size of what is in a list that is written out, or of the values of such a map. */
  readonly itemSize: Range | undefined;
  /** The size of what is in a list that is declared. */
  readonly elementSize: Range | undefined;
  readonly type: Type;
}

/** What is not known may be of any size. */
export function sizeOf(estimate: Estimate | undefined): Range {
  return estimate?.size ?? UNKNOWN;
}
