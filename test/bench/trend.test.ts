import t from 'tap';
import { beyondZero, trendOf, type Point } from './trend.js';

function series(count: number, value: (x: number) => number): Point[] {
  return Array.from({ length: count }, (_, x) => ({ x, y: value(x) }));
}

t.test('a line is found as it is', async (t) => {
  const trend = trendOf(series(20, (x) => 3 + 2 * x));
  t.equal(trend.slope, 2);
  t.equal(trend.mean, 22);
  t.ok(trend.standardError < 1e-12);
  t.ok(beyondZero(trend) > 1.999);
});

t.test('the textbook: Anscombe’s first set', async (t) => {
  const xs = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5];
  const ys = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68];
  // In this order the residuals are not correlated to the right: the plain standard error.
  const trend = trendOf(xs.map((x, i) => ({ x, y: ys[i] ?? 0 })));
  t.ok(Math.abs(trend.slope - 0.5001) < 0.0001, 'the slope');
  t.ok(Math.abs(trend.standardError - 0.1179) < 0.0001, 'its standard error');
  // t for 95 % and 9 degrees of freedom is 2.262.
  t.ok(Math.abs((trend.high - trend.slope) / trend.standardError - 2.262) < 0.003);
});

t.test('noise around a level has no slope that can be told from zero', async (t) => {
  const trend = trendOf(series(60, (x) => 100 + ((x * 7919) % 11)));
  t.equal(beyondZero(trend), 0);
  t.ok(Math.abs(trend.slope) < 0.1);
});

t.test('a sawtooth does not grow, though it ends higher than it began', async (t) => {
  // Three and a half teeth: a heap between its collections.
  const trend = trendOf(series(70, (x) => 100 + (x % 20)));
  t.ok(trend.slope > 0);
  t.equal(beyondZero(trend), 0);
});

t.test('a leak under noise is seen, with its sign', async (t) => {
  const noise = (x: number): number => ((x * 7919) % 11) - 5;
  t.ok(beyondZero(trendOf(series(60, (x) => 100 + x + noise(x)))) > 0.8);
  t.ok(beyondZero(trendOf(series(60, (x) => 100 - x + noise(x)))) < -0.8);
});

t.test('too few points tell nothing', async (t) => {
  t.equal(beyondZero(trendOf(series(2, (x) => x))), 0);
  t.equal(trendOf(series(2, (x) => x)).standardError, Infinity);
  t.equal(trendOf(series(5, () => 7)).slope, 0, 'a level is one');
  t.equal(beyondZero(trendOf(series(5, () => 7))), 0);
});
