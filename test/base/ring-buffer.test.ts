import t from 'tap';
import { RingBuffer } from '../../src/base/index.js';

t.test('first in, first out, over many turns of the ring', async (t) => {
  const ring = new RingBuffer<number>(5);
  let next = 0;
  const out: (number | undefined)[] = [];
  for (let round = 0; round < 100; round++) {
    while (ring.push(next)) next++;
    for (let i = 0; i < 3; i++) out.push(ring.shift());
  }
  t.ok(ring.length === 2 && next === 302);
  t.same(
    out,
    Array.from({ length: 300 }, (_, i) => i),
  );
});

t.test('a full ring refuses, or drops its oldest when asked to', async (t) => {
  const ring = new RingBuffer<string>(2);
  t.ok(ring.push('a'));
  t.ok(ring.push('b'));
  t.notOk(ring.push('c'));
  t.equal(ring.pushDroppingOldest('c'), 'a');
  t.same([...ring], ['b', 'c']);
  t.equal(ring.at(0), 'b');
  t.equal(ring.at(2), undefined);
});

t.test('it grows past a wrapped head without losing order', async (t) => {
  const ring = new RingBuffer<number>(64);
  for (let i = 0; i < 8; i++) ring.push(i);
  for (let i = 0; i < 5; i++) ring.shift();
  for (let i = 8; i < 40; i++) ring.push(i);
  t.same(
    [...ring],
    Array.from({ length: 35 }, (_, i) => i + 5),
  );
});

t.test('an empty ring has nothing', async (t) => {
  const ring = new RingBuffer<number>(1);
  t.equal(ring.shift(), undefined);
  t.equal(ring.length, 0);
  t.throws(() => new RingBuffer(0), { code: 'ASSERTION' });
});
