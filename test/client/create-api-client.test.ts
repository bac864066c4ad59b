import t from 'tap';
import type { V1ConfigMap } from '../../src/api/index.js';
import { actorId } from '../../src/base/index.js';
import type { ApiClient, ApiResult } from '../../src/client/index.js';
import { createApiClient, Resource } from '../../src/client/index.js';
import type { ApiRequest } from '../../src/protocol/index.js';
import type { FakeApi } from './fake-api.js';
import { createFakeApi } from './fake-api.js';
import type { FakeWorld } from './fake-world.js';
import { createFakeWorld } from './fake-world.js';

interface Stage {
  readonly world: FakeWorld;
  readonly api: FakeApi;
  readonly client: ApiClient;
  readonly result: <T>(call: Promise<ApiResult<T>>) => Promise<ApiResult<T>>;
}

function stage(): Stage {
  const world = createFakeWorld();
  const api = createFakeApi(world);
  api.do({ verb: 'create', resource: 'namespaces', body: { metadata: { name: 'default' } } });
  const client = createApiClient(world.context(api), { server: actorId('api-server') });
  return {
    world,
    api,
    client,
    result: async (call) => {
      let ended = false;
      void call.then(() => (ended = true));
      await world.until('the call ends', () => ended);
      return call;
    },
  };
}

const isCreate = (request: ApiRequest): boolean => request.verb === 'create';
const configMap = (name: string): V1ConfigMap => ({
  metadata: { namespace: 'default', name },
  data: { a: '1' },
});

void t.test('a read waits for a server that is down', async (t) => {
  const { api, client, world, result } = stage();
  api.setDown(true);
  world.clock.after(3_000, () => {
    api.setDown(false);
  });
  const found = await result(client.get(Resource.namespaces, { name: 'default' }));
  t.ok(found.ok);
});

void t.test('a call to a server that stays down ends by its deadline', async (t) => {
  const { api, client, world, result } = stage();
  api.setDown(true);
  const start = world.clock.monotonicMs();
  const found = await result(
    client.get(Resource.namespaces, { name: 'default' }, { deadlineMs: 5_000 }),
  );
  t.notOk(found.ok);
  t.equal(world.clock.monotonicMs() - start, 5_000);
});

void t.test(
  'a create whose answer was lost is repeated, and its own object counts as made',
  async (t) => {
    const { api, client, result } = stage();
    api.failNext(isCreate, 'lose-reply');
    const made = await result(client.create(Resource.configmaps, configMap('one')));
    t.match(made, { ok: true, value: { metadata: { name: 'one' } } });
    t.equal(api.all('configmaps').length, 1);
  },
);

void t.test('a create that lost its answer does not claim what somebody else made', async (t) => {
  const { api, client, result } = stage();
  api.do({
    verb: 'create',
    resource: 'configmaps',
    namespace: 'default',
    body: { metadata: { name: 'one' }, data: { b: '2' } },
  });
  api.failNext(isCreate, 'lose-request');
  const made = await result(client.create(Resource.configmaps, configMap('one')));
  t.match(made, { ok: false, error: { reason: 'AlreadyExists' } });
});

void t.test(
  'a generated name makes a create repeatable: lost answers make no second object',
  async (t) => {
    const { api, client, result } = stage();
    api.failNext(isCreate, 'lose-reply', 'lose-request', 'lose-reply');
    const made = await result(
      client.create(Resource.configmaps, {
        metadata: { namespace: 'default', generateName: 'web-' },
        data: { a: '1' },
      }),
    );
    t.ok(made.ok);
    t.match(api.all('configmaps'), [{ metadata: { name: /^web-[a-z0-9]{5}$/ } }]);
    t.equal(api.all('configmaps').length, 1);
  },
);

void t.test(
  'an update without a resourceVersion is not repeated where its end is unclear',
  async (t) => {
    const { api, client, result } = stage();
    api.do({
      verb: 'create',
      resource: 'configmaps',
      namespace: 'default',
      body: configMap('one'),
    });
    const isUpdate = (request: ApiRequest): boolean => request.verb === 'update';
    api.failNext(isUpdate, 'lose-reply');
    const updated = await result(client.update(Resource.configmaps, configMap('one')));
    t.match(updated, { ok: false, error: { uncertain: true } });
    t.equal(api.requests.filter(isUpdate).length, 1);
  },
);

void t.test(
  'a delete by uid that lost its answer is done, and spares a successor of the same name',
  async (t) => {
    const { api, client, result } = stage();
    const made = api.do({
      verb: 'create',
      resource: 'configmaps',
      namespace: 'default',
      body: configMap('one'),
    });
    const uid = made.metadata?.uid;
    const at = { namespace: 'default', name: 'one' };
    api.failNext((request) => request.verb === 'delete', 'lose-reply');
    t.ok((await result(client.delete(Resource.configmaps, at, { uid }))).ok);
    api.do({
      verb: 'create',
      resource: 'configmaps',
      namespace: 'default',
      body: configMap('one'),
    });
    t.match(await result(client.delete(Resource.configmaps, at, { uid })), {
      ok: false,
      error: { reason: 'Conflict' },
    });
  },
);

void t.test('an overloaded server is asked again', async (t) => {
  const { api, client, result } = stage();
  api.failNext(isCreate, 'overloaded', 'overloaded');
  t.ok((await result(client.create(Resource.configmaps, configMap('one')))).ok);
});
