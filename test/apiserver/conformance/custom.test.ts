import { APPLY, MERGE, conformance, itemsOf, namesOf, versionOf } from './harness.js';
import type { Api } from './harness.js';

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
const OPEN = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

interface Made {
  readonly group: string;
  /** Of the definition. */
  readonly url: string;
  /** Of the objects in the test's namespace, in a version. */
  at(version?: string): string;
  object(name: string, more?: object, version?: string): Record<string, unknown>;
}

/** A definition in a group of its own, established. */
async function define(
  api: Api,
  versions: readonly { name: string; schema: object; served?: boolean; status?: boolean }[],
  { plural = 'foos', kind = 'Foo', group = `${api.namespace}.example.com`, labels = {} } = {},
): Promise<Made> {
  await api.expect(201, 'POST', CRDS, {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}`, labels },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural, kind },
      versions: versions.map(({ name, schema, served = true, status = false }, index) => ({
        name,
        served,
        storage: index === 0,
        schema: { openAPIV3Schema: schema },
        ...(status ? { subresources: { status: {} } } : {}),
      })),
    },
  });
  await api.world.advance(100);
  return {
    group,
    url: `${CRDS}/${plural}.${group}`,
    at: (version = 'v1') => `/apis/${group}/${version}/namespaces/${api.namespace}/${plural}`,
    object: (name, more = {}, version = 'v1') => ({
      apiVersion: `${group}/${version}`,
      kind,
      metadata: { name },
      ...more,
    }),
  };
}

conformance(
  '[sig-api-machinery] CustomResourceDefinition resources [Privileged:ClusterAdmin] Simple CustomResourceDefinition creating/deleting custom resource definition objects works',
  async (t, api) => {
    const { url } = await define(api, [{ name: 'v1', schema: OPEN }]);
    t.match(await api.expect(200, 'GET', url), { status: { acceptedNames: { plural: 'foos' } } });
    await api.expect(200, 'DELETE', url);
    await api.world.advance(100);
    await api.expect(404, 'GET', url);
  },
);

conformance(
  '[sig-api-machinery] CustomResourceDefinition resources [Privileged:ClusterAdmin] Simple CustomResourceDefinition listing custom resource definition objects works',
  async (t, api) => {
    for (let index = 0; index < 10; index++)
      await define(api, [{ name: 'v1', schema: OPEN }], {
        plural: `foo${String(index)}s`,
        kind: `Foo${String(index)}`,
        labels: { of: api.namespace },
      });
    const other = await define(api, [{ name: 'v1', schema: OPEN }], {
      plural: 'bars',
      kind: 'Bar',
    });
    const selected = `${CRDS}?labelSelector=of%3D${api.namespace}`;
    t.equal(itemsOf(await api.expect(200, 'GET', selected)).length, 10);
    await api.expect(200, 'DELETE', selected);
    await api.world.advance(1_000);
    t.same(namesOf(await api.expect(200, 'GET', selected)), []);
    await api.expect(200, 'GET', other.url);
  },
);

conformance(
  '[sig-api-machinery] CustomResourceDefinition resources [Privileged:ClusterAdmin] Simple CustomResourceDefinition getting/updating/patching custom resource definition status sub-resource works',
  async (t, api) => {
    const { url } = await define(api, [{ name: 'v1', schema: OPEN }]);
    const old = await api.expect(200, 'GET', `${url}/status`);
    const status = old['status'] as { conditions: object[] };
    const condition = (message: string) => ({
      type: 'StatusUpdate',
      status: 'True',
      reason: 'E2E',
      message,
    });
    const updated = await api.expect(200, 'PUT', `${url}/status`, {
      ...old,
      status: { ...status, conditions: [...status.conditions, condition('updated')] },
    });
    t.match(JSON.stringify(updated['status']), '"message":"updated"');
    const conditions = [...status.conditions, condition('patched')];
    const patched = await api.expect(
      200,
      'PATCH',
      `${url}/status`,
      { status: { conditions } },
      MERGE,
    );
    t.match(JSON.stringify(patched['status']), '"message":"patched"');
    t.same((await api.expect(200, 'GET', url))['spec'], old['spec']);
  },
);

conformance(
  '[sig-api-machinery] CustomResourceDefinition resources [Privileged:ClusterAdmin] custom resource defaulting for requests and from storage works',
  async (t, api) => {
    const schema = (defaults: Record<string, string>) => ({
      type: 'object',
      properties: Object.fromEntries(
        ['a', 'b'].map((name) => [
          name,
          { type: 'string', ...(name in defaults ? { default: defaults[name] } : {}) },
        ]),
      ),
    });
    const foos = await define(api, [{ name: 'v1', schema: schema({}) }]);
    const change = async (defaults: Record<string, string>): Promise<void> => {
      const versions = [
        { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema(defaults) } },
      ];
      await api.expect(200, 'PATCH', foos.url, { spec: { versions } }, MERGE);
      await api.world.advance(100);
    };
    t.notMatch(await api.expect(201, 'POST', foos.at(), foos.object('old')), { a: 'A' });
    await change({ a: 'A' });
    t.match(await api.expect(200, 'GET', `${foos.at()}/old`), { a: 'A' });
    t.match(await api.expect(201, 'POST', foos.at(), foos.object('new')), { a: 'A' });
    await change({ b: 'B' });
    t.match(await api.expect(200, 'GET', `${foos.at()}/new`), { a: 'A', b: 'B' });
    t.equal((await api.expect(200, 'GET', `${foos.at()}/old`))['a'], undefined);
  },
);

conformance(
  '[sig-api-machinery] CustomResourceDefinition resources [Privileged:ClusterAdmin] should include custom resource definition resources in discovery documents',
  async (t, api) => {
    t.match(JSON.stringify(await api.expect(200, 'GET', '/apis')), '"apiextensions.k8s.io/v1"');
    t.match(await api.expect(200, 'GET', '/apis/apiextensions.k8s.io'), {
      versions: [{ groupVersion: 'apiextensions.k8s.io/v1' }],
    });
    t.match(await api.expect(200, 'GET', '/apis/apiextensions.k8s.io/v1'), {
      resources: [{ name: 'customresourcedefinitions', kind: 'CustomResourceDefinition' }],
    });
  },
);

conformance(
  '[sig-api-machinery] CustomResourceDefinition Watch [Privileged:ClusterAdmin] CustomResourceDefinition Watch watch on custom resource definition objects',
  async (t, api) => {
    const foos = await define(api, [{ name: 'v1', schema: OPEN }]);
    const log = await api.world.watch(`${foos.at()}?watch=1`);
    for (const name of ['a', 'b']) {
      await api.expect(201, 'POST', foos.at(), foos.object(name));
      await api.expect(200, 'PATCH', `${foos.at()}/${name}`, { dummy: 'test' }, MERGE);
      await api.expect(200, 'DELETE', `${foos.at()}/${name}`);
    }
    t.same(
      log.events.map(({ type, object }) => `${type} ${object.metadata?.name ?? ''}`),
      ['ADDED a', 'MODIFIED a', 'DELETED a', 'ADDED b', 'MODIFIED b', 'DELETED b'],
    );
    log.cancel();
  },
);

for (const name of [
  '[sig-api-machinery] AggregatedDiscovery should support aggregated discovery interface for CRDs',
  '[sig-api-machinery] AggregatedDiscovery should support raw aggregated discovery request for CRDs',
] as const)
  conformance(name, async (t, api) => {
    const { group, url } = await define(api, [{ name: 'v1', schema: OPEN }]);
    const answer = await api.world.http('GET', '/apis', undefined, { accept: AGGREGATED });
    const found = itemsOf(answer.body).find(({ metadata }) => metadata?.name === group);
    t.match(found, {
      versions: [
        { version: 'v1', resources: [{ resource: 'foos', responseKind: { kind: 'Foo' } }] },
      ],
    });
    await api.expect(200, 'DELETE', url);
    await api.world.advance(100);
    const after = await api.world.http('GET', '/apis', undefined, { accept: AGGREGATED });
    t.notMatch(after.text, group);
  });

/** What OpenAPI v3 says of a group and version; undefined where it is not there. */
async function document(api: Api, groupVersion: string): Promise<string | undefined> {
  const index = (await api.expect(200, 'GET', '/openapi/v3'))['paths'] as Record<
    string,
    { serverRelativeURL: string } | undefined
  >;
  const url = index[`apis/${groupVersion}`]?.serverRelativeURL;
  return url === undefined ? undefined : (await api.world.http('GET', url)).text;
}

const NESTED = {
  type: 'object',
  required: ['spec'],
  properties: {
    spec: {
      type: 'object',
      required: ['bars'],
      properties: {
        bars: {
          description: 'List of Bars and their specs.',
          type: 'array',
          items: {
            type: 'object',
            required: ['name'],
            properties: { name: { type: 'string', description: 'Name of Bar.' } },
          },
        },
      },
    },
  },
};

conformance(
  '[sig-api-machinery] CustomResourcePublishOpenAPI [Privileged:ClusterAdmin] works for CRD with validation schema',
  async (t, api) => {
    const foos = await define(api, [{ name: 'v1', schema: NESTED }]);
    const published = await document(api, `${foos.group}/v1`);
    t.match(published, '"description":"List of Bars and their specs."');
    t.match(published, '"required":["bars"]');
    // As `kubectl explain foos.metadata` follows it.
    for (const [, name] of published?.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g) ?? [])
      t.match(published, `"${name ?? ''}":{`);
    await api.expect(201, 'POST', foos.at(), foos.object('a', { spec: { bars: [{ name: 'b' }] } }));
    await api.expect(422, 'POST', foos.at(), foos.object('b', { spec: { bars: [{}] } }));
    const unknown = foos.object('c', { spec: { bars: [], unknown: 1 } });
    await api.expect(400, 'POST', `${foos.at()}?fieldValidation=Strict`, unknown);
  },
);

const PRESERVING = {
  'works for CRD without validation schema': OPEN,
  'works for CRD preserving unknown fields at the schema root': {
    ...OPEN,
    properties: { spec: { type: 'object', properties: { known: { type: 'string' } } } },
  },
  'works for CRD preserving unknown fields in an embedded object': {
    type: 'object',
    properties: { spec: { type: 'object', properties: { inner: OPEN } } },
  },
} as const;
for (const [name, schema] of Object.entries(PRESERVING) as [keyof typeof PRESERVING, object][])
  conformance(
    `[sig-api-machinery] CustomResourcePublishOpenAPI [Privileged:ClusterAdmin] ${name}`,
    async (t, api) => {
      const foos = await define(api, [{ name: 'v1', schema }]);
      const published = await document(api, `${foos.group}/v1`);
      t.match(published, '"x-kubernetes-preserve-unknown-fields":true');
      t.match(published, '"kind":"Foo"');
      const anything = { goes: [{ anywhere: true }] };
      const more = name.includes('root') ? { anything } : { spec: { inner: { anything } } };
      const url = `${foos.at()}?fieldValidation=Strict`;
      t.match(await api.expect(201, 'POST', url, foos.object('a', more)), more);
    },
  );

conformance(
  '[sig-api-machinery] CustomResourcePublishOpenAPI [Privileged:ClusterAdmin] works for multiple CRDs of different groups',
  async (t, api) => {
    const a = await define(api, [{ name: 'v1', schema: NESTED }]);
    const b = await define(api, [{ name: 'v1', schema: NESTED }], { group: `b.${a.group}` });
    for (const { group } of [a, b]) t.match(await document(api, `${group}/v1`), '"kind":"Foo"');
  },
);

conformance(
  '[sig-api-machinery] CustomResourcePublishOpenAPI [Privileged:ClusterAdmin] works for multiple CRDs of same group and version but different kinds',
  async (t, api) => {
    const { group } = await define(api, [{ name: 'v1', schema: NESTED }]);
    await define(api, [{ name: 'v1', schema: NESTED }], { plural: 'bars', kind: 'Bar' });
    const published = await document(api, `${group}/v1`);
    for (const kind of ['Foo', 'Bar']) t.match(published, `"kind":"${kind}"`);
  },
);

conformance(
  '[sig-api-machinery] CustomResourcePublishOpenAPI [Privileged:ClusterAdmin] works for multiple CRDs of same group but different versions',
  async (t, api) => {
    const schema = NESTED;
    const { group } = await define(api, [
      { name: 'v2', schema },
      { name: 'v3', schema },
    ]);
    for (const version of ['v2', 'v3'])
      t.match(await document(api, `${group}/${version}`), '"kind":"Foo"');
  },
);

conformance(
  '[sig-api-machinery] CustomResourcePublishOpenAPI [Privileged:ClusterAdmin] updates the published spec when one version gets renamed',
  async (t, api) => {
    const schema = NESTED;
    const { group, url } = await define(api, [
      { name: 'v2', schema },
      { name: 'v3', schema },
    ]);
    const rename = [{ op: 'replace', path: '/spec/versions/1/name', value: 'v4' }];
    await api.expect(200, 'PATCH', url, rename, { type: 'application/json-patch+json' });
    await api.world.advance(100);
    t.equal(await document(api, `${group}/v3`), undefined);
    for (const version of ['v2', 'v4'])
      t.match(await document(api, `${group}/${version}`), `"version":"${version}"`);
  },
);

conformance(
  '[sig-api-machinery] CustomResourcePublishOpenAPI [Privileged:ClusterAdmin] removes definition from spec when one version gets changed to not be served',
  async (t, api) => {
    const schema = NESTED;
    const { group, url } = await define(api, [
      { name: 'v5', schema },
      { name: 'v6alpha1', schema },
    ]);
    t.ok(await document(api, `${group}/v6alpha1`));
    const stop = [{ op: 'replace', path: '/spec/versions/1/served', value: false }];
    await api.expect(200, 'PATCH', url, stop, { type: 'application/json-patch+json' });
    await api.world.advance(100);
    t.equal(await document(api, `${group}/v6alpha1`), undefined);
    t.ok(await document(api, `${group}/v5`));
  },
);

const STRICT = 'fieldManager=test&fieldValidation=Strict';

conformance(
  '[sig-api-machinery] FieldValidation should create/apply a CR with unknown fields for CRD with no validation schema',
  async (t, api) => {
    const foos = await define(api, [{ name: 'v1', schema: OPEN }]);
    const body = foos.object('a', { spec: { unknown: 'x' }, more: 1 });
    const applied = await api.expect(201, 'PATCH', `${foos.at()}/a?${STRICT}`, body, APPLY);
    t.match(applied, { spec: { unknown: 'x' }, more: 1 });
    t.ok(versionOf(applied));
  },
);

const KNOWN = {
  type: 'object',
  properties: { spec: { type: 'object', properties: { known: { type: 'string' } } } },
};

conformance(
  '[sig-api-machinery] FieldValidation should create/apply a valid CR for CRD with validation schema',
  async (t, api) => {
    const foos = await define(api, [{ name: 'v1', schema: KNOWN }]);
    const body = foos.object('a', { spec: { known: 'x' } });
    const url = `${foos.at()}/a?${STRICT}`;
    t.match(await api.expect(201, 'PATCH', url, body, APPLY), { spec: { known: 'x' } });
  },
);

conformance(
  '[sig-api-machinery] FieldValidation should create/apply an invalid CR with extra properties for CRD with validation schema',
  async (t, api) => {
    const foos = await define(api, [{ name: 'v1', schema: KNOWN }]);
    const body = foos.object('a', { spec: { known: 'x', extra: true } });
    const refused = await api.world.http('PATCH', `${foos.at()}/a?${STRICT}`, body, APPLY);
    t.ok(refused.status === 400 || refused.status === 500, refused.text);
    t.match(refused.body['message'], '.spec.extra: field not declared in schema');
    const created = await api.world.http('POST', `${foos.at()}?fieldValidation=Strict`, body);
    t.match(created, { status: 400 });
    t.match(created.body['message'], 'unknown field "spec.extra"');
  },
);

conformance(
  '[sig-api-machinery] FieldValidation should detect duplicates in a CR when preserving unknown fields',
  async (t, api) => {
    const foos = await define(api, [{ name: 'v1', schema: OPEN }]);
    const text = JSON.stringify(foos.object('a', { spec: { foo: 'foo1' } })).replace(
      '"foo":"foo1"',
      '"foo":"foo1","foo":"foo2"',
    );
    const refused = await api.world.http('POST', `${foos.at()}?fieldValidation=Strict`, text);
    t.match(refused, { status: 400 });
    t.match(refused.body['message'], 'duplicate field "spec.foo"');
  },
);

conformance(
  '[sig-api-machinery] FieldValidation should detect unknown metadata fields in both the root and embedded object of a CR',
  async (t, api) => {
    const template = {
      type: 'object',
      'x-kubernetes-embedded-resource': true,
      properties: { metadata: { type: 'object' }, spec: { type: 'object' } },
    };
    const spec = { type: 'object', properties: { template } };
    const foos = await define(api, [
      { name: 'v1', schema: { type: 'object', properties: { spec } } },
    ]);
    const metadata = { name: 'a', unknownMeta: 'x' };
    const inner = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { labels: { a: 'b' }, unknownSub: 'x' },
    };
    const body = foos.object('a', { metadata, spec: { template: inner } });

    const strict = await api.world.http('POST', `${foos.at()}?fieldValidation=Strict`, body);
    t.match(strict, { status: 400 });
    t.equal(
      strict.body['message'],
      'Foo in version "v1" cannot be handled as a Foo: strict decoding error: ' +
        'unknown field "metadata.unknownMeta", unknown field "spec.template.metadata.unknownSub"',
    );
    const applied = await api.world.http('PATCH', `${foos.at()}/a?${STRICT}`, body, APPLY);
    t.ok(applied.status === 400 || applied.status === 500, applied.text);
    t.match(applied.body['message'], '.metadata.unknownMeta: field not declared in schema');
    t.match(
      applied.body['message'],
      '.spec.template.metadata.unknownSub: field not declared in schema',
    );

    const warned = await api.world.http('POST', foos.at(), body);
    t.match(warned, { status: 201 });
    t.same((warned.body['spec'] as typeof body)['template'], {
      ...inner,
      metadata: { labels: { a: 'b' } },
    });
    const wrong = foos.object('b', {
      spec: { template: { ...inner, metadata: { labels: { a: 1 } } } },
    });
    const refused = await api.world.http('POST', foos.at(), wrong);
    t.match(refused, { status: 400 });
    t.match(
      refused.body['message'],
      'spec.template.metadata: Invalid value: {"labels":{"a":1}}: json: ',
    );
  },
);
