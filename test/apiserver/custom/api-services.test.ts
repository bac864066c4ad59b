import t from 'tap';
import { planApiService, wantedApiServices } from '../../../src/apiserver/custom/api-services.js';
import type { ApiWorld, Json } from '../api-world.js';
import { createApiWorld } from '../api-world.js';
import { MERGE_PATCH } from '../manifests.js';
import { DEFINITIONS, messageOf, widgets, worldWith } from './definitions.js';

const SERVICES = '/apis/apiregistration.k8s.io/v1/apiservices';
const CRD = `${DEFINITIONS}/widgets.example.com`;
const AUTOMANAGED = 'kube-aggregator.kubernetes.io/automanaged';
const SPEC = { group: 'example.com', groupPriorityMinimum: 1_000, versionPriority: 100 };
const NOW = '2026-01-01T00:00:01Z';

async function namesIn(world: ApiWorld): Promise<string[]> {
  const { body } = await world.http('GET', SERVICES);
  return (body['items'] as Json[])
    .map(({ metadata }) => metadata?.name ?? '')
    .filter((name) => name.endsWith('.example.com'));
}

/** Gadgets of the same group, of one version. */
function gadgets(version: string): object {
  const { spec, ...rest } = widgets() as { spec: { versions: object[] } };
  const versions = [{ ...spec.versions[0], name: version }];
  const names = { plural: 'gadgets', kind: 'Gadget' };
  return { ...rest, metadata: { name: 'gadgets.example.com' }, spec: { ...spec, versions, names } };
}

function service(version: string, more: object = {}): object {
  return {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: `${version}.example.com` },
    spec: { ...SPEC, version, ...more },
  };
}

void t.test('each group version that definitions serve has an APIService', async (t) => {
  const world = await worldWith(widgets());
  t.same(await namesIn(world), ['v1.example.com', 'v1beta1.example.com']);
  const { body } = await world.http('GET', `${SERVICES}/v1beta1.example.com`);
  t.match(body.metadata, { labels: { [AUTOMANAGED]: 'true' }, uid: /./, creationTimestamp: /./ });
  t.same(body['spec'], { ...SPEC, version: 'v1beta1' });
  const condition = {
    type: 'Available',
    status: 'True',
    reason: 'Local',
    message: 'Local APIServices are always available',
  };
  t.match(body['status'], { conditions: [{ ...condition, lastTransitionTime: /Z$/ }] });

  await world.http('POST', DEFINITIONS, gadgets('v1'));
  await world.advance(100);
  await world.http('DELETE', CRD);
  await world.advance(2_000);
  t.same(await namesIn(world), ['v1.example.com'], 'one that gadgets are served in stays');
  await world.http('DELETE', `${DEFINITIONS}/gadgets.example.com`);
  await world.advance(2_000);
  t.same(await namesIn(world), []);
  t.same(world.crashes, []);
});

void t.test('a version that is no longer served loses its own', async (t) => {
  const world = await worldWith(widgets());
  const patch = [{ op: 'replace', path: '/spec/versions/1/served', value: false }];
  const type = 'application/json-patch+json';
  t.equal((await world.http('PATCH', CRD, patch, { type })).status, 200);
  await world.advance(100);
  t.same(await namesIn(world), ['v1.example.com']);
});

void t.test('what is edited or deleted is as it was again, over a restart too', async (t) => {
  const world = await worldWith(widgets());
  const url = `${SERVICES}/v1.example.com`;
  const edited = { spec: { versionPriority: 7 }, metadata: { labels: { mine: 'yes' } } };
  const answer = await world.http('PATCH', url, edited, MERGE_PATCH);
  t.match(answer.body, { spec: { versionPriority: 7 } });
  await world.http('PATCH', `${url}/status`, { status: { conditions: [] } }, MERGE_PATCH);
  await world.advance(100);
  t.match((await world.http('GET', url)).body, {
    metadata: { labels: { mine: 'yes', [AUTOMANAGED]: 'true' } },
    spec: { versionPriority: 100 },
    status: { conditions: [{ reason: 'Local', status: 'True' }] },
  });
  t.equal((await world.http('DELETE', url)).status, 200);
  await world.advance(100);
  t.equal((await world.http('GET', url)).status, 200);

  const other = `${SERVICES}/v1beta1.example.com`;
  const before = (await world.http('GET', other)).body.metadata?.resourceVersion;
  await world.restart();
  await world.advance(100);
  t.equal((await world.http('GET', other)).body.metadata?.resourceVersion, before, 'kept as it is');
});

void t.test('what a user made himself is left alone', async (t) => {
  const world = createApiWorld();
  await world.start();
  const own = service('v1', { versionPriority: 5 });
  const made = await world.http('POST', SERVICES, own);
  t.match(made.body['status'], { conditions: [{ type: 'Available', reason: 'Local' }] });
  const remote = service('v9', { service: { name: 's', namespace: 'n' } });
  t.same((await world.http('POST', SERVICES, remote)).body['status'], {});
  await world.http('POST', DEFINITIONS, widgets());
  await world.advance(100);
  const url = `${SERVICES}/v1.example.com`;
  t.match((await world.http('GET', url)).body['spec'], { versionPriority: 5 });
  await world.http('DELETE', CRD);
  await world.advance(2_000);
  t.same(await namesIn(world), ['v1.example.com', 'v9.example.com']);
  const { metadata, ...rest } = own as { metadata: object };
  const unconditional = await world.http('PUT', url, { ...rest, metadata });
  t.match(messageOf(unconditional), 'metadata.resourceVersion: Invalid value: 0');

  const claimed = { metadata: { labels: { [AUTOMANAGED]: 'true' } } };
  await world.http('PATCH', url, claimed, MERGE_PATCH);
  await world.advance(100);
  t.same(await namesIn(world), ['v9.example.com'], 'with the label it is the cluster’s, and goes');
});

void t.test('the plan: those of built-in groups, and those made at the start, are others’', (t) => {
  const definition = (group: string, served: boolean) =>
    ({ spec: { group, versions: [{ name: 'v1', served }] } }) as never;
  const wanted = wantedApiServices([
    definition('apps', true),
    definition('a.io', true),
    definition('b.io', false),
  ]);
  t.same([...wanted.keys()], ['v1.a.io']);
  const spec = wanted.get('v1.a.io');
  const fresh = planApiService(undefined, spec, NOW);
  if (fresh.type !== 'write') throw new Error(fresh.type);
  t.same(planApiService(fresh.object, spec, NOW), { type: 'keep' });
  t.same(planApiService(fresh.object, undefined, NOW), { type: 'remove' });
  const labels = { [AUTOMANAGED]: 'onstart' };
  const atStart = { ...fresh.object, metadata: { name: 'v1.a.io', labels } };
  t.same(planApiService(atStart, undefined, NOW), { type: 'keep' });
  const metadata = { ...fresh.object.metadata, deletionTimestamp: NOW };
  t.same(planApiService({ ...fresh.object, metadata }, undefined, NOW), { type: 'keep' });
  t.end();
});
