import t from 'tap';
import type { V1PodCondition } from '../../src/api/index.js';
import { kubeletWorld } from './kubelet-world.js';

const statusOf = (
  conditions: readonly V1PodCondition[] | undefined,
  type: string,
): string | undefined => conditions?.find((condition) => condition.type === type)?.status;

t.test('a pod becomes Running and Ready, with an address and the words of a kubelet', async (t) => {
  const w = kubeletWorld();
  w.start();
  w.create('web');
  await w.until(
    'it is ready',
    () => statusOf(w.pod('web')?.status?.conditions, 'Ready') === 'True',
  );
  const { status } = w.pod('web') ?? {};
  t.match(status, {
    phase: 'Running',
    podIP: '10.244.0.2',
    podIPs: [{ ip: '10.244.0.2' }],
    hostIP: '192.168.0.1',
    startTime: String,
  });
  t.match(w.container('web'), {
    ready: true,
    started: true,
    restartCount: 0,
    containerID: /^simulated:\/\/uuid/,
    imageID: /^docker.io\/library\/nginx:latest@sha256:/,
    state: { running: {} },
  });
  for (const type of [
    'PodReadyToStartContainers',
    'Initialized',
    'ContainersReady',
    'PodScheduled',
  ])
    t.equal(statusOf(status?.conditions, type), 'True', type);
  await w.until('its events are written', () => w.events('web').length === 4);
  t.match(w.events('web'), [
    'Normal Pulling Pulling image "nginx"',
    /^Normal Pulled Successfully pulled image "nginx" in 20ms \(20ms including waiting\)\. Image size: 10485760 bytes\.$/,
    'Normal Created Container created',
    'Normal Started Container started',
  ]);
  const fieldPaths = w.api
    .all<{ involvedObject: { name: string; fieldPath?: string } }>('events')
    .filter(({ involvedObject }) => involvedObject.name === 'web');
  t.match(fieldPaths, [{ involvedObject: { fieldPath: 'spec.containers{c}' } }]);
});

t.test('an image that is there is not pulled again, unless its policy says so', async (t) => {
  const w = kubeletWorld();
  w.start();
  w.create('one');
  await w.until('running', () => w.reason('one') === 'Running');
  w.create('two');
  w.create('three', { containers: [{ name: 'c', image: 'nginx', imagePullPolicy: 'Always' }] });
  await w.until('events', () => w.events('two').length === 3 && w.events('three').length === 4);
  t.equal(
    w.events('two')[0],
    'Normal Pulled Container image "nginx" already present on machine and can be accessed by the pod',
  );
  t.equal(w.events('three')[0], 'Normal Pulling Pulling image "nginx"');
});

t.test(
  'a graceful delete stops the containers, shows that they ended, and then deletes the object',
  async (t) => {
    const w = kubeletWorld();
    const life = w.start();
    w.create('web');
    await w.until('running', () => w.reason('web') === 'Running');
    w.delete('web', 7);
    const phases = new Set<string | undefined>();
    await w.until('gone', () => {
      phases.add(w.pod('web')?.status?.phase);
      return w.pod('web') === undefined;
    });
    t.ok(phases.has('Succeeded'), 'a deleted pod ends in a terminal phase');
    const deletes = w.api.requests.filter(({ verb }) => verb === 'delete');
    t.match(deletes, [{ body: { gracePeriodSeconds: 0, preconditions: { uid: String } } }]);
    await w.world.advance(1000);
    t.same(life.runtime.list(), []);
    t.ok(w.events('web').includes('Normal Killing Stopping container c'));
    t.match(life.behaviour.report?.(), { pods: 0, containers: 0 });
  },
);

t.test('a pod that is gone from the API is killed, also while it is being started', async (t) => {
  const w = kubeletWorld();
  const life = w.start();
  w.create('web');
  w.create('early', { containers: [{ name: 'c', image: 'other' }] });
  await w.until('it runs', () => w.reason('web') === 'Running');
  w.create('midway', { containers: [{ name: 'c', image: 'slow' }] });
  await w.until('its image is being pulled', () =>
    w.events('midway').some((text) => text.includes('Pulling')),
  );
  for (const name of ['web', 'early', 'midway']) w.delete(name, 0);
  await w.world.advance(1000);
  t.same(life.runtime.list(), []);
  t.match(life.behaviour.report?.(), { pods: 0 });
});

t.test('a crash: once again at once, then after 10 s, 20 s, … up to 5 min', async (t) => {
  const w = kubeletWorld();
  const life = w.start();
  w.create('bad', {}, { annotations: { 'simulated.kubactor.dev/c': 'exit=1 after=1s' } });
  const waits: number[] = [];
  for (let restarts = 0; restarts <= 7; restarts++) {
    await w.until(
      `restart ${restarts}`,
      () => w.container('bad')?.restartCount === restarts && w.reason('bad') === 'Running',
      400_000,
    );
    const { startedAtMs = 0 } =
      newest(life.runtime.sandboxesOf(w.pod('bad')?.metadata?.uid ?? '')[0]?.containers) ?? {};
    const last = w.container('bad')?.lastState?.terminated?.finishedAt;
    if (last !== undefined) waits.push(Math.round((startedAtMs - Date.parse(last)) / 1000));
  }
  t.same(waits, [0, 10, 20, 40, 80, 160, 300]);
  await w.until('it waits', () => w.reason('bad') === 'CrashLoopBackOff');
  t.match(w.container('bad')?.state?.waiting, {
    message: /^back-off 5m0s restarting failed container=c pod=bad_default\(uid-\d+\)$/,
  });
  t.match(w.container('bad')?.lastState?.terminated, { exitCode: 1, reason: 'Error' });
  t.match(w.pod('bad')?.status, { phase: 'Running' });
  t.ok(
    w
      .events('bad')
      .some((text) =>
        /^Warning BackOff Back-off restarting failed container c in pod bad_default\(uid-\d+\)$/.test(
          text,
        ),
      ),
  );
  t.ok(
    (life.behaviour.report?.()['containers'] as number) <= 2,
    'of the dead ones the last is kept',
  );
});

function newest<T extends { readonly config: { readonly attempt: number } }>(
  all: readonly T[] | undefined,
): T | undefined {
  return [...(all ?? [])].sort((a, b) => b.config.attempt - a.config.attempt)[0];
}

t.test('a pod that is deleted while it backs off leaves no timer behind', async (t) => {
  const w = kubeletWorld();
  const life = w.start({ nodeStatusMs: 7_200_000 });
  w.create('bad', {}, { annotations: { 'simulated.kubactor.dev/c': 'exit=1' } });
  w.create('no-image', { containers: [{ name: 'c', image: 'does-not-exist' }] });
  await w.until(
    'both back off',
    () => w.reason('bad') === 'CrashLoopBackOff' && w.reason('no-image') === 'ImagePullBackOff',
  );
  w.delete('bad');
  w.delete('no-image');
  await w.until('gone', () => w.api.all('pods').length === 0);
  await w.world.advance(1000);
  const before = new Map(life.calls);
  await w.world.advance(3_600_000);
  t.same(life.calls, before);
});

t.test(
  'restart policies: what has ended for good is Succeeded or Failed, and keeps its logs',
  async (t) => {
    const w = kubeletWorld();
    const life = w.start();
    const command = (script: string, restartPolicy: string) => ({
      restartPolicy,
      containers: [{ name: 'c', image: 'busybox', command: ['sh', '-c', script] }],
    });
    w.create('done', command('echo well; sleep 1', 'Never'));
    w.create('failed', command('exit 3', 'Never'));
    w.create('again', command('exit 3', 'OnFailure'));
    await w.until(
      'they have ended',
      () =>
        w.pod('done')?.status?.phase === 'Succeeded' && w.pod('failed')?.status?.phase === 'Failed',
    );
    t.match(w.container('done')?.state?.terminated, { exitCode: 0, reason: 'Completed' });
    t.match(w.container('failed')?.state?.terminated, { exitCode: 3, reason: 'Error' });
    const ready = w.pod('done')?.status?.conditions?.find(({ type }) => type === 'Ready');
    t.match(ready, { status: 'False', reason: 'PodCompleted' });
    t.match(w.logs(life, { pod: 'done' }), { text: /well\n/, end: 'complete' });
    await w.until('it is tried again', () => (w.container('again')?.restartCount ?? 0) >= 2);
    t.equal(w.pod('again')?.status?.phase, 'Running');
  },
);

t.test(
  'an image that cannot be had: ErrImagePull, then ImagePullBackOff, tried again after 10 s and 20 s',
  async (t) => {
    const w = kubeletWorld();
    const life = w.start();
    w.create('bad', { containers: [{ name: 'c', image: 'does-not-exist:1' }] });
    await w.until('the first failure', () => w.reason('bad') === 'ErrImagePull');
    t.match(w.container('bad')?.state?.waiting, {
      message: /^failed to pull and unpack image "docker.io\/library\/does-not-exist:1"/,
    });
    t.equal(w.pod('bad')?.status?.phase, 'Pending');
    await w.until('the backoff', () => w.reason('bad') === 'ImagePullBackOff');
    t.match(w.container('bad')?.state?.waiting, {
      message: /^Back-off pulling image "does-not-exist:1": ErrImagePull: failed to pull/,
    });
    await w.world.advance(8_000);
    t.equal(life.calls.get('pullImage'), 1);
    await w.world.advance(2_000);
    t.equal(life.calls.get('pullImage'), 2);
    await w.world.advance(19_000);
    t.equal(life.calls.get('pullImage'), 2);
    await w.world.advance(2_000);
    t.equal(life.calls.get('pullImage'), 3);
    t.match(w.events('bad').slice(0, 5), [
      'Normal Pulling Pulling image "does-not-exist:1"',
      /^Warning Failed Failed to pull image "does-not-exist:1": /,
      'Warning Failed Error: ErrImagePull',
      'Normal BackOff Back-off pulling image "does-not-exist:1"',
      'Warning Failed Error: ImagePullBackOff',
    ]);
  },
);

t.test('an image that may not be pulled, and one that has no such name', async (t) => {
  const w = kubeletWorld();
  w.start();
  w.create('never', { containers: [{ name: 'c', image: 'nginx', imagePullPolicy: 'Never' }] });
  w.create('nonsense', { containers: [{ name: 'c', image: 'Not an image' }] });
  await w.until(
    'both are said',
    () => w.reason('never') === 'ErrImageNeverPull' && w.reason('nonsense') === 'InvalidImageName',
  );
  t.match(w.container('never')?.state?.waiting, {
    message: 'Container image "nginx" is not present with pull policy of Never',
  });
  t.match(w.container('nonsense')?.state?.waiting, { message: /invalid reference format/ });
});

t.test(
  'init containers run one after another; one that fails for good fails the pod',
  async (t) => {
    const w = kubeletWorld();
    w.start();
    const init = (name: string, script: string) => ({
      name,
      image: 'busybox',
      command: ['sh', '-c', script],
    });
    w.create('web', { initContainers: [init('a', 'sleep 2'), init('b', 'sleep 2')] });
    await w.until('the first runs', () => w.reason('web', 'a') === 'Running');
    t.match(
      [w.reason('web', 'b'), w.reason('web'), w.pod('web')?.status?.phase],
      ['PodInitializing', 'PodInitializing', 'Pending'],
    );
    const initialized = w
      .pod('web')
      ?.status?.conditions?.find(({ type }) => type === 'Initialized');
    t.match(initialized, {
      status: 'False',
      reason: 'ContainersNotInitialized',
      message: 'containers with incomplete status: [a b]',
    });
    await w.until('the second runs', () => w.reason('web', 'b') === 'Running');
    t.match([w.reason('web', 'a'), w.reason('web')], ['Completed', 'PodInitializing']);
    await w.until('the pod runs', () => w.reason('web') === 'Running');
    w.create('bad', { restartPolicy: 'Never', initContainers: [init('a', 'exit 2')] });
    await w.until('it fails', () => w.pod('bad')?.status?.phase === 'Failed');
    t.equal(w.reason('bad'), 'PodInitializing');
  },
);

t.test(
  'a sidecar starts first, stays, is started again when it ends, and does not keep a pod from ending',
  async (t) => {
    const w = kubeletWorld();
    const life = w.start();
    const sidecar = { name: 's', image: 'proxy', restartPolicy: 'Always' };
    const annotations = { 'simulated.kubactor.dev/s': 'exit=0 after=2s' };
    w.create(
      'job',
      {
        restartPolicy: 'Never',
        initContainers: [sidecar],
        containers: [{ name: 'c', image: 'busybox', command: ['sleep', '5'] }],
      },
      { annotations },
    );
    await w.until(
      'both run',
      () => w.reason('job', 's') === 'Running' && w.reason('job') === 'Running',
    );
    t.ok(
      (w.container('job', 's')?.state?.running?.startedAt ?? '') <=
        (w.container('job')?.state?.running?.startedAt ?? ''),
    );
    await w.until(
      'the sidecar is started again',
      () => w.container('job', 's')?.restartCount === 1,
    );
    await w.until('the pod has succeeded', () => w.pod('job')?.status?.phase === 'Succeeded');
    await w.until('its sandbox is stopped', () =>
      life.runtime.list().every(({ state }) => state === 'not-ready'),
    );
    w.create('steady', {
      restartPolicy: 'Never',
      initContainers: [sidecar],
      containers: [{ name: 'c', image: 'busybox', command: ['sleep', '5'] }],
    });
    await w.until('the pod has succeeded', () => w.pod('steady')?.status?.phase === 'Succeeded');
    t.match(
      w.container('steady', 's')?.state?.terminated,
      { exitCode: 0 },
      'not before its sidecar was stopped',
    );
  },
);

t.test(
  'a new life of the kubelet: what ran is started again and counted; what must not run twice does not',
  async (t) => {
    const w = kubeletWorld();
    const first = w.start();
    w.create('web');
    w.create('once', { restartPolicy: 'Never' });
    w.create('done', {
      restartPolicy: 'Never',
      containers: [{ name: 'c', image: 'busybox', command: ['true'] }],
    });
    await w.until(
      'they run',
      () =>
        w.reason('web') === 'Running' &&
        w.reason('once') === 'Running' &&
        w.pod('done')?.status?.phase === 'Succeeded',
    );
    const ended = w.pod('done');
    const bootId = w.node()?.status?.nodeInfo?.bootID;
    void first.behaviour.stop?.();
    const second = w.start();
    await w.until(
      'it runs again',
      () => w.container('web')?.restartCount === 1 && w.reason('web') === 'Running',
    );
    t.match(w.container('web')?.lastState?.terminated, {
      exitCode: 137,
      reason: 'ContainerStatusUnknown',
    });
    t.ok(
      w
        .events('web')
        .includes('Normal SandboxChanged Pod sandbox changed, it will be killed and re-created.'),
    );
    await w.until('the other has failed', () => w.pod('once')?.status?.phase === 'Failed');
    t.match(w.container('once')?.state?.terminated, {
      exitCode: 137,
      reason: 'ContainerStatusUnknown',
    });
    t.same(w.pod('done'), ended, 'nothing is written about a pod that had ended');
    t.equal(second.runtime.list().length, 1);
    t.not(w.node()?.status?.nodeInfo?.bootID, bootId);
  },
);

t.test(
  'a kubelet that was away finishes the deletions that were asked for meanwhile',
  async (t) => {
    const w = kubeletWorld();
    const first = w.start();
    w.create('web');
    await w.until('it runs', () => w.reason('web') === 'Running');
    void first.behaviour.stop?.();
    w.delete('web');
    const second = w.start();
    await w.until('gone', () => w.pod('web') === undefined);
    await w.world.advance(1000);
    t.same(second.runtime.list(), []);
  },
);
