import t from 'tap';
import { encodeKubernetesProtobuf } from '../../src/api/index.js';
import { createApiWorld, PROTOBUF } from './api-world.js';
import type { ApiWorld, Json } from './api-world.js';
import { widget, widgets, WIDGETS, worldWith } from './custom/definitions.js';
import { configMap, CONFIGMAPS, DEPLOYMENTS, deployment, PODS } from './manifests.js';

/** What controllers of client-go ask for. */
const ACCEPT = `${PROTOBUF},application/json`;
const PROTOBUF_ONLY = { accept: PROTOBUF };
const METADATA = `${PROTOBUF};as=PartialObjectMetadata;g=meta.k8s.io;v=v1`;
const METADATA_LIST = `${PROTOBUF};as=PartialObjectMetadataList;g=meta.k8s.io;v=v1`;
const TABLE = 'as=Table;v=v1;g=meta.k8s.io';

async function startedWorld(): Promise<ApiWorld> {
  const world = createApiWorld();
  await world.start();
  return world;
}

/** The same path in both encodings. */
async function both(world: ApiWorld, url: string) {
  const json = await world.http('GET', url);
  const protobuf = await world.http('GET', url, undefined, { accept: ACCEPT });
  return { json, protobuf };
}

void t.test('whoever accepts protobuf gets it: what is written, objects, lists', async (t) => {
  const world = await startedWorld();
  const body = encodeKubernetesProtobuf(deployment('web', 0));
  t.ok(body.ok);
  if (!body.ok) return;
  const options = { type: PROTOBUF, accept: ACCEPT };
  const created = await world.http('POST', DEPLOYMENTS, body.value, options);
  t.equal(created.status, 201);
  t.equal(created.headers['content-type'], PROTOBUF);
  t.match(created.body, { kind: 'Deployment', spec: { replicas: 0 } });
  await world.http(
    'POST',
    CONFIGMAPS,
    configMap('a', { ü: '日本' }, { labels: { b: '1', a: '2' } }),
  );
  const urls = [`${DEPLOYMENTS}/web`, DEPLOYMENTS, `${DEPLOYMENTS}/web/scale`, CONFIGMAPS, PODS];
  for (const url of [...urls, '/api/v1/nodes', '/apis/rbac.authorization.k8s.io/v1/clusterroles']) {
    const { json, protobuf } = await both(world, url);
    t.equal(protobuf.headers['content-type'], PROTOBUF, url);
    t.same(withoutEmpty(protobuf.body), withoutEmpty(withoutItemKinds(json.body)), url);
  }
  const page = await both(world, '/apis/rbac.authorization.k8s.io/v1/clusterroles?limit=2');
  t.same(page.protobuf.body.metadata, page.json.body.metadata, 'how a list goes on');
  t.end();
});

void t.test('errors, warnings and discovery are protobuf too', async (t) => {
  const world = await startedWorld();
  const missing = await world.http('GET', `${PODS}/nope`, undefined, { accept: ACCEPT });
  t.equal(missing.headers['content-type'], PROTOBUF);
  t.match(missing.body, { kind: 'Status', apiVersion: 'v1', code: 404, reason: 'NotFound' });
  const nobody = { accept: ACCEPT, client: null };
  t.match((await world.http('GET', PODS, undefined, nobody)).body, { code: 403 });
  for (const url of ['/api', '/apis', '/apis/apps', '/apis/apps/v1', '/api/v1']) {
    const { json, protobuf } = await both(world, url);
    t.equal(protobuf.headers['content-type'], PROTOBUF, url);
    t.same(withoutEmpty(protobuf.body), withoutEmpty(json.body), url);
  }
  const { protobuf } = await both(world, '/version');
  t.equal(protobuf.headers['content-type'], 'application/json', 'a version is JSON always');
  t.end();
});

void t.test('tables are JSON, and metadata has a protobuf form of its own', async (t) => {
  const world = await startedWorld();
  await world.http('POST', CONFIGMAPS, configMap('a', { b: 'a secret' }));
  const accept = `${PROTOBUF};${TABLE},application/json;${TABLE}`;
  const table = await world.http('GET', CONFIGMAPS, undefined, { accept });
  t.match(table.body, { kind: 'Table' });
  const list = await world.http('GET', CONFIGMAPS, undefined, { accept: METADATA_LIST });
  t.match(list.body, {
    kind: 'PartialObjectMetadataList',
    apiVersion: 'meta.k8s.io/v1',
    items: [{ metadata: { name: 'a' } }],
  });
  t.notMatch(list.text, 'a secret');
  const one = await world.http('GET', `${CONFIGMAPS}/a`, undefined, { accept: METADATA });
  t.match(one.body, { kind: 'PartialObjectMetadata', metadata: { name: 'a' } });
  t.end();
});

void t.test('a watch is a stream of frames, made once for all watchers', async (t) => {
  const world = await startedWorld();
  await world.http('POST', CONFIGMAPS, configMap('a'));
  const url = `${CONFIGMAPS}?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`;
  const first = await world.watch(url, { accept: ACCEPT });
  const second = await world.watch(url, { accept: ACCEPT });
  const metadata = await world.watch(url, { accept: METADATA });
  t.equal(first.head?.headers['content-type'], `${PROTOBUF};stream=watch`);
  await world.http('PUT', `${CONFIGMAPS}/a`, configMap('a', { b: 'c' }));
  await world.http('DELETE', `${CONFIGMAPS}/a`);
  await world.advance(1);
  const types = ['ADDED', 'BOOKMARK', 'MODIFIED', 'DELETED'];
  for (const log of [first, second, metadata])
    t.same(
      log.events.map(({ type }) => type),
      types,
    );
  t.match(first.events[1]?.object, {
    kind: 'ConfigMap',
    metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } },
  });
  t.match(first.events[2]?.object, { kind: 'ConfigMap', data: { b: 'c' } });
  t.match(metadata.events[2]?.object, { kind: 'PartialObjectMetadata', metadata: { name: 'a' } });
  t.equal(first.chunks.at(-1), second.chunks.at(-1), 'the very same bytes');
  const expired = await world.watch(`${CONFIGMAPS}?watch=true&resourceVersion=99999999`, {
    accept: ACCEPT,
  });
  t.equal(expired.events[0]?.type ?? 'none', 'none');
  t.end();
});

void t.test('custom resources are JSON; whoever accepts no JSON is told so', async (t) => {
  const world = await worldWith(widgets());
  await world.http('POST', WIDGETS, widget('a', {}));
  const listed = await world.http('GET', WIDGETS, undefined, { accept: ACCEPT });
  t.equal(listed.headers['content-type'], 'application/json');
  const refused = await world.http('GET', WIDGETS, undefined, PROTOBUF_ONLY);
  t.equal(refused.status, 406);
  t.match(refused.body, {
    message:
      'only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf',
  });
  const watch = await world.watch(`${WIDGETS}?watch=true`, PROTOBUF_ONLY);
  t.equal(watch.head?.status, 406);
  const metadata = await world.http('GET', WIDGETS, undefined, { accept: METADATA_LIST });
  t.match(metadata.body, { items: [{ metadata: { name: 'a' } }] });
  const scale = await world.http('GET', `${WIDGETS}/a/scale`, undefined, PROTOBUF_ONLY);
  t.match(scale.body, { kind: 'Scale', apiVersion: 'autoscaling/v1' });
  t.end();
});

/** The items of a list in protobuf say no kind of their own. */
function withoutItemKinds(list: Json): object {
  const items = list['items'] as readonly object[] | undefined;
  if (items === undefined) return list;
  return { ...list, items: items.map((item) => ({ ...item, kind: '', apiVersion: '' })) };
}

/** Protobuf tells nothing of what is empty, and JSON says it in some places. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value)
    .map(([key, item]) => [key, withoutEmpty(item)] as const)
    .filter(([, item]) => !isEmpty(item))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(kept);
}

function isEmpty(value: unknown): boolean {
  if (value === '' || value === false || value === 0 || value === null) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
