import { writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { Cluster, eventually, withoutKubectl } from './cluster.js';

const skip = withoutKubectl();

interface JobFields {
  readonly spec?: object;
  readonly command?: readonly string[];
}

function manifest(name: string, { spec = {}, command = ['true'] }: JobFields): object {
  const containers = [{ name: 'main', image: 'busybox', command }];
  const template = { spec: { restartPolicy: 'Never', containers } };
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: { name }, spec: { template, ...spec } };
}

t.test('jobs, with the real kubectl', { skip, timeout: 240_000 }, async (t) => {
  const cluster = new Cluster();
  t.teardown(() => cluster.remove());
  await cluster.start();
  const apply = async (name: string, fields: JobFields): Promise<void> => {
    const file = path.join(cluster.folder, `${name}.json`);
    writeFileSync(file, JSON.stringify(manifest(name, fields)));
    await cluster.kubectlOk('apply', '-f', file);
  };
  const wait = (name: string, condition: string, seconds = 40): Promise<string> =>
    cluster.kubectlOk('wait', `job/${name}`, `--for=${condition}`, `--timeout=${String(seconds)}s`);
  const of = (what: string, jsonpath: string): Promise<string> =>
    cluster.kubectlOk('get', what, '-o', `jsonpath=${jsonpath}`);

  await t.test('one completes, and kubectl shows it', async (t) => {
    await cluster.kubectlOk('create', 'job', 'hello', '--image=busybox', '--', 'sleep', '1');
    await wait('hello', 'condition=complete');
    t.match(await cluster.kubectlOk('get', 'jobs', 'hello'), /hello +Complete +1\/1 +\d+s/);
    t.equal(
      await of(
        'job/hello',
        '{.status.succeeded} {.status.uncountedTerminatedPods} {.status.ready}',
      ),
      '1 {} 0',
    );
    t.equal(await of('job/hello', '{.status.conditions[*].type}'), 'SuccessCriteriaMet Complete');
    t.equal(await of('pods', '{.items[*].metadata.finalizers}'), '');
    await eventually('the event', async () =>
      (await cluster.kubectlOk('describe', 'job', 'hello')).includes('Job completed'),
    );
    const described = await cluster.kubectlOk('describe', 'job', 'hello');
    t.match(described, /Pods Statuses: +0 Active \(0 Ready\) \/ 1 Succeeded \/ 0 Failed/);
    t.match(described, /Normal +SuccessfulCreate .* Created pod: hello-/);
    await cluster.kubectlOk('delete', 'job', 'hello');
    await eventually('its pod to be gone', async () => (await of('pods', '{.items}')) === '[]');
  });

  await t.test('one that fails more often than its backoff limit ends as failed', async (t) => {
    await apply('broken', { command: ['sh', '-c', 'exit 3'], spec: { backoffLimit: 1 } });
    await wait('broken', 'condition=failed');
    t.equal(
      await of('job/broken', '{.status.failed} {.status.conditions[-1].reason}'),
      '2 BackoffLimitExceeded',
    );
    t.equal(
      await of('job/broken', '{.status.conditions[-1].message}'),
      'Job has reached the specified backoff limit',
    );
  });

  await t.test('an indexed one runs each index once', async (t) => {
    const spec = { completionMode: 'Indexed', completions: 4, parallelism: 2 };
    await apply('indexed', { command: ['sleep', '1'], spec });
    await wait('indexed', 'condition=complete');
    t.equal(await of('job/indexed', '{.status.completedIndexes} {.status.succeeded}'), '0-3 4');
    const pods = await of(
      'pods',
      '{range .items[?(@.metadata.labels.job-name=="indexed")]}{.spec.hostname} {end}',
    );
    t.same(pods.trim().split(' ').sort(), ['indexed-0', 'indexed-1', 'indexed-2', 'indexed-3']);
  });

  await t.test('one is suspended and resumed', async (t) => {
    await apply('paused', { command: ['sleep', '2'], spec: { suspend: true } });
    await wait('paused', 'condition=Suspended');
    t.equal(await of('job/paused', '{.status.startTime}{.status.active}'), '');
    await cluster.kubectlOk('patch', 'job', 'paused', '-p', '{"spec":{"suspend":false}}');
    await eventually('a pod', async () => (await of('job/paused', '{.status.active}')) === '1');
    await cluster.kubectlOk('patch', 'job', 'paused', '-p', '{"spec":{"suspend":true}}');
    await wait('paused', 'jsonpath={.status.conditions[0].status}=True');
    await eventually('no pod', async () => (await of('job/paused', '{.status.active}')) === '');
    await cluster.kubectlOk('patch', 'job', 'paused', '-p', '{"spec":{"suspend":false}}');
    await wait('paused', 'condition=complete');
    t.equal(await of('job/paused', '{.status.succeeded}{.status.failed}'), '1');
  });

  await t.test('a finished one goes when its time to live is over', async () => {
    await apply('brief', { spec: { ttlSecondsAfterFinished: 1 } });
    await wait('brief', 'delete');
  });

  await t.test('its pods outlive a job that is deleted with --cascade=orphan', async (t) => {
    await apply('parent', { command: ['sleep', '1000'] });
    await eventually('a pod', async () => (await of('job/parent', '{.status.ready}')) === '1');
    await cluster.kubectlOk('delete', 'job', 'parent', '--cascade=orphan');
    const orphans = ['pods', '-l', 'job-name=parent'];
    await eventually(
      'its pod to be free',
      async () =>
        (await cluster.kubectlOk(
          'get',
          ...orphans,
          '-o',
          'jsonpath={.items[*].metadata.finalizers}{.items[*].metadata.ownerReferences}',
        )) === '',
    );
    t.match(await cluster.kubectlOk('get', ...orphans), /parent-.*Running/);
    await apply('second', { command: ['sleep', '1000'] });
    await eventually('a pod', async () => (await of('job/second', '{.status.ready}')) === '1');
    await cluster.kubectlOk('delete', 'job', 'second', '--cascade=foreground', '--timeout=60s');
    t.equal(await cluster.kubectlOk('get', 'pods', '-l', 'job-name=second', '-o', 'name'), '');
  });

  await t.test('a cron job starts jobs, by hand too', async (t) => {
    await cluster.kubectlOk(
      'create',
      'cronjob',
      'tick',
      '--image=busybox',
      '--schedule=@every 3s',
      '--',
      'true',
    );
    await cluster.kubectlOk('create', 'job', 'tock', '--from=cronjob/tick');
    await wait('tock', 'condition=complete');
    t.equal(await of('job/tock', '{.metadata.ownerReferences[0].name}'), 'tick');
    await eventually(
      'a successful run',
      async () => (await of('cronjob/tick', '{.status.lastSuccessfulTime}')) !== '',
    );
    await eventually(
      'a job by the schedule',
      async () => (await of('cronjob/tick', '{.status.lastScheduleTime}')) !== '',
    );
    t.match(await cluster.kubectlOk('get', 'jobs', '-o', 'name'), /job.batch\/tick-\d{8}/);
    await cluster.kubectlOk('delete', 'cronjob', 'tick');
    await eventually(
      'its jobs to be gone',
      async () => !(await cluster.kubectlOk('get', 'jobs', '-o', 'name')).includes('tick'),
    );
  });

  await t.test('the controller manager is killed midway, and nothing counts twice', async (t) => {
    const spec = { completions: 12, parallelism: 4 };
    await apply('steady', { command: ['sleep', '1'], spec });
    for (const ended of [1, 4, 8]) {
      await eventually(
        `${String(ended)} ended`,
        async () => Number(await of('job/steady', '{.status.succeeded}')) >= ended,
      );
      const killed = await cluster.kubactor('chaos', 'kill', 'controller-manager');
      t.equal(killed.code, 0, killed.stderr);
    }
    await wait('steady', 'condition=complete', 90);
    t.equal(await of('job/steady', '{.status.succeeded}{.status.failed}'), '12');
    const pods = await cluster.kubectlOk('get', 'pods', '-l', 'job-name=steady', '-o', 'name');
    t.equal(pods.trim().split('\n').length, 12);
  });
});
