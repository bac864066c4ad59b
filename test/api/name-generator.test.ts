import t from 'tap';
import { generateName, safeEncode } from '../../src/api/index.js';
import { seededRandom } from '../../src/base/index.js';

void t.test('a generated name is its base and five letters that spell no words', (t) => {
  const random = seededRandom(7);
  const names = new Set<string>();
  for (let i = 0; i < 1000; i++) {
    const name = generateName('web-', random);
    names.add(name);
    if (!/^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/.test(name)) t.fail(name);
  }
  t.ok(names.size > 995, 'names seldom repeat');
  t.equal(
    generateName('web-', seededRandom(7)),
    generateName('web-', seededRandom(7)),
    'a seed says all',
  );
  t.end();
});

void t.test('a long base is cut, so that the name fits a label of DNS', (t) => {
  const name = generateName('x'.repeat(100), seededRandom(1));
  t.equal(name.length, 63);
  t.ok(name.startsWith('x'.repeat(58)));
  t.end();
});

void t.test('a hash is encoded in the same letters', (t) => {
  t.equal(safeEncode('0123456789'), '456789bcdf');
  t.match(safeEncode('1234567890abcdef'), /^[bcdfghjklmnpqrstvwxz2456789]{16}$/);
  t.end();
});
