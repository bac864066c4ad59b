import type { IntOrString } from '../api/index.js';

/** A number of pods, or a percentage of `total` that is rounded. */
export function amountOf(
  bound: IntOrString,
  total: number,
  round: (value: number) => number,
): number {
  if (typeof bound === 'number') return bound;
  const percent = /^(\d+)%$/.exec(bound)?.[1];
  return percent === undefined ? 0 : round((Number(percent) * total) / 100);
}
