import t from 'tap';
import {
  decodeObject,
  resourceKeyOf,
  RESOURCES,
  setDefaults,
  validateCreate,
} from '../../src/api/index.js';
import { createApiWorld } from './api-world.js';
import type { Json } from './api-world.js';

const FLOWCONTROL = '/apis/flowcontrol.apiserver.k8s.io/v1';
const SERVICES = '/apis/apiregistration.k8s.io/v1/apiservices';
const TABLE = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };

t.test('a new cluster has what Kubernetes has from the start', async (t) => {
  const world = createApiWorld();
  await world.start();
  const items = async (url: string): Promise<Json[]> =>
    (await world.http('GET', url)).body['items'] as Json[];
  const cells = async (url: string): Promise<unknown[][]> =>
    ((await world.http('GET', url, undefined, TABLE)).body['rows'] as { cells: unknown[][] }[]).map(
      (row) => row.cells,
    );

  await t.test('an APIService for each version that it serves', async (t) => {
    const services = await cells(SERVICES);
    t.ok(services.every(([, from, available]) => from === 'Local' && available === 'True'));
    const names = services.map(([name]) => name);
    for (const name of ['v1.', 'v1.apps', 'v1.autoscaling', 'v2.autoscaling', 'v1.events.k8s.io'])
      t.ok(names.includes(name), name);
    t.notOk(names.includes('v1.apiregistration.k8s.io'));
    t.match(await world.http('GET', `${SERVICES}/v1.`), {
      body: {
        metadata: { labels: { 'kube-aggregator.kubernetes.io/automanaged': 'onstart' } },
        spec: { version: 'v1', groupPriorityMinimum: 18_000, versionPriority: 1 },
      },
    });
  });

  await t.test('priority levels, and flow schemas that lead to them', async (t) => {
    const levels = (await items(`${FLOWCONTROL}/prioritylevelconfigurations`)).map(
      ({ metadata }) => metadata?.name,
    );
    t.equal(levels.length, 8);
    const schemas = await cells(`${FLOWCONTROL}/flowschemas`);
    t.equal(schemas.length, 13);
    for (const [name, level, , , , missing] of schemas) {
      t.ok(levels.includes(String(level)), String(name));
      t.equal(missing, 'False');
    }
  });

  await t.test('all of it is as if it had come in by the door', async (t) => {
    for (const url of [
      SERVICES,
      `${FLOWCONTROL}/prioritylevelconfigurations`,
      `${FLOWCONTROL}/flowschemas`,
    ]) {
      const row = RESOURCES.find((each) => url.endsWith(`/${each.resource}`));
      if (row === undefined) throw new Error(url);
      for (const object of await items(url)) {
        const { value, unknownFields, errors } = decodeObject(row.model, object);
        setDefaults(resourceKeyOf(row), value);
        t.same([unknownFields, errors, validateCreate(resourceKeyOf(row), value)], [[], [], []]);
        t.same(object['spec'], value['spec'], 'its defaults are set');
      }
    }
  });

  await t.test(
    'a later start leaves alone what somebody changed, and brings back what is gone',
    async (t) => {
      const url = `${FLOWCONTROL}/flowschemas`;
      const spec = { matchingPrecedence: 8_999 };
      const type = 'application/merge-patch+json';
      await world.http('PATCH', `${url}/service-accounts`, { spec }, { type });
      await world.http('DELETE', `${url}/probes`);
      await world.restart();
      t.match((await world.http('GET', `${url}/service-accounts`)).body, { spec });
      t.match(await world.http('GET', `${url}/probes`), { status: 200 });
    },
  );
});
