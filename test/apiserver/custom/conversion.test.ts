import t from 'tap';
import { createApiWorld, type Json } from '../api-world.js';
import { fakeWebhooks, Reply } from '../fake-webhooks.js';
import { convertHostPort, defineWidgets } from './converted-widgets.js';

const MERGE = { type: 'application/merge-patch+json' };
const APPLY = { type: 'application/apply-patch+yaml' };

async function converted() {
  const webhooks = fakeWebhooks();
  webhooks.serve('/convert', convertHostPort);
  const world = createApiWorld({}, { webhooks });
  await world.start();
  const expect = async (status: number, method: string, url: string, body?: unknown, how = {}) => {
    const answer = await world.http(method, url, body, how);
    if (answer.status !== status) throw new Error(`${method} ${url}: ${answer.text}`);
    return answer.body;
  };
  const widgets = await defineWidgets({ world, expect, namespace: 'default' }, '/convert');
  const stored = async (name: string): Promise<Json> => {
    const key = `/registry/${widgets.group}/widgets/default/${name}`;
    const reading = world.store.range({ key });
    await world.advance(10);
    const kvs = await reading;
    if (!kvs.ok) throw new Error('no answer');
    const value = kvs.value.kvs[0]?.value;
    return JSON.parse(new TextDecoder().decode(value)) as Json;
  };
  return { world, webhooks, expect, stored, ...widgets };
}

t.test('every verb works in a version that is not the stored one', async (t) => {
  const { world, expect, at, object, stored, group } = await converted();
  const made = await expect(201, 'POST', at('v2'), object('v2', 'w', { host: 'a', port: '1' }));
  t.match(made, { apiVersion: `${group}/v2`, host: 'a', port: '1' });
  t.match(await stored('w'), { apiVersion: `${group}/v1`, hostPort: 'a:1' });
  const next = await expect(200, 'PUT', at('v2', 'w'), { ...made, port: '2' });
  t.match(await stored('w'), { apiVersion: `${group}/v1`, hostPort: 'a:2' });
  t.equal(next.metadata?.uid, made.metadata?.uid);
  await expect(200, 'PATCH', at('v2', 'w'), { port: '3' }, MERGE);
  t.match(await stored('w'), { hostPort: 'a:3' });
  const applied = object('v2', 'w', { spec: { replicas: 4 } });
  await expect(200, 'PATCH', `${at('v2', 'w')}?fieldManager=me`, applied, APPLY);
  t.match(await stored('w'), { hostPort: 'a:3', spec: { replicas: 4 } });
  const status = { status: { note: 'fine', replicas: 4 } };
  await expect(200, 'PATCH', `${at('v2', 'w')}/status`, status, MERGE);
  t.match(await stored('w'), { hostPort: 'a:3', status: { note: 'fine' } });
  await expect(200, 'PATCH', `${at('v2', 'w')}/scale`, { spec: { replicas: 5 } }, MERGE);
  t.match(await stored('w'), { hostPort: 'a:3', spec: { replicas: 5 }, status: { note: 'fine' } });
  t.match(await expect(200, 'GET', `${at('v2', 'w')}/scale`), { spec: { replicas: 5 } });
  await expect(200, 'DELETE', at('v2', 'w'));
  await expect(404, 'GET', at('v1', 'w'));
  await expect(201, 'POST', at('v1'), object('v1', 'x', { hostPort: 'b:1' }));
  await expect(201, 'POST', at('v1'), object('v1', 'y', { hostPort: 'c:1' }));
  await expect(200, 'DELETE', at('v2'));
  t.same((await expect(200, 'GET', at('v1')))['items'], []);
  t.same(world.crashes, []);
});

t.test('a list is one review, in order, and asked for once', async (t) => {
  const { expect, at, object, webhooks } = await converted();
  for (const name of ['c', 'a', 'b'])
    await expect(201, 'POST', at('v1'), object('v1', name, { hostPort: `${name}:1` }));
  const before = webhooks.calls.length;
  const list = await expect(200, 'GET', at('v2'));
  t.match(list['items'], [{ host: 'a' }, { host: 'b' }, { host: 'c' }]);
  t.equal(webhooks.calls.length, before + 1);
  t.equal((webhooks.calls.at(-1)?.request['objects'] as unknown[]).length, 3);
  await expect(200, 'GET', at('v2'));
  await expect(200, 'GET', at('v2', 'b'));
  t.equal(webhooks.calls.length, before + 1, 'what was converted is kept');
  await expect(200, 'GET', `${at('v2')}?limit=2`);
  await expect(200, 'GET', at('v1'));
  t.equal(webhooks.calls.length, before + 1);
  const url = webhooks.calls.at(-1)?.call.url;
  t.equal(url, 'https://webhook.example.com/convert?timeout=30s');
});

t.test('a watch is in its own version, in order, deletions too', async (t) => {
  const { world, expect, at, object, webhooks } = await converted();
  await expect(201, 'POST', at('v1'), object('v1', 'w', { hostPort: 'a:1' }));
  const watch = await world.watch(`${at('v2')}?watch=true`);
  const begun = webhooks.calls.length;
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  webhooks.serve('/convert', async (request) => {
    await held;
    return convertHostPort(request);
  });
  await expect(200, 'PATCH', at('v1', 'w'), { hostPort: 'a:2' }, MERGE);
  await expect(200, 'PATCH', at('v1', 'w'), { hostPort: 'a:3' }, MERGE);
  await expect(200, 'DELETE', at('v1', 'w'));
  await world.advance(10);
  t.equal(watch.events.length, 1, 'changes wait for their conversion');
  release();
  await world.advance(10);
  t.match(watch.events, [
    { type: 'ADDED', object: { host: 'a', port: '1' } },
    { type: 'MODIFIED', object: { host: 'a', port: '2' } },
    { type: 'MODIFIED', object: { host: 'a', port: '3' } },
    { type: 'DELETED', object: { host: 'a', port: '3' } },
  ]);
  t.ok(webhooks.calls.length > begun);
  webhooks.serve('/convert', () => ({ result: { status: 'Failed', message: 'not today' } }));
  await expect(201, 'POST', at('v1'), object('v1', 'x', { hostPort: 'b:1' }));
  await world.advance(10);
  t.match(watch.events.at(-1), { type: 'ERROR', object: { code: 500, message: /not today/ } });
  t.equal(watch.ended, 'complete');
});

t.test('what a webhook answers is checked, and nothing is lost', async (t) => {
  const { world, expect, at, object, webhooks, group, stored } = await converted();
  await expect(201, 'POST', at('v1'), object('v1', 'w', { hostPort: 'a:1' }));
  const failed = `conversion webhook for ${group}/v1, Kind=Widget failed: `;
  const invalid = `conversion webhook for ${group}/v1, Kind=Widget returned invalid converted object: `;
  const changed =
    (change: (object: Json) => object) => (request: Parameters<typeof convertHostPort>[0]) => {
      const answer = convertHostPort(request) as { convertedObjects: Json[] };
      return { ...answer, convertedObjects: answer.convertedObjects.map(change) };
    };
  const meta = (metadata: object) =>
    changed((each) => ({ ...each, metadata: { ...each.metadata, ...metadata } }));
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  const cases: [string, Parameters<typeof webhooks.serve>[1], string][] = [
    ['says no', () => ({ result: { status: 'Failed', message: 'no' } }), `${failed}no`],
    ['no status', () => ({}), `${failed}response.result.status was '', not 'Success'`],
    ['other uid', (request) => ({ ...convertHostPort(request), uid: 'x' }), 'got "x"'],
    [
      'too few',
      () => ({ result: { status: 'Success' }, convertedObjects: [] }),
      'returned 0 objects, expected 1',
    ],
    [
      'version',
      changed((each) => ({ ...each, apiVersion: `${group}/v3` })),
      `${invalid}invalid groupVersion (expected ${group}/v2, received ${group}/v3)`,
    ],
    [
      'kind',
      changed((each) => ({ ...each, kind: 'Gadget' })),
      `${invalid}invalid kind (expected Widget, received Gadget)`,
    ],
    ['name', meta({ name: 'v' }), `${invalid}must have the same name: w != v`],
    ['namespace', meta({ namespace: 'b' }), `${invalid}must have the same namespace: default != b`],
    ['uid', meta({ uid: 'b' }), `${invalid}must have the same UID: `],
    [
      'label',
      meta({ labels: { a: 1 } }),
      'returned invalid metadata: metadata.labels[a] must be a string, but is int64 in converted object',
    ],
    [
      '500',
      () => new Reply({ type: 'response', status: 500, body: bytes('oh') }),
      `${failed}an error on the server ("oh") has prevented the request from succeeding`,
    ],
    [
      '404',
      () => new Reply({ type: 'response', status: 404, body: bytes('') }),
      `${failed}the server could not find the requested resource`,
    ],
    [
      'refused',
      () => new Reply({ type: 'failed', message: 'EOF' }),
      `${failed}Post "https://webhook.example.com/convert?timeout=30s": EOF`,
    ],
  ];
  for (const [what, handler, message] of cases) {
    webhooks.serve('/convert', handler);
    const read = await expect(500, 'GET', at('v2', 'w'));
    t.ok(String(read['message']).includes(message), `${what}: ${String(read['message'])}`);
  }
  const refused = await expect(500, 'PUT', at('v2', 'w'), object('v2', 'w', { host: 'b' }));
  t.match(refused, { kind: 'Status', message: /^conversion webhook for / });
  await expect(500, 'DELETE', at('v2', 'w'));
  await expect(500, 'POST', at('v2'), object('v2', 'n', { host: 'b', port: '1' }));
  await expect(404, 'GET', at('v1', 'n'));
  t.match(await stored('w'), { hostPort: 'a:1' }, 'as it was');
  t.match(
    await expect(200, 'GET', at('v1', 'w')),
    { hostPort: 'a:1' },
    'the stored version needs no webhook',
  );
  webhooks.serve(
    '/convert',
    meta({ labels: { l: '1' }, annotations: { n: '2' }, finalizers: ['x.io/y'] }),
  );
  const labeled = await expect(200, 'GET', at('v2', 'w'));
  t.match(labeled.metadata, { labels: { l: '1' }, annotations: { n: '2' } });
  t.notOk(labeled.metadata?.finalizers, 'only labels and annotations are its to change');
  t.same(world.crashes, []);
});

t.test('a write that changes nothing brings an object to the storage version', async (t) => {
  const { expect, at, object, stored, group, definition, world } = await converted();
  await expect(201, 'POST', at('v1'), object('v1', 'w', { hostPort: 'a:1' }));
  const { spec } = (await expect(200, 'GET', definition)) as unknown as {
    spec: { versions: { name: string }[] };
  };
  const versions = spec.versions.map((each) => ({ ...each, storage: each.name === 'v2' }));
  await expect(200, 'PATCH', definition, { spec: { versions } }, MERGE);
  await world.advance(100);
  const read = await expect(200, 'GET', at('v1', 'w'));
  await expect(200, 'PUT', at('v1', 'w'), read);
  t.match(await stored('w'), { apiVersion: `${group}/v2`, host: 'a', port: '1' });
  t.match(await expect(200, 'GET', at('v1', 'w')), { hostPort: 'a:1' });
});

t.test('slow webhooks hold up nobody else', async (t) => {
  const { world, expect, at, object, webhooks } = await converted();
  await expect(201, 'POST', at('v1'), object('v1', 'w', { hostPort: 'a:1' }));
  webhooks.serve('/convert', () => new Promise<object>(() => undefined));
  const waiting = world.begin('GET', at('v2', 'w'));
  t.match(await expect(200, 'GET', at('v1', 'w')), { hostPort: 'a:1' });
  await world.advance(33_000);
  t.equal(waiting.answer, undefined);
  await world.advance(2_000);
  t.equal(waiting.answer?.status, 504);
});

t.test('a Service is called at an endpoint of it, as itself', async (t) => {
  const { world, expect, webhooks, definition, at, object } = await converted();
  const service = { namespace: 'default', name: 'hook', path: '/convert', port: 443 };
  const conversion = { webhook: { clientConfig: { url: null, service } } };
  await expect(200, 'PATCH', definition, { spec: { conversion } }, MERGE);
  await world.advance(100);
  await expect(201, 'POST', at('v1'), object('v1', 'w', { hostPort: 'a:1' }));
  const failure = async (): Promise<string> =>
    String((await expect(500, 'GET', at('v2', 'w')))['message']);
  const post = 'failed: Post "https://hook.default.svc:443/convert?timeout=30s": ';
  t.match(await failure(), `${post}service "hook" not found`);
  const ports = [{ name: 'https', port: 443, targetPort: 8443 }];
  await expect(201, 'POST', '/api/v1/namespaces/default/services', {
    metadata: { name: 'hook' },
    spec: { ports },
  });
  t.match(await failure(), `${post}no endpoints available for service "hook"`);
  await expect(201, 'POST', '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices', {
    metadata: { name: 'hook-1', labels: { 'kubernetes.io/service-name': 'hook' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['10.1.2.3'] }],
    ports: [{ name: 'https', port: 8443 }],
  });
  t.match(await expect(200, 'GET', at('v2', 'w')), { host: 'a' });
  t.same(webhooks.calls.at(-1)?.call.address, { host: '10.1.2.3', port: 8443 });
});

t.test('the conversion of a definition is validated', async (t) => {
  const { expect, definition } = await converted();
  const refused = async (conversion: object): Promise<string> =>
    String((await expect(422, 'PATCH', definition, { spec: { conversion } }, MERGE))['message']);
  const at = 'spec.conversion.';
  t.match(
    await refused({ webhook: { clientConfig: null } }),
    `${at}webhookClientConfig: Required value: required when strategy is set to Webhook`,
  );
  t.match(
    await refused({ webhook: { clientConfig: { url: null } } }),
    `${at}webhookClientConfig: Required value: exactly one of url or service is required`,
  );
  t.match(
    await refused({ webhook: { clientConfig: { url: 'http://x/' } } }),
    `${at}webhookClientConfig.url: Invalid value: "http": 'https' is the only allowed URL scheme; desired format: https://host[/path]`,
  );
  t.match(
    await refused({ webhook: { clientConfig: { caBundle: 'Q0E=' } } }),
    'unable to load root certificates: unable to parse bytes as PEM block',
  );
  t.match(
    await refused({ webhook: { conversionReviewVersions: [] } }),
    `${at}conversionReviewVersions: Required value`,
  );
  t.match(
    await refused({ webhook: { conversionReviewVersions: ['v7'] } }),
    `${at}conversionReviewVersions: Invalid value: ["v7"]: must include at least one of v1, v1beta1`,
  );
  t.match(
    await refused({ strategy: 'None' }),
    `${at}webhookClientConfig: Forbidden: should not be set when strategy is not set to Webhook`,
  );
});
