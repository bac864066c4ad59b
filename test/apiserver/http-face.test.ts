import t from 'tap';
import { createApiWorld } from './api-world.js';
import type { RequestOptions } from './api-world.js';
import { configMap, CONFIGMAPS, DEPLOYMENTS, pod, PODS } from './manifests.js';

const POD_V1 = 'Pod in version "v1" cannot be handled as a Pod';

interface Refused {
  readonly title: string;
  readonly request: readonly [
    method: string,
    url: string,
    body?: unknown,
    options?: RequestOptions,
  ];
  readonly status: number;
  readonly reason: string;
  readonly message: string | RegExp;
}

const refused: readonly Refused[] = [
  {
    title: 'nobody asks for discovery',
    request: ['GET', '/apis', undefined, { client: null }],
    status: 403,
    reason: 'Forbidden',
    message: 'forbidden: User "system:anonymous" cannot get path "/apis"',
  },
  {
    title: 'nobody asks for how tokens are checked',
    request: ['GET', '/.well-known/openid-configuration', undefined, { client: null }],
    status: 403,
    reason: 'Forbidden',
    message:
      'forbidden: User "system:anonymous" cannot get path "/.well-known/openid-configuration"',
  },
  {
    title: 'nobody asks for objects',
    request: ['GET', PODS, undefined, { client: null }],
    status: 403,
    reason: 'Forbidden',
    message:
      'pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group "" in the namespace "default"',
  },
  {
    title: 'a token that nobody issued',
    request: [
      'GET',
      '/version',
      undefined,
      { client: null, headers: { authorization: 'Bearer x' } },
    ],
    status: 401,
    reason: 'Unauthorized',
    message: 'Unauthorized',
  },
  {
    title: 'an actor that is not the gateway states a certificate',
    request: ['GET', PODS, undefined, { from: 'scheduler' }],
    status: 401,
    reason: 'Unauthorized',
    message: 'Unauthorized',
  },
  {
    title: 'an unknown path',
    request: ['GET', '/nope'],
    status: 404,
    reason: 'NotFound',
    message: 'the server could not find the requested resource',
  },
  {
    title: 'an unknown resource',
    request: ['GET', '/api/v1/namespaces/default/widgets'],
    status: 404,
    reason: 'NotFound',
    message: 'the server could not find the requested resource',
  },
  {
    title: 'an object that is not there',
    request: ['GET', `${DEPLOYMENTS}/web`],
    status: 404,
    reason: 'NotFound',
    message: 'deployments.apps "web" not found',
  },
  {
    title: 'a namespace that is not there',
    request: ['POST', '/api/v1/namespaces/nope/pods', pod('a')],
    status: 404,
    reason: 'NotFound',
    message: 'namespaces "nope" not found',
  },
  {
    title: 'a method that the resource does not have',
    request: ['POST', '/api/v1/pods', pod('a')],
    status: 405,
    reason: 'MethodNotAllowed',
    message: 'the server does not allow this method on the requested resource',
  },
  {
    title: 'nothing that is served is accepted',
    request: ['GET', PODS, undefined, { accept: 'text/html' }],
    status: 406,
    reason: 'NotAcceptable',
    message: /^only the following media types are accepted: application\/json/,
  },
  {
    title: 'a body of another type',
    request: ['POST', PODS, '<pod/>', { type: 'text/xml' }],
    status: 415,
    reason: 'UnsupportedMediaType',
    message: /^the body of the request was in an unknown format/,
  },
  {
    title: 'server-side apply as CBOR, which no client needs',
    request: ['PATCH', `${PODS}/a`, '{}', { type: 'application/apply-patch+cbor' }],
    status: 415,
    reason: 'UnsupportedMediaType',
    message: /^the body of the request was in an unknown format/,
  },
  {
    title: 'a body over 3 MiB',
    request: ['POST', CONFIGMAPS, configMap('big', { a: 'x'.repeat(3 * 1024 * 1024) })],
    status: 413,
    reason: 'RequestEntityTooLarge',
    message: 'Request entity too large: limit is 3145728',
  },
  {
    title: 'a body that is no JSON',
    request: ['POST', PODS, '{"kind": '],
    status: 400,
    reason: 'BadRequest',
    message:
      /^the object provided is unrecognized \(must be of type Pod\): couldn't get version\/kind; json parse error/,
  },
  {
    title: 'a body that is no object',
    request: ['POST', PODS, '[]'],
    status: 400,
    reason: 'BadRequest',
    message: /^the object provided is unrecognized \(must be of type Pod\)/,
  },
  {
    title: 'an object of another kind',
    request: ['POST', PODS, configMap('a')],
    status: 400,
    reason: 'BadRequest',
    message:
      'ConfigMap in version "v1" cannot be handled as a Pod: converting (v1.ConfigMap) to (core.Pod): unknown conversion',
  },
  {
    title: 'an unknown field, strictly',
    request: ['POST', `${PODS}?fieldValidation=Strict`, pod('a', { spec: { foo: 1 } })],
    status: 400,
    reason: 'BadRequest',
    message: `${POD_V1}: strict decoding error: unknown field "spec.foo"`,
  },
  {
    title: 'a duplicate field, strictly',
    request: [
      'POST',
      `${CONFIGMAPS}?fieldValidation=Strict`,
      '{"metadata":{"name":"a"},"data":{"x":"1"},"data":{"x":"2"}}',
    ],
    status: 400,
    reason: 'BadRequest',
    message: /strict decoding error: duplicate field "data"/,
  },
  {
    title: 'a wrong type',
    request: ['POST', PODS, pod('a', { spec: { containers: 'none' } })],
    status: 400,
    reason: 'BadRequest',
    message: new RegExp(`^${POD_V1}: .*cannot unmarshal`),
  },
  {
    title: 'another namespace than that of the URL',
    request: ['POST', PODS, pod('a', { metadata: { namespace: 'kube-system' } })],
    status: 400,
    reason: 'BadRequest',
    message:
      'the namespace of the provided object does not match the namespace sent on the request',
  },
  {
    title: 'an invalid object',
    request: ['POST', PODS, { metadata: { name: 'a' }, spec: { containers: [] } }],
    status: 422,
    reason: 'Invalid',
    message: 'Pod "a" is invalid: spec.containers: Required value',
  },
  {
    title: 'a bad resourceVersion',
    request: ['GET', `${PODS}?resourceVersion=abc`],
    status: 400,
    reason: 'BadRequest',
    message: 'Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax',
  },
  {
    title: 'a resourceVersion of the future',
    request: ['GET', `${PODS}?resourceVersion=999999`],
    status: 504,
    reason: 'Timeout',
    message: /^Timeout: Too large resource version: 999999, current: \d+$/,
  },
  {
    title: 'a field that cannot be selected',
    request: ['GET', `${PODS}?fieldSelector=spec.foo%3Dx`],
    status: 400,
    reason: 'BadRequest',
    message: /field label not supported: spec\.foo/,
  },
  {
    title: 'a broken label selector',
    request: ['GET', `${PODS}?labelSelector=a%20b%20c`],
    status: 400,
    reason: 'BadRequest',
    message: /^unable to parse requirement/,
  },
  {
    title: 'a resourceVersionMatch without a resourceVersion',
    request: ['GET', `${PODS}?resourceVersionMatch=Exact`],
    status: 422,
    reason: 'Invalid',
    message:
      'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided',
  },
  {
    title: 'a bad dryRun',
    request: ['POST', `${PODS}?dryRun=Some`, pod('a')],
    status: 422,
    reason: 'Invalid',
    message:
      'CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["Some"]: supported values: "All"',
  },
  {
    title: 'a bad dryRun behind a good one',
    request: ['DELETE', `${PODS}/a?dryRun=All&dryRun=Some`],
    status: 422,
    reason: 'Invalid',
    message:
      'DeleteOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["All","Some"]: supported values: "All"',
  },
  {
    title: 'deleting a namespace that must stay',
    request: ['DELETE', '/api/v1/namespaces/kube-system'],
    status: 403,
    reason: 'Forbidden',
    message: 'namespaces "kube-system" is forbidden: this namespace may not be deleted',
  },
];

t.test(
  'what is refused is refused with the status, the reason and the words of Kubernetes',
  async (t) => {
    const world = createApiWorld();
    await world.start();
    for (const { title, request, status, reason, message } of refused) {
      const answer = await world.http(...request);
      t.equal(answer.status, status, title);
      t.match(
        answer.body,
        { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, message, code: status },
        title,
      );
    }
    t.equal((await world.http('GET', '/version')).status, 200, 'the server lives on');
    t.same(world.crashes, []);
  },
);

t.test(
  'a new cluster has its namespaces, its roles and the Service of the API server',
  async (t) => {
    const world = createApiWorld();
    await world.start();
    const namespaces = await world.http('GET', '/api/v1/namespaces');
    const names = (namespaces.body['items'] as { metadata: { name: string } }[]).map(
      (each) => each.metadata.name,
    );
    t.same(names, ['default', 'kube-node-lease', 'kube-public', 'kube-system']);
    const service = await world.http('GET', '/api/v1/namespaces/default/services/kubernetes');
    t.match(service.body, {
      spec: { clusterIP: '10.96.0.1', ports: [{ port: 443, targetPort: 6443 }] },
    });
    const slice = await world.http(
      'GET',
      '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes',
    );
    t.match(slice.body, { endpoints: [{ addresses: ['127.0.0.1'] }], ports: [{ port: 6443 }] });
    const role = await world.http(
      'GET',
      '/apis/rbac.authorization.k8s.io/v1/clusterroles/cluster-admin',
    );
    t.match(role.body, {
      rules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }, { nonResourceURLs: ['*'] }],
    });
    t.same(world.warnings, []);
  },
);

t.test('objects come as JSON, YAML, tables and metadata alone', async (t) => {
  const world = createApiWorld();
  await world.start();
  await world.http('POST', PODS, pod('web'));
  const yaml = await world.http('GET', `${PODS}/web`, undefined, { accept: 'application/yaml' });
  t.match(yaml.text, /^apiVersion: v1\nkind: Pod\n/);
  const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
  const table = await world.http('GET', PODS, undefined, { accept });
  t.match(table.body, {
    kind: 'Table',
    rows: [{ object: { kind: 'PartialObjectMetadata', metadata: { name: 'web' } } }],
  });
  const partial = await world.http('GET', PODS, undefined, {
    accept: 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io',
  });
  t.match(partial.body, {
    kind: 'PartialObjectMetadataList',
    items: [{ kind: 'PartialObjectMetadata', metadata: { name: 'web' } }],
  });
  const protobuf = await world.http('GET', `${PODS}/web`, undefined, {
    accept: 'application/vnd.kubernetes.protobuf,application/json',
  });
  t.match(protobuf.body, { kind: 'Pod' }, 'an Accept of protobuf falls back to JSON');
});

t.test('bodies come as YAML, too, and unknown fields are warned of', async (t) => {
  const world = createApiWorld();
  await world.start();
  const yaml = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  x: "1"\nfoo: 1\n';
  const created = await world.http('POST', CONFIGMAPS, yaml, { type: 'application/yaml' });
  t.equal(created.status, 201);
  t.match(created.body, { data: { x: '1' } });
  t.equal(created.headers['warning'], '299 - "unknown field \\"foo\\""');
  t.ok(created.headers['audit-id']);
  const ignored = await world.http('POST', `${CONFIGMAPS}?fieldValidation=Ignore`, {
    ...configMap('b'),
    foo: 1,
  });
  t.equal(ignored.headers['warning'], undefined);
});

t.test('discovery is served in one answer and in parts', async (t) => {
  const world = createApiWorld();
  await world.start();
  const accept =
    'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';
  const whole = await world.http('GET', '/apis', undefined, { accept });
  t.equal(
    whole.headers['content-type'],
    'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
  );
  t.match(whole.body, { kind: 'APIGroupDiscoveryList' });
  t.match((await world.http('GET', '/api')).body, { kind: 'APIVersions', versions: ['v1'] });
  t.match((await world.http('GET', '/api/v1')).body, {
    kind: 'APIResourceList',
    groupVersion: 'v1',
  });
  t.match((await world.http('GET', '/apis/apps')).body, { kind: 'APIGroup', name: 'apps' });
  t.match((await world.http('GET', '/apis/apps/v1')).body, {
    kind: 'APIResourceList',
    groupVersion: 'apps/v1',
  });
  t.equal((await world.http('GET', '/apis/nope.example.com/v1')).status, 404);
  const index = await world.http('GET', '/openapi/v3');
  const paths = index.body['paths'] as Record<string, { serverRelativeURL: string }>;
  const document = await world.http('GET', paths['apis/apps/v1']?.serverRelativeURL ?? '');
  t.equal(document.status, 200);
  t.match(document.body, { openapi: /^3\./ });
  t.match((await world.http('GET', '/version')).body, {
    major: '1',
    minor: '36',
    gitVersion: /^v1\.36\.\d+\+kubactor$/,
  });
});

t.test('health: readyz fails without a leader, livez does not', async (t) => {
  const world = createApiWorld();
  await world.start();
  const ready = await world.http('GET', '/readyz?verbose');
  t.equal(ready.status, 200);
  t.match(ready.text, /\[\+\]etcd ok\n[^]*readyz check passed\n$/);
  t.equal((await world.http('GET', '/livez')).text, 'ok');
  world.store.failure = 'no-leader';
  const unready = await world.http('GET', '/readyz');
  t.equal(unready.status, 500);
  t.match(unready.text, /\[-\]etcd failed: reason withheld\n[^]*readyz check failed\n$/);
  t.equal((await world.http('GET', '/livez')).status, 200);
  t.equal((await world.http('GET', '/readyz/ping')).text, 'ok');
  t.match((await world.http('GET', '/metrics')).text, /apiserver_request_total/);
});

t.test('nobody may read what is public, and no more', async (t) => {
  const world = createApiWorld();
  await world.start();
  for (const url of ['/version', '/healthz', '/livez', '/readyz'])
    t.equal((await world.http('GET', url, undefined, { client: null })).status, 200, url);
  for (const url of ['/', '/api', '/metrics', '/openapi/v3', '/openid/v1/jwks', '/livez/ping'])
    t.equal((await world.http('GET', url, undefined, { client: null })).status, 403, url);
  const as = { client: null, headers: { 'impersonate-user': 'kubernetes-admin' } };
  t.match((await world.http('GET', PODS, undefined, as)).body, {
    message: /User "system:anonymous" cannot impersonate resource "users"/,
  });
});

t.test('a store that fails is answered for in bounded time and clear words', async (t) => {
  const world = createApiWorld();
  await world.start();
  world.store.failure = 'no-leader';
  const none = await world.http('POST', CONFIGMAPS, configMap('a'));
  t.match(none, {
    status: 503,
    body: { reason: 'ServiceUnavailable', message: 'etcdserver: no leader' },
  });
  t.equal(none.headers['retry-after'], undefined);
  world.store.failure = 'outcome-unknown';
  t.match(await world.http('POST', CONFIGMAPS, configMap('a')), {
    status: 504,
    body: { reason: 'Timeout' },
  });
  world.store.failure = undefined;
  let release = (): void => undefined;
  world.store.held = new Promise((resolve) => {
    release = resolve;
  });
  const before = world.clock.monotonicMs();
  const late = await world.http('POST', CONFIGMAPS, configMap('a'));
  t.match(late, { status: 504, body: { reason: 'Timeout', message: /did not complete/ } });
  t.ok(world.clock.monotonicMs() - before <= 10_000);
  release();
  world.store.held = undefined;
  await world.advance(10);
  t.equal(
    (await world.http('GET', `${CONFIGMAPS}/a`)).status,
    200,
    'the write that was answered 504 may still happen',
  );
});

t.test('too many requests at once are refused with Retry-After', async (t) => {
  const world = createApiWorld({ maxRequestsInFlight: 2, maxMutatingRequestsInFlight: 1 });
  await world.start();
  const first = world.begin('POST', CONFIGMAPS, configMap('a'));
  const second = await world.http('POST', CONFIGMAPS, configMap('b'));
  t.match(second, {
    status: 429,
    headers: { 'retry-after': '1' },
    body: { reason: 'TooManyRequests' },
  });
  await world.advance(100);
  t.equal(first.answer?.status, 201);
  t.equal((await world.http('POST', CONFIGMAPS, configMap('b'))).status, 201);
});
