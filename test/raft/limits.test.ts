import t from 'tap';
import {
  EntryType,
  entriesSizeBytes,
  entry,
  entrySizeBytes,
  limitSize,
} from '../../src/raft/index.js';
import {
  appliedTexts,
  bytes,
  cutOff,
  elect,
  handleReady,
  heal,
  member,
  newCluster,
  settle,
  ticks,
} from './cluster.js';

const encode = (length: number, term = 1, index = 1) =>
  entry(EntryType.normal, new Uint8Array(length), term, index);

t.test('an entry counts as many bytes as raftpb encodes it to', (t) => {
  t.equal(entrySizeBytes(encode(0)), 4, 'two tags, two small varints');
  t.equal(entrySizeBytes(encode(100)), 4 + 102);
  t.equal(entrySizeBytes(encode(128)), 4 + 131, 'a longer length prefix');
  t.equal(entrySizeBytes(encode(0, 300, 2 ** 40)), 2 + 2 + 6);
  t.equal(entrySizeBytes(entry(EntryType.confChange, new Uint8Array(0), 1, 1)), 6);
  t.end();
});

t.test('limitSize takes what fits, but at least one entry', (t) => {
  const entries = [encode(10), encode(10), encode(10)];
  const two = entriesSizeBytes(entries.slice(0, 2));
  t.equal(limitSize(entries, 0).length, 1);
  t.equal(limitSize(entries, two - 1).length, 1);
  t.equal(limitSize(entries, two).length, 2);
  t.equal(limitSize(entries, Infinity).length, 3);
  t.equal(limitSize([], 0).length, 0);
  t.end();
});

t.test('a MsgApp is at most maxSizePerMsg, and with 0 has one entry', (t) => {
  const cluster = newCluster(2, { maxSizePerMsg: 0 });
  elect(cluster, 1);
  const sizes: number[] = [];
  cutOff(cluster, 2);
  for (const each of ['a', 'b', 'c']) member(cluster, 1).raw.propose(bytes(each));
  settle(cluster);
  cluster.lost = ({ type, entries }) => {
    if (type === 'MsgApp') sizes.push(entries.length);
    return false;
  };
  member(cluster, 1).raw.reportUnreachable(member(cluster, 2).id);
  ticks(member(cluster, 1), 1);
  settle(cluster);
  t.same(appliedTexts(member(cluster, 2)), ['a', 'b', 'c']);
  t.ok(
    sizes.every((size) => size <= 1),
    `one entry each: ${sizes.join(' ')}`,
  );
  t.end();
});

t.test('committed entries come in portions of maxCommittedSizePerReady', (t) => {
  const cluster = newCluster(1, { maxCommittedSizePerReady: 2 * entrySizeBytes(encode(1, 2, 3)) });
  elect(cluster, 1);
  const one = member(cluster, 1);
  for (const each of ['a', 'b', 'c', 'd', 'e']) one.raw.propose(bytes(each));
  const portions: number[] = [];
  while (one.raw.hasReady()) portions.push(handleReady(one).ready.committedEntries.length);
  t.same(
    portions.filter((count) => count > 0),
    [2, 2, 1],
  );
  t.same(appliedTexts(one), ['a', 'b', 'c', 'd', 'e']);
  t.end();
});

t.test('with asynchronous writes the limit spans all entries that are not acknowledged', (t) => {
  const cluster = newCluster(1, {
    asyncStorageWrites: true,
    maxCommittedSizePerReady: entrySizeBytes(encode(1, 2, 3)),
  });
  const one = member(cluster, 1);
  const work: string[] = [];
  const applied: number[] = [];
  one.raw.campaign();
  for (let proposed = 0; one.raw.hasReady() || proposed < 3; ) {
    if (one.raw.basicStatus().raftState === 'StateLeader' && proposed < 3) {
      one.raw.propose(bytes('x'));
      proposed++;
    }
    const handed = one.raw.ready().messages;
    t.ok(handed.filter(({ type }) => type === 'MsgStorageApply').length <= 1);
    for (const each of handed) {
      work.push(each.type);
      if (each.type === 'MsgStorageAppend') one.storage.append(each.entries);
      else applied.push(each.entries.length);
      for (const response of each.responses) one.raw.step(response);
    }
  }
  t.same(applied, [1, 1, 1, 1], 'the no-op and three proposals, one at a time');
  t.end();
});

t.test('proposals are dropped while the uncommitted tail is full, empty ones never', (t) => {
  const cluster = newCluster(3, { maxUncommittedEntriesSize: 10 });
  elect(cluster, 1);
  cutOff(cluster, 1);
  const { raw } = member(cluster, 1);
  t.ok(raw.propose(new Uint8Array(20)).ok, 'one of any size, where the tail is empty');
  const refused = raw.propose(bytes('x'));
  t.match(refused, {
    ok: false,
    error: { code: 'proposal-dropped', message: 'raft proposal dropped' },
  });
  t.ok(raw.propose(new Uint8Array(0)).ok);
  settle(cluster);
  heal(cluster);
  ticks(member(cluster, 1), 1);
  settle(cluster);
  t.ok(raw.propose(bytes('x')).ok, 'room again once it is applied');
  t.end();
});

t.test('at most maxInflightBytes are under way to a follower', (t) => {
  const cluster = newCluster(2, { maxSizePerMsg: 10, maxInflightBytes: 20 });
  elect(cluster, 1);
  const leader = member(cluster, 1);
  for (let count = 0; count < 10; count++) leader.raw.propose(new Uint8Array(8));
  const { sent } = handleReady(leader);
  const payload = sent
    .filter(({ type }) => type === 'MsgApp')
    .flatMap(({ entries }) => entries)
    .reduce((total, { data }) => total + data.length, 0);
  t.equal(payload, 24, 'the message that crosses the limit is let through, no other');
  t.equal(leader.raw.status().progress.get(member(cluster, 2).id)?.inflightFull, true);
  cluster.messages.push(...sent);
  settle(cluster);
  t.equal(member(cluster, 2).applied.length, 11, 'acknowledgements let the rest through');
  t.end();
});

t.test('at most maxInflightMsgs are under way to a follower', (t) => {
  const cluster = newCluster(2, { maxInflightMsgs: 3 });
  elect(cluster, 1);
  const leader = member(cluster, 1);
  for (let count = 0; count < 10; count++) leader.raw.propose(bytes('x'));
  const { sent } = handleReady(leader);
  t.equal(sent.filter(({ type }) => type === 'MsgApp').length, 3);
  cluster.messages.push(...sent);
  settle(cluster);
  t.equal(appliedTexts(member(cluster, 2)).length, 10);
  t.end();
});
