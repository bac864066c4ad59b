import t from 'tap';
import {
  randomBelow,
  randomChance,
  randomFraction,
  randomPick,
  seededRandom,
} from '../../src/base/index.js';

t.test('the same seed draws the same numbers', async (t) => {
  const [first, second] = [seededRandom(7), seededRandom(7)];
  const draw = (random: typeof first): number[] =>
    Array.from({ length: 1000 }, () => random.uint32());
  t.same(draw(first), draw(second));
});

t.test('seeds that differ only above 32 bits draw different numbers', async (t) => {
  t.not(seededRandom(1).uint32(), seededRandom(1 + 2 ** 32).uint32());
});

t.test('draws below a bound are uniform within five standard deviations', async (t) => {
  const random = seededRandom(42);
  const counts = new Array<number>(10).fill(0);
  for (let i = 0; i < 100_000; i++) {
    const draw = randomBelow(random, 10);
    counts[draw] = (counts[draw] ?? 0) + 1;
  }
  const deviation = Math.sqrt(100_000 * 0.1 * 0.9);
  for (const count of counts)
    t.ok(Math.abs(count - 10_000) < 5 * deviation, `count ${String(count)}`);
});

t.test('fractions lie in [0, 1), chances follow their probability', async (t) => {
  const random = seededRandom(1);
  const hits = Array.from({ length: 10_000 }, () => randomChance(random, 0.25)).filter(
    Boolean,
  ).length;
  t.ok(hits > 2200 && hits < 2800, `hits ${String(hits)}`);
  const fractions = Array.from({ length: 1000 }, () => randomFraction(random));
  t.ok(fractions.every((fraction) => fraction >= 0 && fraction < 1));
  t.equal(randomPick(random, ['only']), 'only');
});

t.test('a bound that is not a positive integer is a broken invariant', async (t) => {
  const random = seededRandom(1);
  for (const bound of [0, -1, 1.5, 2 ** 33])
    t.throws(() => randomBelow(random, bound), { code: 'ASSERTION' });
});
