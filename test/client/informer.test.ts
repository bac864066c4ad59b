import t from 'tap';
import type { V1ConfigMap } from '../../src/api/index.js';
import { actorId } from '../../src/base/index.js';
import type { Informer } from '../../src/client/index.js';
import { createApiClient, createInformer, objectKey, Resource } from '../../src/client/index.js';
import type { FakeApi } from './fake-api.js';
import { createFakeApi } from './fake-api.js';
import type { FakeWorld } from './fake-world.js';
import { createFakeWorld } from './fake-world.js';

interface Stage {
  readonly world: FakeWorld;
  readonly api: FakeApi;
  readonly informer: Informer<V1ConfigMap>;
  readonly seen: string[];
  readonly write: (name: string, value: string) => void;
  readonly remove: (name: string) => void;
}

async function stage(): Promise<Stage> {
  const world = createFakeWorld();
  const api = createFakeApi(world);
  const context = world.context(api);
  api.do({ verb: 'create', resource: 'namespaces', body: { metadata: { name: 'default' } } });
  const informer = createInformer(
    context,
    createApiClient(context, { server: actorId('api-server') }),
    Resource.configmaps,
  );
  const seen: string[] = [];
  informer.addHandler({
    onAdd: (object) => seen.push(`add ${objectKey(object)}=${object.data?.['v'] ?? ''}`),
    onUpdate: (old, object) =>
      seen.push(
        `update ${objectKey(object)}=${old.data?.['v'] ?? ''}->${object.data?.['v'] ?? ''}`,
      ),
    onDelete: (old) => seen.push(`delete ${objectKey(old)}`),
  });
  const write = (name: string, value: string): void => {
    const at = {
      resource: 'configmaps',
      namespace: 'default',
      body: { metadata: { name }, data: { v: value } },
    };
    if (informerOf(api, name)) api.do({ verb: 'patch', name, ...at });
    else api.do({ verb: 'create', ...at });
  };
  const remove = (name: string): void =>
    void api.do({ verb: 'delete', resource: 'configmaps', namespace: 'default', name });
  write('a', '1');
  informer.start();
  await world.until('synced', informer.hasSynced);
  return { world, api, informer, seen, write, remove };
}

function informerOf(api: FakeApi, name: string): boolean {
  return api.all<V1ConfigMap>('configmaps').some((object) => object.metadata?.name === name);
}

void t.test('it tells of what is there, then of each change', async (t) => {
  const { world, seen, write, remove, informer } = await stage();
  write('b', '1');
  write('a', '2');
  remove('b');
  await world.advance(100);
  t.same(seen, ['add default/a=1', 'add default/b=1', 'update default/a=1->2', 'delete default/b']);
  t.equal(informer.size, 1);
});

void t.test(
  'it resumes after the death of the API server without reading everything again',
  async (t) => {
    const { world, api, seen, write, informer } = await stage();
    api.setDown(true);
    await world.advance(1_000);
    write('a', '2');
    write('b', '1');
    api.setDown(false);
    await world.advance(5_000);
    t.same(seen, ['add default/a=1', 'update default/a=1->2', 'add default/b=1']);
    t.equal(informer.report().lists, 1);
  },
);

void t.test(
  'after a 410 it reads everything again and tells of the deletes that it missed',
  async (t) => {
    const { world, api, seen, write, remove, informer } = await stage();
    write('b', '1');
    await world.advance(100);
    api.setDown(true);
    await world.advance(100);
    remove('a');
    write('b', '2');
    api.compact();
    api.setDown(false);
    await world.advance(5_000);
    t.same(seen.slice(2), ['delete default/a', 'update default/b=1->2']);
    t.equal(informer.report().lists, 2);
  },
);

void t.test(
  'another object under the same name, found after a gap, is a delete and an add',
  async (t) => {
    const { world, api, seen, write, remove } = await stage();
    api.setDown(true);
    await world.advance(100);
    remove('a');
    write('a', '1');
    api.compact();
    api.setDown(false);
    await world.advance(5_000);
    t.same(seen, ['add default/a=1', 'delete default/a', 'add default/a=1']);
  },
);

void t.test('an index follows the changes', async (t) => {
  const { world, informer, write } = await stage();
  informer.addIndexer('value', (object) => [object.data?.['v'] ?? '']);
  write('b', '1');
  await world.advance(100);
  t.same(informer.byIndex('value', '1').map(objectKey), ['default/a', 'default/b']);
  write('a', '2');
  await world.advance(100);
  t.same(informer.byIndex('value', '1').map(objectKey), ['default/b']);
});
