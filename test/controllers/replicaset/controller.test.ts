import t from 'tap';
import type { FakeCluster } from '../fake-cluster.js';
import { createFakeCluster } from '../fake-cluster.js';

const labels = { app: 'web' };

function createReplicaSet(cluster: FakeCluster, replicas: number, minReadySeconds = 0): void {
  const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'v1' }] } };
  const body = {
    metadata: { name: 'web' },
    spec: { replicas, minReadySeconds, selector: { matchLabels: labels }, template },
  };
  cluster.api.do({ verb: 'create', resource: 'replicasets', namespace: 'default', body });
}

const isPodCreate = (request: {
  verb: string;
  resource: string;
  subresource?: string | undefined;
}): boolean =>
  request.verb === 'create' && request.resource === 'pods' && request.subresource === undefined;

void t.test(
  'exactly as many pods are made as are wanted, though the watch is behind',
  async (t) => {
    const cluster = createFakeCluster();
    createReplicaSet(cluster, 20);
    let most = 0;
    await cluster.world.until('twenty are ready', () => {
      most = Math.max(most, cluster.pods().length);
      return cluster.replicaSets()[0]?.status?.readyReplicas === 20;
    });
    await cluster.world.advance(60_000);
    t.equal(most, 20);
    t.equal(cluster.api.requests.filter(isPodCreate).length, 20);
  },
);

void t.test('lost answers and lost requests make no pod too many', async (t) => {
  const cluster = createFakeCluster();
  cluster.api.failNext(
    isPodCreate,
    'lose-reply',
    'lose-request',
    'lose-reply',
    'overloaded',
    'lose-reply',
  );
  createReplicaSet(cluster, 5);
  let most = 0;
  await cluster.world.until('five are ready', () => {
    most = Math.max(most, cluster.pods().length);
    return cluster.replicaSets()[0]?.status?.readyReplicas === 5;
  });
  t.equal(most, 5);
});

void t.test('a pod that is deleted is replaced', async (t) => {
  const cluster = createFakeCluster();
  createReplicaSet(cluster, 2);
  await cluster.world.advance(2_000);
  const name = cluster.pods()[0]?.metadata?.name ?? '';
  cluster.remove('pods', name);
  await cluster.world.advance(2_000);
  t.equal(cluster.readyPods().length, 2);
  t.notOk(cluster.pods().some((pod) => pod.metadata?.name === name));
});

void t.test(
  'it adopts an orphan that its selector matches, and releases a pod that is relabelled',
  async (t) => {
    const cluster = createFakeCluster();
    cluster.api.do({
      verb: 'create',
      resource: 'pods',
      namespace: 'default',
      body: { metadata: { name: 'orphan', labels }, spec: { containers: [] } },
    });
    createReplicaSet(cluster, 2);
    await cluster.world.advance(2_000);
    t.equal(cluster.pods().length, 2);
    const orphan = (): ReturnType<FakeCluster['pods']>[number] | undefined =>
      cluster.pods().find((pod) => pod.metadata?.name === 'orphan');
    t.match(orphan()?.metadata?.ownerReferences, [
      { kind: 'ReplicaSet', name: 'web', controller: true, blockOwnerDeletion: true },
    ]);
    cluster.patch('pods', 'orphan', { metadata: { labels: { app: 'other' } } });
    await cluster.world.advance(2_000);
    t.equal(cluster.pods().length, 3);
    t.same(orphan()?.metadata?.ownerReferences ?? [], []);
  },
);

void t.test('a pod is available only after minReadySeconds', async (t) => {
  const cluster = createFakeCluster();
  createReplicaSet(cluster, 1, 10);
  await cluster.world.advance(5_000);
  t.match(cluster.replicaSets()[0]?.status, { readyReplicas: 1, availableReplicas: 0 });
  await cluster.world.advance(10_000);
  t.match(cluster.replicaSets()[0]?.status, { readyReplicas: 1, availableReplicas: 1 });
});
