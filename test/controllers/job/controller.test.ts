import t from 'tap';
import type { V1Job, V1JobSpec, V1Pod } from '../../../src/api/index.js';
import { seededRandom } from '../../../src/base/index.js';
import type { FakeCluster } from '../fake-cluster.js';
import { createFakeCluster, ENDS_KEY } from '../fake-cluster.js';

function createJob(cluster: FakeCluster, spec: Partial<V1JobSpec>, ends?: string): void {
  const labels = { job: 'work' };
  const annotations = ends === undefined ? {} : { [ENDS_KEY]: ends };
  const template = {
    metadata: { labels, annotations },
    spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'v1' }] },
  };
  const body = {
    metadata: { name: 'work' },
    spec: { parallelism: 1, selector: { matchLabels: labels }, template, ...spec },
  };
  cluster.api.do({ verb: 'create', resource: 'jobs', namespace: 'default', body });
}

const theJob = (cluster: FakeCluster): V1Job => {
  const [found] = cluster.api.all<V1Job>('jobs');
  if (found === undefined) throw new Error('no job');
  return found;
};

const has = (cluster: FakeCluster, type: string): boolean =>
  theJob(cluster).status?.conditions?.some((each) => each.type === type) ?? false;

void t.test('a job runs its pods to the end, never more at once than it may', async (t) => {
  const cluster = createFakeCluster();
  createJob(cluster, { parallelism: 3, completions: 10 }, 'Succeeded');
  let most = 0;
  await cluster.world.until('it is complete', () => {
    const running = cluster.pods().filter((pod) => pod.status?.phase !== 'Succeeded');
    most = Math.max(most, running.length);
    return has(cluster, 'Complete');
  });
  t.equal(most, 3);
  t.match(theJob(cluster).status, {
    succeeded: 10,
    uncountedTerminatedPods: {},
    ready: 0,
    conditions: [
      { type: 'SuccessCriteriaMet', reason: 'CompletionsReached' },
      { type: 'Complete', reason: 'CompletionsReached' },
    ],
  });
  t.equal(cluster.pods().length, 10);
  t.notOk(cluster.pods().some((pod) => (pod.metadata?.finalizers ?? []).length > 0));
  await cluster.world.advance(1_000);
  t.same(cluster.events('Completed'), ['Job completed']);
});

void t.test('failed pods are made again, later each time, until the limit', async (t) => {
  const cluster = createFakeCluster();
  createJob(cluster, { completions: 1, backoffLimit: 2 }, 'Failed');
  await cluster.world.advance(5_000);
  t.equal(cluster.pods().length, 1);
  await cluster.world.advance(10_000);
  t.equal(cluster.pods().length, 2);
  await cluster.world.advance(10_000);
  t.equal(cluster.pods().length, 2);
  await cluster.world.advance(12_000);
  t.match(theJob(cluster).status, {
    failed: 3,
    conditions: [
      { type: 'FailureTarget', reason: 'BackoffLimitExceeded' },
      { type: 'Failed', message: 'Job has reached the specified backoff limit' },
    ],
  });
  t.same(cluster.events('BackoffLimitExceeded'), ['Job has reached the specified backoff limit']);
});

void t.test('a deadline ends what runs', async (t) => {
  const cluster = createFakeCluster();
  createJob(cluster, { parallelism: 2, completions: 2, activeDeadlineSeconds: 30 });
  await cluster.world.advance(20_000);
  t.equal(cluster.readyPods().length, 2);
  await cluster.world.advance(15_000);
  t.equal(cluster.pods().length, 0);
  t.match(theJob(cluster).status, { failed: 2, terminating: 0 });
  t.match(theJob(cluster).status?.conditions, [{}, { type: 'Failed', reason: 'DeadlineExceeded' }]);
});

void t.test('a suspended job has no pods, and they do not count as failed', async (t) => {
  const cluster = createFakeCluster();
  createJob(cluster, { parallelism: 2, completions: 2 });
  await cluster.world.advance(3_000);
  t.equal(cluster.readyPods().length, 2);
  cluster.patch('jobs', 'work', { spec: { suspend: true } });
  await cluster.world.advance(3_000);
  t.equal(cluster.pods().length, 0);
  t.same(theJob(cluster).status?.failed, undefined);
  cluster.patch('jobs', 'work', { spec: { suspend: false } });
  await cluster.world.advance(3_000);
  t.equal(cluster.readyPods().length, 2);
  t.same(cluster.events('Suspended'), ['Job suspended']);
  t.same(cluster.events('Resumed'), ['Job resumed']);
});

void t.test('the pods of a job that is gone are let go', async (t) => {
  const cluster = createFakeCluster();
  createJob(cluster, { completions: 2, parallelism: 2 });
  await cluster.world.advance(3_000);
  cluster.remove('jobs', 'work', { propagationPolicy: 'Background' });
  await cluster.world.advance(20_000);
  t.same(cluster.api.all('jobs'), []);
  t.same(cluster.api.all('pods'), []);
});

void t.test('a finished job goes when its time to live is over', async (t) => {
  const cluster = createFakeCluster();
  createJob(cluster, { completions: 1, ttlSecondsAfterFinished: 20 }, 'Succeeded');
  await cluster.world.until('it is complete', () => has(cluster, 'Complete'));
  await cluster.world.advance(15_000);
  t.ok(has(cluster, 'Complete'));
  await cluster.world.advance(15_000);
  t.same(cluster.api.all('jobs'), []);
  t.same(cluster.api.all('pods'), []);
});

const SEEDS = Number(process.env['SEEDS'] ?? 6);
const FIRST_SEED = Number(process.env['SEED'] ?? 1);

for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
  const name = `killed at any moment it counts each pod once (SEED=${String(seed)} SEEDS=1 replays it)`;
  void t.test(name, async (t) => {
    const random = seededRandom(seed);
    const cluster = createFakeCluster();
    const indexed = seed % 2 === 0;
    const parallelism = 3;
    const mode = indexed ? { completionMode: 'Indexed' } : {};
    createJob(cluster, { parallelism, completions: 8, ...mode }, 'Succeeded');
    let kills = 0;
    let most = 0;
    let untilKillMs = 1;
    await cluster.world.until('it is complete', () => {
      const running = cluster.api
        .all<V1Pod>('pods')
        .filter(({ status }) => status?.phase !== 'Succeeded');
      most = Math.max(most, running.length);
      if (--untilKillMs <= 0 && kills < 60) {
        kills++;
        untilKillMs = 1 + (random.uint32() % 60);
        cluster.killManager();
      }
      return has(cluster, 'Complete');
    });
    const { status } = theJob(cluster);
    t.equal(status?.succeeded, 8);
    t.equal(status?.failed, undefined);
    if (indexed) t.equal(status?.completedIndexes, '0-7');
    const ended = cluster.pods().filter((pod) => pod.status?.phase === 'Succeeded');
    t.equal(ended.length, 8, 'as many as counted');
    t.ok(most <= parallelism, `${String(most)} at once, ${String(kills)} kills`);
  });
}

void t.test('killed at any moment it counts each failure once', async (t) => {
  for (let seed = 1; seed <= 4; seed++) {
    const random = seededRandom(seed);
    const cluster = createFakeCluster();
    createJob(cluster, { completions: 1, backoffLimit: 2 }, 'Failed');
    let untilKill = 1;
    const over = (): boolean => {
      if (--untilKill <= 0) {
        untilKill = 1 + (random.uint32() % 400);
        cluster.killManager();
      }
      return has(cluster, 'Failed');
    };
    await cluster.world.until('it has failed', over, 180_000);
    t.equal(theJob(cluster).status?.failed, 3, `seed ${String(seed)}`);
    t.equal(cluster.pods().length, 3, `seed ${String(seed)}`);
  }
});
