import t from 'tap';
import type { V1Endpoints, V1EndpointSlice } from '../../../src/api/index.js';
import { createFakeCluster } from '../fake-cluster.js';

void t.test(
  'a Service has the addresses of the pods that it selects, in both shapes',
  async (t) => {
    const cluster = createFakeCluster();
    const spec = {
      selector: { app: 'web' },
      ports: [{ name: 'http', port: 80, targetPort: 8080 }],
    };
    cluster.api.do({
      verb: 'create',
      resource: 'services',
      namespace: 'default',
      body: { metadata: { name: 'web' }, spec },
    });
    await cluster.world.advance(1_000);
    const slices = (): V1EndpointSlice[] => cluster.api.all<V1EndpointSlice>('endpointslices');
    t.match(slices(), [
      {
        addressType: 'IPv4',
        metadata: { name: /^web-/, labels: { 'kubernetes.io/service-name': 'web' } },
      },
    ]);
    cluster.createDeployment('web', 3);
    await cluster.world.advance(5_000);
    const full = slices().filter((slice) => (slice.endpoints ?? []).length > 0);
    t.equal(slices().length, 1, 'the placeholder has gone');
    t.match(full, [
      {
        ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
        metadata: { ownerReferences: [{ kind: 'Service', name: 'web' }] },
      },
    ]);
    const addresses = (full[0]?.endpoints ?? []).map((endpoint) => endpoint.addresses[0]).sort();
    t.same(
      addresses,
      cluster
        .pods()
        .map((pod) => pod.status?.podIP)
        .sort(),
    );
    t.match(full[0]?.endpoints?.[0], {
      conditions: { ready: true, serving: true, terminating: false },
      targetRef: { kind: 'Pod' },
    });
    t.match(cluster.api.all<V1Endpoints>('endpoints'), [
      { metadata: { name: 'web' }, subsets: [{ ports: [{ name: 'http', port: 8080 }] }] },
    ]);
    t.equal(cluster.api.all<V1Endpoints>('endpoints')[0]?.subsets?.[0]?.addresses?.length, 3);
    cluster.patch('services', 'web', { metadata: { labels: { tier: 'front' } } });
    await cluster.world.advance(1_000);
    const labels = { tier: 'front', 'kubernetes.io/service-name': 'web' };
    t.match(slices(), [{ metadata: { labels }, endpoints: { length: 3 } }]);
    cluster.remove('services', 'web');
    await cluster.world.advance(5_000);
    t.equal(slices().length, 0);
    t.equal(cluster.api.all('endpoints').length, 0);
  },
);

void t.test('a pod that is being deleted is terminating, not ready', async (t) => {
  const cluster = createFakeCluster();
  const spec = { selector: { app: 'web' }, ports: [{ port: 80 }] };
  cluster.api.do({
    verb: 'create',
    resource: 'services',
    namespace: 'default',
    body: { metadata: { name: 'web' }, spec },
  });
  cluster.createDeployment('web', 1);
  await cluster.world.advance(5_000);
  const [pod] = cluster.pods();
  cluster.stopNode(pod?.spec?.nodeName ?? '');
  cluster.remove('pods', pod?.metadata?.name ?? '');
  await cluster.world.advance(2_000);
  const endpoints = cluster.api
    .all<V1EndpointSlice>('endpointslices')
    .flatMap((slice) => slice.endpoints ?? []);
  t.match(
    endpoints.find((each) => each.targetRef?.name === pod?.metadata?.name),
    { conditions: { ready: false, serving: true, terminating: true } },
  );
  t.equal(endpoints.length, 2, 'its successor is there already');
});
