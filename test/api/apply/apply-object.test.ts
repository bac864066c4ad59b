import t from 'tap';
import { pathText } from '../../../src/api/apply/path-element.js';
import { conflictCauses, conflictMessage, fieldElement, setOf } from '../../../src/api/index.js';
import { AppliedObject, conflictPaths } from './apply-world.js';

const config = (data: object) => ({ metadata: { name: 'c' }, data });
const deployment = (spec: object) => ({ metadata: { name: 'd' }, spec });

t.test('what an applier no longer sets goes, unless somebody else owns it', async (t) => {
  const object = new AppliedObject('V1ConfigMap');
  object.apply('a', config({ mine: '1', ours: '2' }));
  object.apply('b', config({ ours: '2', theirs: '3' }));
  t.strictSame(object.owned('Apply b'), { 'f:data': { 'f:ours': {}, 'f:theirs': {} } });
  object.apply('a', config({}));
  t.strictSame(object.object['data'], { ours: '2', theirs: '3' });
  object.apply('a', { metadata: { name: 'c' } });
  t.strictSame(object.owners, ['Apply b']);
  object.apply('b', { metadata: { name: 'c' } });
  t.equal(object.object['data'], undefined, 'the map goes with its last key');
  t.strictSame(object.entries, []);
});

t.test('another value is a conflict, the same value is shared', async (t) => {
  const object = new AppliedObject('V1ConfigMap');
  object.apply('a', config({ x: '1', y: '1' }));
  t.equal(object.apply('b', config({ x: '1' })), undefined);
  const refused = object.apply('c', config({ x: '2', y: '2' }));
  t.strictSame(conflictPaths(refused, pathText), ['.data.x', '.data.y', '.data.x']);
  t.strictSame(object.object['data'], { x: '1', y: '1' }, 'nothing is written');
});

t.test('a conflict says who owns what, in Kubernetes words', async (t) => {
  const object = new AppliedObject('V1Deployment', 'apps/v1');
  object.update('kubectl-client-side-apply', deployment({ replicas: 1, paused: true }));
  const one = object.apply('b', deployment({ replicas: 2 }));
  t.ok(one?.type === 'conflicts');
  if (one?.type !== 'conflicts') return;
  t.equal(
    conflictMessage(one.conflicts),
    'Apply failed with 1 conflict: conflict with "kubectl-client-side-apply" using apps/v1: .spec.replicas',
  );
  t.strictSame(conflictCauses(one.conflicts), [
    {
      reason: 'FieldManagerConflict',
      message: 'conflict with "kubectl-client-side-apply" using apps/v1',
      field: '.spec.replicas',
    },
  ]);
  object.apply('helm', deployment({ minReadySeconds: 3 }));
  const more = object.apply('b', deployment({ replicas: 2, paused: false, minReadySeconds: 4 }));
  t.ok(more?.type === 'conflicts');
  if (more?.type !== 'conflicts') return;
  t.equal(
    conflictMessage(more.conflicts),
    [
      'Apply failed with 3 conflicts: conflicts with "helm":',
      '- .spec.minReadySeconds',
      'conflicts with "kubectl-client-side-apply" using apps/v1:',
      '- .spec.paused',
      '- .spec.replicas',
    ].join('\n'),
  );
});

t.test('force takes over, and the loser keeps the rest', async (t) => {
  const object = new AppliedObject('V1ConfigMap');
  object.apply('a', config({ x: '1', y: '1' }));
  t.equal(object.apply('b', config({ x: '2' }), { force: true }), undefined);
  t.strictSame(object.owned('Apply a'), { 'f:data': { 'f:y': {} } });
  t.strictSame(object.owned('Apply b'), { 'f:data': { 'f:x': {} } });
  t.strictSame(object.object['data'], { x: '2', y: '1' });
});

t.test('an update takes ownership without asking, and an apply after it conflicts', async (t) => {
  const object = new AppliedObject('V1ConfigMap');
  object.apply('a', config({ x: '1' }));
  object.update('edit', config({ x: '2', z: '1' }));
  t.strictSame(object.owners, ['Update edit']);
  t.strictSame(object.owned('Update edit'), { 'f:data': { 'f:x': {}, 'f:z': {} } });
  t.strictSame(conflictPaths(object.apply('a', config({ x: '1' })), pathText), ['.data.x']);
  t.equal(object.apply('a', config({ x: '2' })), undefined, 'the same value is no conflict');
  object.update('edit', config({ z: '1' }));
  t.strictSame(object.owners, ['Update edit'], 'a field that is gone is nobody’s');
});

t.test('items of lists have owners of their own', async (t) => {
  const object = new AppliedObject('V1Pod');
  const pod = (...containers: object[]) => ({ metadata: { name: 'p' }, spec: { containers } });
  object.apply('a', pod({ name: 'one', image: '1' }, { name: 'two', image: '1' }));
  t.equal(object.apply('b', pod({ name: 'three', image: '1' })), undefined);
  object.apply('a', pod({ name: 'two', image: '2' }));
  t.strictSame(object.object['spec'], {
    containers: [
      { name: 'two', image: '2' },
      { name: 'three', image: '1' },
    ],
  });
  const finalizers = new AppliedObject('V1ConfigMap');
  finalizers.apply('a', { metadata: { finalizers: ['x/a', 'x/b'] } });
  finalizers.apply('b', { metadata: { finalizers: ['x/b', 'x/c'] } });
  finalizers.apply('a', { metadata: {} });
  t.strictSame(finalizers.object.metadata?.finalizers, ['x/b', 'x/c']);
});

t.test('what is atomic is owned as a whole', async (t) => {
  const object = new AppliedObject('V1Service');
  const service = (selector: object) => ({ metadata: { name: 's' }, spec: { selector } });
  object.apply('a', service({ app: 'a' }));
  t.strictSame(conflictPaths(object.apply('b', service({ tier: 'b' })), pathText), [
    '.spec.selector',
  ]);
  object.apply('b', service({ tier: 'b' }), { force: true });
  t.strictSame(object.object['spec'], { selector: { tier: 'b' } });
});

t.test('one applier in two versions is one manager; a subresource makes another', async (t) => {
  const object = new AppliedObject('V1ConfigMap');
  object.update('m', config({ x: '1' }));
  object.update('m', config({ x: '2' }), { subresource: 'status' });
  t.strictSame(
    object.entries.map(({ subresource, fieldsV1 }) => [subresource, fieldsV1]),
    [
      [undefined, { 'f:data': { '.': {} } }],
      ['status', { 'f:data': { 'f:x': {} } }],
    ],
  );
  object.update('m', config({ x: '2', y: '1' }));
  t.same(object.owned('Update m'), { 'f:data': { '.': {}, 'f:y': {} } });
});

t.test('names and what only the server sets have no owner', async (t) => {
  const object = new AppliedObject('V1ConfigMap');
  object.update('m', {
    metadata: { name: 'c', namespace: 'n', uid: 'u', generation: 1, labels: { a: 'b' } },
  });
  t.strictSame(object.owned('Update m'), { 'f:metadata': { 'f:labels': { '.': {}, 'f:a': {} } } });
});

t.test('fields of another part of the object are not owned, and raise no conflict', async (t) => {
  const object = new AppliedObject('V1Deployment', 'apps/v1');
  object.ignored = setOf([fieldElement('status')]);
  object.apply('a', { ...deployment({ replicas: 1 }), status: { replicas: 1 } });
  t.strictSame(object.owned('Apply a'), { 'f:spec': { 'f:replicas': {} } });
  t.equal(object.apply('b', { metadata: { name: 'd' }, status: { replicas: 2 } }), undefined);
});

t.test('an object that was never tracked: its fields are of before-first-apply', async (t) => {
  const object = new AppliedObject('V1ConfigMap');
  object.update('old', config({ x: '1', y: '1' }));
  object.update('old', { ...config({ x: '1', y: '1' }), metadata: { managedFields: [{}] } });
  t.strictSame(object.entries, [], 'a list with one empty entry is a reset');
  object.update('old', config({ x: '1', y: '2' }));
  t.strictSame(object.entries, [], 'and it stays so');
  t.strictSame(conflictPaths(object.apply('a', config({ x: '2' })), pathText), ['.data.x']);
  object.apply('a', config({ y: '2' }));
  t.strictSame(object.owners, ['Apply a', 'Update before-first-apply']);
});

t.test(
  'managed fields that a client sends: its own are taken, none or nonsense is ignored',
  async (t) => {
    const object = new AppliedObject('V1ConfigMap');
    object.update('m', config({ x: '1' }));
    const before = object.entries;
    const sent = (managedFields: unknown) => ({
      ...config({ x: '1' }),
      metadata: { name: 'c', managedFields },
    });
    object.update('m', sent([]));
    t.strictSame(object.entries, before);
    object.update('m', sent([{ manager: 'x', operation: 'Take', apiVersion: 'v1' }]));
    t.strictSame(object.entries, before);
    const renamed = before.map((entry) => ({ ...entry, manager: 'other', operation: 'Apply' }));
    object.update('m', sent(renamed));
    t.strictSame(object.owners, ['Apply other']);
  },
);

t.test('more than ten updaters: the oldest become ancient-changes', async (t) => {
  const object = new AppliedObject('V1ConfigMap');
  const data: Record<string, string> = {};
  for (let at = 0; at < 14; at++) {
    data[`k${String(at)}`] = 'v';
    object.update(`m${String(at)}`, config({ ...data }));
  }
  t.equal(object.entries.length, 10);
  t.strictSame(Object.keys(object.owned('Update ancient-changes')?.['f:data'] ?? {}).sort(), [
    '.',
    'f:k0',
    'f:k1',
    'f:k2',
    'f:k3',
    'f:k4',
  ]);
  t.equal(
    object.entries.find(({ manager }) => manager === 'ancient-changes')?.time,
    '2026-01-01T00:00:05Z',
  );
});

t.test('what does not fit its type is refused, with the path', async (t) => {
  const object = new AppliedObject('V1Deployment', 'apps/v1');
  const why = (spec: object): string | undefined => {
    const error = object.apply('a', deployment(spec));
    return error?.type === 'not-typed' ? error.message : undefined;
  };
  t.equal(why({ replica: 1 }), '.spec.replica: field not declared in schema');
  t.equal(why({ replicas: 'two' }), '.spec.replicas: expected numeric (int or float), got string');
  t.equal(
    why({ template: { spec: { containers: [{ name: 'a' }, { name: 'a' }] } } }),
    '.spec.template.spec.containers: duplicate entries for key [name="a"]',
  );
  t.equal(
    why({ template: { spec: { containers: [{ image: 'a', tty: 'yes' }] }, metadata: [] } }),
    [
      'errors:',
      '  .spec.template.spec.containers: element 0: associative list with keys has an element that omits key field "name" (and doesn\'t have default value)',
      '  .spec.template.metadata: expected map, got &{[]}',
    ].join('\n'),
  );
  t.equal(
    why({ paused: 'no' }),
    '.spec.paused: expected boolean, got &value.valueUnstructured{Value:"no"}',
  );
});

t.test('kubectl goes from client-side to server-side apply without conflicts', async (t) => {
  const LAST = 'kubectl.kubernetes.io/last-applied-configuration';
  const applied = { apiVersion: 'v1', kind: 'Any', data: { x: '1', y: '1' } };
  const object = new AppliedObject('V1ConfigMap');
  object.update('kubectl-client-side-apply', {
    metadata: { name: 'c', annotations: { [LAST]: JSON.stringify(applied) } },
    data: { x: '1', y: '1' },
  });
  t.strictSame(conflictPaths(object.apply('other', config({ x: '2' })), pathText), ['.data.x']);
  t.equal(object.apply('kubectl', config({ x: '2', y: '1' })), undefined);
  t.strictSame(object.object['data'], { x: '2', y: '1' });
  t.equal(
    object.object.metadata?.annotations?.[LAST],
    '{"apiVersion":"v1","data":{"x":"2","y":"1"},"kind":"Any","metadata":{"annotations":{},"name":"c"}}\n',
  );
  object.update('edit', { ...object.object, data: { x: '3', y: '1' } });
  t.strictSame(
    conflictPaths(object.apply('kubectl', config({ x: '4' })), pathText),
    ['.data.x'],
    'what somebody else changed since is not forgiven',
  );
});
