import t from 'tap';
import { actorId, nodeId, seededRandom } from '../../src/base/index.js';
import type { Clock, Disk } from '../../src/base/index.js';
import { createSimDisk } from '../../src/sim/index.js';
import type { SimDisk } from '../../src/sim/index.js';
import { inspectSnapshot, restoreSnapshot, snapshotSaver } from '../../src/store/index.js';
import type { SavedSnapshot } from '../../src/store/index.js';
import { makeCluster, outcomeOf, SAVER, valueOf } from './cluster.js';
import type { Cluster } from './cluster.js';

const FILE = '/backups/a';
const KEYS = 300;
const NEW_CLUSTER = 11n;

const STOPPED: Clock = {
  monotonicMs: () => 0,
  wallMs: () => 0,
  after: () => ({ cancel: () => undefined }),
};

/** A disk on which nothing takes time. */
function idleDisk(): SimDisk {
  return createSimDisk({ random: seededRandom(5), charge: () => undefined });
}

interface Saver {
  readonly disk: SimDisk;
  crash: string | undefined;
  saved(): Partial<SavedSnapshot>;
}

/** `began` is called when it begins to write. */
function defineSaver(cluster: Cluster, began: () => void = () => undefined): Saver {
  const disk = idleDisk();
  disk.makeFolder('/backups');
  const { replicas, world } = cluster;
  const watched: Disk = {
    ...disk,
    open: (file, mode) => {
      if (mode === 'create') began();
      return disk.open(file, mode);
    },
  };
  const saver: Saver = {
    disk,
    crash: undefined,
    saved: () => world.life(SAVER)?.core.report() ?? {},
  };
  world.define({
    id: SAVER,
    links: replicas,
    waits: true,
    make: () => ({ factory: snapshotSaver(watched) as never, config: { replicas, file: FILE } }),
    onEnd: () => undefined,
    onCrash: (error) => {
      saver.crash = error.message;
    },
  });
  return saver;
}

async function filled(valueBytes = 2000): Promise<Cluster> {
  const cluster = makeCluster();
  await cluster.pass(200);
  for (let i = 0; i < KEYS; i++)
    cluster.put('store-0' as never, `key-${i}`, 'x'.repeat(valueBytes));
  await cluster.pass(2000);
  return cluster;
}

t.test('a snapshot holds all that was acknowledged, and comes from a follower', async (t) => {
  const cluster = await filled();
  const saver = defineSaver(cluster);
  const before = cluster.machine(actorId('store-0')).revision;
  cluster.world.spawn(SAVER);
  // What is written while the chunks travel is not in it, or not yet.
  const later = Array.from({ length: 50 }, (_, i) =>
    cluster.put('store-0' as never, `later-${i}`, 'y'),
  );
  await cluster.pass(2000);
  t.equal(saver.crash, undefined);
  t.ok(later.every((answer) => outcomeOf(answer) === 'ok'));
  const { replica, revision = 0 } = saver.saved();
  t.match(replica, /store-[12]/);
  t.ok(revision >= before);
  const facts = inspectSnapshot(saver.disk, FILE);
  t.ok(facts.ok && facts.value.bytes > KEYS * 2000);
  const hashed = cluster.ask(actorId('store-1'), 'hashKv', { revision });
  await cluster.pass(200);
  t.match(facts, {
    ok: true,
    value: {
      clusterId: 9n,
      revision,
      totalKeys: KEYS + revision - before,
      hash: valueOf(hashed)['hash'],
    },
  });
  t.same(
    saver.disk.files().map(({ path }) => path),
    [FILE],
  );
  t.same(cluster.crashes, []);
});

t.test('where one replica dies meanwhile, another one gives the snapshot', async (t) => {
  // More than fits into the stream's window.
  const cluster = await filled(15_000);
  const killed: string[] = [];
  const saver = defineSaver(cluster, () => {
    const [next] = ['store-1', 'store-2'].map(actorId).filter((id) => !killed.includes(id));
    if (next === undefined) return;
    killed.push(next);
    cluster.world.kill(next);
  });
  cluster.world.spawn(SAVER);
  await cluster.pass(2000);
  t.equal(saver.crash, undefined);
  t.equal(saver.saved().replica, 'store-0');
  t.ok(inspectSnapshot(saver.disk, FILE).ok);
});

t.test('a full disk is told, leaves nothing behind, and keeps an older file', async (t) => {
  const cluster = await filled();
  const saver = defineSaver(cluster);
  cluster.world.spawn(SAVER);
  await cluster.pass(2000);
  const first = inspectSnapshot(saver.disk, FILE);
  cluster.world.kill(SAVER);
  saver.disk.faults.failingWrites = 100;
  cluster.world.spawn(SAVER);
  await cluster.pass(2000);
  t.match(saver.crash, /ENOSPC/);
  t.same(
    saver.disk.files().map(({ path }) => path),
    [FILE],
  );
  t.same(inspectSnapshot(saver.disk, FILE), first);
});

t.test('without a leader nothing is saved, and the reason is told', async (t) => {
  const cluster = await filled();
  const saver = defineSaver(cluster);
  for (const id of ['store-0', 'store-1'].map(actorId)) cluster.world.kill(id);
  cluster.world.spawn(SAVER);
  await cluster.pass(20_000);
  t.match(saver.crash, /the store does not answer: /);
  t.same(saver.disk.files(), []);
});

t.test('a snapshot becomes a new cluster', async (t) => {
  const old = await filled();
  const saver = defineSaver(old);
  const granted = old.ask('store-0' as never, 'leaseGrant', { id: 77n, ttlSeconds: 500 });
  const removed = old.ask('store-0' as never, 'txn', {
    compare: [],
    failure: [],
    success: [{ type: 'deleteRange', key: 'key-9' }],
  });
  await old.pass(200);
  t.same([granted, removed].map(outcomeOf), ['ok', 'ok']);
  old.world.spawn(SAVER);
  await old.pass(2000);
  const { revision = 0 } = saver.saved();
  const replicas = old.replicas.map((id, i) => ({ id, nodeId: nodeId(i + 1), folder: id }));
  const restored = (disk: SimDisk, bumpRevision: number): ReturnType<typeof restoreSnapshot> => {
    copyFile(saver.disk, disk);
    return restoreSnapshot(
      { disk, clock: STOPPED },
      { file: FILE, clusterId: NEW_CLUSTER, replicas, bumpRevision },
    );
  };

  await t.test(
    'its keys are there, its revision is higher, and old watches must list anew',
    async (t) => {
      const cluster = makeCluster({ clusterId: NEW_CLUSTER }, 3, (disk) => {
        t.match(restored(disk, 1000), { ok: true, value: { totalKeys: KEYS - 1 } });
      });
      await cluster.pass(3000);
      t.same(cluster.crashes, []);
      const leader = cluster.leader();
      t.ok(leader, 'it elects a leader');
      if (leader === undefined) return;
      const all = cluster.ask(leader, 'range', { key: 'key-', rangeEnd: 'key.', countOnly: true });
      const one = cluster.get(leader, 'key-8');
      const gone = cluster.get(leader, 'key-9');
      const leases = cluster.ask(leader, 'leases', {});
      const stale = cluster.watch(leader, { key: 'key-1', startRevision: revision });
      const fresh = cluster.watch(leader, { key: 'key-1', startRevision: revision + 1001 });
      await cluster.pass(200);
      t.equal(valueOf(all)['count'], KEYS - 1);
      t.match(valueOf(one), { kvs: [{ key: 'key-8', version: 1 }] });
      t.match(valueOf(gone), { count: 0 });
      t.match(valueOf(leases), { ids: [77n] });
      t.match(stale.end, { code: 'failed', error: { code: 'compacted' } });
      const written = cluster.put(leader, 'key-1', 'new');
      await cluster.pass(200);
      t.match(valueOf(written)['header'], { clusterId: NEW_CLUSTER, revision: revision + 1001 });
      t.match(fresh.batches.at(-1), { events: [{ kv: { key: 'key-1', version: 2 } }] });
      for (const id of cluster.replicas) cluster.machine(id).verify();
      t.equal(new Set(cluster.replicas.map((id) => cluster.machine(id).hash())).size, 1);
    },
  );

  await t.test('without a bump its history is there too', async (t) => {
    const cluster = makeCluster({ clusterId: NEW_CLUSTER }, 3, (disk) => {
      t.match(restored(disk, 0), { ok: true, value: { revision } });
    });
    await cluster.pass(3000);
    const leader = cluster.leader() ?? actorId('none');
    const before = cluster.ask(leader, 'range', { key: 'key-9', revision: revision - 1 });
    await cluster.pass(200);
    t.match(valueOf(before), { count: 1 });
  });

  await t.test('a replica of the old cluster refuses the new files', async (t) => {
    const cluster = makeCluster({ clusterId: 9n }, 3, (disk) => restored(disk, 0));
    await cluster.pass(1000);
    t.match(cluster.status(actorId('store-0')), { state: 'refused', problem: /cluster/ });
  });
});

t.test('a file with any bit flipped, or cut anywhere, is refused in clear words', async (t) => {
  const cluster = makeCluster();
  await cluster.pass(200);
  cluster.put('store-0' as never, 'a', 'b');
  await cluster.pass(50);
  const saver = defineSaver(cluster);
  cluster.world.spawn(SAVER);
  await cluster.pass(500);
  const { disk } = saver;
  const bytes = disk.files()[0]?.bytes ?? 0;
  t.ok(bytes > 0);
  const why = (): string => {
    const facts = inspectSnapshot(disk, FILE);
    return facts.ok ? 'fine' : facts.error;
  };
  for (let byte = 0; byte < bytes; byte++) {
    disk.flipBit(FILE, byte, byte % 8);
    if (!/^it is damaged, or no snapshot/.test(why())) t.fail(`a flip at ${byte}: ${why()}`);
    disk.flipBit(FILE, byte, byte % 8);
  }
  t.equal(why(), 'fine');
  for (let size = bytes - 1; size >= 0; size--) {
    disk.open(FILE, 'write').truncate(size);
    if (why() === 'fine') t.fail(`a cut at ${size} went unnoticed`);
  }
  disk.remove(FILE);
  t.equal(why(), 'there is no such file');
});

function copyFile(from: SimDisk, to: SimDisk): void {
  if (to.exists(FILE)) return;
  to.makeFolder('/backups');
  const [source, target] = [from.open(FILE, 'read'), to.open(FILE, 'create')];
  const content = new Uint8Array(source.size());
  source.pread(content, 0);
  target.pwritev([content], 0);
  target.datasync();
  source.close();
  target.close();
}
