import t from 'tap';
import type { V1ConfigMap } from '../../../src/api/index.js';
import { createFakeCluster } from '../fake-cluster.js';

void t.test('each namespace has its default account and the CA, and gets them back', async (t) => {
  const cluster = createFakeCluster();
  await cluster.world.advance(1_000);
  t.match(cluster.api.all('serviceaccounts'), [
    { metadata: { namespace: 'default', name: 'default' } },
    { metadata: { namespace: 'kube-node-lease' } },
  ]);
  const rootCa = (): V1ConfigMap | undefined =>
    cluster.api
      .all<V1ConfigMap>('configmaps')
      .find((each) => each.metadata?.namespace === 'default');
  t.match(rootCa(), { metadata: { name: 'kube-root-ca.crt' }, data: { 'ca.crt': 'the CA' } });
  cluster.remove('serviceaccounts', 'default');
  cluster.patch('configmaps', 'kube-root-ca.crt', { data: { 'ca.crt': 'another' } });
  await cluster.world.advance(1_000);
  t.equal(cluster.api.all('serviceaccounts').length, 2);
  t.equal(rootCa()?.data?.['ca.crt'], 'the CA');
});
