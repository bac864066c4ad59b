import fc from 'fast-check';
import t from 'tap';
import { createIntervalTree } from '../../src/mvcc/interval-tree.js';

const key = fc.string({ unit: fc.constantFrom('a', 'b', '\xff', '\0'), maxLength: 3 });
const step = fc.record({
  low: key,
  high: fc.option(key, { nil: undefined }),
  remove: fc.nat(3),
  probe: key,
});

t.test('it finds the ranges that a look at each of them finds', (t) => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80, size: 'max' }), (steps) => {
      const tree = createIntervalTree<number>();
      const items: { low: string; high: string | undefined; item: number }[] = [];
      steps.forEach(({ low, high, remove, probe }, item) => {
        tree.insert({ low, high }, item);
        items.push({ low, high, item });
        if (remove === 0) {
          const [gone] = items.splice(item % items.length, 1);
          if (gone !== undefined) tree.remove(gone, gone.item);
        }
        const got: number[] = [];
        tree.visit(probe, (hit) => got.push(hit));
        const expected = items
          .filter((range) => probe >= range.low && (range.high === undefined || probe < range.high))
          .map((range) => range.item);
        if (got.sort((a, b) => a - b).join() !== expected.sort((a, b) => a - b).join())
          throw new Error(`${got.join()} is not ${expected.join()}`);
      });
    }),
    { numRuns: 300 },
  );
  t.end();
});

t.test('thousands of ranges cost a key only those that hold it', (t) => {
  const tree = createIntervalTree<number>();
  const name = (at: number): string => `/registry/pods/namespace-${String(at).padStart(5, '0')}/`;
  for (let at = 0; at < 5000; at++) tree.insert({ low: name(at), high: `${name(at)}\xff` }, at);
  tree.insert({ low: '/registry/', high: '/registry0' }, -1);
  const hits: number[] = [];
  tree.visit(`${name(1234)}web-1`, (hit) => hits.push(hit));
  t.same(
    hits.sort((a, b) => a - b),
    [-1, 1234],
  );
  t.end();
});
