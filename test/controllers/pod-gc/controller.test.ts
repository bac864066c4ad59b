import t from 'tap';
import { createFakeCluster } from '../fake-cluster.js';

void t.test('pods of a node that is gone are deleted after a while', async (t) => {
  const cluster = createFakeCluster();
  cluster.createDeployment('web', 4);
  await cluster.world.advance(5_000);
  cluster.stopNode('node-1');
  cluster.remove('nodes', 'node-1');
  await cluster.world.advance(30_000);
  t.equal(cluster.pods().filter((pod) => pod.spec?.nodeName === 'node-1').length, 2);
  await cluster.world.advance(60_000);
  t.equal(cluster.pods().filter((pod) => pod.spec?.nodeName === 'node-1').length, 0);
  t.equal(cluster.readyPods().length, 4);
});
