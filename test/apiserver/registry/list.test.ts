import t from 'tap';
import { createApiWorld } from '../api-world.js';
import type { Answer, ApiWorld } from '../api-world.js';
import { configMap, CONFIGMAPS } from '../manifests.js';

const names = (answer: Answer): (string | undefined)[] =>
  (answer.body['items'] as { metadata?: { name?: string } }[]).map((each) => each.metadata?.name);
const meta = (
  answer: Answer,
): { resourceVersion: string; continue?: string; remainingItemCount?: number } =>
  answer.body.metadata as never;

async function withConfigMaps(count: number): Promise<ApiWorld> {
  const world = createApiWorld();
  await world.start();
  for (let i = 0; i < count; i++) {
    await world.http(
      'POST',
      CONFIGMAPS,
      configMap(`c${String(i)}`, {}, { labels: { odd: String(i % 2 === 1) } }),
    );
  }
  return world;
}

t.test('list: pages are one snapshot, whatever is written between them', async (t) => {
  const world = await withConfigMaps(5);
  const first = await world.http('GET', `${CONFIGMAPS}?limit=2`);
  t.same(names(first), ['c0', 'c1']);
  t.equal(meta(first).remainingItemCount, 3);
  await world.http('DELETE', `${CONFIGMAPS}/c3`);
  await world.http('POST', CONFIGMAPS, configMap('c2a'));
  const token = meta(first).continue ?? '';
  const second = await world.http('GET', `${CONFIGMAPS}?limit=2&continue=${token}`);
  t.same(names(second), ['c2', 'c3']);
  t.equal(meta(second).resourceVersion, meta(first).resourceVersion);
  t.equal(meta(second).remainingItemCount, 1);
  const third = await world.http(
    'GET',
    `${CONFIGMAPS}?limit=2&continue=${meta(second).continue ?? ''}`,
  );
  t.same(names(third), ['c4']);
  t.equal(meta(third).continue, undefined);
});

t.test('list: selectors filter, and with a limit they do not count', async (t) => {
  const world = await withConfigMaps(6);
  t.same(names(await world.http('GET', `${CONFIGMAPS}?labelSelector=odd%3Dtrue`)), [
    'c1',
    'c3',
    'c5',
  ]);
  t.same(names(await world.http('GET', `${CONFIGMAPS}?fieldSelector=metadata.name%3Dc2`)), ['c2']);
  const page = await world.http('GET', `${CONFIGMAPS}?labelSelector=odd%3Dtrue&limit=2`);
  t.same(names(page), ['c1', 'c3']);
  t.equal(meta(page).remainingItemCount, undefined);
  const rest = await world.http(
    'GET',
    `${CONFIGMAPS}?labelSelector=odd%3Dtrue&limit=2&continue=${meta(page).continue ?? ''}`,
  );
  t.same(names(rest), ['c5']);
});

t.test('list: a continue token that is too old says so, and how to go on', async (t) => {
  const world = await withConfigMaps(4);
  const first = await world.http('GET', `${CONFIGMAPS}?limit=2`);
  await world.http('POST', CONFIGMAPS, configMap('z'));
  world.store.compactNow(world.store.revision);
  const expired = await world.http(
    'GET',
    `${CONFIGMAPS}?limit=2&continue=${meta(first).continue ?? ''}`,
  );
  t.match(expired, {
    status: 410,
    body: {
      reason: 'Expired',
      message: /^The provided continue parameter is too old to display a consistent list result/,
    },
  });
  const anyhow = await world.http(
    'GET',
    `${CONFIGMAPS}?limit=9&continue=${meta(expired).continue ?? ''}`,
  );
  t.same(names(anyhow), ['c2', 'c3', 'z']);
  t.match(await world.http('GET', `${CONFIGMAPS}?continue=rubbish`), {
    status: 400,
    body: { message: /^continue key is not valid/ },
  });
});

t.test('list: at an exact resourceVersion, at any, and at none older', async (t) => {
  const world = await withConfigMaps(2);
  const before = meta(await world.http('GET', CONFIGMAPS)).resourceVersion;
  await world.http('POST', CONFIGMAPS, configMap('later'));
  const exact = await world.http(
    'GET',
    `${CONFIGMAPS}?resourceVersion=${before}&resourceVersionMatch=Exact`,
  );
  t.same(names(exact), ['c0', 'c1']);
  t.equal(meta(exact).resourceVersion, before);
  const notOlder = await world.http(
    'GET',
    `${CONFIGMAPS}?resourceVersion=${before}&resourceVersionMatch=NotOlderThan`,
  );
  t.same(names(notOlder), ['c0', 'c1', 'later']);
  t.same(names(await world.http('GET', `${CONFIGMAPS}?resourceVersion=0&limit=1`)), [
    'c0',
    'c1',
    'later',
  ]);
  world.store.compactNow(world.store.revision);
  const old = await world.http(
    'GET',
    `${CONFIGMAPS}?resourceVersion=${before}&resourceVersionMatch=Exact`,
  );
  t.match(old, {
    status: 410,
    body: { reason: 'Expired', message: 'The resourceVersion for the provided list is too old.' },
  });
});

t.test('list: many consistent lists at once cost few reads of the store', async (t) => {
  const world = await withConfigMaps(1);
  const before = world.store.counts['range'] ?? 0;
  const lists = Array.from({ length: 50 }, () => world.begin('GET', CONFIGMAPS));
  await world.advance(100);
  t.ok(lists.every((each) => each.answer?.status === 200));
  t.ok(
    (world.store.counts['range'] ?? 0) - before <= 2,
    `${String((world.store.counts['range'] ?? 0) - before)} reads`,
  );
});

t.test(
  'list: sees every write that was acknowledged before, and a foreign write outside of the registry is no obstacle',
  async (t) => {
    const world = await withConfigMaps(1);
    world.store.put('/foreign/key', 'x');
    const listed = await world.http('GET', CONFIGMAPS);
    t.same(names(listed), ['c0']);
    t.equal(meta(listed).resourceVersion, String(world.store.revision));
  },
);
