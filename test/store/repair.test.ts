import t from 'tap';
import type { ActorId } from '../../src/base/index.js';
import { makeCluster, outcomeOf } from './cluster.js';
import type { Cluster } from './cluster.js';

const WRITES = 60;
/** A place in the log that is followed by durable batches after so many writes. */
const DAMAGED_BYTE = 3000;

async function writeAll(cluster: Cluster, prefix: string): Promise<void> {
  const leader = cluster.leader();
  if (leader === undefined) throw new Error('no leader');
  for (let at = 0; at < WRITES; at++) {
    const answer = cluster.put(leader, `${prefix}${String(at)}`, 'v');
    await cluster.pass(5);
    if (outcomeOf(answer) !== 'ok') throw new Error(outcomeOf(answer));
  }
}

function damage(cluster: Cluster, id: ActorId): void {
  const wal = cluster
    .disk(id)
    .files()
    .find((file) => file.path.endsWith('.wal'));
  if (!cluster.disk(id).flipBit(wal?.path ?? '', DAMAGED_BYTE, 2)) throw new Error('no such byte');
}

function killAll(cluster: Cluster): void {
  for (const id of cluster.replicas) {
    if (cluster.world.life(id) !== undefined) cluster.world.kill(id);
    cluster.disk(id).crash();
  }
}

const [first, second, third] = ['store-0', 'store-1', 'store-2'] as ActorId[] as [
  ActorId,
  ActorId,
  ActorId,
];

t.test('a whole log is elected by damaged ones, and mends them (Raft §5.4.1)', async (t) => {
  const cluster = makeCluster();
  await cluster.pass(200);
  await writeAll(cluster, 'k');
  killAll(cluster);
  damage(cluster, first);
  damage(cluster, second);
  for (const id of cluster.replicas) cluster.world.spawn(id);
  await cluster.pass(3000);
  t.equal(cluster.leader(), third);
  for (const id of cluster.replicas)
    t.match(cluster.status(id), {
      state: 'running',
      problem: null,
      lastIndex: cluster.status(third)?.lastIndex,
    });
  const read = cluster.get(third, `k${String(WRITES - 1)}`);
  await cluster.pass(50);
  t.match(read.result, { value: { ok: true, value: { count: 1 } } });
  t.same(cluster.crashes, []);
});

t.test('a damaged log elects nobody who lacks what it promised, and says so', async (t) => {
  const cluster = makeCluster({ requestTimeoutMs: 1000 });
  await cluster.pass(200);
  await writeAll(cluster, 'k');
  cluster.world.kill(third);
  await cluster.pass(500);
  await writeAll(cluster, 'only-two-have-it-');
  killAll(cluster);
  damage(cluster, first);
  damage(cluster, second);
  for (const id of cluster.replicas) cluster.world.spawn(id);
  await cluster.pass(10_000);
  t.equal(cluster.leader(), undefined);
  t.match(cluster.status(first), {
    state: 'repairing',
    problem: /^its log is damaged: .* it waits for a leader that has entry \d+ of term 1\. If no /,
  });
  const read = cluster.get(third, 'k1');
  await cluster.pass(1500);
  t.equal(outcomeOf(read), 'no-leader', 'nobody vouches for what the third has');
});

t.test('a replica whose log cannot be read takes no part, and says why', async (t) => {
  const cluster = makeCluster();
  await cluster.pass(200);
  await writeAll(cluster, 'k');
  cluster.world.kill(third);
  const disk = cluster.disk(third);
  disk.crash();
  for (const { path, bytes } of disk.files().filter((file) => file.path.endsWith('.wal'))) {
    const file = disk.open(path, 'write');
    file.pwritev([new Uint8Array(bytes).fill(0xa5)], 0);
    file.datasync();
    file.close();
  }
  cluster.world.spawn(third);
  await cluster.pass(500);
  t.match(cluster.status(third), {
    role: null,
    state: 'refused',
    problem:
      /^it refuses to start: .*no hard state can be read anywhere .*`kubactor member replace store-\d` puts /,
  });
  const refused = cluster.put(third, 'a', '1');
  await cluster.pass(10);
  t.equal(outcomeOf(refused), 'corrupt');
  await writeAll(cluster, 'the-others-go-on-');

  cluster.world.kill(first);
  await cluster.pass(3000);
  t.equal(cluster.leader(), undefined, 'it votes for nobody');
  t.same(cluster.crashes, []);
});

t.test('a replica whose folder is gone is filled by the others', async (t) => {
  const cluster = makeCluster();
  await cluster.pass(200);
  await writeAll(cluster, 'k');
  killAll(cluster);
  const disk = cluster.disk(third);
  for (const { path } of disk.files()) disk.remove(path);
  for (const id of cluster.replicas) cluster.world.spawn(id);
  await cluster.pass(3000);
  t.not(cluster.leader(), third);
  t.not(cluster.leader(), undefined);
  t.equal(cluster.status(third)?.appliedIndex, cluster.status(first)?.appliedIndex);
  t.same(cluster.crashes, []);
});
