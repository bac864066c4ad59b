import fc from 'fast-check';
import t from 'tap';
import { duplicateFields } from '../../../src/api/index.js';

const seed = Number(process.env['KUBACTOR_SEED'] ?? 8259);

void t.test('a key that stands twice in one object is named by its path', (t) => {
  t.same(duplicateFields('{"spec":{"replicas":1,"replicas":2}}'), ['spec.replicas']);
  t.same(duplicateFields('{"a":[{"x":1},{"x":1,"x":2}]}'), ['a[1].x']);
  t.same(duplicateFields('{"a":1,"b":[[1,2],{"c":{"d":0,"d":0}}],"a":2}'), ['b[1].c.d', 'a']);
  t.same(duplicateFields('{"a":1,"a":2,"a":3}'), ['a'], 'once, however often it stands');
  t.end();
});

void t.test('keys are compared by what they say, and values are no keys', (t) => {
  t.same(duplicateFields('{"x":1,"\\u0078":2}'), ['x']);
  t.same(duplicateFields('{"a":"a","b":"a","c":["a","a"]}'), []);
  t.same(duplicateFields('{"a\\"":1,"b\\\\":"\\\\\\"","b":"}{,:"}'), []);
  t.same(duplicateFields('[{"a":1},{"a":1}]'), []);
  t.end();
});

void t.test('what JSON.stringify writes has no duplicates', (t) => {
  t.comment(`replay with KUBACTOR_SEED=${String(seed)}`);
  fc.assert(
    fc.property(fc.json(), (text) => duplicateFields(text).length === 0),
    { seed, numRuns: 300 },
  );
  t.end();
});

void t.test('a string of three million characters is no trouble', (t) => {
  t.same(duplicateFields(JSON.stringify({ a: '\\"'.repeat(1_500_000), b: 1 })), []);
  t.end();
});
