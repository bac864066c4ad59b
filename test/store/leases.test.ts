import t from 'tap';
import type { ActorId, Clock } from '../../src/base/index.js';
import { LeaseClock } from '../../src/store/lease-clock.js';
import { makeCluster, outcomeOf, valueOf } from './cluster.js';
import type { Cluster } from './cluster.js';

const SECOND = 1000;

async function led(cluster: Cluster): Promise<ActorId> {
  await cluster.pass(500);
  const leader = cluster.leader();
  if (leader === undefined) throw new Error('no leader');
  return leader;
}

async function asked(
  cluster: Cluster,
  operation: Parameters<Cluster['ask']>[1],
  request: object,
): Promise<Record<string, unknown>> {
  const answer = cluster.ask(cluster.leader() as ActorId, operation, request);
  await cluster.pass(20);
  return valueOf(answer);
}

async function attach(cluster: Cluster, id: bigint, ttlSeconds: number): Promise<void> {
  await asked(cluster, 'leaseGrant', { id, ttlSeconds });
  await asked(cluster, 'txn', {
    compare: [],
    success: [{ type: 'put', key: `of-${String(id)}`, value: new Uint8Array(1), lease: id }],
    failure: [],
  });
}

t.test(
  'a lease says what is left of it and what it holds, until it ends with its keys',
  async (t) => {
    const cluster = makeCluster();
    await led(cluster);
    await attach(cluster, 7n, 10);
    await attach(cluster, 3n, 100);
    t.match(await asked(cluster, 'leases', {}), { ids: [3n, 7n] });
    await cluster.pass(4 * SECOND);
    t.match(await asked(cluster, 'leaseTimeToLive', { id: 7n, keys: true }), {
      id: 7n,
      ttlSeconds: 5,
      grantedTtlSeconds: 10,
      keys: ['of-7'],
    });
    await asked(cluster, 'leaseKeepAlive', { id: 7n });
    await cluster.pass(8 * SECOND);
    t.match(await asked(cluster, 'leaseTimeToLive', { id: 7n }), { ttlSeconds: 1, keys: [] });
    await cluster.pass(3 * SECOND);
    t.match(await asked(cluster, 'leases', {}), { ids: [3n] });
    t.match(await asked(cluster, 'range', { key: 'of-7' }), { count: 0 });
    for (const operation of ['leaseTimeToLive', 'leaseKeepAlive', 'leaseRevoke'] as const) {
      const gone = cluster.ask(cluster.leader() as ActorId, operation, { id: 7n });
      await cluster.pass(20);
      t.equal(outcomeOf(gone), 'lease-not-found', operation);
    }
  },
);

t.test('a checkpoint carries what is left of a lease over a change of leader', async (t) => {
  const cluster = makeCluster({ leaseCheckpointMs: 10 * SECOND });
  const leader = await led(cluster);
  await attach(cluster, 1n, 60);
  await attach(cluster, 2n, 60);
  for (let at = 0; at < 4; at++) {
    await cluster.pass(9 * SECOND);
    await asked(cluster, 'leaseKeepAlive', { id: 2n });
  }
  t.match(cluster.machine(leader).lease(1n), { remainingTtlSeconds: 30 });
  t.match(cluster.machine(leader).lease(2n), { remainingTtlSeconds: 60 });
  cluster.world.kill(leader);
  t.not(await led(cluster), leader);
  // What the checkpoint left, and one election timeout that a new leader adds; without it, all 60 seconds again.
  t.match(await asked(cluster, 'leaseTimeToLive', { id: 1n }), { ttlSeconds: 30 });
  t.match(await asked(cluster, 'leaseTimeToLive', { id: 2n }), { ttlSeconds: 60 });
  await cluster.pass(35 * SECOND);
  t.match(await asked(cluster, 'leases', {}), { ids: [2n] });
});

t.test('a renewed lease is not ended by its checkpoint when the leader changes', async (t) => {
  const cluster = makeCluster({ leaseCheckpointMs: 10 * SECOND });
  const leader = await led(cluster);
  await attach(cluster, 1n, 60);
  await cluster.pass(55 * SECOND);
  t.match(cluster.machine(leader).lease(1n), { remainingTtlSeconds: 10 });
  await asked(cluster, 'leaseKeepAlive', { id: 1n });
  for (const id of cluster.replicas)
    t.match(cluster.machine(id).lease(1n), { remainingTtlSeconds: 60 }, 'on every replica');
  cluster.world.kill(leader);
  await led(cluster);
  await cluster.pass(40 * SECOND);
  t.match(await asked(cluster, 'leases', {}), { ids: [1n] });
});

t.test('a renewal that is answered keeps the lease, also when it runs out just then', async (t) => {
  const cluster = makeCluster();
  const leader = await led(cluster);
  const ids = Array.from({ length: 80 }, (_, at) => BigInt(at + 1));
  for (const id of ids) cluster.ask(leader, 'leaseGrant', { id, ttlSeconds: 2 });
  await cluster.pass(1900);
  const renewals = [];
  for (const id of ids) {
    renewals.push({ id, answer: cluster.ask(leader, 'leaseKeepAlive', { id }) });
    await cluster.pass(3);
  }
  await cluster.pass(100);
  const codes = renewals.map(({ answer }) => outcomeOf(answer));
  t.same(new Set(codes), new Set(['ok', 'lease-not-found']));
  const renewed = renewals.filter((_, at) => codes[at] === 'ok').map(({ id }) => id);
  t.same((await asked(cluster, 'leases', {}))['ids'], renewed);
});

t.test('a lease that has run out is not renewed any more, whoever asks first', (t) => {
  let nowMs = 0;
  const clock: Clock = {
    monotonicMs: () => nowMs,
    wallMs: () => nowMs,
    after: () => ({ cancel: () => undefined }),
  };
  const leases = new LeaseClock(clock, { extendMs: 1000, checkpointMs: 60_000 });
  const lease = { id: 1n, ttlSeconds: 5, remainingTtlSeconds: 5, keys: 0 };
  leases.start([lease]);
  nowMs = 5999;
  t.same(leases.takeExpired(10), [], 'a new leader adds its extension');
  t.ok(leases.renewed(lease));
  nowMs = 10_999;
  t.same(leases.takeExpired(10), [1n]);
  t.notOk(leases.renewed(lease));
  t.equal(leases.remainingSeconds(1n), 0);
  t.same(leases.takeExpired(10), [], 'it is being revoked');
  nowMs = 12_999;
  t.same(leases.takeExpired(10), [1n], 'the proposal got lost');
  leases.revoked([1n]);
  nowMs = 20_000;
  t.same(leases.takeExpired(10), []);
  t.same(leases.takeCheckpoints(10), []);
  t.end();
});

t.test('many leases that end together are taken in portions, in no more than a tick each', (t) => {
  let nowMs = 0;
  const clock: Clock = {
    monotonicMs: () => nowMs,
    wallMs: () => nowMs,
    after: () => ({ cancel: () => undefined }),
  };
  const leases = new LeaseClock(clock, { extendMs: 0, checkpointMs: 60_000 });
  leases.start([]);
  for (let id = 1n; id <= 2500n; id++) leases.granted(id, 5);
  nowMs = 5000;
  const portions = [leases.takeExpired(1000), leases.takeExpired(1000), leases.takeExpired(1000)];
  t.same(
    portions.map((ids) => ids.length),
    [1000, 1000, 500],
  );
  t.equal(new Set(portions.flat()).size, 2500);
  t.end();
});
