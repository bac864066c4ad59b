import fc from 'fast-check';
import t from 'tap';
import { applyMergePatch } from '../../../src/api/patch/index.js';

type Json = Record<string, unknown>;

function merged(target: Json, patch: unknown): unknown {
  const result = applyMergePatch(target, patch);
  return result.ok ? result.value : result.error;
}

void t.test('merge patch does what the examples of RFC 7386 (appendix A) show', (t) => {
  const cases: readonly (readonly [Json, Json, Json])[] = [
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ];
  for (const [target, patch, expected] of cases) {
    t.same(merged(target, patch), expected, JSON.stringify({ target, patch }));
  }
  t.end();
});

void t.test('a patch that is no object is refused', (t) => {
  t.same(merged({}, null), { code: 'malformed', message: 'Invalid JSON Patch' });
  t.match(merged({}, [1]), {
    code: 'malformed',
    message: 'json: cannot unmarshal array into Go value of type map[string]interface {}',
  });
  t.end();
});

void t.test('__proto__ in a patch is a field like any other', (t) => {
  const patch: unknown = JSON.parse('{"__proto__": {"polluted": true}}');
  const result = merged({ a: 1 }, patch);
  t.equal(JSON.stringify(result), '{"a":1,"__proto__":{"polluted":true}}');
  t.equal(({} as Json)['polluted'], undefined);
  t.end();
});

const json = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.jsonValue({ maxDepth: 3 }), {
  maxKeys: 4,
  noNullPrototype: true,
});

void t.test('merge patch keeps the laws of RFC 7386', (t) => {
  const seed = Number(process.env['KUBACTOR_SEED'] ?? 7386);
  t.comment(`replay with KUBACTOR_SEED=${String(seed)}`);
  fc.assert(
    fc.property(json, json, (target, patch) => {
      const before = JSON.stringify(target);
      const once = merged(target, patch) as Json;
      t.ok(JSON.stringify(target) === before, 'the target is not changed');
      t.strictSame(merged(once, patch), once, 'twice is as good as once');
      t.strictSame(merged(target, {}), target, 'an empty patch changes nothing');
    }),
    { seed, numRuns: 200 },
  );
  fc.assert(
    fc.property(json, json, (target, patch) => {
      for (const [key, value] of Object.entries(merged(target, patch) as Json)) {
        const untouched = !Object.hasOwn(patch, key);
        if (untouched) t.equal(value, target[key], 'what is not named is shared, not copied');
        else t.ok(patch[key] !== null, 'null removes');
      }
    }),
    { seed, numRuns: 200 },
  );
  t.end();
});
