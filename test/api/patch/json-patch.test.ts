import t from 'tap';
import { applyJsonPatch } from '../../../src/api/patch/index.js';

function patched(object: Record<string, unknown>, patch: unknown): unknown {
  const result = applyJsonPatch(object, patch);
  return result.ok ? result.value : result.error;
}

void t.test('json patch carries out the six operations', (t) => {
  const object = { a: { b: [1, 2] }, c: 'x' };
  const patch = [
    { op: 'test', path: '/c', value: 'x' },
    { op: 'add', path: '/a/b/1', value: 9 },
    { op: 'add', path: '/a/b/-', value: 3 },
    { op: 'replace', path: '/c', value: 'y' },
    { op: 'copy', from: '/c', path: '/d' },
    { op: 'move', from: '/d', path: '/e~1f' },
    { op: 'remove', path: '/a/b/0' },
  ];
  t.strictSame(patched(object, patch), { a: { b: [9, 2, 3] }, c: 'y', 'e/f': 'y' });
  t.strictSame(object, { a: { b: [1, 2] }, c: 'x' }, 'the object is not changed');
  t.end();
});

void t.test('json patch that does not fit the object is unprocessable', (t) => {
  const cases = [
    { op: 'remove', path: '/zzz' },
    { op: 'replace', path: '/zzz/a', value: 1 },
    { op: 'add', path: '/x/y', value: 1 },
    { op: 'copy', from: '/zzz', path: '/a' },
    { op: 'explode', path: '/a' },
    { op: 'add', path: '/__proto__/polluted', value: 1 },
  ];
  for (const operation of cases) {
    t.match(patched({ a: 1 }, [operation]), { code: 'unprocessable' }, JSON.stringify(operation));
  }
  t.end();
});

void t.test('json patch that is no list of operations is malformed', (t) => {
  t.strictSame(patched({}, { op: 'add' }), {
    code: 'malformed',
    message: 'json: cannot unmarshal object into Go value of type jsonpatch.Patch',
  });
  t.match(patched({}, ['x']), { code: 'malformed' });
  t.end();
});

void t.test('json patch is bounded to 10,000 operations', (t) => {
  const patch = Array.from({ length: 10_001 }, () => ({ op: 'test', path: '/a', value: 1 }));
  t.strictSame(patched({ a: 1 }, patch), {
    code: 'too-large',
    message: 'The allowed maximum operations in a JSON patch is 10000, got 10001',
  });
  t.strictSame(patched({ a: 1 }, patch.slice(1)), { a: 1 });
  t.end();
});

void t.test('a value of a patch is not shared between places', (t) => {
  const patch = [
    { op: 'add', path: '/a', value: { n: 1 } },
    { op: 'copy', from: '/a', path: '/b' },
    { op: 'replace', path: '/a/n', value: 2 },
  ];
  t.strictSame(patched({}, patch), { a: { n: 2 }, b: { n: 1 } });
  t.strictSame(patch[0]?.value, { n: 1 });
  t.end();
});

void t.test('json patch does what Kubernetes’ library does, and says what it says', (t) => {
  const object = { a: 1, list: [1] };
  t.strictSame(patched(object, [{ op: 'replace', path: '/zzz', value: 1 }]), { ...object, zzz: 1 });
  const refused = (operation: object, message: string, code = 'unprocessable') => {
    t.strictSame(patched(object, [operation]), { code, message });
  };
  const op = (op: string, path: string, more = {}) => ({ op, path, ...more });
  refused(op('test', '/a', { value: 2 }), 'testing value /a failed: test failed', 'test-failed');
  refused(
    op('replace', '/list/-', { value: 2 }),
    'replace operation does not apply: doc is missing key: /list/-: missing value',
  );
  refused(
    op('add', '/x/y', { value: 2 }),
    'add operation does not apply: doc is missing path: "/x/y": missing value',
  );
  refused(
    op('remove', '/zzz'),
    "error in remove for path: '/zzz': Unable to remove nonexistent key: zzz: missing value",
  );
  refused(
    op('add', '/list/7', { value: 2 }),
    "error in add for path: '/list/7': Unable to access invalid index: 7: invalid index referenced",
  );
  refused(
    op('copy', '/b', { from: '/x/y' }),
    'copy operation does not apply: doc is missing from path: /x/y: missing value',
  );
  t.end();
});
