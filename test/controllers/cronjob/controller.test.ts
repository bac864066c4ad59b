import t from 'tap';
import type { V1CronJob, V1CronJobSpec, V1Job } from '../../../src/api/index.js';
import type { FakeCluster } from '../fake-cluster.js';
import { createFakeCluster, ENDS_KEY } from '../fake-cluster.js';

function createCronJob(cluster: FakeCluster, spec: Partial<V1CronJobSpec>, ends?: string): void {
  const labels = { job: 'tick' };
  const annotations = ends === undefined ? {} : { [ENDS_KEY]: ends };
  const template = {
    metadata: { labels, annotations },
    spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'v1' }] },
  };
  const job = { completions: 1, parallelism: 1, selector: { matchLabels: labels }, template };
  const body = {
    metadata: { name: 'tick' },
    spec: {
      schedule: '* * * * *',
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
      jobTemplate: { spec: job },
      ...spec,
    },
  };
  cluster.api.do({ verb: 'create', resource: 'cronjobs', namespace: 'default', body });
}

const theCronJob = (cluster: FakeCluster): V1CronJob | undefined =>
  cluster.api.all<V1CronJob>('cronjobs')[0];
const jobNames = (cluster: FakeCluster): string[] =>
  cluster.api.all<V1Job>('jobs').map(({ metadata }) => metadata?.name ?? '');
const minuteMs = 60_000;

void t.test('a job each minute, of which the last three stay', async (t) => {
  const cluster = createFakeCluster();
  createCronJob(cluster, {}, 'Succeeded');
  await cluster.world.advance(6 * minuteMs + 10_000);
  t.equal(
    cluster.events('SuccessfulCreate').filter((each) => each.includes('job tick-')).length,
    6,
  );
  t.equal(jobNames(cluster).length, 3);
  t.match(theCronJob(cluster)?.status, {
    lastScheduleTime: '2026-01-01T00:06:00Z',
    lastSuccessfulTime: /2026-01-01T00:06:/,
    active: undefined,
  });
  t.equal(cluster.events('SawCompletedJob').length, 6);
});

void t.test('one that runs on holds up the next where that is forbidden', async (t) => {
  const cluster = createFakeCluster();
  createCronJob(cluster, { concurrencyPolicy: 'Forbid' });
  await cluster.world.advance(3 * minuteMs + 10_000);
  t.equal(jobNames(cluster).length, 1);
  t.equal(theCronJob(cluster)?.status?.active?.length, 1);
  t.ok(cluster.events('JobAlreadyActive').length > 0);
});

void t.test('or is replaced by it', async (t) => {
  const cluster = createFakeCluster();
  createCronJob(cluster, { concurrencyPolicy: 'Replace' });
  await cluster.world.advance(2 * minuteMs + 30_000);
  t.equal(jobNames(cluster).length, 1);
  t.match(theCronJob(cluster)?.status, {
    lastScheduleTime: '2026-01-01T00:02:00Z',
    active: [{ name: jobNames(cluster)[0] }],
  });
});

void t.test('killed at any moment it starts each job once', async (t) => {
  for (let steps = 1; steps < 40; steps += 2) {
    const cluster = createFakeCluster();
    createCronJob(cluster, {});
    await cluster.world.advance(minuteMs);
    let left = steps;
    await cluster.world.until('it is killed', () => --left < 0);
    cluster.killManager();
    await cluster.world.advance(30_000);
    t.equal(jobNames(cluster).length, 1, `after ${String(steps)} steps`);
    t.match(theCronJob(cluster)?.status, {
      lastScheduleTime: '2026-01-01T00:01:00Z',
      active: { length: 1 },
    });
  }
});
