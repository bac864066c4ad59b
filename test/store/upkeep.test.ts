import t from 'tap';
import type { ActorId, NodeId } from '../../src/base/index.js';
import { AutoCompaction } from '../../src/store/auto-compaction.js';
import { judgeHashes } from '../../src/store/hash-check.js';
import { quotaVerdict } from '../../src/store/quota.js';
import { makeCluster, outcomeOf, valueOf } from './cluster.js';
import type { Cluster } from './cluster.js';

async function led(cluster: Cluster): Promise<ActorId> {
  await cluster.pass(500);
  const leader = cluster.leader();
  if (leader === undefined) throw new Error('no leader');
  return leader;
}

async function outcome(
  cluster: Cluster,
  operation: Parameters<Cluster['ask']>[1],
  request: object,
): Promise<string> {
  const answer = cluster.ask(cluster.leader() as ActorId, operation, request);
  await cluster.pass(20);
  return outcomeOf(answer);
}

const putOf = (key: string, bytes: number): object => ({
  compare: [],
  success: [{ type: 'put', key, value: new Uint8Array(bytes) }],
  failure: [],
});
const deletionOf = (key: string, rangeEnd?: string): object => ({
  compare: [],
  success: [{ type: 'deleteRange', key, rangeEnd }],
  failure: [],
});

t.test('a full store takes no more writes until compaction and deletions make room', async (t) => {
  const cluster = makeCluster({ quotaBytes: 200_000 });
  const leader = await led(cluster);
  let taken = 0;
  while ((await outcome(cluster, 'txn', putOf(`k${String(taken)}`, 10_000))) === 'ok') taken++;
  t.ok(taken > 15 && taken < 20, String(taken));
  await cluster.pass(200);
  for (const id of cluster.replicas)
    t.match(cluster.machine(id).alarms(), [{ memberId: 1n, type: 'no-space' }], id);
  const refused = cluster.put(leader, 'a', 'x');
  await cluster.pass(20);
  t.match(refused.result, {
    value: {
      error: { code: 'no-space', message: 'etcdserver: mvcc: database space exceeded' },
    },
  });
  t.equal(await outcome(cluster, 'leaseGrant', { id: 1n, ttlSeconds: 10 }), 'no-space');
  t.equal(await outcome(cluster, 'range', { key: 'k0' }), 'ok');
  t.equal(await outcome(cluster, 'txn', { compare: [], success: [], failure: [] }), 'ok');
  t.equal(await outcome(cluster, 'txn', deletionOf('k', 'l')), 'ok');
  await cluster.pass(2000);
  t.equal(await outcome(cluster, 'txn', putOf('a', 1)), 'no-space', 'history still fills it');
  const { revision } = cluster.machine(leader);
  t.equal(await outcome(cluster, 'compact', { revision, physical: true }), 'ok');
  t.ok(cluster.machine(leader).sizeBytes < 20_000);
  await cluster.pass(1500);
  t.same(cluster.machine(leader).alarms(), []);
  t.equal(await outcome(cluster, 'txn', putOf('a', 1)), 'ok');
  t.same(cluster.crashes, []);
});

t.test('the alarm outlives its leader, and an operator may clear it', async (t) => {
  const cluster = makeCluster({ quotaBytes: 100_000, snapshotEntries: 5, keptEntries: 1 });
  const leader = await led(cluster);
  while ((await outcome(cluster, 'txn', putOf(String(cluster.world.nowMs), 9000))) === 'ok');
  await cluster.pass(200);
  for (let at = 0; at < 8; at++) await outcome(cluster, 'txn', deletionOf('nothing'));
  cluster.world.kill(leader);
  cluster.disk(leader).crash();
  await led(cluster);
  cluster.world.spawn(leader);
  await cluster.pass(1000);
  t.match(cluster.machine(leader).alarms(), [{ type: 'no-space' }], 'from a snapshot');
  const listed = cluster.ask(cluster.leader() as ActorId, 'alarm', { action: 'list' });
  await cluster.pass(20);
  const { alarms } = valueOf(listed);
  t.equal(await outcome(cluster, 'alarm', { action: 'clear', alarms }), 'ok');
  t.same(cluster.machine(cluster.leader() as ActorId).alarms(), []);
});

t.test('between its two marks the alarm stays as it is', (t) => {
  t.equal(quotaVerdict(1001, 1000, false), 'raise');
  t.equal(quotaVerdict(1000, 1000, false), undefined);
  t.equal(quotaVerdict(901, 1000, true), undefined);
  t.equal(quotaVerdict(900, 1000, true), 'clear');
  t.end();
});

t.test('compaction by period: what is older than it goes', async (t) => {
  const cluster = makeCluster({ autoCompaction: { mode: 'periodic', periodMs: 10_000 } });
  const leader = await led(cluster);
  for (let second = 0; second < 30; second++) {
    await outcome(cluster, 'txn', putOf('a', 10));
    await cluster.pass(980);
  }
  for (const id of cluster.replicas) {
    const { revision, compactRevision } = cluster.machine(id);
    t.equal(revision, 31);
    t.ok(revision - compactRevision >= 10 && revision - compactRevision <= 12, id);
  }
  t.equal(cluster.machine(leader).sizeBytes < 13 * 500, true, 'and is swept away');
});

t.test('compaction by revisions: only the newest stay', (t) => {
  const compaction = new AutoCompaction({ mode: 'revision', revisionsKept: 1000 });
  t.equal(compaction.due(0, 5000, 0), undefined);
  t.equal(compaction.due(299_999, 5000, 0), undefined);
  t.equal(compaction.due(300_000, 5000, 0), 4000);
  t.equal(compaction.due(300_100, 9000, 4000), undefined);
  t.equal(compaction.due(600_000, 5000, 4000), undefined, 'nothing new');
  t.equal(new AutoCompaction({ mode: 'off' }).due(1e9, 5000, 0), undefined);
  t.end();
});

t.test('a new leader compacts only what it has itself seen grow old', (t) => {
  const compaction = new AutoCompaction({ mode: 'periodic', periodMs: 1000 });
  for (let now = 0; now < 1000; now += 100) t.equal(compaction.due(now, now, 0), undefined);
  t.equal(compaction.due(1000, 1000, 0), undefined, 'revision 0 is before all');
  t.equal(compaction.due(1100, 1100, 0), 100);
  compaction.reset();
  t.equal(compaction.due(1200, 1200, 100), undefined);
  t.end();
});

t.test('replicas with the same data have the same digest, and say nothing of it', async (t) => {
  const cluster = makeCluster({ hashCheckMs: 1000 });
  await led(cluster);
  for (let at = 0; at < 50; at++) await outcome(cluster, 'txn', putOf(`k${String(at % 9)}`, 100));
  await cluster.pass(5000);
  const answers = cluster.replicas.map((id) => cluster.ask(id, 'hashKv', { revision: 40 }));
  await cluster.pass(50);
  const hashes = answers.map((answer) => valueOf(answer)['hash']);
  t.match(hashes[0], /^[0-9a-f]{16}$/);
  t.same(hashes, [hashes[0], hashes[0], hashes[0]]);
  t.same(cluster.machine(cluster.replicas[0] as ActorId).alarms(), []);
  const future = cluster.ask(cluster.replicas[0] as ActorId, 'hashKv', { revision: 400 });
  await cluster.pass(20);
  t.equal(outcomeOf(future), 'future-revision');
});

/** A value in a replica's memory is changed behind its back. */
function spoil(cluster: Cluster, id: ActorId): void {
  const read = cluster.machine(id).range({ key: 'k3' });
  const value = read.ok ? read.value.kvs[0]?.value : undefined;
  if (value === undefined) throw new Error('no such key');
  value[0] = (value[0] ?? 0) ^ 1;
}

for (const role of ['follower', 'leader'] as const) {
  t.test(
    `a ${role} whose data differs from the majority's serves no more; the others go on`,
    async (t) => {
      const cluster = makeCluster({ hashCheckMs: 1000 });
      const leader = await led(cluster);
      for (let at = 0; at < 50; at++)
        await outcome(cluster, 'txn', putOf(`k${String(at % 9)}`, 100));
      const bad =
        role === 'leader' ? leader : (cluster.replicas.find((id) => id !== leader) as ActorId);
      const watching = cluster.watch(bad, { key: 'k3' });
      await cluster.pass(20);
      t.equal(watching.end, undefined);
      spoil(cluster, bad);
      const known = (): boolean => cluster.machine(bad).alarmed('corrupt');
      while (!known() || cluster.leader() === bad) await cluster.pass(10);
      // While a third one is down, the bad one is no other's spare: it still stores and votes, but it never leads.
      const third = cluster.replicas.find((id) => id !== bad && id !== cluster.leader()) as ActorId;
      cluster.world.kill(third);
      await cluster.pass(3000);
      const memberId = BigInt(cluster.replicas.indexOf(bad) + 1);
      for (const id of cluster.replicas)
        if (id !== third) t.same(cluster.machine(id).alarms(), [{ memberId, type: 'corrupt' }], id);
      t.match(
        cluster.status(bad)?.problem,
        /its data differs .* the leader fills it anew; else `kubactor member replace store-\d` puts a new replica in its place$/,
      );
      t.match(watching.end, { code: 'failed', error: { code: 'corrupt' } });
      t.not(cluster.leader(), bad);
      const read = cluster.ask(bad, 'range', { key: 'k3', serializable: true });
      await cluster.pass(20);
      t.equal(outcomeOf(read), 'corrupt');
      t.equal(await outcome(cluster, 'txn', putOf('a', 1)), 'ok');
      cluster.world.spawn(third);
      while (cluster.world.life(bad) !== undefined) await cluster.pass(100);
      t.match(cluster.crashes, [/begins anew/], 'all are there: it is filled by the others');
      cluster.world.spawn(bad);
      await cluster.pass(4000);
      t.same(cluster.machine(bad).alarms(), []);
      t.equal(cluster.status(bad)?.problem, null);
    },
  );
}

t.test('the majority of all members decides; without one nobody is named', (t) => {
  const [a, b, c] = [1, 2, 3] as NodeId[] as [NodeId, NodeId, NodeId];
  const judge = (...hashes: [NodeId, string | null][]): unknown => judgeHashes(new Map(hashes), 3);
  t.same(judge([a, 'x'], [b, 'x'], [c, 'x']), { sound: [a, b, c], corrupt: [], undecided: [] });
  t.same(judge([a, 'y'], [b, 'x'], [c, 'x']), { sound: [b, c], corrupt: [a], undecided: [] });
  t.same(judge([a, 'x'], [b, 'x'], [c, null]), { sound: [a, b], corrupt: [], undecided: [] });
  t.same(judge([a, 'x'], [b, 'y']), { sound: [], corrupt: [], undecided: [a, b] });
  t.same(judge([a, 'x'], [b, 'y'], [c, 'z']), { sound: [], corrupt: [], undecided: [a, b, c] });
  t.same(judge([a, 'x']), { sound: [], corrupt: [], undecided: [] });
  t.end();
});

t.test('a watch asks for progress, and is refused a range without keys', async (t) => {
  const cluster = makeCluster();
  const leader = await led(cluster);
  const watching = cluster.watch(leader, { key: 'a' });
  const empty = cluster.watch(leader, { key: 'b', rangeEnd: 'a' });
  await cluster.pass(20);
  await outcome(cluster, 'txn', putOf('b', 1));
  t.equal(await outcome(cluster, 'watchProgress', {}), 'ok');
  t.match(watching.batches, [{ revision: 1 }, { events: [], revision: 2 }]);
  t.match(empty.end, {
    code: 'failed',
    error: { code: 'empty-watch-range', message: 'mvcc: watcher range is empty' },
  });
});
