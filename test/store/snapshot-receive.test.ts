import t from 'tap';
import type { Peer } from '../../src/actor/index.js';
import { actorId, incarnation, seededRandom } from '../../src/base/index.js';
import type { ActorId, LogIndex, NodeId, Term } from '../../src/base/index.js';
import type { Message } from '../../src/raft/index.js';
import { createSimDisk } from '../../src/sim/index.js';
import type { SimDisk } from '../../src/sim/index.js';
import { createStateMachine, encodeProposal } from '../../src/store/index.js';
import type { SnapshotChunk, StateMachine } from '../../src/store/index.js';
import { SnapshotFolder } from '../../src/store/snapshot-folder.js';
import { readSnapshotFile } from '../../src/store/snapshot-reader.js';
import { SnapshotReceiver } from '../../src/store/snapshot-receiver.js';
import type { ReceivedChunk } from '../../src/store/snapshot-receiver.js';
import { SnapshotTaker } from '../../src/store/snapshot-taker.js';
import { makeCluster, outcomeOf, valueOf } from './cluster.js';
import type { Cluster } from './cluster.js';

const CLUSTER = 9n;
const SLICE_BYTES = 256 * 1024;
const leader: Peer = { id: actorId('store-0'), incarnation: incarnation(1) };

function makeDisk(): SimDisk {
  return createSimDisk({ random: seededRandom(5), charge: () => undefined });
}

/** Puts of 32 KB. */
function machineWith(puts: number): StateMachine {
  const machine = createStateMachine();
  for (let n = 1; n <= puts; n++) {
    const value = new Uint8Array(32_768).fill(n);
    const put = { type: 'put', key: `k${String(n % 9)}`, value } as const;
    const request = { compare: [], success: [put], failure: [] };
    const requestId = { replica: 1 as NodeId, life: 1, sequence: n };
    const data = encodeProposal({ requestId, command: { type: 'txn', request } });
    machine.apply(n as LogIndex, 2 as Term, data);
  }
  return machine;
}

/** Takes a snapshot to the end. Returns its file. */
function take(disk: SimDisk, machine: StateMachine): string {
  const folder = new SnapshotFolder(disk, 'snap');
  const taker = new SnapshotTaker(disk, folder, CLUSTER);
  taker.begin(machine);
  while (taker.step() === undefined);
  return folder.list()[0]?.path ?? '';
}

/** The chunks as a leader sends them. */
function chunksOf(machine: StateMachine): SnapshotChunk[] {
  const disk = makeDisk();
  const file = disk.open(take(disk, machine), 'read');
  const { appliedIndex: index, appliedTerm: term, confState } = machine;
  const snapshot = { metadata: { index, term, confState }, data: new Uint8Array() };
  const message = { type: 'MsgSnap', from: 1, to: 2, snapshot } as unknown as Message;
  const chunks: SnapshotChunk[] = [];
  for (let at = 0; at < file.size(); at += SLICE_BYTES) {
    const data = new Uint8Array(Math.min(SLICE_BYTES, file.size() - at));
    file.pread(data, at);
    const last = at + data.length === file.size();
    chunks.push({
      transfer: 1,
      sequence: chunks.length,
      data,
      message: last ? message : undefined,
    });
  }
  return chunks;
}

function receive(disk: SimDisk, chunks: readonly SnapshotChunk[]): ReceivedChunk[] {
  const receiver = new SnapshotReceiver(disk, new SnapshotFolder(disk, 'snap'), CLUSTER);
  return chunks.map((chunk) => receiver.take(leader, chunk));
}

const older = machineWith(3);
const newer = machineWith(100);
const chunks = chunksOf(newer);

t.test('a snapshot is checked and built into a state while it comes', (t) => {
  const disk = makeDisk();
  const taken = receive(disk, chunks);
  t.ok(chunks.length > 10);
  t.same(
    taken.map(({ ack }) => ack.outcome),
    [...Array<string>(chunks.length - 1).fill('more'), 'done'],
  );
  t.ok(disk.counts.syncs >= 3, 'no sync has more than a MiB to write');
  const { snapshot } = taken.at(-1) ?? {};
  const machine = createStateMachine();
  if (snapshot !== undefined) machine.install(snapshot.state);
  t.equal(machine.hash(), newer.hash());
  machine.verify();
  t.end();
});

t.test('damage on the way is noticed with the chunk that has it, and leaves nothing', (t) => {
  const disk = makeDisk();
  const folder = new SnapshotFolder(disk, 'snap');
  const receiver = new SnapshotReceiver(disk, folder, CLUSTER);
  const [first, second] = chunks;
  if (first === undefined || second === undefined) throw new Error('too few chunks');
  const data = second.data.slice();
  data[1000] = (data[1000] ?? 0) ^ 4;
  t.equal(receiver.take(leader, first).ack.outcome, 'more');
  let refused = receiver.take(leader, { ...second, data });
  for (let at = 2; refused.ack.outcome === 'more'; at++)
    refused = receiver.take(leader, chunks[at] ?? second);
  t.match(refused, { ack: { outcome: 'failed' }, problem: /is damaged/ });
  t.ok(refused.ack.received <= 4);
  while (folder.step()) t.pass('more to remove');
  t.same(disk.files(), []);
  t.equal(receiver.take(leader, second).ack.outcome, 'failed', 'the transfer is over');
  t.equal(receiver.take(leader, first).ack.outcome, 'more', 'another one begins');
  t.end();
});

t.test('a power loss in any disk call leaves the older snapshot, or the whole new one', (t) => {
  const found: number[] = [];
  for (let calls = 1, lost = true; lost; calls++) {
    const disk = makeDisk();
    take(disk, older);
    disk.faults.powerLossAfterCalls = calls;
    lost = false;
    try {
      receive(disk, chunks);
    } catch (error) {
      lost = (error as Error).name === 'PowerLoss';
      if (!lost) throw error;
    }
    disk.faults.powerLossAfterCalls = 0;
    disk.crash();
    const [newest] = new SnapshotFolder(disk, 'snap').list();
    const read = readSnapshotFile(disk, newest?.path ?? '', CLUSTER);
    if (!read.ok) throw new Error(`after call ${String(calls)}: ${read.error}`);
    const machine = createStateMachine();
    machine.install(read.value.state);
    const expected = machine.appliedIndex === older.appliedIndex ? older : newer;
    if (machine.hash() !== expected.hash()) t.fail(`after call ${String(calls)}`);
    if (disk.files().some(({ path }) => path.endsWith('.part'))) t.fail('something is left');
    found.push(machine.appliedIndex);
  }
  t.ok(found.length > 15, `${String(found.length)} calls`);
  t.equal(found[0], older.appliedIndex);
  t.equal(found.at(-1), newer.appliedIndex);
  t.end();
});

async function write(cluster: Cluster, count: number): Promise<void> {
  for (let at = 0; at < count; at++) {
    const answer = cluster.put(
      cluster.leader() as ActorId,
      `k${String(at % 9)}`,
      '.'.repeat(30_000),
    );
    await cluster.pass(10);
    if (outcomeOf(answer) !== 'ok') throw new Error(outcomeOf(answer));
  }
}

t.test(
  'a replica that loses power again and again while it is brought up agrees in the end',
  async (t) => {
    const cluster = makeCluster({ snapshotEntries: 20, keptEntries: 2, segmentBytes: 256 * 1024 });
    await cluster.pass(300);
    await write(cluster, 10);
    const lagging = cluster.replicas.find((id) => id !== cluster.leader()) as ActorId;
    cluster.world.kill(lagging);
    cluster.disk(lagging).crash();
    await write(cluster, 70);
    let losses = 0;
    for (let calls = 3; losses < 40; calls++, losses++) {
      cluster.disk(lagging).faults.powerLossAfterCalls = calls;
      cluster.world.spawn(lagging);
      await cluster.pass(400);
      if (cluster.world.life(lagging) !== undefined) break;
      cluster.disk(lagging).crash();
    }
    t.ok(losses > 10, `${String(losses)} losses`);
    cluster.disk(lagging).faults.powerLossAfterCalls = 0;
    if (cluster.world.life(lagging) === undefined) cluster.world.spawn(lagging);
    await cluster.pass(3000);
    t.match(cluster.status(lagging), { state: 'running', problem: null });
    const answers = cluster.replicas.map((id) => cluster.ask(id, 'hashKv', { revision: 0 }));
    await cluster.pass(100);
    const hashes = answers.map((answer) => valueOf(answer)['hash']);
    t.same(hashes, Array(3).fill(hashes[0]));
    cluster.machine(lagging).verify();
    t.ok(
      cluster.crashes.every((reason) => reason === 'the power failed'),
      cluster.crashes.join(),
    );
  },
);
