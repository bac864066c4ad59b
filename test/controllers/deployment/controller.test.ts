import t from 'tap';
import { createFakeCluster, imagePatch } from '../fake-cluster.js';

void t.test('a Deployment makes its pods, and says so', async (t) => {
  const cluster = createFakeCluster();
  cluster.createDeployment('web', 6);
  await cluster.world.until(
    'six are ready',
    () => cluster.deployment('web').status?.readyReplicas === 6,
  );
  await cluster.world.advance(1_000);
  t.equal(cluster.pods().length, 6);
  const [replicaSet] = cluster.replicaSets();
  const name = replicaSet?.metadata?.name ?? '';
  t.match(name, /^web-[bcdfghjklmnpqrstvwxz2456789]+$/);
  t.match(cluster.pods()[0]?.metadata?.name, new RegExp(`^${name}-[a-z0-9]{5}$`));
  t.equal(replicaSet?.metadata?.labels?.['pod-template-hash'], name.slice('web-'.length));
  t.same(cluster.events('ScalingReplicaSet'), [`Scaled up replica set ${name} from 0 to 6`]);
  t.equal(cluster.events('SuccessfulCreate').length, 6);
  t.equal(
    cluster.deployment('web').metadata?.annotations?.['deployment.kubernetes.io/revision'],
    '1',
  );
  t.match(cluster.deployment('web').status, {
    replicas: 6,
    updatedReplicas: 6,
    availableReplicas: 6,
    unavailableReplicas: 0,
    conditions: [
      {
        type: 'Available',
        status: 'True',
        reason: 'MinimumReplicasAvailable',
        message: 'Deployment has minimum availability.',
      },
      {
        type: 'Progressing',
        status: 'True',
        reason: 'NewReplicaSetAvailable',
        message: `ReplicaSet "${name}" has successfully progressed.`,
      },
    ],
  });
});

void t.test(
  'a rolling update never has too many pods, nor too few that are available',
  async (t) => {
    const cluster = createFakeCluster();
    cluster.createDeployment('web', 8, {
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 2, maxUnavailable: 1 } },
    });
    await cluster.world.until(
      'eight are ready',
      () => cluster.deployment('web').status?.readyReplicas === 8,
    );
    cluster.patch('deployments', 'web', imagePatch('web', 'v2'));
    let most = 0;
    let fewest = 8;
    await cluster.world.until('the rollout is done', () => {
      most = Math.max(most, cluster.pods().length);
      fewest = Math.min(fewest, cluster.readyPods().length);
      const { metadata, status } = cluster.deployment('web');
      return (
        status?.observedGeneration === metadata?.generation &&
        status?.updatedReplicas === 8 &&
        status.replicas === 8 &&
        status.availableReplicas === 8
      );
    });
    t.ok(most <= 10, `${String(most)} pods at most`);
    t.ok(fewest >= 7, `${String(fewest)} available at least`);
    t.same(new Set(cluster.pods().map((pod) => pod.spec?.containers[0]?.image)), new Set(['v2']));
    t.equal(
      cluster.deployment('web').metadata?.annotations?.['deployment.kubernetes.io/revision'],
      '2',
    );
    t.same(
      cluster
        .replicaSets()
        .map((each) => each.spec?.replicas)
        .sort(),
      [0, 8],
    );
  },
);

void t.test(
  'back to an old template: the old replica set comes back with a new revision',
  async (t) => {
    const cluster = createFakeCluster();
    cluster.createDeployment('web', 2);
    await cluster.world.advance(5_000);
    cluster.patch('deployments', 'web', imagePatch('web', 'v2'));
    await cluster.world.advance(20_000);
    cluster.patch('deployments', 'web', imagePatch('web', 'v1'));
    await cluster.world.advance(20_000);
    t.equal(cluster.replicaSets().length, 2);
    t.equal(
      cluster.deployment('web').metadata?.annotations?.['deployment.kubernetes.io/revision'],
      '3',
    );
    t.match(
      cluster.replicaSets().find((each) => each.spec?.replicas === 2)?.metadata?.annotations,
      {
        'deployment.kubernetes.io/revision': '3',
        'deployment.kubernetes.io/revision-history': '1',
      },
    );
  },
);

void t.test(
  'a broken image stops the rollout, keeps the old pods, and is told after the deadline',
  async (t) => {
    const cluster = createFakeCluster();
    cluster.breakImage('v2');
    cluster.createDeployment('web', 4, { progressDeadlineSeconds: 60 });
    await cluster.world.advance(5_000);
    cluster.patch('deployments', 'web', imagePatch('web', 'v2'));
    await cluster.world.advance(30_000);
    t.equal(cluster.readyPods().length, 3);
    t.match(
      cluster.deployment('web').status?.conditions?.find((each) => each.type === 'Progressing'),
      { reason: 'ReplicaSetUpdated' },
    );
    await cluster.world.advance(60_000);
    t.match(
      cluster.deployment('web').status?.conditions?.find((each) => each.type === 'Progressing'),
      {
        status: 'False',
        reason: 'ProgressDeadlineExceeded',
        message: /has timed out progressing\.$/,
      },
    );
    cluster.patch('deployments', 'web', imagePatch('web', 'v1'));
    await cluster.world.advance(30_000);
    t.equal(cluster.deployment('web').status?.availableReplicas, 4);
  },
);

void t.test('scaling goes up and down to zero', async (t) => {
  const cluster = createFakeCluster();
  cluster.createDeployment('web', 3);
  await cluster.world.advance(5_000);
  cluster.patch('deployments', 'web', { spec: { replicas: 5 } });
  await cluster.world.advance(5_000);
  t.equal(cluster.readyPods().length, 5);
  cluster.patch('deployments', 'web', { spec: { replicas: 0 } });
  await cluster.world.advance(5_000);
  t.equal(cluster.api.all('pods').length, 0);
  t.match(cluster.events('ScalingReplicaSet')[2], /^Scaled down replica set web-\w+ from 5 to 0$/);
});

void t.test('a paused Deployment scales, but does not roll out before it is resumed', async (t) => {
  const cluster = createFakeCluster();
  cluster.createDeployment('web', 3);
  await cluster.world.advance(5_000);
  cluster.patch('deployments', 'web', {
    spec: { paused: true, replicas: 4, ...(imagePatch('web', 'v2') as { spec: object }).spec },
  });
  await cluster.world.advance(10_000);
  t.equal(cluster.replicaSets().length, 1);
  t.equal(cluster.readyPods().length, 4);
  t.match(
    cluster.deployment('web').status?.conditions?.find((each) => each.type === 'Progressing'),
    { reason: 'DeploymentPaused' },
  );
  cluster.patch('deployments', 'web', { spec: { paused: null } });
  await cluster.world.advance(20_000);
  t.same(new Set(cluster.pods().map((pod) => pod.spec?.containers[0]?.image)), new Set(['v2']));
});

void t.test('Recreate ends all old pods before it makes a new one', async (t) => {
  const cluster = createFakeCluster();
  cluster.createDeployment('web', 3, { strategy: { type: 'Recreate' } });
  await cluster.world.advance(5_000);
  cluster.patch('deployments', 'web', imagePatch('web', 'v2'));
  let mixed = false;
  await cluster.world.until('the new pods are ready', () => {
    mixed ||=
      new Set(
        cluster.api
          .all<{ spec: { containers: { image: string }[] } }>('pods')
          .map((pod) => pod.spec.containers[0]?.image),
      ).size > 1;
    const { metadata, status } = cluster.deployment('web');
    return (
      status?.observedGeneration === metadata?.generation &&
      status?.updatedReplicas === 3 &&
      cluster.readyPods().length === 3
    );
  });
  t.notOk(mixed);
});

void t.test('old replica sets beyond the history limit are deleted', async (t) => {
  const cluster = createFakeCluster();
  cluster.createDeployment('web', 1, { revisionHistoryLimit: 1 });
  for (const image of ['v2', 'v3', 'v4']) {
    await cluster.world.advance(10_000);
    cluster.patch('deployments', 'web', imagePatch('web', image));
  }
  await cluster.world.advance(10_000);
  t.same(
    cluster
      .replicaSets()
      .map((each) => each.metadata?.annotations?.['deployment.kubernetes.io/revision'])
      .sort(),
    ['3', '4'],
  );
});

void t.test(
  'the death of the API server in the midst of a rollout changes nothing in its end',
  async (t) => {
    const cluster = createFakeCluster();
    cluster.createDeployment('web', 6);
    await cluster.world.advance(5_000);
    cluster.patch('deployments', 'web', imagePatch('web', 'v2'));
    for (let i = 0; i < 5; i++) {
      await cluster.world.advance(120);
      cluster.api.failNext(
        (request) => request.verb === 'create' || request.verb === 'update',
        'lose-reply',
      );
      cluster.api.setDown(true);
      await cluster.world.advance(2_000);
      cluster.api.setDown(false);
    }
    await cluster.world.advance(30_000);
    t.equal(cluster.api.all('pods').length, 6);
    t.equal(cluster.deployment('web').status?.updatedReplicas, 6);
    t.equal(cluster.replicaSets().length, 2);
  },
);
