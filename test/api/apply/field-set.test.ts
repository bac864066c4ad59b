import t from 'tap';
import {
  difference,
  differenceBelow,
  hasPath,
  intersection,
  isEmptySet,
  leavesOf,
  NO_FIELDS,
  pathsOf,
  setOf,
  setsEqual,
  union,
} from '../../../src/api/apply/field-set.js';
import {
  keyElement,
  pathText,
  readFieldSet,
  valueElement,
} from '../../../src/api/apply/path-element.js';

const A = setOf(
  ['f:spec', 'f:replicas'],
  ['f:spec', 'f:selector'],
  ['f:spec', 'f:selector', 'f:app'],
);
const B = setOf(['f:spec', 'f:selector'], ['f:spec', 'f:paused']);

t.test('a set is FieldsV1 itself: a node with a dot, or without anything, is in it', async (t) => {
  t.strictSame(A, { 'f:spec': { 'f:replicas': {}, 'f:selector': { '.': {}, 'f:app': {} } } });
  t.ok(hasPath(A, ['f:spec', 'f:selector']));
  t.notOk(hasPath(A, ['f:spec']), 'the way to a path is none');
});

t.test('union, intersection and difference', async (t) => {
  t.strictSame(union(A, B), {
    'f:spec': { 'f:replicas': {}, 'f:selector': { '.': {}, 'f:app': {} }, 'f:paused': {} },
  });
  t.strictSame(intersection(A, B), { 'f:spec': { 'f:selector': {} } });
  t.strictSame(difference(A, B), { 'f:spec': { 'f:replicas': {}, 'f:selector': { 'f:app': {} } } });
  t.strictSame(differenceBelow(A, B), { 'f:spec': { 'f:replicas': {} } });
  t.strictSame(difference(A, A), NO_FIELDS);
  t.equal(difference(A, setOf(['f:status'])), A, 'what does not change is not copied');
  t.strictSame(union(setOf(['f:a']), setOf(['f:a', 'f:b'])), { 'f:a': { '.': {}, 'f:b': {} } });
  t.ok(setsEqual(union(A, B), union(B, A)));
  t.ok(isEmptySet(intersection(A, setOf(['f:status']))));
});

t.test('paths and leaves', async (t) => {
  t.strictSame([...pathsOf(A)].map(pathText), [
    '.spec.replicas',
    '.spec.selector',
    '.spec.selector.app',
  ]);
  t.strictSame([...pathsOf(leavesOf(A))].map(pathText), ['.spec.replicas', '.spec.selector.app']);
  const item = keyElement([
    ['protocol', 'TCP'],
    ['containerPort', 80],
  ]);
  t.equal(item, 'k:{"containerPort":80,"protocol":"TCP"}', 'keys are sorted');
  t.equal(pathText(['f:ports', item, 'f:name']), '.ports[containerPort=80,protocol="TCP"].name');
  t.equal(pathText(['f:finalizers', valueElement('a/b')]), '.finalizers[="a/b"]');
  t.equal(pathText(['f:args', 'i:3']), '.args[3]');
});

t.test('a set that a client wrote is read in the one form, or not at all', async (t) => {
  t.strictSame(readFieldSet({ 'f:a': { '.': {} }, 'k:{"b": 1, "a": 2}': {} }), {
    'f:a': {},
    'k:{"a":2,"b":1}': {},
  });
  t.equal(readFieldSet({ a: {} }), undefined);
  t.equal(readFieldSet({ 'f:a': 1 }), undefined);
  t.equal(readFieldSet({ 'v:{': {} }), undefined);
  t.equal(readFieldSet([]), undefined);
});
