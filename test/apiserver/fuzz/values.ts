import { randomBelow, seededRandom } from '../../../src/base/index.js';

/** Draws of one seed. */
export interface Draw {
  /** From 0 to `limit - 1`; 0 where nothing is to choose from. */
  below(limit: number): number;
  of<T>(choices: readonly T[]): T;
}

export function drawsOf(seed: number): Draw {
  const random = seededRandom(seed);
  const below = (limit: number): number => randomBelow(random, Math.max(1, limit));
  return {
    below,
    of: (choices) => {
      const chosen = choices[below(choices.length)];
      if (chosen === undefined) throw new Error('nothing to choose from');
      return chosen;
    },
  };
}

const SCALARS = [
  'null',
  'true',
  '0',
  '-1',
  '1.5',
  '9007199254740993',
  '1e308',
  '""',
  '"a"',
  '"../.."',
  '"\\ud800"',
  '"2026-01-01T00:00:00Z"',
  '"10Ei"',
  '"999999999999999999999999"',
  `"${'x'.repeat(300)}"`,
] as const;

/** Any JSON, as text. */
export function jsonText(draw: Draw, depthMax: number): string {
  const kind = depthMax === 0 ? 0 : draw.below(6);
  if (kind < 4) return draw.of(SCALARS);
  const parts = Array.from({ length: draw.below(4) }, () => jsonText(draw, depthMax - 1));
  if (kind === 4) return `[${parts.join(',')}]`;
  const names = [
    'name',
    'metadata',
    'spec',
    '$patch',
    '$deleteFromPrimitiveList/a',
    '__proto__',
    '',
  ];
  return `{${parts.map((part) => `${JSON.stringify(draw.of(names))}:${part}`).join(',')}}`;
}
