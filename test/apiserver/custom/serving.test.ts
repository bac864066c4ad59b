import t from 'tap';
import { MERGE_PATCH } from '../manifests.js';
import { DEFINITIONS, messageOf, widget, widgets, WIDGETS, worldWith } from './definitions.js';

const CRD = `${DEFINITIONS}/widgets.example.com`;
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';
const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

void t.test('a definition is established and served at once, everywhere', async (t) => {
  const world = await worldWith(widgets());
  const definition = (await world.http('GET', CRD)).body;
  t.match(definition, {
    metadata: { generation: 1 },
    status: {
      acceptedNames: { singular: 'widget', listKind: 'WidgetList' },
      storedVersions: ['v1'],
      conditions: [
        { type: 'NamesAccepted', status: 'True' },
        { type: 'Established', status: 'True' },
      ],
    },
  });
  const group = (await world.http('GET', '/apis/example.com')).body;
  t.match(group, {
    versions: [{ version: 'v1' }, { version: 'v1beta1' }],
    preferredVersion: { version: 'v1' },
  });
  t.match((await world.http('GET', '/apis/example.com/v1')).body, {
    resources: [
      { name: 'widgets', singularName: 'widget', shortNames: ['wd'], categories: ['all'] },
      { name: 'widgets/status' },
      { name: 'widgets/scale', group: 'autoscaling', kind: 'Scale' },
    ],
  });
  const aggregated = await world.http('GET', '/apis', undefined, { accept: AGGREGATED });
  t.match(aggregated.text, '"resource":"widgets"');
  const index = (await world.http('GET', '/openapi/v3')).body['paths'] as Record<
    string,
    { serverRelativeURL: string }
  >;
  const url = index['apis/example.com/v1']?.serverRelativeURL ?? '';
  const document = (await world.http('GET', url)).text;
  t.match(document, '"com.example.v1.Widget":{"type":"object"');
  const { paths } = JSON.parse(document) as { paths: Record<string, { patch?: object }> };
  const { patch } = paths['/apis/example.com/v1/namespaces/{namespace}/widgets/{name}'] ?? {};
  t.notMatch(JSON.stringify(patch), 'strategic-merge-patch');
  const older = await world.http('GET', '/openapi/v2');
  t.match(older, { status: 200, body: { swagger: '2.0' } });
  const definitions = older.body['definitions'] as Record<string, object>;
  t.match(definitions['com.example.v1.Widget'], { type: 'object' });
  t.ok(definitions['io.k8s.api.core.v1.Pod']);
  const protobuf = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';
  const binary = await world.http('GET', '/openapi/v2', undefined, { accept: protobuf });
  t.match(binary, { status: 200, headers: { 'content-type': protobuf.replace('@', '.') } });
  t.match(binary.text, 'com.example.v1.Widget');
  const accept = 'application/yaml';
  t.match(await world.http('GET', '/openapi/v2', undefined, { accept }), { status: 406 });
});

void t.test(
  'objects are pruned, defaulted, validated and kept under their own prefix',
  async (t) => {
    const world = await worldWith(widgets());
    const created = await world.http('POST', WIDGETS, widget('w', { junk: 1, replicas: 2 }));
    t.equal(created.status, 201);
    t.match(created.headers['warning'], 'unknown field \\"spec.junk\\"');
    t.same(created.body['spec'], { color: 'red', replicas: 2 });
    t.equal(created.body.metadata?.generation, 1);
    t.ok(world.store.stored('/registry/example.com/widgets/default/w'));
    const strict = await world.http(
      'POST',
      `${WIDGETS}?fieldValidation=Strict`,
      widget('x', { junk: 1 }),
    );
    t.equal(strict.status, 400);
    t.equal(
      messageOf(strict),
      'Widget in version "v1" cannot be handled as a Widget: strict decoding error: unknown field "spec.junk"',
    );
    const wrong = await world.http('POST', WIDGETS, widget('x', { color: 'green', replicas: -1 }));
    t.equal(wrong.status, 422);
    t.match(messageOf(wrong), 'Widget.example.com "x" is invalid: [');
    t.match(
      messageOf(wrong),
      'spec.color: Unsupported value: "green": supported values: "red", "blue"',
    );
    t.match(
      messageOf(wrong),
      'spec.replicas: Invalid value: -1: spec.replicas in body should be greater than or equal to 0',
    );
    const twice = await world.http(
      'POST',
      WIDGETS,
      widget('x', { ports: [{ port: 1 }, { port: 1 }] }),
    );
    t.match(messageOf(twice), 'spec.ports[1]: Duplicate value: {"port":1}');
  },
);

void t.test('updates count the generation by the spec; status and scale are apart', async (t) => {
  const world = await worldWith(widgets());
  const at = `${WIDGETS}/w`;
  const status = { status: { replicas: 7, selector: 'app=w' } };
  await world.http('POST', WIDGETS, widget('w', { replicas: 1 }, status));
  t.equal((await world.http('GET', at)).body['status'], undefined, 'create sets no status');
  const merged = await world.http('PATCH', at, { spec: { color: 'blue' } }, MERGE_PATCH);
  t.match(merged.body, { spec: { color: 'blue' }, metadata: { generation: 2 } });
  const labelled = await world.http('PATCH', at, { metadata: { labels: { a: '1' } } }, MERGE_PATCH);
  t.equal(labelled.body.metadata?.generation, 2);
  const operations = [{ op: 'replace', path: '/spec/replicas', value: 3 }];
  const patched = await world.http('PATCH', at, operations, {
    type: 'application/json-patch+json',
  });
  t.match(patched.body, { spec: { replicas: 3 }, metadata: { generation: 3 } });
  const strategic = { type: 'application/strategic-merge-patch+json' };
  const refused = await world.http('PATCH', at, { spec: {} }, strategic);
  t.equal(refused.status, 415);
  t.match(messageOf(refused), 'application/json-patch+json, application/merge-patch+json');
  const written = await world.http(
    'PATCH',
    `${at}/status`,
    { ...status, spec: { color: 'red' } },
    MERGE_PATCH,
  );
  t.match(written.body, { ...status, spec: { color: 'blue' }, metadata: { generation: 3 } });
  t.match((await world.http('GET', `${at}/scale`)).body, {
    kind: 'Scale',
    spec: { replicas: 3 },
    status: { replicas: 7, selector: 'app=w' },
  });
  await world.http('PATCH', `${at}/scale`, { spec: { replicas: 5 } }, MERGE_PATCH);
  t.match((await world.http('GET', at)).body, {
    spec: { replicas: 5 },
    metadata: { generation: 4 },
  });
  const { metadata: _none, ...without } = widget('w') as { metadata: object };
  const unconditional = await world.http('PUT', at, { ...without, metadata: { name: 'w' } });
  t.match(
    messageOf(unconditional),
    'metadata.resourceVersion: Invalid value: 0: must be specified',
  );
});

void t.test('two versions are of one object; columns, selection and watches see it', async (t) => {
  const world = await worldWith(widgets());
  await world.http('POST', WIDGETS, widget('a', { replicas: 1 }));
  const beta = WIDGETS.replace('/v1/', '/v1beta1/');
  const watch = await world.watch(`${beta}?watch=true&fieldSelector=spec.color%3Dblue`);
  const old = { ...widget('b', { color: 'blue', replicas: 2 }), apiVersion: 'example.com/v1beta1' };
  t.equal((await world.http('POST', beta, old)).body.apiVersion, 'example.com/v1beta1');
  t.match(world.store.stored('/registry/example.com/widgets/default/b')?.value.toString(), /./);
  t.equal((await world.http('GET', `${WIDGETS}/b`)).body.apiVersion, 'example.com/v1');
  await world.advance(10);
  t.match(watch.events, [
    { type: 'ADDED', object: { apiVersion: 'example.com/v1beta1', metadata: { name: 'b' } } },
  ]);
  const table = (await world.http('GET', WIDGETS, undefined, { accept: TABLE })).body;
  t.match(table['columnDefinitions'], [{ name: 'Name' }, { name: 'Color' }, { name: 'Replicas' }]);
  t.match(table['rows'], [{ cells: ['a', 'red', 1] }, { cells: ['b', 'blue', 2] }]);
  const selected = await world.http('GET', `${WIDGETS}?fieldSelector=spec.color%3Dblue`);
  t.match(selected.body, { kind: 'WidgetList', items: [{ metadata: { name: 'b' } }] });
  const unknown = await world.http('GET', `${WIDGETS}?fieldSelector=spec.size%3D1`);
  t.equal(messageOf(unknown), 'field label not supported: spec.size');
  const deprecated = await world.http('GET', `${beta}/b`);
  t.match(
    deprecated.headers['warning'],
    'example.com/v1beta1 Widget is deprecated; use example.com/v1 Widget',
  );
});

void t.test('a new life reads the definitions first; watches go on over it', async (t) => {
  const world = await worldWith(widgets());
  await world.http('POST', WIDGETS, widget('a'));
  const { resourceVersion = '' } = (await world.http('GET', WIDGETS)).body.metadata ?? {};
  await world.http('POST', WIDGETS, widget('b'));
  await world.restart();
  const watch = await world.watch(`${WIDGETS}?watch=true&resourceVersion=${resourceVersion}`);
  await world.advance(10);
  t.match(watch.events, [{ type: 'ADDED', object: { metadata: { name: 'b' } } }]);
  t.equal((await world.http('GET', `${WIDGETS}/a`)).status, 200);
});

void t.test('deleting a definition deletes its objects, and then frees its name', async (t) => {
  const world = await worldWith(widgets());
  await world.http('POST', WIDGETS, widget('a'));
  await world.http('POST', WIDGETS, {
    ...widget('b'),
    metadata: { name: 'b', finalizers: ['x.io/f'] },
  });
  const watch = await world.watch(`${WIDGETS}?watch=true&resourceVersion=0`);
  const deleted = await world.http('DELETE', CRD);
  t.match(deleted.body, {
    metadata: { finalizers: ['customresourcecleanup.apiextensions.k8s.io'] },
    status: { conditions: [{}, {}, { type: 'Terminating', status: 'True' }] },
  });
  await world.advance(50);
  t.equal((await world.http('GET', `${WIDGETS}/a`)).status, 404, 'without finalizers it goes');
  t.equal((await world.http('GET', CRD)).status, 200, 'b is held');
  const refused = await world.http('POST', WIDGETS, widget('c'));
  t.equal(refused.status, 405);
  await world.http('PATCH', `${WIDGETS}/b`, { metadata: { finalizers: null } }, MERGE_PATCH);
  await world.advance(2_000);
  t.equal((await world.http('GET', CRD)).status, 404);
  t.equal((await world.http('GET', WIDGETS)).status, 404);
  t.ok(watch.ended, 'its watches end');
  t.same(world.crashes, []);
  t.equal((await world.http('POST', DEFINITIONS, widgets())).status, 201, 'and begins anew');
  await world.advance(100);
  t.same((await world.http('GET', WIDGETS)).body['items'], []);
});

void t.test('names of one group are taken once; a wrong definition is refused', async (t) => {
  const world = await worldWith(widgets());
  const gadgets = widgets(undefined, {
    names: { plural: 'gadgets', kind: 'Gadget', shortNames: ['wd'] },
  });
  const second = { ...gadgets, metadata: { name: 'gadgets.example.com' } };
  t.equal((await world.http('POST', DEFINITIONS, second)).status, 201);
  await world.advance(100);
  t.match((await world.http('GET', `${DEFINITIONS}/gadgets.example.com`)).body['status'], {
    conditions: [
      {
        type: 'NamesAccepted',
        status: 'False',
        reason: 'ShortNamesConflict',
        message: '"wd" is already in use',
      },
      { type: 'Established', status: 'False', reason: 'NotAccepted' },
    ],
  });
  await world.http('DELETE', CRD);
  await world.advance(2_000);
  t.match((await world.http('GET', `${DEFINITIONS}/gadgets.example.com`)).body['status'], {
    conditions: [{ status: 'True' }, { type: 'Established', status: 'True' }],
  });
  const wrong = await world.http('POST', DEFINITIONS, widgets({ type: 'array' }));
  t.equal(wrong.status, 422);
  t.match(messageOf(wrong), 'properties[spec].items: Required value: must be specified');
});

void t.test(
  'server-side apply merges lists of a custom object by the keys of its schema',
  async (t) => {
    const world = await worldWith(widgets());
    const apply = async (manager: string, spec: object) =>
      await world.http('PATCH', `${WIDGETS}/w?fieldManager=${manager}`, widget('w', spec), {
        type: 'application/apply-patch+yaml',
      });
    t.equal((await apply('a', { ports: [{ port: 1, name: 'one' }] })).status, 201);
    const both = await apply('b', { ports: [{ port: 2 }] });
    t.same(both.body['spec'], { color: 'red', ports: [{ port: 1, name: 'one' }, { port: 2 }] });
    const conflict = await apply('b', { ports: [{ port: 1, name: 'uno' }] });
    t.equal(conflict.status, 409);
    const less = await apply('a', { ports: [] });
    t.same((less.body['spec'] as { ports: unknown }).ports, [{ port: 2 }]);
  },
);
