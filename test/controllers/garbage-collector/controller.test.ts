import t from 'tap';
import type { FakeCluster } from '../fake-cluster.js';
import { createFakeCluster } from '../fake-cluster.js';

async function withDeployment(): Promise<FakeCluster> {
  const cluster = createFakeCluster();
  cluster.createDeployment('web', 3);
  await cluster.world.advance(5_000);
  return cluster;
}

void t.test('background: the dependents of a deleted owner go, down to the pods', async (t) => {
  const cluster = await withDeployment();
  cluster.remove('deployments', 'web', { propagationPolicy: 'Background' });
  t.equal(cluster.api.all('deployments').length, 0);
  await cluster.world.advance(5_000);
  t.equal(cluster.replicaSets().length, 0);
  t.equal(cluster.api.all('pods').length, 0);
});

void t.test('foreground: the owner goes last', async (t) => {
  const cluster = await withDeployment();
  cluster.remove('deployments', 'web', { propagationPolicy: 'Foreground' });
  let early = false;
  await cluster.world.until('the Deployment is gone', () => {
    const gone = cluster.api.all('deployments').length === 0;
    early ||= gone && (cluster.replicaSets().length > 0 || cluster.api.all('pods').length > 0);
    return gone;
  });
  t.notOk(early);
});

void t.test('orphan: the dependents live on without their owner', async (t) => {
  const cluster = await withDeployment();
  cluster.remove('deployments', 'web', { propagationPolicy: 'Orphan' });
  await cluster.world.advance(5_000);
  t.equal(cluster.api.all('deployments').length, 0);
  t.equal(cluster.pods().length, 3);
  t.match(cluster.replicaSets(), [{ metadata: { ownerReferences: [] } }]);
});

void t.test(
  'an object with one living owner only loses the reference to the dead one',
  async (t) => {
    const cluster = createFakeCluster();
    const configMap = (name: string, ownerReferences: object[] = []): object => ({
      metadata: { name, ownerReferences },
    });
    const create = (body: object): { metadata?: { uid?: string } } =>
      cluster.api.do({ verb: 'create', resource: 'configmaps', namespace: 'default', body });
    const living = create(configMap('living'));
    const reference = (name: string, uid = ''): object => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name,
      uid,
    });
    create(
      configMap('child', [
        reference('living', living.metadata?.uid),
        reference('dead', 'uid-dead'),
      ]),
    );
    create(configMap('lost', [reference('living', 'uid-of-an-earlier-life')]));
    await cluster.world.advance(5_000);
    const left = cluster.api
      .all<{ metadata: { name: string; ownerReferences: object[] } }>('configmaps')
      .filter((each) => !each.metadata.name.startsWith('kube'));
    t.match(left, [
      { metadata: { name: 'living' } },
      { metadata: { name: 'child', ownerReferences: [{ name: 'living' }] } },
    ]);
    t.equal(left.length, 2);
  },
);

void t.test(
  'nothing is collected while an owner cannot be read, nor for a kind that is not known',
  async (t) => {
    const cluster = createFakeCluster();
    const ownerReferences = [
      { apiVersion: 'example.com/v1', kind: 'Widget', name: 'w', uid: 'uid-w' },
    ];
    cluster.api.do({
      verb: 'create',
      resource: 'configmaps',
      namespace: 'default',
      body: { metadata: { name: 'of-a-widget', ownerReferences } },
    });
    await cluster.world.advance(60_000);
    t.ok(
      cluster.api
        .all<{ metadata: { name: string } }>('configmaps')
        .some((each) => each.metadata.name === 'of-a-widget'),
    );
  },
);
