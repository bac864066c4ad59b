/** How a figure changes over time: a least-squares line, and how sure one can be of its slope. */
export interface Trend {
  readonly mean: number;
  /** Per unit of x. */
  readonly slope: number;
  /** Of the slope; Infinity where there are too few points to tell. */
  readonly standardError: number;
  /** The slope lies between these with 95 % confidence. */
  readonly low: number;
  readonly high: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * The trend of points that are equally far apart. What is measured in a row is alike (a heap grows until it is collected),
 * so that each point tells less than one of its own would: their number is cut by the autocorrelation of the residuals,
 * n (1 - r) / (1 + r) (Santer et al. 2000), before the standard error is told. Without that any sawtooth would seem to grow.
 */
export function trendOf(points: readonly Point[]): Trend {
  const n = points.length;
  const meanX = sum(points, ({ x }) => x) / n;
  const mean = sum(points, ({ y }) => y) / n;
  const spread = sum(points, ({ x }) => (x - meanX) ** 2);
  const slope = spread === 0 ? 0 : sum(points, ({ x, y }) => (x - meanX) * (y - mean)) / spread;
  const residuals = points.map(({ x, y }) => y - mean - slope * (x - meanX));
  const squares = residuals.reduce((total, residual) => total + residual ** 2, 0);
  const degrees = effectiveCount(residuals, squares) - 2;
  if (n < 3 || degrees < 1)
    return { mean, slope, standardError: Infinity, low: -Infinity, high: Infinity };
  const standardError = Math.sqrt(squares / degrees / spread);
  const margin = studentT95(degrees) * standardError;
  return { mean, slope, standardError, low: slope - margin, high: slope + margin };
}

/**
 * 0 where the slope cannot be told from zero, which lies within its interval; else the bound of the interval that is nearer
 * to zero: it grows (or shrinks) by that much at least.
 */
export function beyondZero({ low, high }: Trend): number {
  if (low > 0) return low;
  return high < 0 ? high : 0;
}

/** So many independent points would tell as much. */
function effectiveCount(residuals: readonly number[], squares: number): number {
  const n = residuals.length;
  if (squares === 0) return n;
  const neighbours = residuals
    .slice(1)
    .reduce((total, residual, i) => total + residual * (residuals[i] ?? 0), 0);
  // Points that alternate tell no more than independent ones.
  const correlation = Math.max(0, neighbours / squares);
  return (n * (1 - correlation)) / (1 + correlation);
}

/** Student's t for 95 % on two sides: Cornish-Fisher's expansion, within 1 % from 3 degrees of freedom on (below: 12.7 and 4.3). */
function studentT95(degrees: number): number {
  if (degrees < 2) return 12.71;
  if (degrees < 3) return 4.3;
  const z = 1.959964;
  return (
    z +
    (z ** 3 + z) / (4 * degrees) +
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * degrees ** 2) +
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * degrees ** 3)
  );
}

function sum(points: readonly Point[], value: (point: Point) => number): number {
  return points.reduce((total, point) => total + value(point), 0);
}
