import t from 'tap';
import type { V1Node } from '../../../src/api/index.js';
import type { FakeCluster } from '../fake-cluster.js';
import { createFakeCluster } from '../fake-cluster.js';

const node = (cluster: FakeCluster, name: string): V1Node | undefined =>
  cluster.api.all<V1Node>('nodes').find((each) => each.metadata?.name === name);
const readyStatus = (cluster: FakeCluster, name: string): string | undefined =>
  node(cluster, name)?.status?.conditions?.find((condition) => condition.type === 'Ready')?.status;
const taintsOf = (cluster: FakeCluster, name: string): string[] =>
  (node(cluster, name)?.spec?.taints ?? []).map(({ key, effect }) => `${key}:${effect}`);

async function withPods(): Promise<FakeCluster> {
  const cluster = createFakeCluster(['node-1', 'node-2', 'node-3']);
  cluster.createDeployment('web', 6);
  await cluster.world.advance(20_000);
  return cluster;
}

void t.test(
  'a silent node is Unknown after 40 s, tainted, and its pods are evicted 300 s later',
  async (t) => {
    const cluster = await withPods();
    const before = cluster.pods().filter((pod) => pod.spec?.nodeName === 'node-1').length;
    t.equal(before, 2);
    cluster.stopNode('node-1');
    await cluster.world.advance(30_000);
    t.equal(readyStatus(cluster, 'node-1'), 'True');
    await cluster.world.advance(25_000);
    t.match(node(cluster, 'node-1')?.status?.conditions?.[0], {
      status: 'Unknown',
      reason: 'NodeStatusUnknown',
      message: 'Kubelet stopped posting node status.',
    });
    t.same(taintsOf(cluster, 'node-1'), [
      'node.kubernetes.io/unreachable:NoSchedule',
      'node.kubernetes.io/unreachable:NoExecute',
    ]);
    t.equal(
      cluster.readyPods().filter((pod) => pod.spec?.nodeName === 'node-1').length,
      0,
      'its pods are not ready',
    );
    t.same(
      cluster.events('NodeNotReady').filter((message) => message.includes('status is now')),
      ['Node node-1 status is now: NodeNotReady'],
    );
    t.equal(cluster.pods().filter((pod) => pod.spec?.nodeName === 'node-1').length, 2);
    await cluster.world.advance(310_000);
    t.equal(cluster.pods().filter((pod) => pod.spec?.nodeName === 'node-1').length, 0);
    t.equal(cluster.readyPods().length, 6, 'they are replaced elsewhere');
  },
);

void t.test('a node that comes back loses its taints, and its pods stay', async (t) => {
  const cluster = await withPods();
  cluster.stopNode('node-1');
  await cluster.world.advance(200_000);
  t.equal(readyStatus(cluster, 'node-1'), 'Unknown');
  cluster.startNode('node-1');
  const found = node(cluster, 'node-1');
  const conditions = [{ type: 'Ready', status: 'True' }];
  cluster.api.do({
    verb: 'update',
    resource: 'nodes',
    subresource: 'status',
    body: { ...found, status: { conditions } },
  });
  await cluster.world.advance(20_000);
  t.same(taintsOf(cluster, 'node-1'), []);
  await cluster.world.advance(400_000);
  t.equal(cluster.events('TaintManagerEviction').length, 0);
});

void t.test('an API that cannot be reached, however long, evicts nobody', async (t) => {
  const cluster = await withPods();
  cluster.api.setDown(true);
  for (const name of ['node-1', 'node-2', 'node-3']) cluster.stopNode(name);
  await cluster.world.advance(900_000);
  cluster.api.setDown(false);
  for (const name of ['node-1', 'node-2', 'node-3']) cluster.startNode(name);
  await cluster.world.advance(60_000);
  t.equal(readyStatus(cluster, 'node-1'), 'True');
  t.equal(cluster.events('TaintManagerEviction').length, 0);
  t.equal(cluster.events('NodeNotReady').length, 0);
});

void t.test('a wall clock that jumps makes no node look dead', async (t) => {
  const cluster = await withPods();
  cluster.world.jumpWallClock(3_600_000);
  await cluster.world.advance(60_000);
  cluster.world.jumpWallClock(-7_200_000);
  await cluster.world.advance(60_000);
  t.equal(cluster.events('NodeNotReady').length, 0);
});

void t.test('with every node lost nobody is evicted', async (t) => {
  const cluster = await withPods();
  for (const name of ['node-1', 'node-2', 'node-3']) cluster.stopNode(name);
  await cluster.world.advance(900_000);
  t.equal(readyStatus(cluster, 'node-1'), 'Unknown');
  t.equal(cluster.pods().length, 6);
});
