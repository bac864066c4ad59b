import t from 'tap';
import { kubeletWorld } from './kubelet-world.js';

const HTTP = { httpGet: { path: '/', port: 80 }, periodSeconds: 1 };
const probed = (probes: object) => ({ containers: [{ name: 'c', image: 'nginx', ...probes }] });

t.test('a pod is ready when its readiness probe says so, and not when it fails', async (t) => {
  const w = kubeletWorld();
  w.start();
  w.create('web', probed({ readinessProbe: HTTP }), {
    annotations: { 'simulated.kubactor.dev/c': 'healthy-after=5s unhealthy-after=20s' },
  });
  await w.until('it runs', () => w.reason('web') === 'Running');
  t.equal(w.container('web')?.ready, false);
  t.match(
    w.pod('web')?.status?.conditions?.find(({ type }) => type === 'Ready'),
    {
      status: 'False',
      reason: 'ContainersNotReady',
      message: 'containers with unready status: [c]',
    },
  );
  await w.until('ready', () => w.container('web')?.ready === true);
  await w.until('not ready', () => w.container('web')?.ready === false);
  t.equal(w.container('web')?.restartCount, 0);
  t.ok(w.events('web').includes('Warning Unhealthy Readiness probe failed: simulated failure'));
});

t.test('a container whose liveness probe fails is restarted', async (t) => {
  const w = kubeletWorld();
  w.start();
  w.create('web', probed({ livenessProbe: { ...HTTP, failureThreshold: 2 } }), {
    annotations: { 'simulated.kubactor.dev/c': 'unhealthy-after=10s' },
  });
  await w.until('restarted', () => w.container('web')?.restartCount === 1);
  await w.until('events', () => w.events('web').some((text) => text.startsWith('Normal Killing')));
  t.ok(w.events('web').includes('Warning Unhealthy Liveness probe failed: simulated failure'));
  t.ok(
    w.events('web').includes('Normal Killing Container c failed liveness probe, will be restarted'),
  );
});

t.test(
  'the other probes wait for the startup probe; one that never succeeds restarts the container',
  async (t) => {
    const w = kubeletWorld();
    w.start();
    const probes = {
      startupProbe: { ...HTTP, failureThreshold: 10 },
      livenessProbe: { ...HTTP, failureThreshold: 1 },
    };
    w.create('slow', probed(probes), {
      annotations: { 'simulated.kubactor.dev/c': 'healthy-after=5s' },
    });
    await w.until('it runs', () => w.reason('slow') === 'Running');
    t.match(w.container('slow'), { started: false, ready: false });
    await w.until('started', () => w.container('slow')?.started === true);
    t.match(w.container('slow'), { ready: true, restartCount: 0 });
    w.create('never', probed({ startupProbe: { ...HTTP, failureThreshold: 3 } }), {
      annotations: { 'simulated.kubactor.dev/c': 'healthy-after=99s' },
    });
    await w.until('restarted', () => w.container('never')?.restartCount === 1);
    t.ok(
      w
        .events('never')
        .includes('Normal Killing Container c failed startup probe, will be restarted'),
    );
  },
);

t.test('probes end with their container: none runs after the pod', async (t) => {
  const w = kubeletWorld();
  const life = w.start();
  w.create('web', probed({ readinessProbe: HTTP, livenessProbe: HTTP }));
  await w.until('ready', () => w.container('web')?.ready === true);
  w.delete('web');
  await w.until('gone', () => w.pod('web') === undefined);
  const probes = life.calls.get('probe');
  await w.world.advance(60_000);
  t.equal(life.calls.get('probe'), probes);
});

t.test('what a node has no room for is rejected, and can be deleted', async (t) => {
  const w = kubeletWorld();
  const life = w.start({ capacity: { cpu: '1', memory: '1Gi', pods: '3' } });
  const cpu = (amount: string) => ({
    containers: [{ name: 'c', image: 'nginx', resources: { requests: { cpu: amount } } }],
  });
  w.create('first', cpu('800m'));
  await w.until('it runs', () => w.reason('first') === 'Running');
  w.create('second', cpu('300m'));
  await w.until('rejected', () => w.pod('second')?.status?.phase === 'Failed');
  const message =
    "Node didn't have enough resource: cpu, requested: 300, used: 800, capacity: 1000";
  t.match(w.pod('second')?.status, { reason: 'OutOfcpu', message: `Pod was rejected: ${message}` });
  await w.until('said', () => w.events('second').length > 0);
  t.same(w.events('second'), [`Warning OutOfcpu ${message}`]);
  await w.world.advance(10_000);
  t.equal(
    w.pod('second')?.status?.containerStatuses,
    undefined,
    'its containers are not looked at',
  );
  w.create('picky', { ...cpu('10m'), nodeSelector: { zone: 'nowhere' } });
  await w.until('rejected', () => w.pod('picky')?.status?.reason === 'NodeAffinity');
  w.delete('second');
  w.delete('picky');
  await w.until('gone', () => w.api.all('pods').length === 1);
  w.delete('first');
  await w.until('gone', () => w.api.all('pods').length === 0);
  w.create('third', cpu('1'));
  await w.until('what was given back is used', () => w.reason('third') === 'Running');
  t.match(life.behaviour.report?.(), { rejected: 2, pods: 1 });
});

t.test('a pod that ended gives its share back before it is deleted', async (t) => {
  const w = kubeletWorld();
  w.start({ capacity: { cpu: '1', memory: '1Gi', pods: '10' } });
  const resources = { requests: { cpu: '1' } };
  w.create('job', {
    restartPolicy: 'Never',
    containers: [{ name: 'c', image: 'busybox', command: ['true'], resources }],
  });
  await w.until('done', () => w.pod('job')?.status?.phase === 'Succeeded');
  await w.world.advance(100);
  w.create('next', { containers: [{ name: 'c', image: 'nginx', resources }] });
  await w.until('it runs', () => w.reason('next') === 'Running');
  t.equal(w.pod('job')?.status?.phase, 'Succeeded');
});

t.test('conditions of others are kept, and gates among them hold the pod back', async (t) => {
  const w = kubeletWorld();
  w.start();
  w.create('web', { readinessGates: [{ conditionType: 'example.com/gate' }] });
  await w.until('it runs', () => w.container('web')?.ready === true);
  const ready = () => w.pod('web')?.status?.conditions?.find(({ type }) => type === 'Ready');
  t.match(ready(), {
    status: 'False',
    reason: 'ReadinessGatesNotReady',
    message: 'corresponding condition of pod readiness gate "example.com/gate" does not exist.',
  });
  const { status } = w.pod('web') ?? {};
  const conditions = [...(status?.conditions ?? []), { type: 'example.com/gate', status: 'True' }];
  w.api.do({
    verb: 'update',
    resource: 'pods',
    namespace: 'default',
    name: 'web',
    subresource: 'status',
    body: { metadata: { name: 'web', namespace: 'default' }, status: { ...status, conditions } },
  });
  await w.until('ready', () => ready()?.status === 'True');
  t.match(
    w.pod('web')?.status?.conditions?.find(({ type }) => type === 'example.com/gate'),
    { status: 'True' },
  );
});

t.test('what another writes into the status against the truth is set right', async (t) => {
  const w = kubeletWorld();
  w.start();
  w.create('web');
  await w.until('ready', () => w.container('web')?.ready === true);
  await w.world.advance(100);
  const { status } = w.pod('web') ?? {};
  const conditions = (status?.conditions ?? []).map((condition) =>
    condition.type === 'Ready' ? { ...condition, status: 'False' } : condition,
  );
  w.api.do({
    verb: 'update',
    resource: 'pods',
    namespace: 'default',
    name: 'web',
    subresource: 'status',
    body: { metadata: { name: 'web', namespace: 'default' }, status: { ...status, conditions } },
  });
  const ready = () =>
    w.pod('web')?.status?.conditions?.find(({ type }) => type === 'Ready')?.status;
  await w.until('ready again', () => ready() === 'True', 5000);
  await w.world.advance(1000);
  t.equal(ready(), 'True');
});

t.test('status writes survive conflicts, lost answers and a crowded server', async (t) => {
  const w = kubeletWorld();
  w.start();
  const isStatus = ({
    resource,
    subresource,
  }: {
    resource: string;
    subresource?: string | undefined;
  }): boolean => resource === 'pods' && subresource === 'status';
  w.api.failNext(isStatus, 'lose-reply', 'overloaded', 'lose-request');
  w.create('web');
  await w.until('it runs', () => w.reason('web') === 'Running');
  t.match(w.pod('web')?.status, { phase: 'Running' });
});

t.test('logs: all, the tail, since, with times, so many bytes', async (t) => {
  const w = kubeletWorld();
  const life = w.start();
  w.create('web', {
    containers: [
      { name: 'c', image: 'nginx', command: ['sh', '-c', 'echo one; echo two; sleep infinity'] },
    ],
  });
  await w.until('it runs', () => w.reason('web') === 'Running');
  const started = 'simulated container c started (image nginx, attempt 0)\n';
  t.match(w.logs(life, { pod: 'web' }), { text: `${started}one\ntwo\n`, end: 'complete' });
  t.equal(w.logs(life, { pod: 'web', tailLines: 1 }).text, 'two\n');
  t.equal(w.logs(life, { pod: 'web', tailLines: 0 }).text, '');
  t.match(
    w.logs(life, { pod: 'web', tailLines: 1, timestamps: true }).text,
    /^2026-01-01T00:00:00\.\d{3}000000Z two\n$/,
  );
  t.equal(w.logs(life, { pod: 'web', limitBytes: 5 }).text, 'simul');
  await w.world.advance(10_000);
  t.equal(w.logs(life, { pod: 'web', sinceSeconds: 5 }).text, '');
  t.equal(
    w.logs(life, { pod: 'web', sinceTime: '2026-01-01T00:00:00Z' }).text,
    `${started}one\ntwo\n`,
  );
});

t.test(
  'logs that are followed end with the container, with the reader, or with the bytes',
  async (t) => {
    const w = kubeletWorld();
    const life = w.start();
    w.create('job', {
      restartPolicy: 'Never',
      containers: [{ name: 'c', image: 'busybox', command: ['sh', '-c', 'sleep 5; exit 1'] }],
    });
    await w.until('it runs', () => w.reason('job') === 'Running');
    const whole = w.logs(life, { pod: 'job', follow: true });
    const left = w.logs(life, { pod: 'job', follow: true });
    const few = w.logs(life, { pod: 'job', follow: true, limitBytes: 60 });
    t.equal(whole.end, undefined);
    left.cancel();
    const before = left.text;
    await w.until('it ends', () => w.pod('job')?.status?.phase === 'Failed');
    t.match(whole, { text: /ended with exit code 1\n$/, end: 'complete' });
    t.match(left, { text: before, end: undefined });
    t.match([few.text.length, few.end], [60, 'complete']);
    t.match(
      w.logs(life, { pod: 'job', follow: true }),
      { text: whole.text, end: 'complete' },
      'of one that has ended',
    );
  },
);

t.test('logs of the one before, and why there are none', async (t) => {
  const w = kubeletWorld();
  const life = w.start();
  w.create('bad', {}, { annotations: { 'simulated.kubactor.dev/c': 'exit=1 after=1s' } });
  w.create('no-image', { containers: [{ name: 'c', image: 'does-not-exist' }] });
  w.create('init', { initContainers: [{ name: 'i', image: 'busybox', command: ['sleep', '99'] }] });
  await w.until('it runs', () => w.reason('bad') === 'Running');
  t.equal(
    w.logs(life, { pod: 'bad', previous: true }).end,
    'bad-request: previous terminated container "c" in pod "bad" not found',
  );
  await w.until(
    'it runs again',
    () => w.container('bad')?.restartCount === 1 && w.reason('bad') === 'Running',
  );
  t.match(w.logs(life, { pod: 'bad' }).text, /attempt 1\)\n$/);
  t.match(
    w.logs(life, { pod: 'bad', previous: true }).text,
    /attempt 0\)\nsimulated container c ended with exit code 1\n$/,
  );
  await w.until(
    'it waits',
    () => w.reason('bad') === 'CrashLoopBackOff' && w.reason('no-image') === 'ImagePullBackOff',
  );
  t.match(
    w.logs(life, { pod: 'bad' }).text,
    /attempt 1\)\n.*exit code 1\n$/,
    'of the one that crashed',
  );
  t.equal(
    w.logs(life, { pod: 'no-image' }).end,
    'bad-request: container "c" in pod "no-image" is waiting to start: trying and failing to pull image',
  );
  t.equal(
    w.logs(life, { pod: 'init' }).end,
    'bad-request: container "c" in pod "init" is waiting to start: PodInitializing',
  );
  t.match(w.logs(life, { pod: 'init', container: 'i' }).text, /started/);
  t.equal(
    w.logs(life, { pod: 'none' }).end,
    'bad-request: pod "none" cannot be found - no logs available',
  );
});
