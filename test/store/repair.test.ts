import t from 'tap';
import { logIndex, nodeId, term } from '../../src/base/index.js';
import type { ActorId } from '../../src/base/index.js';
import type { LogPlace } from '../../src/store/index.js';
import { rejoinMark } from '../../src/store/rejoin.js';
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

/** Every record of its log is overwritten. */
function ruin(cluster: Cluster, id: ActorId): void {
  const disk = cluster.disk(id);
  disk.crash();
  for (const { path, bytes } of disk.files().filter((file) => file.path.endsWith('.wal'))) {
    const file = disk.open(path, 'write');
    file.pwritev([new Uint8Array(bytes).fill(0xa5)], 0);
    file.datasync();
    file.close();
  }
}

t.test(
  'a replica whose log cannot be read takes no part while another is down, and says why',
  async (t) => {
    const cluster = makeCluster();
    await cluster.pass(200);
    await writeAll(cluster, 'k');
    cluster.world.kill(third);
    ruin(cluster, third);
    cluster.world.kill(first);
    cluster.world.spawn(third);
    await cluster.pass(3000);
    t.match(cluster.status(third), {
      role: null,
      state: 'refused',
      problem:
        /^it refuses to start: .*no hard state can be read anywhere .*; else `kubactor member replace store-2` puts a new replica in its place$/,
    });
    const refused = cluster.put(third, 'a', '1');
    await cluster.pass(10);
    t.equal(outcomeOf(refused), 'corrupt');
    t.equal(cluster.leader(), undefined, 'it votes for nobody');
    t.same(cluster.crashes, []);
  },
);

t.test(
  'a replica whose log cannot be read begins anew once all others have said where they stand',
  async (t) => {
    const cluster = makeCluster();
    await cluster.pass(200);
    await writeAll(cluster, 'k');
    cluster.world.kill(third);
    ruin(cluster, third);
    await writeAll(cluster, 'the-others-go-on-');
    cluster.world.spawn(third);
    await cluster.pass(100);
    t.match(cluster.crashes, [/^store-2 begins anew: .*no hard state can be read anywhere$/]);
    cluster.disk(third).reopen();
    cluster.world.spawn(third);
    await cluster.pass(5);
    t.equal(cluster.status(third)?.state, 'repairing', 'until it holds what it may have promised');
    await cluster.pass(2000);
    const leader = cluster.leader();
    t.match(cluster.status(third), {
      state: 'running',
      problem: null,
      term: cluster.status(leader ?? first)?.term,
      appliedIndex: cluster.status(leader ?? first)?.appliedIndex,
    });
    cluster.world.kill(leader ?? first);
    await cluster.pass(1000);
    t.not(cluster.leader(), undefined, 'it votes again');
    await writeAll(cluster, 'two-are-enough-');
  },
);

t.test('so does one that lost its log and kept its snapshots', async (t) => {
  const cluster = makeCluster({ snapshotEntries: 20, keptEntries: 5 });
  await cluster.pass(200);
  await writeAll(cluster, 'k');
  cluster.world.kill(third);
  const disk = cluster.disk(third);
  disk.crash();
  for (const { path } of disk.files()) if (path.includes('/wal/')) disk.remove(path);
  cluster.world.spawn(third);
  await cluster.pass(100);
  t.match(cluster.crashes, [/^store-2 begins anew: the log is gone while snapshots are there/]);
  disk.reopen();
  cluster.world.spawn(third);
  await cluster.pass(3000);
  t.match(cluster.status(third), {
    state: 'running',
    appliedIndex: cluster.status(cluster.leader() ?? first)?.appliedIndex,
  });
});

t.test(
  'what may have been promised is bounded by where all others stand (Raft §5.4.1)',
  async (t) => {
    const refusal = { code: 'unreadable-log', file: 'f', offset: 8, reason: 'why' } as const;
    const place = (at: number, lastTerm: number, lastIndex: number): LogPlace => ({
      term: term(at),
      lastTerm: term(lastTerm),
      lastIndex: logIndex(lastIndex),
      voters: [],
    });
    t.match(rejoinMark(nodeId(3), [place(7, 5, 90), place(6, 6, 40)], refusal), {
      hardState: { term: 7, vote: 3, commit: 0 },
      lastTerm: 6,
      lastIndex: 40,
      dropState: true,
    });
    t.equal(rejoinMark(nodeId(3), [], refusal), undefined);
  },
);

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
