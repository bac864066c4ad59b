import t from 'tap';
import { actorId } from '../../../src/base/index.js';
import { controllerManager } from '../../../src/controllers/index.js';
import { resourceQuotaController } from '../../../src/controllers/resourcequota/controller.js';
import { createApiWorld } from '../../apiserver/api-world.js';
import type { ApiWorld } from '../../apiserver/api-world.js';
import { DEFINITIONS, WIDGETS, widgets } from '../../apiserver/custom/definitions.js';
import { configMap, pod } from '../../apiserver/manifests.js';

const IN_DEFAULT = '/api/v1/namespaces/default';
const QUOTAS = `${IN_DEFAULT}/resourcequotas`;
const MERGE = { type: 'application/merge-patch+json' };
/** More than what is gathered before it is settled. */
const SETTLED_MS = 500;
const RESYNC_MS = 300_000;

interface Managed {
  readonly world: ApiWorld;
  readonly report: () => { reconciles: number; informers: string[] };
  /** Makes a quota, and lets it be counted. */
  readonly limit: (hard: object, name?: string) => Promise<void>;
  readonly used: (name?: string) => Promise<unknown>;
  readonly make: (resource: string, object: object) => Promise<void>;
}

async function managed(): Promise<Managed> {
  const world = createApiWorld();
  await world.start();
  const manager = controllerManager([resourceQuotaController])(
    world.context('controller-manager'),
    {
      server: actorId('api-server'),
      caPem: '',
    },
  );
  await manager.start();
  await world.advance(SETTLED_MS);
  return {
    world,
    report: () => {
      const { controllers, informers } = manager.report?.() as {
        controllers: { resourcequota: { reconciles: number } };
        informers: object;
      };
      return {
        reconciles: controllers.resourcequota.reconciles,
        informers: Object.keys(informers),
      };
    },
    limit: async (hard, name = 'q') => {
      const body = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name }, spec: { hard } };
      await world.http('POST', QUOTAS, body);
      await world.advance(SETTLED_MS);
    },
    used: async (name = 'q') => {
      const { body } = await world.http('GET', `${QUOTAS}/${name}`);
      return (body['status'] as { used?: unknown }).used;
    },
    make: async (resource, object) => {
      const { status, text } = await world.http('POST', `${IN_DEFAULT}/${resource}`, object);
      if (status !== 201) throw new Error(text);
    },
  };
}

void t.test(
  'a new quota counts what is there, and again when it limits something else',
  async (t) => {
    const { world, limit, used, make } = await managed();
    for (const name of ['a', 'b', 'c']) await make('configmaps', configMap(name));
    await make('pods', pod('a'));
    await limit({ configmaps: '9', pods: '9' });
    t.same(await used(), { configmaps: '3', pods: '1' });
    const hard = { configmaps: null, 'count/configmaps': '1', secrets: '1' };
    await world.http('PATCH', `${QUOTAS}/q`, { spec: { hard } }, MERGE);
    await world.advance(SETTLED_MS);
    t.same(await used(), { 'count/configmaps': '3', pods: '1', secrets: '0' });
  },
);

void t.test('what goes away together is counted once', async (t) => {
  const { world, limit, used, make, report } = await managed();
  await limit({ configmaps: '20' });
  for (let at = 0; at < 10; at++) await make('configmaps', configMap(`c${String(at)}`));
  const before = report().reconciles;
  await world.http('DELETE', `${IN_DEFAULT}/configmaps`);
  await world.advance(SETTLED_MS);
  t.same(await used(), { configmaps: '0' });
  t.equal(report().reconciles - before, 1);
});

void t.test('a pod that has ended uses nothing, but is there', async (t) => {
  const { world, limit, used, make, report } = await managed();
  await limit({ pods: '5', 'count/pods': '5' });
  await make('pods', pod('a'));
  const before = report().reconciles;
  const url = `${IN_DEFAULT}/pods/a/status`;
  await world.http('PATCH', url, { status: { phase: 'Running' } }, MERGE);
  await world.advance(SETTLED_MS);
  t.equal(report().reconciles, before, 'one that runs uses what it used');
  await world.http('PATCH', url, { status: { phase: 'Succeeded' } }, MERGE);
  await world.advance(SETTLED_MS);
  t.same(await used(), { pods: '0', 'count/pods': '1' });
});

void t.test('objects of a definition are counted from when it is served', async (t) => {
  const { world, limit, used } = await managed();
  await limit({ 'count/widgets.example.com': '2', pods: '1' });
  t.same(await used(), { pods: '0' }, 'nobody knows of widgets yet');
  await world.http('POST', DEFINITIONS, widgets());
  await world.advance(SETTLED_MS);
  t.same(await used(), { pods: '0', 'count/widgets.example.com': '0' });
  const create = async (name: string): Promise<number> => {
    const body = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name } };
    return (await world.http('POST', WIDGETS, body)).status;
  };
  t.same([await create('a'), await create('b'), await create('c')], [201, 201, 403]);
  await world.http('DELETE', `${WIDGETS}/a`);
  await world.advance(SETTLED_MS);
  t.same(await used(), { pods: '0', 'count/widgets.example.com': '1' });
  t.equal(await create('c'), 201);
  await world.http('DELETE', `${QUOTAS}/q`);
  t.equal(await create('d'), 201);
});

void t.test('what nobody told of is found in time', async (t) => {
  const { world, limit, used } = await managed();
  await limit({ secrets: '5' });
  await world.http('PATCH', `${QUOTAS}/q/status`, { status: { used: { secrets: '4' } } }, MERGE);
  await world.advance(SETTLED_MS);
  t.same(await used(), { secrets: '4' });
  await world.advance(RESYNC_MS);
  t.same(await used(), { secrets: '0' });
});

void t.test('without a quota nothing is followed, and nothing is looked at', async (t) => {
  const { world, limit, report, make } = await managed();
  const follows = (resource: string): boolean =>
    report().informers.some((each) => each.includes(resource));
  await make('configmaps', configMap('a'));
  await world.advance(2 * RESYNC_MS);
  t.equal(report().reconciles, 0);
  t.notOk(follows('configmaps'));
  await limit({ configmaps: '5' });
  t.ok(follows('configmaps'));
  t.notOk(follows('secrets'));
  await world.http('DELETE', `${QUOTAS}/q`);
  await world.advance(RESYNC_MS);
  const before = report().reconciles;
  await world.advance(2 * RESYNC_MS);
  t.equal(report().reconciles, before);
});
