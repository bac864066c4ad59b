import t from 'tap';
import { actorId, randomBelow, seededRandom } from '../../../src/base/index.js';
import { controllerManager } from '../../../src/controllers/index.js';
import { resourceQuotaController } from '../../../src/controllers/resourcequota/controller.js';
import { createApiWorld } from '../api-world.js';
import type { ApiWorld, Json, WatchLog } from '../api-world.js';
import { configMap, pod } from '../manifests.js';

const PODS = '/api/v1/namespaces/default/pods';
const QUOTAS = '/api/v1/namespaces/default/resourcequotas';
const MERGE = { type: 'application/merge-patch+json' };

async function quotaWorld(hard: object, used: object): Promise<ApiWorld> {
  const world = createApiWorld();
  await world.start();
  await addQuota(world, 'q', hard, used);
  return world;
}

/** A quota that says already what is used. */
async function addQuota(
  world: ApiWorld,
  name: string,
  hard: object,
  used: object,
  namespace = 'default',
): Promise<void> {
  const url = `/api/v1/namespaces/${namespace}/resourcequotas`;
  const body = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name }, spec: { hard } };
  await world.http('POST', url, body);
  await world.http('PATCH', `${url}/${name}/status`, { status: { hard, used } }, MERGE);
}

async function usedOf(world: ApiWorld, name = 'q'): Promise<unknown> {
  const { body } = await world.http('GET', `${QUOTAS}/${name}`);
  return (body['status'] as { used: unknown }).used;
}

async function allAnswered(
  world: ApiWorld,
  pending: readonly { readonly answer: { status: number } | undefined }[],
): Promise<number[]> {
  while (pending.some(({ answer }) => answer === undefined)) await world.advance(1);
  return pending.map(({ answer }) => answer?.status ?? 0);
}

void t.test('of many that come at once so many are let in as there is room for', async (t) => {
  const world = await quotaWorld({ pods: '7' }, { pods: '0' });
  await addQuota(world, 'wide', { 'count/pods': '100' }, { 'count/pods': '0' });
  const before = world.store.counts['txn'] ?? 0;
  const pending = Array.from({ length: 20 }, (_, at) =>
    world.begin('POST', PODS, pod(`p${String(at)}`)),
  );
  const statuses = await allAnswered(world, pending);
  t.equal(statuses.filter((status) => status === 201).length, 7);
  t.equal(statuses.filter((status) => status === 403).length, 13);
  t.equal((world.store.counts['txn'] ?? 0) - before, 7, 'one transaction each, and none in vain');
  t.same(await usedOf(world), { pods: '7' });
  t.same(await usedOf(world, 'wide'), { 'count/pods': '7' });
  const made = world.store.stored('/registry/pods/default/p0');
  const [first] = pending;
  t.equal(first?.answer?.status, 201);
  t.equal(first?.answer?.body.metadata?.resourceVersion, String(made?.modRevision));
});

void t.test('they do not wait for one another, and one that fails fails alone', async (t) => {
  const world = await quotaWorld({ pods: '100' }, { pods: '0' });
  for (const name of ['p3', 'p4', 'p11']) await world.http('POST', PODS, pod(name));
  const before = world.store.counts['txn'] ?? 0;
  const begunMs = world.clock.monotonicMs();
  const pending = Array.from({ length: 30 }, (_, at) =>
    world.begin('POST', PODS, pod(`p${String(at)}`)),
  );
  const statuses = await allAnswered(world, pending);
  t.same(
    statuses.flatMap((status, at) => (status === 201 ? [] : [[status, at]])),
    [
      [409, 3],
      [409, 4],
      [409, 11],
    ],
  );
  t.same(await usedOf(world), { pods: '30' });
  t.ok(world.clock.monotonicMs() - begunMs < 15, 'not one write of the store after the other');
  const sent = (world.store.counts['txn'] ?? 0) - before;
  t.ok(sent <= 90, `${String(sent)} transactions, most of them sent in vain behind the first`);
  const revisions = pending.map(({ answer }) => answer?.body.metadata?.resourceVersion);
  t.equal(new Set(revisions).size, 28, 'each that is written has a revision of its own');
});

void t.test('what is not written is not charged', async (t) => {
  const world = await quotaWorld({ configmaps: '5' }, { configmaps: '0' });
  const url = '/api/v1/namespaces/default/configmaps';
  t.equal((await world.http('POST', `${url}?dryRun=All`, configMap('a'))).status, 201);
  t.equal((await world.http('POST', url, configMap('a'))).status, 201);
  t.equal((await world.http('POST', url, configMap('a'))).status, 409);
  world.store.failure = 'no-leader';
  t.equal((await world.http('POST', url, configMap('b'))).status, 503);
  world.store.failure = undefined;
  t.same(await usedOf(world), { configmaps: '1' });
  const apply = { type: 'application/apply-patch+yaml' };
  const applied = `${url}/c?fieldManager=me`;
  t.equal((await world.http('PATCH', applied, configMap('c'), apply)).status, 201);
  t.equal((await world.http('PATCH', applied, configMap('c'), apply)).status, 200);
  t.same(await usedOf(world), { configmaps: '2' }, 'an apply that creates is');
});

void t.test('a dry run is refused as the write would be', async (t) => {
  const world = await quotaWorld(
    { services: '1', 'services.nodeports': '0' },
    { services: '0', 'services.nodeports': '0' },
  );
  const url = '/api/v1/namespaces/default/services';
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 's' },
    spec: { ports: [{ port: 1 }] },
  };
  t.equal((await world.http('POST', url, service)).status, 201);
  t.equal(
    (await world.http('POST', `${url}?dryRun=All`, { ...service, metadata: { name: 'u' } })).status,
    403,
  );
  const spec = { spec: { type: 'NodePort' } };
  t.equal((await world.http('PATCH', `${url}/s?dryRun=All`, spec, MERGE)).status, 403);
  t.equal((await world.http('PATCH', `${url}/s`, spec, MERGE)).status, 403);
});

void t.test('a quota that somebody changes meanwhile is read again', async (t) => {
  const world = await quotaWorld({ pods: '1' }, { pods: '0' });
  const pending = [
    world.begin('PATCH', `${QUOTAS}/q/status`, { status: { used: { pods: '1' } } }, MERGE),
    world.begin('POST', PODS, pod('late')),
  ];
  t.same(await allAnswered(world, pending), [200, 403]);
  const removal = [world.begin('DELETE', `${QUOTAS}/q`), world.begin('POST', PODS, pod('free'))];
  t.same(await allAnswered(world, removal), [200, 201], 'and one that goes forbids nothing');
});

void t.test('a refusal is of what the store has, not of what the cache still shows', async (t) => {
  const world = await quotaWorld({ pods: '1' }, { pods: '1' });
  t.equal((await world.http('POST', PODS, pod('a'))).status, 403);
  const freed = world.begin(
    'PATCH',
    `${QUOTAS}/q/status`,
    { status: { used: { pods: '0' } } },
    MERGE,
  );
  await allAnswered(world, [freed]);
  t.equal((await world.http('POST', PODS, pod('a'))).status, 201);
});

void t.test('other namespaces, and what no quota counts, cost nothing more', async (t) => {
  const world = await quotaWorld({ secrets: '0' }, { secrets: '0' });
  const before = { ...world.store.counts };
  t.equal((await world.http('POST', PODS, pod('a'))).status, 201);
  t.equal((world.store.counts['txn'] ?? 0) - (before['txn'] ?? 0), 1);
  t.equal(world.store.counts['range'], before['range'], 'nothing is read');
});

void t.test('resizing a pod is charged', async (t) => {
  const world = await quotaWorld({ cpu: '1' }, { cpu: '0' });
  const sized = (cpu: string): object => ({
    spec: { containers: [{ name: 'app', image: 'nginx', resources: { requests: { cpu } } }] },
  });
  const body = { ...(pod('a') as object), ...sized('500m') };
  t.equal((await world.http('POST', PODS, body)).status, 201);
  const strategic = { type: 'application/strategic-merge-patch+json' };
  t.equal((await world.http('PATCH', `${PODS}/a/resize`, sized('1'), strategic)).status, 200);
  t.same(await usedOf(world), { cpu: '1' });
  const more = await world.http('PATCH', `${PODS}/a/resize`, sized('2'), strategic);
  t.match(more.body['message'], 'requested: cpu=1, used: cpu=1, limited: cpu=1');
});

void t.test('what was on its way when a quota came is counted a second later', async (t) => {
  const world = createApiWorld();
  await world.start();
  const manager = controllerManager([resourceQuotaController]);
  const server = actorId('api-server');
  await manager(world.context('controller-manager'), { server, caPem: '' }).start();
  await world.advance(1_000);
  let release = (): void => undefined;
  world.store.held = new Promise((resolve) => {
    release = resolve;
  });
  const late = world.begin('POST', PODS, pod('late'));
  await world.advance(10);
  world.store.held = undefined;
  const spec = { hard: { pods: '3' } };
  const body = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q' }, spec };
  await world.http('POST', QUOTAS, body);
  await world.advance(100);
  t.same(await usedOf(world), { pods: '0' });
  release();
  t.same(await allAnswered(world, [late]), [201]);
  await world.advance(1_000);
  t.same(await usedOf(world), { pods: '1' });
});

interface Change {
  readonly revision: number;
  readonly pods?: number;
  readonly used?: number;
}

function changesOf({ events }: WatchLog, read: (type: string, object: Json) => object): Change[] {
  return events.map(({ type, object }) => ({
    revision: Number(object.metadata?.resourceVersion ?? '0'),
    ...read(type, object),
  }));
}

const LIMIT = 6;
const SEEDS = [1, 2, 3];

for (const seed of SEEDS)
  void t.test(
    `used is never less than what there is, nor is there too much (seed ${String(seed)})`,
    async (t) => {
      const random = seededRandom(seed);
      const world = createApiWorld();
      await world.start();
      const manager = controllerManager([resourceQuotaController]);
      const server = actorId('api-server');
      await manager(world.context('controller-manager'), { server, caPem: '' }).start();
      const hard = { pods: String(LIMIT) };
      const quota = {
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata: { name: 'q' },
        spec: { hard },
      };
      await world.http('POST', QUOTAS, quota);
      await world.advance(1_000);
      const pods = await world.watch(`${PODS}?watch=true`);
      const quotas = await world.watch(`${QUOTAS}?watch=true`);
      const pending: ReturnType<ApiWorld['begin']>[] = [];
      for (let step = 0; step < 120; step++) {
        const name = `p${String(randomBelow(random, 16))}`;
        if (randomBelow(random, 3) > 0) pending.push(world.begin('POST', PODS, pod(name)));
        else pending.push(world.begin('DELETE', `${PODS}/${name}`));
        if (randomBelow(random, 4) > 0) continue;
        world.store.losesAnswers = randomBelow(random, 4) === 0;
        await world.advance(randomBelow(random, 150));
      }
      world.store.losesAnswers = false;
      const statuses = await allAnswered(world, pending);
      await world.advance(1_000);
      for (const status of [201, 403, 409, 504]) t.ok(statuses.includes(status), String(status));
      const changes = [
        ...changesOf(pods, (type) => ({
          pods: type === 'ADDED' ? 1 : type === 'DELETED' ? -1 : 0,
        })),
        ...changesOf(quotas, (_type, { status }) => ({
          used: Number((status as { used?: { pods?: string } }).used?.pods ?? 'NaN'),
        })),
      ].sort((a, b) => a.revision - b.revision);
      let there = 0;
      let used = 0;
      for (const [at, change] of changes.entries()) {
        there += change.pods ?? 0;
        used = change.used ?? used;
        if (changes[at + 1]?.revision === change.revision) continue;
        if (there > LIMIT) t.fail(`${String(there)} pods at revision ${String(change.revision)}`);
        if (used < there)
          t.fail(
            `${String(there)} pods, used ${String(used)} at revision ${String(change.revision)}`,
          );
      }
      t.equal(used, there, 'in the end it is exact');
      t.same(world.crashes, []);
    },
  );
