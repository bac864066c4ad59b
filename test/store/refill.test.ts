import t from 'tap';
import type { ActorId } from '../../src/base/index.js';
import { makeCluster, outcomeOf, valueOf } from './cluster.js';
import type { Cluster } from './cluster.js';

async function write(cluster: Cluster, count: number): Promise<void> {
  for (let at = 0; at < count; at++) {
    const leader = cluster.leader();
    if (leader === undefined) throw new Error('no leader');
    const answer = cluster.put(leader, `k${String(at % 9)}`, `value ${String(at)}`);
    await cluster.pass(5);
    if (outcomeOf(answer) !== 'ok') throw new Error(outcomeOf(answer));
  }
}

/** A value in a replica's memory is changed behind its back, and then in the snapshots that it takes. */
function spoil(cluster: Cluster, id: ActorId): void {
  const read = cluster.machine(id).range({ key: 'k3' });
  const value = read.ok ? read.value.kvs[0]?.value : undefined;
  if (value === undefined) throw new Error('no such key');
  value[0] = (value[0] ?? 0) ^ 1;
}

async function digests(cluster: Cluster): Promise<unknown[]> {
  const answers = cluster.replicas.map((id) => cluster.ask(id, 'hashKv', { revision: 0 }));
  await cluster.pass(100);
  return answers.map((answer) => valueOf(answer)['hash']);
}

async function withCorruptFollower(
  overrides: Parameters<typeof makeCluster>[0] = {},
): Promise<{ cluster: Cluster; leader: ActorId; bad: ActorId; other: ActorId }> {
  const cluster = makeCluster({ hashCheckMs: 1000, snapshotEntries: 30, ...overrides });
  await cluster.pass(300);
  await write(cluster, 20);
  const leader = cluster.leader() as ActorId;
  const [bad, other] = cluster.replicas.filter((id) => id !== leader) as [ActorId, ActorId];
  spoil(cluster, bad);
  return { cluster, leader, bad, other };
}

for (const keptEntries of [5000, 5]) {
  const how = keptEntries === 5 ? 'a snapshot of the leader' : 'its log from the start';
  t.test(`a replica whose data differs begins anew, filled by ${how}`, async (t) => {
    const { cluster, bad } = await withCorruptFollower({ keptEntries });
    await write(cluster, 60);
    await cluster.pass(3000);
    t.match(cluster.crashes, [/^store-\d begins anew: its data differed from that of the other/]);
    t.equal(cluster.status(bad), undefined);
    cluster.world.spawn(bad);
    await cluster.pass(4000);
    t.match(cluster.status(bad), { state: 'running', problem: null });
    t.same(cluster.machine(bad).alarms(), [], 'compared again, it agrees');
    const hashes = await digests(cluster);
    t.same(hashes, Array(3).fill(hashes[0]));
    t.equal(cluster.crashes.length, 1);
  });
}

t.test('it keeps all that it has while another replica is down', async (t) => {
  const { cluster, bad, other } = await withCorruptFollower();
  await cluster.pass(800);
  cluster.world.kill(other);
  await write(cluster, 20);
  const { lastIndex } = cluster.status(bad) ?? {};
  await cluster.pass(20_000);
  t.same(cluster.crashes, []);
  t.match(cluster.status(bad), { state: 'running' }, 'with the leader it is the majority');
  t.ok((cluster.status(bad)?.lastIndex ?? 0) >= (lastIndex ?? Infinity));
});

t.test('until it holds again what it once held, it votes only for who does', async (t) => {
  const { cluster, leader, bad, other } = await withCorruptFollower();
  await cluster.pass(3000);
  t.equal(cluster.crashes.length, 1);
  const term = cluster.status(leader)?.term ?? 0;
  cluster.world.kill(leader);
  cluster.world.spawn(bad);
  await cluster.pass(3000);
  // The other one has everything: it is elected, and fills it.
  t.equal(cluster.leader(), other);
  t.ok((cluster.status(other)?.term ?? 0) > term);
  await cluster.pass(3000);
  t.equal(cluster.status(bad)?.state, 'running');
});

t.test('a crash in the middle of beginning anew does it once more', async (t) => {
  const { cluster, bad } = await withCorruptFollower();
  await cluster.pass(3000);
  t.equal(cluster.crashes.length, 1);
  for (let calls = 1; calls <= 12; calls++) {
    cluster.disk(bad).faults.powerLossAfterCalls = calls;
    cluster.world.spawn(bad);
    await cluster.pass(20);
    t.equal(cluster.world.life(bad), undefined, `the power failed within call ${String(calls)}`);
  }
  cluster.disk(bad).faults.powerLossAfterCalls = 0;
  cluster.world.spawn(bad);
  await cluster.pass(15_000);
  t.match(cluster.status(bad), { state: 'running', problem: null });
  const hashes = await digests(cluster);
  t.same(hashes, Array(3).fill(hashes[0]));
});
