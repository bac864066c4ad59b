import t from 'tap';
import { actorId, nodeId } from '../../src/base/index.js';
import type { ActorId } from '../../src/base/index.js';
import { makeCluster, outcomeOf, valueOf } from './cluster.js';
import type { Answer, Cluster } from './cluster.js';

const [A, B, C, D] = ['store-0', 'store-1', 'store-2', 'store-3'].map(actorId) as [
  ActorId,
  ActorId,
  ActorId,
  ActorId,
];

async function leaderOf(cluster: Cluster): Promise<ActorId> {
  for (let tries = 0; tries < 100; tries++) {
    await cluster.pass(20);
    const leader = cluster.leader();
    if (leader !== undefined) return leader;
  }
  throw new Error('no leader');
}

type MemberRequest = 'memberList' | 'memberAdd' | 'memberPromote' | 'memberRemove' | 'moveLeader';

/** Asks the leader, and waits. */
async function ask(cluster: Cluster, type: MemberRequest, request: object): Promise<Answer> {
  const answer = cluster.ask(await leaderOf(cluster), type, request);
  for (let waited = 0; answer.result === undefined && waited < 100; waited++)
    await cluster.pass(50);
  return answer;
}

async function members(cluster: Cluster): Promise<string[]> {
  const list = valueOf(await ask(cluster, 'memberList', {}))['members'] as {
    id: bigint;
    name: string;
    learner: boolean;
  }[];
  return list.map(({ id, name, learner }) => `${String(id)} ${name}${learner ? ' learner' : ''}`);
}

async function write(cluster: Cluster, count: number, prefix = 'k'): Promise<void> {
  const leader = await leaderOf(cluster);
  const puts = Array.from({ length: count }, (_, at) =>
    cluster.put(leader, `${prefix}${String(at)}`, String(at)),
  );
  await cluster.pass(300);
  for (const put of puts) if (outcomeOf(put) !== 'ok') throw new Error(outcomeOf(put));
}

function textOf(answer: Answer): string {
  const { result } = answer;
  return result?.ok === true && !result.value.ok ? result.value.error.message : outcomeOf(answer);
}

async function agree(cluster: Cluster, ids: readonly ActorId[]): Promise<boolean> {
  await cluster.pass(500);
  for (const id of ids) cluster.machine(id).verify();
  return new Set(ids.map((id) => cluster.machine(id).hash())).size === 1;
}

t.test('a member is added as a learner, fed by the log, and promoted', async (t) => {
  const cluster = makeCluster();
  await write(cluster, 20);
  const added = await ask(cluster, 'memberAdd', { name: D, learner: true });
  t.match(valueOf(added)['member'], { id: 4n, name: D, learner: true });
  t.same(await members(cluster), ['1 store-0', '2 store-1', '3 store-2', '4 store-3 learner']);
  const early = await ask(cluster, 'memberPromote', { id: 4n });
  t.equal(
    textOf(early),
    'etcdserver: can only promote a learner member which is in sync with leader',
  );
  cluster.join(D, 4);
  await cluster.pass(300);
  t.equal(cluster.status(D)?.role, 'learner');
  t.equal(outcomeOf(await ask(cluster, 'memberPromote', { id: 4n })), 'ok');
  await write(cluster, 20);
  t.equal(cluster.status(D)?.role, 'follower');
  t.ok(await agree(cluster, [A, B, C, D]));
  t.same(cluster.crashes, []);
});

t.test('a learner joins by a snapshot that is older than its addition', async (t) => {
  const cluster = makeCluster({ snapshotEntries: 50, keptEntries: 5, segmentBytes: 16 * 1024 });
  for (let round = 0; round < 4; round++) await write(cluster, 40);
  await ask(cluster, 'memberAdd', { name: D, learner: true });
  cluster.join(D, 4);
  await cluster.pass(1000);
  t.equal(outcomeOf(await ask(cluster, 'memberPromote', { id: 4n })), 'ok');
  t.ok(await agree(cluster, [A, B, C, D]));
  // It starts again from that snapshot, which does not name it.
  cluster.world.kill(D);
  await cluster.pass(20);
  cluster.world.spawn(D);
  await write(cluster, 10);
  t.match(cluster.status(D), { role: 'follower', state: 'running' });
  t.ok(await agree(cluster, [A, B, C, D]));
  t.same(cluster.crashes, []);
});

t.test('a leader that is to be removed hands over, and its successor removes it', async (t) => {
  const cluster = makeCluster();
  await write(cluster, 5);
  const old = await leaderOf(cluster);
  t.equal(old, A);
  const first = await ask(cluster, 'memberRemove', { id: 1n });
  t.equal(outcomeOf(first), 'not-leader');
  const next = await leaderOf(cluster);
  t.not(next, old);
  t.match(first.result, { value: { error: { details: { leader: next } } } });
  t.match(cluster.elections(next)[0], { cause: 'transfer', leader: next });
  t.equal(outcomeOf(await ask(cluster, 'memberRemove', { id: 1n })), 'ok');
  await cluster.pass(300);
  t.match(cluster.status(old), { state: 'removed', role: null });
  const late = cluster.put(old, 'a', '1');
  await cluster.pass(50);
  t.equal(outcomeOf(late), 'stopping', 'clients go elsewhere');
  await write(cluster, 5);
  t.same(await members(cluster), ['2 store-1', '3 store-2']);
  // It stays removed, whatever it starts from; and its id is not given again.
  cluster.world.kill(old);
  cluster.world.spawn(old);
  await cluster.pass(3000);
  t.match(cluster.status(old), { state: 'removed', role: null });
  const added = await ask(cluster, 'memberAdd', { name: D, learner: true });
  t.match(valueOf(added)['member'], { id: 4n });
  t.same(cluster.crashes, []);
});

t.test(
  'a replica that was down while it was removed is told so, and disturbs nobody',
  async (t) => {
    const cluster = makeCluster();
    await write(cluster, 5);
    cluster.world.kill(C);
    await cluster.pass(1500);
    t.equal(outcomeOf(await ask(cluster, 'memberRemove', { id: 3n })), 'ok');
    const term = cluster.status(A)?.term;
    cluster.world.spawn(C);
    await cluster.pass(5000);
    t.match(cluster.status(C), { state: 'removed', problem: /was removed from the store/ });
    t.match(cluster.status(A), { term, role: 'leader' });
    t.same(cluster.crashes, []);
  },
);

t.test(
  'a replica that slept through changes follows a leader that it never heard of',
  async (t) => {
    const cluster = makeCluster();
    await write(cluster, 5);
    cluster.world.kill(C);
    await cluster.pass(1500);
    t.equal(
      textOf(await ask(cluster, 'memberAdd', { name: D, learner: true })),
      'etcdserver: unhealthy cluster',
      'with one of three down',
    );
    cluster.world.spawn(C);
    await cluster.pass(500);
    await ask(cluster, 'memberAdd', { name: D, learner: true });
    cluster.world.kill(C);
    cluster.join(D, 4);
    await cluster.pass(500);
    t.equal(outcomeOf(await ask(cluster, 'memberPromote', { id: 4n })), 'ok');
    await cluster.pass(500);
    t.equal(outcomeOf(await ask(cluster, 'moveLeader', { targetId: 4n })), 'ok');
    t.equal(await leaderOf(cluster), D);
    cluster.world.spawn(C);
    await cluster.pass(500);
    t.match(cluster.status(C), { leader: D, role: 'follower' });
    t.ok(await agree(cluster, [A, B, C, D]));
    t.same(cluster.crashes, []);
  },
);

t.test('what cannot be is refused in the words of etcd', async (t) => {
  const cluster = makeCluster();
  await write(cluster, 5);
  const refused = async (type: MemberRequest, request: object): Promise<string> =>
    textOf(await ask(cluster, type, request));
  t.equal(
    await refused('memberPromote', { id: 2n }),
    'etcdserver: can only promote a learner member',
  );
  for (const id of [0n, 9n, -1n, 2n ** 63n]) {
    t.equal(await refused('memberPromote', { id }), 'etcdserver: member not found');
    t.equal(await refused('memberRemove', { id }), 'etcdserver: member not found');
    t.equal(await refused('moveLeader', { targetId: id }), 'etcdserver: bad leader transferee');
  }
  t.equal(
    await refused('memberAdd', { name: B, learner: true }),
    'etcdserver: Peer URLs already exists',
  );
  t.equal(
    await refused('memberAdd', { name: 'No Actor', learner: true }),
    'etcdserver: given member URLs are invalid',
  );
  const both = [
    cluster.ask(A, 'memberAdd', { name: D, learner: true }),
    cluster.ask(A, 'memberAdd', { name: 'store-4', learner: true }),
  ];
  await cluster.pass(500);
  t.same(both.map(textOf), ['ok', 'another change of the membership is under way']);
  t.equal(
    await refused('memberAdd', { name: 'store-4', learner: true }),
    'etcdserver: too many learner members in cluster',
  );
  t.equal(await refused('moveLeader', { targetId: 4n }), 'etcdserver: bad leader transferee');
  t.equal(await refused('memberRemove', { id: 4n }), 'ok', 'a learner that never started');
  cluster.world.kill(C);
  await cluster.pass(1500);
  t.equal(await refused('memberRemove', { id: 2n }), 'etcdserver: unhealthy cluster');
  t.equal(await refused('memberRemove', { id: 3n }), 'ok', 'the one that is down');
  t.equal(await refused('memberAdd', { name: 'store-4', learner: false }), 'ok');
  t.equal(
    await refused('memberRemove', { id: 2n }),
    'etcdserver: re-configuration failed due to not enough started members',
  );
  const follower = cluster.ask(B, 'memberRemove', { id: 1n });
  await cluster.pass(50);
  t.equal(textOf(follower), 'etcdserver: not leader');
  t.same(cluster.crashes, []);
});

t.test('after a power loss nobody waits for the vote of a member that was removed', async (t) => {
  const cluster = makeCluster();
  await write(cluster, 5);
  await ask(cluster, 'memberAdd', { name: D, learner: true });
  cluster.join(D, 4);
  await cluster.pass(1000);
  t.equal(outcomeOf(await ask(cluster, 'memberPromote', { id: 4n })), 'ok');
  t.equal(outcomeOf(await ask(cluster, 'memberRemove', { id: 4n })), 'ok');
  await cluster.pass(20);
  for (const id of [A, B, C, D]) cluster.world.kill(id);
  for (const id of [A, B, C]) cluster.disk(id).crash();
  cluster.world.spawn(A);
  cluster.world.spawn(B);
  t.ok([A, B].includes(await leaderOf(cluster)), 'two of three elect, of four they could not');
  t.equal((await members(cluster)).length, 3);
});

t.test('a removed replica votes on for those that do not know of its removal yet', async (t) => {
  const cluster = makeCluster();
  const { world } = cluster;
  await write(cluster, 5);
  await ask(cluster, 'memberAdd', { name: D, learner: true });
  cluster.join(D, 4);
  await cluster.pass(1000);
  t.equal(outcomeOf(await ask(cluster, 'memberPromote', { id: 4n })), 'ok');
  await cluster.pass(500);
  const leader = await leaderOf(cluster);
  const [unaware, absent] = [A, B, C].filter((id) => id !== leader) as [ActorId, ActorId];
  const knows = (id: ActorId): boolean => cluster.machine(id).members.get(nodeId(4)) === undefined;
  world.kill(absent);
  await cluster.pass(500);
  cluster.ask(leader, 'memberRemove', { id: 4n });
  await cluster.pass(2000, () => knows(leader));
  world.kill(unaware);
  await cluster.pass(2000, () => knows(D));
  world.kill(leader);
  t.ok(knows(D) && !knows(unaware), 'the removed one and the leader know of it');
  world.spawn(unaware);
  world.spawn(absent);
  const next = await leaderOf(cluster);
  t.ok([unaware, absent].includes(next), 'two of four elect with the vote of the removed one');
  t.equal((await members(cluster)).length, 3);
  t.equal(cluster.status(D)?.state, 'removed');
  await write(cluster, 3, 'after');
  t.ok(await agree(cluster, [unaware, absent]));
  t.same(cluster.crashes, []);
});
