import t from 'tap';
import type { ActorId } from '../../src/base/index.js';
import { diskTrouble } from '../../src/store/disk-room.js';
import { makeCluster, outcomeOf, valueOf } from './cluster.js';
import type { Answer, Cluster } from './cluster.js';

const MIB = 1024 * 1024;

async function led(cluster: Cluster): Promise<ActorId> {
  for (let passes = 0; passes < 100 && cluster.leader() === undefined; passes++)
    await cluster.pass(100);
  const leader = cluster.leader();
  if (leader === undefined) throw new Error('no leader');
  await cluster.pass(200);
  return leader;
}

async function answerOf(cluster: Cluster, answer: Answer): Promise<string> {
  await cluster.pass(20);
  return outcomeOf(answer);
}

function put(cluster: Cluster, key: string): Promise<string> {
  return answerOf(cluster, cluster.put(cluster.leader() as ActorId, key, 'x'));
}

function setAll(cluster: Cluster, faults: { full?: boolean; readOnly?: boolean }): void {
  for (const id of cluster.replicas) Object.assign(cluster.disk(id).faults, faults);
}

const deletion = (key: string): object => ({
  compare: [],
  success: [{ type: 'deleteRange', key }],
  failure: [],
});

t.test('what a disk takes', (t) => {
  const trouble = (freeBytes: number, roomBytes: number, readOnly = false): string | undefined =>
    diskTrouble({ freeBytes, readOnly }, 32 * MIB, roomBytes)?.is;
  t.equal(trouble(32 * MIB, 0), undefined);
  t.equal(trouble(Infinity, 0), undefined);
  t.equal(trouble(31 * MIB, 0), 'low', 'the log can still grow');
  t.equal(trouble(0, 64 * 1024), 'low', 'the log has room of its own');
  t.equal(trouble(0, 1000), 'full', 'what is left of it is for elections');
  t.equal(trouble(Infinity, MIB, true), 'read-only');
  t.end();
});

t.test('a full disk: writes are refused, deletions, reads and elections are not', async (t) => {
  const cluster = makeCluster();
  const leader = await led(cluster);
  t.equal(await put(cluster, 'a'), 'ok');
  setAll(cluster, { full: true });
  const refused = cluster.put(leader, 'b', 'x');
  t.equal(await answerOf(cluster, refused), 'no-space');
  t.match(refused.result, {
    value: {
      error: { message: /^etcdserver: no space left on device: .*store-\d are free; free/ },
    },
  });
  t.equal(await answerOf(cluster, cluster.get(leader, 'a')), 'ok');
  t.equal(await answerOf(cluster, cluster.ask(leader, 'txn', deletion('a'))), 'ok');
  t.match(cluster.status(leader), { state: 'running', problem: /no space left on device/ });

  cluster.world.kill(leader);
  cluster.disk(leader).reopen();
  const next = await led(cluster);
  t.not(next, leader, 'another one was elected');
  cluster.world.spawn(leader);
  await cluster.pass(500);
  t.match(cluster.status(leader), { state: 'running', role: 'follower' });
  t.match(valueOf(await settled(cluster, cluster.get(next, 'a'))), { kvs: [] });

  setAll(cluster, { full: false });
  t.equal(await put(cluster, 'c'), 'ok');
  t.equal(cluster.status(next)?.problem, null);
  t.same(cluster.crashes, []);
});

async function settled(cluster: Cluster, answer: Answer): Promise<Answer> {
  await cluster.pass(20);
  return answer;
}

t.test('deletions end before the log has no room for elections', async (t) => {
  const cluster = makeCluster();
  const leader = await led(cluster);
  setAll(cluster, { full: true });
  let taken = 0;
  const key = 'k'.repeat(64_000);
  for (; taken < 1000; taken++)
    if ((await answerOf(cluster, cluster.ask(leader, 'txn', deletion(key)))) !== 'ok') break;
  t.ok(taken > 3 && taken < 1000, `${String(taken)} were taken`);
  cluster.world.kill(leader);
  cluster.disk(leader).reopen();
  const next = await led(cluster);
  t.equal(await answerOf(cluster, cluster.get(next, 'a')), 'ok', 'and so a new leader serves');
  t.same(cluster.crashes, []);
});

t.test('a follower whose log cannot grow takes what it can, and the rest later', async (t) => {
  const cluster = makeCluster();
  const leader = await led(cluster);
  const follower = cluster.replicas.find((id) => id !== leader) as ActorId;
  // Only this one's disk is full, and the leader does not know.
  cluster.disk(follower).faults.full = true;
  const value = 'x'.repeat(100_000);
  for (let i = 0; i < 15; i++) cluster.put(leader, `k${String(i)}`, value);
  await cluster.pass(1000);
  const behind = cluster.machine(follower).revision;
  t.ok(behind < cluster.machine(leader).revision, `it is at ${String(behind)}`);
  t.match(cluster.status(follower), { role: 'follower', problem: /no space left on device/ });
  t.equal(await put(cluster, 'meanwhile'), 'ok');
  cluster.disk(follower).faults.full = false;
  await cluster.pass(1000);
  t.match(cluster.status(follower), { state: 'running', problem: null });
  t.equal(cluster.machine(follower).revision, cluster.machine(leader).revision);
  t.same(cluster.crashes, []);
});

t.test('a leader whose disk alone is full hands over, and catches up later', async (t) => {
  const cluster = makeCluster();
  const leader = await led(cluster);
  cluster.disk(leader).faults.full = true;
  t.equal(await put(cluster, 'a'), 'no-space');
  await cluster.pass(5000, () => cluster.leader() !== leader);
  const next = await led(cluster);
  t.not(next, leader);
  t.equal(await put(cluster, 'b'), 'ok');
  t.match(cluster.elections(next)[0], {
    cause: 'leader-disk',
    causeDetail: `${leader} could write nothing more to its disk, and handed over`,
    leader: next,
  });
  cluster.disk(leader).faults.full = false;
  await cluster.pass(2000);
  t.match(cluster.status(leader), { role: 'follower', problem: null });
  t.equal(cluster.machine(leader).revision, cluster.machine(next).revision);
  t.same(cluster.crashes, []);
});

t.test('it hands over to one whose disk is not full', async (t) => {
  const cluster = makeCluster();
  const leader = await led(cluster);
  const [first, second] = cluster.replicas.filter((id) => id !== leader);
  cluster.disk(first as ActorId).faults.full = true;
  await cluster.pass(2000);
  cluster.disk(leader).faults.full = true;
  await cluster.pass(5000, () => cluster.leader() !== leader);
  t.equal(await led(cluster), second);
  t.equal(await put(cluster, 'a'), 'ok', 'the logs of the others have some room of their own');
});

t.test('a leader whose disk alone is read-only hands over, and waits', async (t) => {
  const cluster = makeCluster();
  const leader = await led(cluster);
  cluster.disk(leader).faults.readOnly = true;
  t.equal(await put(cluster, 'a'), 'read-only');
  await cluster.pass(5000, () => (cluster.leader() ?? leader) !== leader);
  t.not(await led(cluster), leader);
  t.equal(await put(cluster, 'b'), 'ok');
  t.equal(cluster.crashes.length, 1, 'it could not write down the new term');
  cluster.world.spawn(leader);
  await cluster.pass(1000);
  t.match(cluster.status(leader), { state: 'waiting', problem: /EROFS/ });
  cluster.disk(leader).faults.readOnly = false;
  await cluster.pass(3000);
  t.match(cluster.status(leader), { state: 'running', role: 'follower', problem: null });
});

t.test('where all disks are full nobody hands over', async (t) => {
  const cluster = makeCluster();
  const leader = await led(cluster);
  const { term } = cluster.status(leader) ?? {};
  setAll(cluster, { full: true });
  await cluster.pass(10_000);
  t.match(cluster.status(leader), { role: 'leader', term });
});

t.test('a log that fails midway: the replica waits, and begins again by itself', async (t) => {
  const cluster = makeCluster();
  const leader = await led(cluster);
  const follower = cluster.replicas.find((id) => id !== leader) as ActorId;
  const { faults } = cluster.disk(follower);
  // The disk said nothing of it before.
  faults.failingWrites = 1;
  t.equal(await put(cluster, 'a'), 'ok');
  t.match(cluster.crashes, [/ENOSPC/]);
  cluster.disk(follower).reopen();
  faults.readOnly = true;
  cluster.world.spawn(follower);
  await cluster.pass(3000);
  t.match(cluster.status(follower), {
    state: 'waiting',
    role: null,
    problem: /waits for its disk/,
  });
  t.equal(await put(cluster, 'meanwhile'), 'ok');
  t.equal(await answerOf(cluster, cluster.get(follower, 'a')), 'no-leader', 'clients are sent on');
  faults.readOnly = false;
  await cluster.pass(2000);
  t.match(cluster.status(follower), { state: 'running', role: 'follower', problem: null });
  t.equal(cluster.machine(follower).revision, cluster.machine(leader).revision);
  t.equal(cluster.crashes.length, 1);
});

t.test('a disk made read-only: no write is tried, reads go on', async (t) => {
  const cluster = makeCluster();
  const leader = await led(cluster);
  t.equal(await put(cluster, 'a'), 'ok');
  t.equal(
    await answerOf(cluster, cluster.ask(leader, 'leaseGrant', { id: 1n, ttlSeconds: 1 })),
    'ok',
  );
  setAll(cluster, { readOnly: true });
  const refused = cluster.put(leader, 'b', 'x');
  t.equal(await answerOf(cluster, refused), 'read-only');
  t.match(refused.result, { value: { error: { message: /read-only file system/ } } });
  const moved = cluster.ask(leader, 'moveLeader', { targetId: 2n });
  t.match(['read-only', 'ok'], [await answerOf(cluster, moved)], 'nobody could vote');
  await cluster.pass(3000);
  t.equal(await answerOf(cluster, cluster.get(leader, 'a')), 'ok');
  t.equal(cluster.leader(), leader);
  t.same(cluster.crashes, [], 'nor has the end of a lease been tried');
  setAll(cluster, { readOnly: false });
  await cluster.pass(1000);
  t.equal(await put(cluster, 'c'), 'ok');
  const left = cluster.ask(leader, 'leases', {});
  t.match(valueOf(await settled(cluster, left)), { ids: [] }, 'the lease ends late');
});

t.test('a leader that dies on a read-only disk: no vote is tried, and all come back', async (t) => {
  const cluster = makeCluster();
  const leader = await led(cluster);
  t.equal(await put(cluster, 'a'), 'ok');
  setAll(cluster, { readOnly: true });
  cluster.world.kill(leader);
  cluster.disk(leader).reopen();
  cluster.world.spawn(leader);
  await cluster.pass(3000);
  t.match(cluster.status(leader), { state: 'waiting', problem: /EROFS/ });
  t.equal(cluster.leader(), undefined);
  setAll(cluster, { readOnly: false });
  const next = await led(cluster);
  t.equal(await put(cluster, 'b'), 'ok');
  t.equal(await answerOf(cluster, cluster.get(next, 'a')), 'ok');
  await cluster.pass(2000);
  for (const id of cluster.replicas) t.match(cluster.status(id), { state: 'running' }, id);
  t.same(cluster.crashes, []);
});

t.test(
  'a snapshot for which there is no space is taken later, and its part is removed',
  async (t) => {
    const cluster = makeCluster({ snapshotEntries: 20, keptEntries: 1 });
    const leader = await led(cluster);
    const parts = (): string[] =>
      cluster
        .disk(leader)
        .files()
        .map(({ path }) => path)
        .filter((path) => path.endsWith('.part'));
    const snapshots = (): number =>
      cluster
        .disk(leader)
        .files()
        .filter(({ path }) => path.endsWith('.snap')).length;
    for (let i = 0; i < 10; i++) await put(cluster, `k${String(i)}`);
    setAll(cluster, { full: true });
    for (let i = 0; i < 30; i++)
      await answerOf(cluster, cluster.ask(leader, 'txn', deletion(`k${String(i)}`)));
    t.equal(snapshots(), 0);
    t.same(cluster.crashes, []);
    setAll(cluster, { full: false });
    await cluster.pass(31_000, () => snapshots() > 0 && parts().length === 0);
    t.equal(snapshots(), 1);
    t.same(parts(), []);
  },
);
