import t from 'tap';
import type { V1Namespace } from '../../../src/api/index.js';
import { createFakeCluster } from '../fake-cluster.js';

void t.test('a deleted namespace is emptied, and then goes', async (t) => {
  const cluster = createFakeCluster();
  cluster.createDeployment('web', 3);
  await cluster.world.advance(5_000);
  cluster.remove('namespaces', 'default');
  await cluster.world.until(
    'the namespace is gone',
    () =>
      !cluster.api.all<V1Namespace>('namespaces').some((each) => each.metadata?.name === 'default'),
  );
  for (const resource of ['deployments', 'replicasets', 'pods', 'configmaps', 'serviceaccounts']) {
    t.equal(
      cluster.api
        .all<V1Namespace>(resource)
        .filter((each) => each.metadata?.namespace === 'default').length,
      0,
      resource,
    );
  }
});

void t.test('what a finalizer holds keeps the namespace, and its conditions say so', async (t) => {
  const cluster = createFakeCluster();
  await cluster.world.advance(1_000);
  const body = { metadata: { name: 'held', finalizers: ['example.com/hold'] } };
  cluster.api.do({ verb: 'create', resource: 'configmaps', namespace: 'default', body });
  cluster.remove('namespaces', 'default');
  await cluster.world.advance(5_000);
  t.match(cluster.api.all<V1Namespace>('namespaces')[0]?.status, {
    phase: 'Terminating',
    conditions: [
      { type: 'NamespaceDeletionDiscoveryFailure', status: 'False', reason: 'ResourcesDiscovered' },
      { type: 'NamespaceDeletionGroupVersionParsingFailure', status: 'False' },
      { type: 'NamespaceDeletionContentFailure', status: 'False', reason: 'ContentDeleted' },
      {
        type: 'NamespaceContentRemaining',
        status: 'True',
        message: 'Some resources are remaining: configmaps. has 1 resource instances',
      },
      {
        type: 'NamespaceFinalizersRemaining',
        status: 'True',
        message:
          'Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances',
      },
    ],
  });
  cluster.patch('configmaps', 'held', { metadata: { finalizers: null } });
  await cluster.world.advance(5_000);
  t.notOk(
    cluster.api.all<V1Namespace>('namespaces').some((each) => each.metadata?.name === 'default'),
  );
});

void t.test('custom objects go with their namespace', async (t) => {
  const cluster = createFakeCluster();
  await cluster.world.advance(1_000);
  const definition = {
    metadata: { name: 'widgets.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'widgets', kind: 'Widget' },
      versions: [{ name: 'v1', served: true, storage: true }],
    },
    status: { conditions: [{ type: 'Established', status: 'True' }] },
  };
  const extensions = { group: 'apiextensions.k8s.io', version: 'v1' };
  const definitions = { ...extensions, resource: 'customresourcedefinitions' };
  cluster.api.do({ verb: 'create', ...definitions, body: definition });
  const body = { metadata: { name: 'a' } };
  const widgets = { group: 'example.com', version: 'v1', resource: 'widgets' };
  cluster.api.do({ verb: 'create', ...widgets, namespace: 'default', body });
  cluster.remove('namespaces', 'default');
  await cluster.world.advance(5_000);
  t.same(cluster.api.all('widgets'), []);
});
