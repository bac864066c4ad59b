import t from 'tap';
import type { V1ControllerRevision, V1DaemonSet, V1Pod } from '../../../src/api/index.js';
import { daemonSetController } from '../../../src/controllers/daemonset/controller.js';
import { templateOf } from '../../../src/controllers/history/revisions.js';
import type { FakeCluster } from '../fake-cluster.js';
import { createFakeCluster, imagePatch } from '../fake-cluster.js';

const NODES = ['node-1', 'node-2', 'node-3'];

function createDaemonSet(cluster: FakeCluster, spec: object = {}): void {
  const labels = { app: 'agent' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'v1' }] } };
  const body = {
    metadata: { name: 'agent' },
    spec: {
      selector: { matchLabels: labels },
      template,
      updateStrategy: {
        type: 'RollingUpdate',
        rollingUpdate: { maxUnavailable: 1, maxSurge: 0 },
      },
      revisionHistoryLimit: 10,
      ...spec,
    },
  };
  cluster.api.do({ verb: 'create', resource: 'daemonsets', namespace: 'default', body });
}

const status = (cluster: FakeCluster): V1DaemonSet['status'] =>
  cluster.api.all<V1DaemonSet>('daemonsets')[0]?.status;
const revisions = (cluster: FakeCluster): [number, string | undefined][] =>
  cluster.api
    .all<V1ControllerRevision>('controllerrevisions')
    .map((each): [number, string | undefined] => [
      each.revision,
      templateOf(each)?.spec?.containers[0]?.image,
    ])
    .sort(([a], [b]) => a - b);
const images = (pods: readonly V1Pod[]): string[] =>
  pods.map((pod) => `${pod.spec?.nodeName ?? ''} ${pod.spec?.containers[0]?.image ?? ''}`).sort();

function ready(cluster: FakeCluster, count: number, image = 'v1'): () => boolean {
  return () =>
    cluster.readyPods().length === count &&
    cluster.readyPods().every((pod) => pod.spec?.containers[0]?.image === image) &&
    status(cluster)?.numberAvailable === count &&
    status(cluster)?.updatedNumberScheduled === count;
}

/** The most pods that one node had at once, looked at whenever something happens. */
function watchNodes(cluster: FakeCluster): () => number {
  let most = 0;
  const look = (): void => {
    const counts = new Map<string, number>();
    for (const { spec } of cluster.api.all<V1Pod>('pods'))
      counts.set(spec?.nodeName ?? '', (counts.get(spec?.nodeName ?? '') ?? 0) + 1);
    counts.delete('');
    most = Math.max(most, ...counts.values());
    cluster.world.clock.after(50, look);
  };
  look();
  return () => most;
}

void t.test('every node gets one pod, a new node too', async (t) => {
  const cluster = createFakeCluster(NODES);
  createDaemonSet(cluster);
  await cluster.world.until('three', ready(cluster, 3));
  t.same(images(cluster.pods()), ['node-1 v1', 'node-2 v1', 'node-3 v1']);
  t.match(status(cluster), { desiredNumberScheduled: 3, observedGeneration: 1 });
  t.equal(cluster.events('SuccessfulCreate').length, 3);
  t.match(cluster.events('SuccessfulCreate')[0], /^Created pod: agent-\w{5}$/);
  cluster.addNode('node-4');
  await cluster.world.until('four', ready(cluster, 4));
});

void t.test('a pod that is deleted is replaced on its node', async (t) => {
  const cluster = createFakeCluster(NODES);
  createDaemonSet(cluster);
  await cluster.world.until('three', ready(cluster, 3));
  const [first] = cluster.pods();
  cluster.remove('pods', first?.metadata?.name ?? '');
  await cluster.world.advance(3_000);
  t.same(images(cluster.readyPods()), ['node-1 v1', 'node-2 v1', 'node-3 v1']);
});

void t.test('a tainted node loses its pod, or only gets no new one', async (t) => {
  const cluster = createFakeCluster(NODES);
  createDaemonSet(cluster);
  await cluster.world.until('three', ready(cluster, 3));
  cluster.patch('nodes', 'node-1', { spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] } });
  cluster.patch('nodes', 'node-2', { spec: { taints: [{ key: 'a', effect: 'NoExecute' }] } });
  await cluster.world.advance(3_000);
  t.same(images(cluster.pods()), ['node-1 v1', 'node-3 v1']);
  t.match(status(cluster), { desiredNumberScheduled: 1, numberMisscheduled: 1 });
  cluster.patch('nodes', 'node-2', { spec: { taints: [] } });
  await cluster.world.advance(3_000);
  t.equal(cluster.pods().length, 3);
});

void t.test(
  'a rolling update takes one node after the other; going back reuses the revision',
  async (t) => {
    const cluster = createFakeCluster(NODES);
    createDaemonSet(cluster);
    await cluster.world.until('three', ready(cluster, 3));
    cluster.patch('daemonsets', 'agent', imagePatch('agent', 'v2'));
    let fewest = 3;
    await cluster.world.until('all new', () => {
      fewest = Math.min(fewest, cluster.readyPods().length);
      return ready(cluster, 3, 'v2')();
    });
    t.equal(fewest, 2);
    t.same(revisions(cluster), [
      [1, 'v1'],
      [2, 'v2'],
    ]);
    cluster.patch('daemonsets', 'agent', imagePatch('agent', 'v1'));
    await cluster.world.until('all old again', ready(cluster, 3, 'v1'));
    t.same(revisions(cluster), [
      [2, 'v2'],
      [3, 'v1'],
    ]);
  },
);

void t.test('with a surge no node is ever without a ready pod', async (t) => {
  const cluster = createFakeCluster(NODES);
  const updateStrategy = {
    type: 'RollingUpdate',
    rollingUpdate: { maxUnavailable: 0, maxSurge: 1 },
  };
  createDaemonSet(cluster, { updateStrategy });
  await cluster.world.until('three', ready(cluster, 3));
  cluster.patch('daemonsets', 'agent', imagePatch('agent', 'v2'));
  let [fewest, most] = [3, 0];
  await cluster.world.until('all new', () => {
    fewest = Math.min(fewest, new Set(cluster.readyPods().map((pod) => pod.spec?.nodeName)).size);
    most = Math.max(most, cluster.pods().length);
    return ready(cluster, 3, 'v2')();
  });
  t.equal(fewest, 3);
  t.equal(most, 4);
});

void t.test('OnDelete leaves old pods alone', async (t) => {
  const cluster = createFakeCluster(NODES);
  createDaemonSet(cluster, { updateStrategy: { type: 'OnDelete' } });
  await cluster.world.until('three', ready(cluster, 3));
  cluster.patch('daemonsets', 'agent', imagePatch('agent', 'v2'));
  await cluster.world.advance(10_000);
  t.same(images(cluster.pods()), ['node-1 v1', 'node-2 v1', 'node-3 v1']);
  const there = cluster.pods().find((pod) => pod.spec?.nodeName === 'node-2');
  cluster.remove('pods', there?.metadata?.name ?? '');
  await cluster.world.advance(3_000);
  t.same(images(cluster.readyPods()), ['node-1 v1', 'node-2 v2', 'node-3 v1']);
});

void t.test('the pod of a lost node stays, though that should get no new one', async (t) => {
  const cluster = createFakeCluster(NODES);
  createDaemonSet(cluster);
  await cluster.world.until('three', ready(cluster, 3));
  const before = images(cluster.pods());
  cluster.stopNode('node-2');
  await cluster.world.advance(600_000);
  t.same(images(cluster.pods()), before);
  t.match(status(cluster), { desiredNumberScheduled: 2, numberReady: 2, numberMisscheduled: 1 });
});

void t.test('only so many old revisions are kept', async (t) => {
  const cluster = createFakeCluster(['node-1']);
  createDaemonSet(cluster, { revisionHistoryLimit: 2 });
  await cluster.world.until('one', ready(cluster, 1));
  for (const image of ['v2', 'v3', 'v4', 'v5']) {
    cluster.patch('daemonsets', 'agent', imagePatch('agent', image));
    await cluster.world.until(image, ready(cluster, 1, image));
  }
  await cluster.world.advance(2_000);
  t.same(revisions(cluster), [
    [3, 'v3'],
    [4, 'v4'],
    [5, 'v5'],
  ]);
});

void t.test('pods that fail are replaced ever less often', async (t) => {
  const cluster = createFakeCluster(['node-1']);
  cluster.failImage('v1');
  createDaemonSet(cluster);
  await cluster.world.advance(60_000);
  const failures = cluster.events('FailedDaemonPod').length;
  t.ok(failures >= 4 && failures <= 8, `${String(failures)} in a minute`);
  t.match(
    cluster.events('FailedDaemonPod')[0],
    /^Found failed daemon pod default\/agent-\w{5} on node node-1, will try to kill it$/,
  );
});

void t.test(
  'wherever the controller manager is killed, each node has one pod in the end',
  async (t) => {
    for (const before of ['write', 'answer'] as const) {
      for (let write = 0; ; write++) {
        const cluster = createFakeCluster(NODES, [daemonSetController]);
        const most = watchNodes(cluster);
        await cluster.world.advance(1_000);
        const wasKilled = cluster.killManagerAt(write, before);
        createDaemonSet(cluster);
        await cluster.soon('three', ready(cluster, 3));
        cluster.patch('daemonsets', 'agent', imagePatch('agent', 'v2'));
        await cluster.soon('all new', ready(cluster, 3, 'v2'));
        await cluster.world.advance(5_000);
        const what = `killed before the ${before} of write ${String(write)}`;
        t.same(images(cluster.pods()), ['node-1 v2', 'node-2 v2', 'node-3 v2'], what);
        t.same(
          revisions(cluster),
          [
            [1, 'v1'],
            [2, 'v2'],
          ],
          what,
        );
        t.equal(most(), 1, what);
        if (!wasKilled()) break;
      }
    }
  },
);
