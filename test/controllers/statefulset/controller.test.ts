import t from 'tap';
import type {
  V1ControllerRevision,
  V1PersistentVolumeClaim,
  V1Pod,
  V1StatefulSet,
} from '../../../src/api/index.js';
import { statefulSetController } from '../../../src/controllers/statefulset/controller.js';
import type { FakeCluster } from '../fake-cluster.js';
import { createFakeCluster, imagePatch } from '../fake-cluster.js';

function createStatefulSet(cluster: FakeCluster, replicas: number, spec: object = {}): void {
  const labels = { app: 'db' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'v1' }] } };
  const body = {
    metadata: { name: 'db' },
    spec: {
      replicas,
      serviceName: 'db',
      selector: { matchLabels: labels },
      template,
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
      revisionHistoryLimit: 10,
      ...spec,
    },
  };
  cluster.api.do({ verb: 'create', resource: 'statefulsets', namespace: 'default', body });
}

const status = (cluster: FakeCluster): V1StatefulSet['status'] =>
  cluster.api.all<V1StatefulSet>('statefulsets')[0]?.status;
const claims = (cluster: FakeCluster): V1PersistentVolumeClaim[] =>
  cluster.api.all<V1PersistentVolumeClaim>('persistentvolumeclaims');
const claimNames = (cluster: FakeCluster): string[] =>
  claims(cluster)
    .map(({ metadata }) => metadata?.name ?? '')
    .sort();
const images = (pods: readonly V1Pod[]): string[] =>
  pods.map((pod) => `${pod.metadata?.name ?? ''} ${pod.spec?.containers[0]?.image ?? ''}`).sort();

function settled(cluster: FakeCluster, count: number, image?: string): () => boolean {
  return () =>
    cluster.api.all<V1Pod>('pods').length === count &&
    cluster.readyPods().length === count &&
    (status(cluster)?.availableReplicas ?? 0) === count &&
    (image === undefined ||
      cluster.pods().every((pod) => pod.spec?.containers[0]?.image === image));
}

/** Whether all pods below each one were ready when it came, and all above it gone when it went. */
function watchOrder(cluster: FakeCluster): () => string[] {
  const faults: string[] = [];
  let before = new Map<number, V1Pod>();
  const look = (): void => {
    const now = new Map(
      cluster.api
        .all<V1Pod>('pods')
        .map((pod) => [Number(pod.metadata?.name?.split('-')[1]), pod] as const),
    );
    for (const ordinal of now.keys()) {
      if (before.has(ordinal)) continue;
      for (let lower = 0; lower < ordinal; lower++)
        if (now.get(lower)?.status?.phase !== 'Running')
          faults.push(`${String(ordinal)} came before ${String(lower)}`);
    }
    before = now;
    cluster.world.clock.after(20, look);
  };
  look();
  return () => faults;
}

void t.test('pods come one after the other, and go the other way', async (t) => {
  const cluster = createFakeCluster();
  const faults = watchOrder(cluster);
  createStatefulSet(cluster, 3);
  await cluster.world.until('three', settled(cluster, 3));
  t.same(faults(), []);
  t.same(images(cluster.pods()), ['db-0 v1', 'db-1 v1', 'db-2 v1']);
  const [revision] = cluster.api.all<V1ControllerRevision>('controllerrevisions');
  t.match(status(cluster), {
    replicas: 3,
    readyReplicas: 3,
    currentReplicas: 3,
    updatedReplicas: 3,
    currentRevision: revision?.metadata?.name,
    updateRevision: revision?.metadata?.name,
    observedGeneration: 1,
  });
  t.same(cluster.events('SuccessfulCreate'), [
    'create Pod db-0 in StatefulSet db successful',
    'create Pod db-1 in StatefulSet db successful',
    'create Pod db-2 in StatefulSet db successful',
  ]);
  cluster.patch('statefulsets', 'db', { spec: { replicas: 1 } });
  await cluster.world.until('one', settled(cluster, 1));
  t.same(cluster.events('SuccessfulDelete'), [
    'delete Pod db-2 in StatefulSet db successful',
    'delete Pod db-1 in StatefulSet db successful',
  ]);
});

void t.test('in parallel nobody waits', async (t) => {
  const cluster = createFakeCluster();
  cluster.breakImage('v1');
  createStatefulSet(cluster, 5, { podManagementPolicy: 'Parallel' });
  await cluster.world.advance(2_000);
  t.equal(cluster.pods().length, 5);
});

void t.test('a pod that is deleted, or fails, comes again under its name', async () => {
  const cluster = createFakeCluster();
  createStatefulSet(cluster, 2);
  await cluster.world.until('two', settled(cluster, 2));
  const uid = (): string | undefined =>
    cluster.pods().find((pod) => pod.metadata?.name === 'db-0')?.metadata?.uid;
  const first = uid();
  cluster.remove('pods', 'db-0');
  await cluster.world.until('it is back', () => uid() !== first && settled(cluster, 2)());
});

void t.test('an update stops at the partition, then goes on', async (t) => {
  const cluster = createFakeCluster();
  createStatefulSet(cluster, 3, {
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } },
  });
  await cluster.world.until('three', settled(cluster, 3));
  cluster.patch('statefulsets', 'db', imagePatch('db', 'v2'));
  await cluster.world.advance(10_000);
  t.same(images(cluster.readyPods()), ['db-0 v1', 'db-1 v1', 'db-2 v2']);
  t.match(status(cluster), { currentReplicas: 2, updatedReplicas: 1 });
  cluster.remove('pods', 'db-1');
  await cluster.world.advance(5_000);
  t.same(images(cluster.readyPods()), ['db-0 v1', 'db-1 v1', 'db-2 v2'], 'it comes back as it was');
  const updateStrategy = { rollingUpdate: { partition: 0 } };
  cluster.patch('statefulsets', 'db', { spec: { updateStrategy } });
  let fewest = 3;
  await cluster.world.until('all new', () => {
    fewest = Math.min(fewest, cluster.readyPods().length);
    return settled(cluster, 3, 'v2')();
  });
  t.equal(fewest, 2);
  await cluster.world.advance(1_000);
  t.equal(status(cluster)?.currentRevision, status(cluster)?.updateRevision);
});

void t.test('a template that comes back has its old revision', async (t) => {
  const cluster = createFakeCluster();
  createStatefulSet(cluster, 1, { revisionHistoryLimit: 1 });
  await cluster.world.until('one', settled(cluster, 1, 'v1'));
  const first = status(cluster)?.updateRevision;
  cluster.patch('statefulsets', 'db', imagePatch('db', 'v2'));
  await cluster.world.until('new', settled(cluster, 1, 'v2'));
  cluster.patch('statefulsets', 'db', imagePatch('db', 'v1'));
  await cluster.world.until('old', settled(cluster, 1, 'v1'));
  t.equal(status(cluster)?.updateRevision, first);
  const numbers = (): number[] =>
    cluster.api.all<V1ControllerRevision>('controllerrevisions').map((each) => each.revision);
  t.same(numbers().sort(), [2, 3]);
  cluster.patch('statefulsets', 'db', imagePatch('db', 'v3'));
  await cluster.world.until('newer', settled(cluster, 1, 'v3'));
  await cluster.world.advance(1_000);
  t.same(numbers().sort(), [3, 4]);
});

void t.test('claims come before their pod, and stay when it goes', async (t) => {
  const cluster = createFakeCluster();
  const volumeClaimTemplates = [{ metadata: { name: 'data' }, spec: {} }];
  createStatefulSet(cluster, 2, { volumeClaimTemplates });
  await cluster.world.until('two', settled(cluster, 2));
  t.same(claimNames(cluster), ['data-db-0', 'data-db-1']);
  t.ok(
    cluster
      .events('SuccessfulCreate')
      .includes('create Claim data-db-0 Pod db-0 in StatefulSet db success'),
  );
  cluster.patch('statefulsets', 'db', { spec: { replicas: 1 } });
  await cluster.world.until('one', settled(cluster, 1));
  t.same(claimNames(cluster), ['data-db-0', 'data-db-1']);
  t.ok(claims(cluster).every(({ metadata }) => (metadata?.ownerReferences ?? []).length === 0));
});

void t.test('claims that are to go with their pod or their set do', async (t) => {
  const cluster = createFakeCluster();
  const volumeClaimTemplates = [{ metadata: { name: 'data' }, spec: {} }];
  const persistentVolumeClaimRetentionPolicy = { whenDeleted: 'Delete', whenScaled: 'Delete' };
  createStatefulSet(cluster, 2, { volumeClaimTemplates, persistentVolumeClaimRetentionPolicy });
  await cluster.world.until('two', settled(cluster, 2));
  cluster.patch('statefulsets', 'db', { spec: { replicas: 1 } });
  await cluster.world.until('one claim', () => claims(cluster).length === 1);
  cluster.patch('statefulsets', 'db', { spec: { replicas: 2 } });
  await cluster.world.until('two again', settled(cluster, 2));
  t.same(claimNames(cluster), ['data-db-0', 'data-db-1']);
  cluster.remove('statefulsets', 'db');
  await cluster.world.until('nothing is left', () =>
    ['pods', 'persistentvolumeclaims', 'controllerrevisions'].every(
      (resource) => cluster.api.all(resource).length === 0,
    ),
  );
});

void t.test('a new set adopts the pods and the history that an old one left behind', async (t) => {
  const cluster = createFakeCluster();
  createStatefulSet(cluster, 2);
  await cluster.world.until('two', settled(cluster, 2));
  const uids = (): (string | undefined)[] => cluster.pods().map((pod) => pod.metadata?.uid);
  const before = uids();
  cluster.remove('statefulsets', 'db', { propagationPolicy: 'Orphan' });
  await cluster.world.until('it is gone', () => status(cluster) === undefined);
  createStatefulSet(cluster, 2);
  await cluster.world.until('two again', () => status(cluster)?.availableReplicas === 2);
  t.same(uids(), before);
  const set = cluster.api.all<V1StatefulSet>('statefulsets')[0]?.metadata?.uid;
  for (const resource of ['pods', 'controllerrevisions'])
    for (const { metadata } of cluster.api.all<V1Pod>(resource))
      t.match(metadata?.ownerReferences, [{ uid: set, controller: true }], resource);
});

void t.test('a stranger with the name of a pod is left alone, and waited for', async (t) => {
  const cluster = createFakeCluster();
  const body = { metadata: { name: 'db-0' }, spec: { containers: [] } };
  cluster.api.do({ verb: 'create', resource: 'pods', namespace: 'default', body });
  createStatefulSet(cluster, 1);
  await cluster.world.advance(5_000);
  t.equal(status(cluster)?.replicas, 0);
  cluster.remove('pods', 'db-0');
  await cluster.world.until('one', settled(cluster, 1));
});

void t.test('wherever the controller manager is killed, the order holds', async (t) => {
  for (const before of ['write', 'answer'] as const) {
    for (let write = 0; ; write++) {
      const cluster = createFakeCluster(['node-1', 'node-2'], [statefulSetController]);
      await cluster.world.advance(1_000);
      const faults = watchOrder(cluster);
      const wasKilled = cluster.killManagerAt(write, before);
      createStatefulSet(cluster, 3, {
        volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: {} }],
      });
      await cluster.soon('three', settled(cluster, 3));
      const what = `killed before the ${before} of write ${String(write)}`;
      t.same(faults(), [], what);
      cluster.patch('statefulsets', 'db', { spec: { replicas: 2 } });
      await cluster.soon('two', settled(cluster, 2));
      cluster.patch('statefulsets', 'db', imagePatch('db', 'v2'));
      let fewest = 2;
      await cluster.soon('all new', () => {
        fewest = Math.min(fewest, cluster.readyPods().length);
        return settled(cluster, 2, 'v2')();
      });
      t.equal(fewest, 1, what);
      t.same(images(cluster.pods()), ['db-0 v2', 'db-1 v2'], what);
      t.same(claimNames(cluster), ['data-db-0', 'data-db-1', 'data-db-2'], what);
      if (!wasKilled()) break;
    }
  }
});
