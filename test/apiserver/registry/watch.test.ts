import t from 'tap';
import { createApiWorld } from '../api-world.js';
import type { ApiWorld, WatchLog } from '../api-world.js';
import { configMap, CONFIGMAPS, MERGE_PATCH } from '../manifests.js';

const seen = (log: WatchLog): string[] =>
  log.events.map(({ type, object }) => `${type} ${object.metadata?.name ?? ''}`);

async function started(): Promise<ApiWorld> {
  const world = createApiWorld();
  await world.start();
  return world;
}

t.test('watch: from a resourceVersion, every change comes once and in order', async (t) => {
  const world = await started();
  const { body: a } = await world.http('POST', CONFIGMAPS, configMap('a'));
  await world.http('POST', CONFIGMAPS, configMap('b'));
  const log = await world.watch(
    `${CONFIGMAPS}?watch=true&resourceVersion=${a.metadata?.resourceVersion ?? ''}`,
  );
  await world.http('PATCH', `${CONFIGMAPS}/a`, { data: { x: '1' } }, MERGE_PATCH);
  await world.http('DELETE', `${CONFIGMAPS}/b`);
  t.same(seen(log), ['ADDED b', 'MODIFIED a', 'DELETED b']);
  const versions = log.events.map(({ object }) => Number(object.metadata?.resourceVersion));
  t.same(
    versions,
    [...versions].sort((x, y) => x - y),
  );
  t.same(log.resumeAfter, versions.map(String), 'each chunk says where it can be resumed');
  t.equal(log.ended, undefined);
});

t.test('watch: without a resourceVersion it begins with what is there', async (t) => {
  const world = await started();
  await world.http('POST', CONFIGMAPS, configMap('a'));
  for (const query of ['', '&resourceVersion=0']) {
    const log = await world.watch(`${CONFIGMAPS}?watch=1${query}`);
    t.same(seen(log), ['ADDED a']);
    t.same(log.resumeAfter, [undefined], 'nobody can resume within the initial events');
    log.cancel();
  }
});

t.test('watch: a WatchList ends its initial events with a marked bookmark', async (t) => {
  const world = await started();
  await world.http('POST', CONFIGMAPS, configMap('a'));
  const query =
    'watch=true&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan';
  const log = await world.watch(`${CONFIGMAPS}?${query}`);
  t.same(seen(log), ['ADDED a', 'BOOKMARK ']);
  t.match(log.events[1]?.object, {
    kind: 'ConfigMap',
    apiVersion: 'v1',
    metadata: {
      resourceVersion: String(world.store.revision),
      annotations: { 'k8s.io/initial-events-end': 'true' },
    },
  });
  await world.http('POST', CONFIGMAPS, configMap('b'));
  t.same(seen(log).slice(2), ['ADDED b']);
  const wrong = await world.watch(`${CONFIGMAPS}?watch=true&sendInitialEvents=true`);
  t.equal(wrong.head?.status, 422);
});

t.test('watch: bookmarks come every minute to who allows them', async (t) => {
  const world = await started();
  const log = await world.watch(
    `${CONFIGMAPS}?watch=true&allowWatchBookmarks=true&resourceVersion=${String(world.store.revision)}`,
  );
  const silent = await world.watch(
    `${CONFIGMAPS}?watch=true&resourceVersion=${String(world.store.revision)}`,
  );
  await world.http('POST', '/api/v1/namespaces/kube-public/configmaps', configMap('elsewhere'));
  await world.advance(61_000);
  t.same(seen(log), ['BOOKMARK ']);
  t.equal(log.events[0]?.object.metadata?.resourceVersion, String(world.store.revision));
  t.same(seen(silent), []);
});

t.test('watch: timeoutSeconds ends it', async (t) => {
  const world = await started();
  const log = await world.watch(`${CONFIGMAPS}?watch=true&timeoutSeconds=5`);
  await world.advance(4_900);
  t.equal(log.ended, undefined);
  await world.advance(200);
  t.equal(log.ended, 'complete');
});

t.test(
  'watch: an object that begins or ceases to match a selector is added or deleted',
  async (t) => {
    const world = await started();
    await world.http('POST', CONFIGMAPS, configMap('a', {}, { labels: { on: 'no' } }));
    const log = await world.watch(
      `${CONFIGMAPS}?watch=true&resourceVersion=${String(world.store.revision)}&labelSelector=on%3Dyes`,
    );
    await world.http(
      'PATCH',
      `${CONFIGMAPS}/a`,
      { metadata: { labels: { on: 'yes' } } },
      MERGE_PATCH,
    );
    await world.http('PATCH', `${CONFIGMAPS}/a`, { data: { x: '1' } }, MERGE_PATCH);
    const { body: last } = await world.http(
      'PATCH',
      `${CONFIGMAPS}/a`,
      { metadata: { labels: { on: 'no' } } },
      MERGE_PATCH,
    );
    t.same(seen(log), ['ADDED a', 'MODIFIED a', 'DELETED a']);
    t.equal(log.events[2]?.object.metadata?.resourceVersion, last.metadata?.resourceVersion);
    t.same(log.events[2]?.object.metadata?.labels, { on: 'yes' }, 'in its last matching state');
  },
);

t.test('watch: too old a resourceVersion is an ERROR event with 410', async (t) => {
  const world = createApiWorld({ watchHistoryEvents: 5 });
  await world.start();
  const old = world.store.revision;
  for (let i = 0; i < 8; i++) await world.http('POST', CONFIGMAPS, configMap(`c${String(i)}`));
  const log = await world.watch(`${CONFIGMAPS}?watch=true&resourceVersion=${String(old)}`);
  t.equal(log.head?.status, 200);
  t.match(log.events, [
    {
      type: 'ERROR',
      object: {
        kind: 'Status',
        code: 410,
        reason: 'Expired',
        message: new RegExp(`^too old resource version: ${String(old)} \\(\\d+\\)$`),
      },
    },
  ]);
  t.equal(log.ended, 'complete');
});

t.test('watch: resumes over a restart of the API server without gap or repetition', async (t) => {
  const world = await started();
  const first = await world.watch(
    `${CONFIGMAPS}?watch=true&resourceVersion=${String(world.store.revision)}`,
  );
  await world.http('POST', CONFIGMAPS, configMap('a'));
  await world.http('POST', CONFIGMAPS, configMap('b'));
  const resumeAfter = first.resumeAfter[0] ?? '';
  await world.restart();
  await world.http('POST', CONFIGMAPS, configMap('c'));
  const second = await world.watch(`${CONFIGMAPS}?watch=true`, { resumeAfter });
  t.same(seen(second), ['ADDED b', 'ADDED c'], 'what came after, and no initial events');
  t.equal((await world.http('GET', CONFIGMAPS)).status, 200);
});

t.test('watch: the history of another life is gone with a compaction', async (t) => {
  const world = createApiWorld({ compactionIntervalMs: 1_000 });
  await world.start();
  const old = world.store.revision;
  for (const name of ['a', 'b']) await world.http('POST', CONFIGMAPS, configMap(name));
  await world.advance(5_000);
  await world.restart();
  const log = await world.watch(`${CONFIGMAPS}?watch=true`, { resumeAfter: String(old) });
  t.match(log.events, [{ type: 'ERROR', object: { code: 410 } }]);
});

t.test('watch: so is history beyond the number of revisions that are kept', async (t) => {
  const world = createApiWorld({ compactionIntervalMs: 600_000, historyRevisionsMax: 10 });
  await world.start();
  const old = world.store.revision;
  for (let i = 0; i < 20; i++) await world.http('POST', CONFIGMAPS, configMap(`a-${i}`));
  await world.advance(60_000);
  await world.restart();
  const log = await world.watch(`${CONFIGMAPS}?watch=true`, { resumeAfter: String(old) });
  t.match(log.events, [{ type: 'ERROR', object: { code: 410 } }]);
  const list = `${CONFIGMAPS}?resourceVersion=${String(old)}&resourceVersionMatch=Exact`;
  t.match(await world.http('GET', list), { status: 410 });
});

t.test('watch: a consumer that takes nothing is cut off, and no other is held up', async (t) => {
  const world = createApiWorld({ watchHistoryEvents: 20_000 });
  await world.start();
  const slow = await world.watch(
    `${CONFIGMAPS}?watch=true&resourceVersion=${String(world.store.revision)}`,
  );
  const quick = await world.watch(
    `${CONFIGMAPS}?watch=true&resourceVersion=${String(world.store.revision)}`,
  );
  slow.stall();
  await world.http('POST', CONFIGMAPS, configMap('a'));
  for (let i = 0; i < 5_200; i++)
    world.store.put(
      '/registry/configmaps/default/a',
      JSON.stringify(configMap('a', { i: String(i) })),
    );
  t.equal(slow.ended, 'complete');
  t.equal(slow.events.length, 1);
  t.equal(quick.events.length, 5_201);
});

t.test('watch: a stalled consumer that goes on gets everything in order', async (t) => {
  const world = await started();
  const log = await world.watch(
    `${CONFIGMAPS}?watch=true&resourceVersion=${String(world.store.revision)}`,
  );
  log.stall();
  for (const name of ['a', 'b', 'c']) await world.http('POST', CONFIGMAPS, configMap(name));
  t.same(seen(log), ['ADDED a']);
  log.drain();
  t.same(seen(log), ['ADDED a', 'ADDED b', 'ADDED c']);
});

t.test('watch: as a table, with the columns once', async (t) => {
  const world = await started();
  await world.http('POST', CONFIGMAPS, configMap('a'));
  await world.http('POST', CONFIGMAPS, configMap('b'));
  const log = await world.watch(`${CONFIGMAPS}?watch=true`, {
    accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
  });
  t.match(log.events, [
    { object: { kind: 'Table', rows: [{ cells: ['a'] }] } },
    { object: { kind: 'Table', rows: [{ cells: ['b'] }] } },
  ]);
  t.ok((log.events[0]?.object['columnDefinitions'] as unknown[]).length > 0);
});

t.test('watch: refusals come as a head with their status', async (t) => {
  const world = await started();
  t.equal((await world.watch(`${CONFIGMAPS}?watch=true`, { client: null })).head?.status, 403);
  t.equal((await world.watch('/api/v1/widgets?watch=true')).head?.status, 404);
});
