import t from 'tap';
import type { V1Lease, V1NodeCondition } from '../../src/api/index.js';
import { kubeletWorld, NODE } from './kubelet-world.js';

const ready = (conditions: readonly V1NodeCondition[] | undefined): string | undefined =>
  conditions?.find(({ type }) => type === 'Ready')?.status;

t.test('the node registers itself, and renews its lease every 10 s', async (t) => {
  const w = kubeletWorld();
  w.start({ labels: { zone: 'a' } });
  await w.until('registered', () => w.node() !== undefined);
  t.match(w.node(), {
    metadata: {
      name: NODE,
      labels: {
        'kubernetes.io/hostname': NODE,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        zone: 'a',
      },
    },
    spec: { podCIDR: '10.244.0.0/16' },
    status: {
      capacity: { cpu: '4' },
      allocatable: { cpu: '4' },
      addresses: [
        { type: 'InternalIP', address: '192.168.0.1' },
        { type: 'Hostname', address: NODE },
      ],
      nodeInfo: {
        kubeletVersion: 'v1.36.0+kubactor',
        containerRuntimeVersion: 'simulated://0.1.0',
      },
    },
  });
  t.match(
    w.node()?.status?.conditions?.find(({ type }) => type === 'Ready'),
    { status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' },
  );
  await w.world.advance(60_000);
  const [lease] = w.api.all<V1Lease>('leases');
  t.match(lease, {
    metadata: {
      name: NODE,
      namespace: 'kube-node-lease',
      ownerReferences: [{ kind: 'Node', name: NODE }],
    },
    spec: { holderIdentity: NODE, leaseDurationSeconds: 40 },
  });
  const renewals = w.api.requests.filter(
    ({ resource, verb }) => resource === 'leases' && verb === 'update',
  );
  t.ok(renewals.length >= 5 && renewals.length <= 7, `${renewals.length} renewals in a minute`);
  t.same(w.events(NODE), [
    'Normal Starting Starting kubelet.',
    `Normal NodeReady Node ${NODE} status is now: NodeReady`,
  ]);
});

t.test('a node that another has declared lost says within moments that it is not', async (t) => {
  const w = kubeletWorld();
  w.start();
  await w.until('registered', () => w.node() !== undefined);
  await w.world.advance(5000);
  const { status } = w.node() ?? {};
  const conditions = status?.conditions?.map((condition) => ({ ...condition, status: 'Unknown' }));
  w.api.do({
    verb: 'update',
    resource: 'nodes',
    name: NODE,
    subresource: 'status',
    body: { metadata: { name: NODE }, status: { ...status, conditions } },
  });
  t.equal(ready(w.node()?.status?.conditions), 'Unknown');
  await w.until('ready again', () => ready(w.node()?.status?.conditions) === 'True', 5000);
});

t.test("others' conditions and capacities of a node stay as they are", async (t) => {
  const w = kubeletWorld();
  w.start();
  await w.until('registered', () => w.node() !== undefined);
  await w.world.advance(5000);
  const { status } = w.node() ?? {};
  const theirs: V1NodeCondition = { type: 'NetworkUnavailable', status: 'False' };
  w.api.do({
    verb: 'update',
    resource: 'nodes',
    name: NODE,
    subresource: 'status',
    body: {
      metadata: { name: NODE },
      status: {
        ...status,
        capacity: { ...status?.capacity, cpu: '999', 'example.com/gpu': '2' },
        conditions: [
          theirs,
          ...(status?.conditions ?? []).map((condition) => ({ ...condition, status: 'Unknown' })),
        ],
      },
    },
  });
  await w.until('ready again', () => ready(w.node()?.status?.conditions) === 'True', 5000);
  t.match(w.node()?.status, {
    capacity: { cpu: '4', 'example.com/gpu': '2' },
    allocatable: { cpu: '4', 'example.com/gpu': '2' },
  });
  t.match(
    w.node()?.status?.conditions?.filter(({ type }) => type === theirs.type),
    [theirs],
  );
});

t.test('an API server that is away is waited for, at the start and later', async (t) => {
  const w = kubeletWorld();
  w.api.setDown(true);
  w.start();
  await w.world.advance(30_000);
  w.api.setDown(false);
  await w.until('registered', () => w.node() !== undefined);
  w.create('web');
  await w.until('it runs', () => w.reason('web') === 'Running');
  w.api.setDown(true);
  await w.world.advance(120_000);
  w.api.setDown(false);
  w.create('second');
  await w.until('it runs', () => w.reason('second') === 'Running');
  t.equal(w.container('web')?.restartCount, 0, 'what ran goes on');
});

t.test('a node of an earlier life gets the labels and the version of this one', async (t) => {
  const w = kubeletWorld();
  const first = w.start();
  await w.until('registered', () => w.node() !== undefined);
  void first.behaviour.stop?.();
  w.start({ labels: { zone: 'b' }, kubernetesVersion: 'v1.36.1+kubactor' });
  await w.until('written', () => w.node()?.status?.nodeInfo?.kubeletVersion === 'v1.36.1+kubactor');
  t.match(w.node()?.metadata?.labels, { zone: 'b', 'kubernetes.io/hostname': NODE });
});

t.test('an idle kubelet does nothing but renew its lease', async (t) => {
  const w = kubeletWorld();
  const life = w.start({ nodeStatusMs: 3_600_000 });
  for (let i = 0; i < 5; i++) w.create(`web-${i}`);
  await w.until('they run', () =>
    w.api.all('pods').every((_pod, i) => w.reason(`web-${i}`) === 'Running'),
  );
  await w.world.advance(20_000);
  const calls = new Map(life.calls);
  const requests = w.api.requests.length;
  await w.world.advance(1_000_000);
  t.same(life.calls, calls);
  const made = w.api.requests.slice(requests);
  t.same(
    new Set(made.map(({ resource, verb }) => `${verb} ${resource}`)),
    new Set(['update leases']),
  );
  t.ok(made.length <= 105, `${made.length} renewals`);
});

t.test('hundreds of pods cost each what it costs alone', async (t) => {
  const costOf = async (count: number): Promise<{ calls: number; requests: number }> => {
    const w = kubeletWorld();
    const life = w.start();
    await w.until('registered', () => w.node() !== undefined);
    for (let i = 0; i < count; i++) w.create(`web-${i}`);
    await w.until('they run', () =>
      w.api
        .all<{ status?: { phase?: string } }>('pods')
        .every(({ status }) => status?.phase === 'Running'),
    );
    t.equal(life.calls.get('list') ?? 0, 0, 'nobody looks at all sandboxes');
    const writes = w.api.requests.filter(
      ({ resource, subresource }) => resource === 'pods' && subresource === 'status',
    ).length;
    return { calls: life.calls.get('sandboxesOf') ?? 0, requests: writes };
  };
  const one = await costOf(1);
  const many = await costOf(300);
  t.ok(
    many.calls <= one.calls * 300 * 1.1,
    `${many.calls} looks for 300 pods, ${one.calls} for one`,
  );
  t.ok(
    many.requests <= one.requests * 300 * 1.1,
    `${many.requests} status writes for 300 pods, ${one.requests} for one`,
  );
});
