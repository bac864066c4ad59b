import t from 'tap';
import type { KubernetesObject } from '../../../src/api/index.js';
import type { FakeCluster } from '../fake-cluster.js';
import { createFakeCluster } from '../fake-cluster.js';

const WIDGETS = { group: 'example.com', version: 'v1', resource: 'widgets' };
const DEFINITIONS = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  resource: 'customresourcedefinitions',
};

function define(cluster: FakeCluster, scope = 'Namespaced', established = 'True'): void {
  const body = {
    metadata: { name: 'widgets.example.com' },
    spec: {
      group: 'example.com',
      scope,
      names: { plural: 'widgets', kind: 'Widget' },
      versions: [
        { name: 'v1', served: true, storage: true },
        { name: 'v1beta1', served: true, storage: false },
      ],
    },
    status: { conditions: [{ type: 'Established', status: established }] },
  };
  cluster.api.do({ verb: 'create', ...DEFINITIONS, body });
}

function widget(cluster: FakeCluster, name: string, owners: object[] = []): KubernetesObject {
  const body = { kind: 'Widget', metadata: { name, ownerReferences: owners } };
  return cluster.api.do({ verb: 'create', ...WIDGETS, namespace: 'default', body });
}

function configMap(cluster: FakeCluster, name: string, owners: object[] = []): KubernetesObject {
  const body = { metadata: { name, ownerReferences: owners } };
  return cluster.api.do({ verb: 'create', resource: 'configmaps', namespace: 'default', body });
}

function ownedBy(owner: KubernetesObject, apiVersion = owner.apiVersion): object {
  const { name = '', uid = '' } = owner.metadata ?? {};
  return { apiVersion, kind: owner.kind, name, uid, blockOwnerDeletion: true };
}

function removeWidget(cluster: FakeCluster, name: string, propagationPolicy: string): void {
  const body = { propagationPolicy };
  cluster.api.do({ verb: 'delete', ...WIDGETS, namespace: 'default', name, body });
}

function named(cluster: FakeCluster, resource: string): (string | undefined)[] {
  return cluster.api
    .all(resource)
    .map(({ metadata }) => metadata?.name)
    .filter((name) => name !== 'kube-root-ca.crt');
}

void t.test('what belongs to a custom object goes after it, custom or not', async (t) => {
  const cluster = createFakeCluster();
  await cluster.world.advance(1_000);
  define(cluster);
  const owner = widget(cluster, 'owner');
  const child = widget(cluster, 'child', [ownedBy(owner)]);
  configMap(cluster, 'grandchild', [ownedBy(child, 'example.com/v1beta1')]);
  configMap(cluster, 'nobodys');
  await cluster.world.advance(2_000);
  t.same(named(cluster, 'widgets'), ['owner', 'child']);
  removeWidget(cluster, 'owner', 'Background');
  await cluster.world.advance(2_000);
  t.same(named(cluster, 'widgets'), []);
  t.same(named(cluster, 'configmaps'), ['nobodys']);
});

void t.test('a custom object goes after the built-in one that owns it', async (t) => {
  const cluster = createFakeCluster();
  define(cluster);
  await cluster.world.advance(1_000);
  const owner = configMap(cluster, 'owner');
  widget(cluster, 'child', [ownedBy(owner)]);
  widget(cluster, 'lost', [{ ...ownedBy(owner), uid: 'uid-of-an-earlier-life' }]);
  await cluster.world.advance(2_000);
  t.same(named(cluster, 'widgets'), ['child']);
  cluster.remove('configmaps', 'owner');
  await cluster.world.advance(2_000);
  t.same(named(cluster, 'widgets'), []);
});

void t.test('foreground: a custom owner goes last', async (t) => {
  const cluster = createFakeCluster();
  define(cluster);
  const owner = widget(cluster, 'owner');
  widget(cluster, 'child', [ownedBy(owner)]);
  configMap(cluster, 'child', [ownedBy(owner)]);
  await cluster.world.advance(1_000);
  removeWidget(cluster, 'owner', 'Foreground');
  let early = false;
  await cluster.world.until('the owner is gone', () => {
    const left = named(cluster, 'widgets');
    early ||= !left.includes('owner') && [...left, ...named(cluster, 'configmaps')].length > 0;
    return !left.includes('owner');
  });
  t.notOk(early);
});

void t.test('orphan: what a custom object owned lives on', async (t) => {
  const cluster = createFakeCluster();
  define(cluster);
  const owner = widget(cluster, 'owner');
  widget(cluster, 'child', [ownedBy(owner)]);
  configMap(cluster, 'child', [ownedBy(owner)]);
  await cluster.world.advance(1_000);
  removeWidget(cluster, 'owner', 'Orphan');
  await cluster.world.advance(2_000);
  t.same(named(cluster, 'widgets'), ['child']);
  t.match(
    cluster.api.all('configmaps').find((each) => each.metadata?.name === 'child'),
    { metadata: { ownerReferences: [] } },
  );
});

void t.test('what was kept for an unknown owner is decided when its kind is known', async (t) => {
  const cluster = createFakeCluster();
  configMap(cluster, 'lost', [
    { apiVersion: 'example.com/v1', kind: 'Widget', name: 'w', uid: 'uid-w' },
  ]);
  await cluster.world.advance(5_000);
  t.same(named(cluster, 'configmaps'), ['lost'], 'nobody can tell yet');
  define(cluster);
  await cluster.world.advance(5_000);
  t.same(named(cluster, 'configmaps'), []);
});

void t.test('with a definition go what its objects owned', async (t) => {
  const cluster = createFakeCluster();
  define(cluster);
  const owner = widget(cluster, 'owner');
  configMap(cluster, 'child', [ownedBy(owner)]);
  await cluster.world.advance(1_000);
  removeWidget(cluster, 'owner', 'Background');
  cluster.api.do({ verb: 'delete', ...DEFINITIONS, name: 'widgets.example.com', body: {} });
  await cluster.world.advance(5_000);
  t.same(named(cluster, 'configmaps'), []);
});
