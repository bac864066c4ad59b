import t from 'tap';
import type { ActorId } from '../../src/base/index.js';
import { makeCluster, outcomeOf } from './cluster.js';
import type { Cluster } from './cluster.js';

async function led(cluster: Cluster, ms = 200): Promise<ActorId> {
  await cluster.pass(ms);
  const leader = cluster.leader();
  if (leader === undefined) throw new Error('no leader');
  return leader;
}

t.test('a new cluster has a leader and takes writes within 20 ms', async (t) => {
  const cluster = makeCluster();
  const leader = await led(cluster, 20);
  t.equal(leader, 'store-0');
  const answer = cluster.put(leader, 'a', '1');
  await cluster.pass(5);
  t.equal(outcomeOf(answer), 'ok');
  t.match(cluster.elections('store-1' as ActorId)[0], {
    cause: 'cluster-start',
    leader: 'store-0',
    unavailableMs: null,
  });
});

t.test(
  'a dead leader is replaced within a few milliseconds, and the record says why',
  async (t) => {
    const cluster = makeCluster();
    const leader = await led(cluster);
    cluster.world.kill(leader);
    await cluster.pass(15);
    const next = await led(cluster, 1);
    t.equal(next, 'store-1');
    const [record] = cluster.elections('store-2' as ActorId);
    t.match(record, {
      leader: 'store-1',
      cause: 'leader-crash',
      causeDetail: 'life 1 of store-0 ended while it was the leader',
      votes: [
        { voter: 'store-0', granted: false, reason: 'no-answer' },
        { voter: 'store-1', granted: true, reason: 'self' },
        { voter: 'store-2', granted: true, reason: 'granted' },
      ],
    });
    t.ok(
      record?.unavailableMs !== null && record !== undefined && record.unavailableMs < 20,
      String(record?.unavailableMs),
    );
    cluster.world.spawn(leader);
    await cluster.pass(500);
    t.equal(cluster.status(leader)?.leader, 'store-1');
    t.equal(cluster.status(leader)?.lastIndex, cluster.status(next)?.lastIndex);
  },
);

t.test('a broken link to a leader is no death: nobody campaigns, and writes go on', async (t) => {
  const cluster = makeCluster();
  const leader = await led(cluster);
  const term = cluster.status(leader)?.term;
  const follower = cluster.replicas.find((id) => id !== leader) as ActorId;
  cluster.world.network.damageNext(leader, follower);
  const answers = [cluster.put(leader, 'a', '1')];
  await cluster.pass(50);
  answers.push(cluster.put(leader, 'b', '2'));
  await cluster.pass(1500);
  t.same(answers.map(outcomeOf), ['ok', 'ok']);
  t.match(cluster.status(leader), { role: 'leader', term });
  const causes = cluster.elections(follower).map(({ cause }) => cause);
  t.same(causes, ['cluster-start'], 'no campaign, not even one that failed');
  t.equal(cluster.status(follower)?.appliedIndex, cluster.status(leader)?.appliedIndex);
  t.same(cluster.crashes, []);
});

t.test('a leader that is stopped hands over first', async (t) => {
  const cluster = makeCluster();
  const leader = await led(cluster);
  let stopped = false;
  cluster.world.stop(leader, () => {
    stopped = true;
  });
  await cluster.pass(50);
  t.ok(stopped);
  const next = await led(cluster, 1);
  t.match(cluster.elections(next)[0], { leader: next, cause: 'leader-stopped' });
});

t.test('a follower sends clients to the leader, and says so when there is none', async (t) => {
  const cluster = makeCluster();
  const leader = await led(cluster);
  const follower = cluster.replicas.find((id) => id !== leader) as ActorId;
  const sent = cluster.put(follower, 'a', '1');
  await cluster.pass(5);
  t.equal(outcomeOf(sent), 'not-leader');
  t.match(sent.result, { ok: true, value: { ok: false, error: { details: { leader } } } });
});

t.test(
  'without a majority requests end in bounded time, and it heals when the majority is back',
  async (t) => {
    const cluster = makeCluster({ requestTimeoutMs: 2000 });
    const leader = await led(cluster);
    const others = cluster.replicas.filter((id) => id !== leader);
    for (const id of others) cluster.world.kill(id);
    const begunMs = cluster.world.nowMs;
    const write = cluster.put(leader, 'a', '1');
    const read = cluster.get(leader, 'a');
    await cluster.pass(2500);
    t.match(outcomeOf(write), /^(timeout|outcome-unknown)$/);
    t.match(outcomeOf(read), /^(timeout|no-leader)$/);
    t.ok(write.endedMs - begunMs <= 2200);
    const late = cluster.put(leader, 'a', '2');
    await cluster.pass(10);
    t.equal(outcomeOf(late), 'no-leader');
    for (const id of others) cluster.world.spawn(id);
    const next = await led(cluster, 1500);
    const again = cluster.put(next, 'a', '3');
    await cluster.pass(20);
    t.equal(outcomeOf(again), 'ok');
  },
);

t.test('a request beyond 1.5 MiB is refused', async (t) => {
  const cluster = makeCluster();
  const leader = await led(cluster);
  const answer = cluster.put(leader, 'a', 'x'.repeat(1.6 * 1024 * 1024));
  await cluster.pass(10);
  t.match(answer.result, {
    value: { error: { code: 'request-too-large', message: 'etcdserver: request is too large' } },
  });
});

t.test('requests beyond the bound are refused and never proposed', async (t) => {
  const cluster = makeCluster({ pendingRequestsMax: 10 });
  const leader = await led(cluster);
  const answers = Array.from({ length: 30 }, (_, at) => cluster.put(leader, `k${String(at)}`, 'v'));
  await cluster.pass(10);
  const codes = answers.map(outcomeOf);
  t.equal(codes.filter((code) => code === 'ok').length, 10);
  t.equal(codes.filter((code) => code === 'too-many-requests').length, 20);
});

t.test('a replica that comes back far behind is brought up by a snapshot', async (t) => {
  const cluster = makeCluster({ snapshotEntries: 40, keptEntries: 5, segmentBytes: 8192 });
  const leader = await led(cluster);
  const lagging = cluster.replicas.find((id) => id !== leader) as ActorId;
  cluster.world.kill(lagging);
  cluster.disk(lagging).crash();
  for (let round = 0; round < 300; round++) {
    cluster.put(leader, `k${String(round % 7)}`, 'v'.repeat(200));
    await cluster.pass(3);
  }
  t.ok((cluster.status(leader)?.appliedIndex ?? 0) > 290);
  cluster.world.spawn(lagging);
  await cluster.pass(1500);
  t.equal(cluster.status(lagging)?.appliedIndex, cluster.status(leader)?.appliedIndex);
  t.ok(
    cluster
      .disk(lagging)
      .files()
      .some((file) => file.path.endsWith('.snap')),
  );
  t.ok(
    cluster
      .disk(leader)
      .files()
      .filter((file) => file.path.endsWith('.snap')).length <= 2,
  );
  t.ok(
    cluster
      .disk(leader)
      .files()
      .filter((file) => file.path.endsWith('.wal')).length < 20,
    'old segments are purged',
  );
  t.same(cluster.crashes, []);
});

t.test('a damaged log is repaired by the leader; until then the replica says so', async (t) => {
  const cluster = makeCluster();
  const leader = await led(cluster);
  for (let round = 0; round < 50; round++) {
    cluster.put(leader, `k${String(round)}`, 'v'.repeat(100));
    await cluster.pass(3);
  }
  const damaged = cluster.replicas.find((id) => id !== leader) as ActorId;
  cluster.world.kill(damaged);
  cluster.disk(damaged).crash();
  const wal = cluster
    .disk(damaged)
    .files()
    .find((file) => file.path.endsWith('.wal'));
  t.ok(cluster.disk(damaged).flipBit(wal?.path ?? '', 3000, 2));
  cluster.world.spawn(damaged);
  await cluster.pass(2);
  t.equal(cluster.status(damaged)?.state, 'repairing');
  await cluster.pass(1000);
  t.equal(cluster.status(damaged)?.state, 'running');
  t.equal(cluster.status(damaged)?.lastIndex, cluster.status(leader)?.lastIndex);
  t.same(cluster.crashes, []);
});

t.test('election history outlives every replica', async (t) => {
  const cluster = makeCluster();
  const leader = await led(cluster);
  cluster.world.kill(leader);
  await cluster.pass(300);
  for (const id of cluster.replicas) if (id !== leader) cluster.world.kill(id);
  await cluster.pass(10);
  for (const id of cluster.replicas) {
    cluster.disk(id).reopen();
    cluster.world.spawn(id);
  }
  await cluster.pass(1000);
  const causes = cluster.elections('store-2' as ActorId).map((record) => record.cause);
  t.ok(causes.includes('leader-crash'), causes.join());
  t.ok(causes.includes('cluster-start'), causes.join());
});

t.test('a failed sync crashes the replica, which loses nothing acknowledged', async (t) => {
  const cluster = makeCluster();
  const leader = await led(cluster);
  cluster.disk(leader).faults.failingSyncs = 1;
  const answer = cluster.put(leader, 'a', '1');
  await cluster.pass(5);
  t.match(cluster.crashes, [/EIO: i\/o error, fdatasync/]);
  t.not(outcomeOf(answer), 'ok');
});
