/** Between what and what a size or cost may be. Kubernetes counts up to 2^64 - 1 and stays there. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

export const UNBOUNDED = 2 ** 64;
export const UNKNOWN: Range = { min: 0, max: UNBOUNDED };
export const ZERO: Range = { min: 0, max: 0 };

export function fixed(value: number): Range {
  return { min: value, max: value };
}

function capped(value: number): number {
  return Math.min(value, UNBOUNDED);
}

export function add(...ranges: readonly Range[]): Range {
  return ranges.reduce((sum, each) => ({
    min: capped(sum.min + each.min),
    max: capped(sum.max + each.max),
  }));
}

export function multiply(a: Range, b: Range): Range {
  return { min: capped(a.min * b.min), max: capped(a.max * b.max) };
}

/** Rounded up to a whole cost. */
export function scale(range: Range, factor: number): Range {
  return {
    min: capped(Math.ceil(range.min * factor)),
    max: capped(Math.ceil(range.max * factor)),
  };
}

export function union(a: Range, b: Range): Range {
  return { min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) };
}
