import type { Json } from '../api-world.js';
import { Reply } from '../fake-webhooks.js';
import type { Request } from '../fake-webhooks.js';
import { configMap, pod } from '../manifests.js';
import type { Api, Tap } from './harness.js';
import { JSON_PATCH, MERGE, conformance, itemsOf } from './harness.js';
import type { ConformanceName } from './registry.js';

const ADMISSION = '/apis/admissionregistration.k8s.io/v1';
const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const PLURALS = {
  Mutating: `${ADMISSION}/mutatingwebhookconfigurations`,
  Validating: `${ADMISSION}/validatingwebhookconfigurations`,
} as const;
type Kind = keyof typeof PLURALS;

function test(name: string, run: (t: Tap, api: Api) => Promise<void>): void {
  const whole = `[sig-api-machinery] AdmissionWebhook [Privileged:ClusterAdmin] ${name}`;
  conformance(whole as ConformanceName, run);
}

const rule = (
  resources: readonly string[],
  operations = ['CREATE'],
  group = '',
  versions = ['v1'],
) => ({
  operations,
  apiGroups: [group],
  apiVersions: versions,
  resources,
});

function configuration(api: Api, kind: Kind, webhook: object, more: object = {}): object {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: `${kind}WebhookConfiguration`,
    metadata: { name: api.namespace, ...more },
    webhooks: [
      {
        name: 'hook.example.com',
        clientConfig: { url: `https://hook.test/${api.namespace}` },
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': api.namespace } },
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
        ...webhook,
      },
    ],
  };
}

/** Configures a webhook that answers so, and lets the API server learn of it. */
async function hooked(
  api: Api,
  kind: Kind,
  webhook: object,
  answer: (request: Request) => object | Promise<object> | Reply,
): Promise<string> {
  api.webhooks.serve(`/${api.namespace}`, answer);
  await api.expect(201, 'POST', PLURALS[kind], configuration(api, kind, webhook));
  await api.world.advance(100);
  return `${PLURALS[kind]}/${api.namespace}`;
}

const deny = (message: string) => ({ allowed: false, status: { message } });
const patch = (...operations: object[]) => ({
  allowed: true,
  patchType: 'JSONPatch',
  patch: Buffer.from(JSON.stringify(operations)).toString('base64'),
});
const dataOf = (request: Request) => (request['object'] as { data?: Record<string, string> }).data;
const stages = (request: Request) => {
  const data = dataOf(request) ?? {};
  if (data['mutation-stage-2'] !== undefined || data['mutation-start'] === undefined)
    return { allowed: true };
  return patch(
    { op: 'add', path: '/data/mutation-stage-1', value: 'yes' },
    { op: 'add', path: '/data/mutation-stage-2', value: 'yes' },
  );
};

async function defineThings(api: Api, more: object = {}): Promise<string> {
  const group = `${api.namespace}.example.com`;
  const version = (name: string) => ({
    name,
    served: true,
    storage: name === 'v1',
    schema: {
      openAPIV3Schema: {
        type: 'object',
        properties: {
          data: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, ...more },
        },
      },
    },
  });
  await api.expect(201, 'POST', CRDS, {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `things.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural: 'things', kind: 'Thing' },
      versions: [version('v1'), version('v2')],
    },
  });
  await api.world.advance(500);
  return group;
}

const thing = (group: string, name: string, data: object, version = 'v1') => ({
  apiVersion: `${group}/${version}`,
  kind: 'Thing',
  metadata: { name },
  data,
});
const things = (api: Api, group: string, version = 'v1') =>
  `/apis/${group}/${version}/namespaces/${api.namespace}/things`;

test('should be able to deny pod and configmap creation', async (t, api) => {
  const rules = [rule(['pods', 'configmaps'], ['CREATE', 'UPDATE'])];
  const own = await hooked(api, 'Validating', { rules }, (request) => {
    const { metadata } = request['object'] as Json;
    if (metadata?.labels?.['hang'] !== undefined)
      return new Reply({ type: 'failed', message: 'context deadline exceeded' });
    return metadata?.labels?.['bad'] === undefined && dataOf(request)?.['k'] !== 'bad'
      ? { allowed: true }
      : deny('the object contains unwanted label');
  });
  const message =
    'admission webhook "hook.example.com" denied the request: the object contains unwanted label';
  const bad = { metadata: { labels: { bad: '1' } } };
  t.match(await api.expect(400, 'POST', api.in('pods'), pod('a', bad)), { message });
  t.match(
    await api.expect(
      500,
      'POST',
      api.in('pods'),
      pod('a', { metadata: { labels: { hang: '1' } } }),
    ),
    {
      reason: 'InternalError',
      message: `Internal error occurred: failed calling webhook "hook.example.com": failed to call webhook: Post "https://hook.test/${api.namespace}?timeout=10s": context deadline exceeded`,
    },
  );
  await api.expect(400, 'POST', api.in('configmaps'), configMap('a', { k: 'bad' }));
  await api.expect(201, 'POST', api.in('configmaps'), configMap('a', { k: 'good' }));
  await api.expect(400, 'PATCH', `${api.in('configmaps')}/a`, { data: { k: 'bad' } }, MERGE);
  await api.expect(400, 'PUT', `${api.in('configmaps')}/a`, configMap('a', { k: 'bad' }));
  await api.expect(200, 'DELETE', own);
  await api.world.advance(100);
  await api.expect(201, 'POST', api.in('pods'), pod('a', bad));
});

test('should be able to deny attaching pod', async (t, api) => {
  const webhook = { rules: [rule(['pods/attach'], ['CONNECT'])] };
  let seen: Request | undefined;
  await hooked(api, 'Validating', webhook, (request) => {
    seen = request;
    return deny("attaching to pod 'a' is not allowed");
  });
  await api.expect(201, 'POST', api.in('pods'), pod('a'));
  const url = `${api.in('pods')}/a/attach?container=main&stdin=true`;
  t.match(await api.expect(400, 'POST', url), { message: /attaching to pod 'a' is not allowed/ });
  t.match(seen, {
    operation: 'CONNECT',
    name: 'a',
    subResource: 'attach',
    kind: { group: '', version: 'v1', kind: 'PodAttachOptions' },
    object: { kind: 'PodAttachOptions', apiVersion: 'v1', stdin: true, container: 'main' },
    oldObject: null,
    options: null,
  });
});

test('should be able to deny custom resource creation, update and deletion', async (t, api) => {
  const group = await defineThings(api);
  const rules = [rule(['things'], ['CREATE', 'UPDATE', 'DELETE'], group)];
  await hooked(api, 'Validating', { rules }, (request) => {
    const found = (request['object'] ?? request['oldObject']) as { data?: { k?: string } };
    return found.data?.k === 'bad' ? deny('unwanted') : { allowed: true };
  });
  const url = things(api, group);
  await api.expect(400, 'POST', url, thing(group, 'a', { k: 'bad' }));
  await api.expect(201, 'POST', url, thing(group, 'a', { k: 'good' }));
  await api.expect(400, 'PATCH', `${url}/a`, { data: { k: 'bad' } }, MERGE);
  await api.expect(200, 'DELETE', `${url}/a`);
  const open = `${PLURALS.Validating}/${api.namespace}`;
  const only = [{ op: 'replace', path: '/webhooks/0/rules/0/operations', value: ['DELETE'] }];
  await api.expect(200, 'PATCH', open, only, JSON_PATCH);
  await api.world.advance(100);
  await api.expect(201, 'POST', url, thing(group, 'b', { k: 'bad' }));
  t.match(await api.expect(400, 'DELETE', `${url}/b`), { message: /denied the request: unwanted/ });
  await api.expect(400, 'DELETE', url);
  await api.expect(200, 'GET', `${url}/b`);
});

test('should unconditionally reject operations on fail closed webhook', async (t, api) => {
  const answer = () =>
    new Reply({ type: 'failed', message: 'x509: certificate signed by unknown authority' });
  await hooked(api, 'Validating', { rules: [rule(['configmaps'])], failurePolicy: 'Fail' }, answer);
  t.match(await api.expect(500, 'POST', api.in('configmaps'), configMap('a')), {
    message: /failed calling webhook "hook.example.com"/,
  });
});

test('should deny crd creation', async (t, api) => {
  const webhook = {
    rules: [rule(['customresourcedefinitions'], ['CREATE'], 'apiextensions.k8s.io')],
    namespaceSelector: {},
    objectSelector: { matchLabels: { deny: api.namespace } },
  };
  await hooked(api, 'Validating', webhook, () => deny('unwanted'));
  const names = { plural: 'others', kind: 'Other' };
  const version = {
    name: 'v1',
    served: true,
    storage: true,
    schema: { openAPIV3Schema: { type: 'object' } },
  };
  const denied = await api.expect(400, 'POST', CRDS, {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'others.example.com', labels: { deny: api.namespace } },
    spec: { group: 'example.com', scope: 'Cluster', names, versions: [version] },
  });
  t.match(denied, { message: /denied the request: unwanted/ });
});

test('should honor timeout', async (t, api) => {
  const timeouts: number[] = [];
  const webhook = { rules: [rule(['configmaps'])], timeoutSeconds: 1 };
  api.webhooks.serve(`/${api.namespace}`, (_request, call) => {
    timeouts.push(call.timeoutMs);
    return call.timeoutMs < 5_000
      ? new Reply({ type: 'failed', message: 'context deadline exceeded' })
      : { allowed: true };
  });
  const own = `${PLURALS.Validating}/${api.namespace}`;
  const made = await api.expect(
    201,
    'POST',
    PLURALS.Validating,
    configuration(api, 'Validating', webhook),
  );
  const becomes = async (change: object, remove = false): Promise<void> => {
    const [first = {}] = made['webhooks'] as Json[];
    const { timeoutSeconds: _none, ...rest } = first;
    const webhooks = [{ ...(remove ? rest : first), ...change }];
    await api.expect(200, 'PATCH', own, { webhooks }, MERGE);
    await api.world.advance(100);
  };
  await becomes({});
  t.match(await api.expect(500, 'POST', api.in('configmaps'), configMap('a')), {
    message: /\?timeout=1s": context deadline exceeded/,
  });
  await becomes({ failurePolicy: 'Ignore' });
  await api.expect(201, 'POST', api.in('configmaps'), configMap('a'));
  await becomes({ timeoutSeconds: 10 });
  await api.expect(201, 'POST', api.in('configmaps'), configMap('b'));
  await becomes({}, true);
  await api.expect(201, 'POST', api.in('configmaps'), configMap('c'));
  t.same(timeouts, [1_000, 1_000, 10_000, 10_000]);
});

test('should mutate configmap', async (t, api) => {
  await hooked(api, 'Mutating', { rules: [rule(['configmaps'])] }, stages);
  const made = await api.expect(
    201,
    'POST',
    api.in('configmaps'),
    configMap('a', { 'mutation-start': 'yes' }),
  );
  t.same(made['data'], {
    'mutation-start': 'yes',
    'mutation-stage-1': 'yes',
    'mutation-stage-2': 'yes',
  });
});

test("should mutate everything except 'skip-me' configmaps", async (t, api) => {
  const matchConditions = [{ name: 'skip-me', expression: "object.metadata.name != 'skip-me'" }];
  await hooked(api, 'Mutating', { rules: [rule(['configmaps'])], matchConditions }, stages);
  const url = api.in('configmaps');
  const skipped = await api.expect(
    201,
    'POST',
    url,
    configMap('skip-me', { 'mutation-start': 'yes' }),
  );
  t.same(skipped['data'], { 'mutation-start': 'yes' });
  t.match(await api.expect(201, 'POST', url, configMap('a', { 'mutation-start': 'yes' })), {
    data: { 'mutation-stage-2': 'yes' },
  });
});

test('should mutate pod and apply defaults after mutation', async (t, api) => {
  const added = { name: 'added', image: 'busybox' };
  await hooked(api, 'Mutating', { rules: [rule(['pods'])] }, () =>
    patch({ op: 'add', path: '/spec/initContainers', value: [added] }),
  );
  const made = await api.expect(201, 'POST', api.in('pods'), pod('a'));
  t.match(made['spec'], {
    initContainers: [{ ...added, imagePullPolicy: 'Always', terminationMessagePolicy: 'File' }],
  });
});

test('should mutate custom resource', async (t, api) => {
  const group = await defineThings(api);
  await hooked(api, 'Mutating', { rules: [rule(['things'], ['CREATE'], group)] }, stages);
  const made = await api.expect(
    201,
    'POST',
    things(api, group),
    thing(group, 'a', { 'mutation-start': 'yes' }),
  );
  t.same(made['data'], {
    'mutation-start': 'yes',
    'mutation-stage-1': 'yes',
    'mutation-stage-2': 'yes',
  });
});

test('should mutate custom resource with pruning', async (t, api) => {
  const text = { type: 'string' };
  const properties = { 'mutation-start': text, 'mutation-stage-1': text };
  const group = await defineThings(api, {
    'x-kubernetes-preserve-unknown-fields': undefined,
    properties,
  });
  await hooked(api, 'Mutating', { rules: [rule(['things'], ['CREATE'], group)] }, stages);
  const made = await api.expect(
    201,
    'POST',
    things(api, group),
    thing(group, 'a', { 'mutation-start': 'yes' }),
  );
  t.same(made['data'], { 'mutation-start': 'yes', 'mutation-stage-1': 'yes' });
});

test('should mutate custom resource with different stored version', async (t, api) => {
  const group = await defineThings(api);
  let asked: unknown;
  const webhook = { rules: [rule(['things'], ['CREATE', 'UPDATE'], group, ['v1'])] };
  await hooked(api, 'Mutating', webhook, (request) => {
    asked = (request['object'] as Json).apiVersion;
    return stages(request);
  });
  const url = things(api, group);
  await api.expect(201, 'POST', url, thing(group, 'a', {}));
  const definition = `${CRDS}/things.${group}`;
  const { spec } = await api.expect(200, 'GET', definition);
  const { versions } = spec as { versions: { name: string }[] };
  const swapped = versions.map((each) => ({ ...each, storage: each.name === 'v2' }));
  await api.expect(200, 'PATCH', definition, { spec: { versions: swapped } }, MERGE);
  await api.world.advance(500);
  const change = { data: { 'mutation-start': 'yes' } };
  t.match(await api.expect(200, 'PATCH', `${things(api, group, 'v2')}/a`, change, MERGE), {
    apiVersion: `${group}/v2`,
    data: { 'mutation-start': 'yes', 'mutation-stage-1': 'yes', 'mutation-stage-2': 'yes' },
  });
  t.equal(asked, `${group}/v1`);
});

test('should not be able to mutate or prevent deletion of webhook configuration objects', async (t, api) => {
  const webhook = {
    rules: [rule(['*'], ['*'], 'admissionregistration.k8s.io')],
    namespaceSelector: {},
  };
  const first = await hooked(api, 'Validating', webhook, () => deny('never'));
  const second = await hooked(api, 'Mutating', webhook, () =>
    patch({ op: 'add', path: '/metadata/labels', value: { mutated: 'yes' } }),
  );
  const dummy = configuration(api, 'Mutating', { rules: [] }, { name: `${api.namespace}-dummy` });
  const made = await api.expect(201, 'POST', PLURALS.Mutating, dummy);
  t.equal(made.metadata?.labels, undefined);
  await api.expect(200, 'DELETE', `${PLURALS.Mutating}/${api.namespace}-dummy`);
  await api.expect(200, 'DELETE', first);
  await api.expect(200, 'DELETE', second);
});

for (const kind of ['Mutating', 'Validating'] as const) {
  const lower = kind.toLowerCase();
  const rules = [rule(['configmaps'])];
  const answer = kind === 'Mutating' ? stages : () => deny('unwanted');
  const start = { 'mutation-start': 'yes' };

  test(`patching/updating a ${lower} webhook should work`, async (t, api) => {
    const own = await hooked(api, kind, { rules }, answer);
    const url = api.in('configmaps');
    const isAsked = async (name: string): Promise<boolean> => {
      const { status, body } = await api.world.http('POST', url, configMap(name, start));
      return status === 400 || 'mutation-stage-2' in (body['data'] as object);
    };
    t.equal(await isAsked('a'), true);
    const object = await api.expect(200, 'GET', own);
    const [webhook] = object['webhooks'] as Json[];
    const updates = { ...webhook, rules: [rule(['configmaps'], ['UPDATE'])] };
    await api.expect(200, 'PUT', own, { ...object, webhooks: [updates] });
    await api.world.advance(100);
    t.equal(await isAsked('b'), false);
    const operations = [
      { op: 'replace', path: '/webhooks/0/rules/0/operations', value: ['CREATE'] },
    ];
    await api.expect(200, 'PATCH', own, operations, JSON_PATCH);
    await api.world.advance(100);
    t.equal(await isAsked('c'), true);
  });

  test(`listing ${lower} webhooks should work`, async (t, api) => {
    api.webhooks.serve(`/${api.namespace}`, answer);
    const labels = { labels: { of: api.namespace } };
    for (const name of ['one', 'two'])
      await api.expect(
        201,
        'POST',
        PLURALS[kind],
        configuration(api, kind, { rules }, { ...labels, name: `${api.namespace}-${name}` }),
      );
    await api.world.advance(100);
    const selected = `${PLURALS[kind]}?labelSelector=of%3D${api.namespace}`;
    t.equal(itemsOf(await api.expect(200, 'GET', selected)).length, 2);
    const first = await api.world.http('POST', api.in('configmaps'), configMap('a', start));
    t.equal(first.status, kind === 'Mutating' ? 201 : 400);
    await api.expect(200, 'DELETE', selected);
    await api.world.advance(100);
    const made = await api.expect(201, 'POST', api.in('configmaps'), configMap('b', start));
    t.same(made['data'], start);
  });

  test(`should reject ${lower} webhook configurations with invalid match conditions`, async (t, api) => {
    const matchConditions = [{ name: 'invalid', expression: 'bad expression' }];
    const refused = await api.expect(
      422,
      'POST',
      PLURALS[kind],
      configuration(api, kind, { rules, matchConditions }),
    );
    t.match(refused, {
      message:
        /webhooks\[0\]\.matchConditions\[0\]\.expression: Invalid value: "bad expression": compilation failed/,
    });
    const other = [{ name: 'int', expression: '1 + 1' }];
    t.match(
      await api.expect(
        422,
        'POST',
        PLURALS[kind],
        configuration(api, kind, { rules, matchConditions: other }),
      ),
      {
        message: /must evaluate to bool/,
      },
    );
  });
}
