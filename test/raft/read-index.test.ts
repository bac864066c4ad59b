import t from 'tap';
import type { ReadOnlyOption } from '../../src/raft/index.js';
import { bytes, cutOff, elect, heal, member, newCluster, settle, text, ticks } from './cluster.js';
import type { Cluster, Member } from './cluster.js';

function reads(one: Member): string[] {
  return one.reads.map(({ index, context }) => `${text(context)}@${String(index)}`);
}

function elected(readOnlyOption: ReadOnlyOption = 'safe'): Cluster {
  const cluster = newCluster(3, { readOnlyOption, checkQuorum: readOnlyOption === 'lease-based' });
  elect(cluster, 1);
  member(cluster, 1).raw.propose(bytes('a'));
  settle(cluster);
  return cluster;
}

t.test('a safe read waits for a majority to confirm the leader (thesis §6.4)', (t) => {
  const cluster = elected();
  const leader = member(cluster, 1);
  leader.raw.readIndex(bytes('r'));
  t.equal(leader.raw.ready().readStates.length, 0, 'nothing before the heartbeat is answered');
  leader.raw.advance();
  leader.raw.readIndex(bytes('s'));
  settle(cluster);
  t.same(reads(leader), ['r@3', 's@3'], 'one round of heartbeats confirms both');
  t.end();
});

t.test('a leader that is cut off never answers a safe read', (t) => {
  const cluster = elected();
  cutOff(cluster, 1);
  const old = member(cluster, 1);
  old.raw.readIndex(bytes('stale'));
  settle(cluster);
  elect(cluster, 2);
  member(cluster, 2).raw.propose(bytes('b'));
  settle(cluster);
  t.same(reads(old), [], 'it cannot know of the newer write');
  heal(cluster);
  ticks(member(cluster, 2), 1);
  settle(cluster);
  t.same(reads(old), [], 'the read is lost with the leadership');
  t.end();
});

t.test(
  'a new leader holds reads back until it has committed in its term (thesis §6.4, step 1)',
  (t) => {
    const cluster = elected();
    const next = member(cluster, 2);
    cluster.lost = ({ type }) => type === 'MsgAppResp';
    elect(cluster, 2);
    next.raw.readIndex(bytes('r'));
    settle(cluster);
    t.same(reads(next), []);
    heal(cluster);
    ticks(next, 1);
    settle(cluster);
    t.same(reads(next), ['r@4'], 'answered at its no-op, or later');
    t.end();
  },
);

t.test('a follower sends its read to the leader and gets the answer', (t) => {
  const cluster = elected();
  member(cluster, 3).raw.readIndex(bytes('r'));
  settle(cluster);
  t.same(reads(member(cluster, 3)), ['r@3']);
  t.same(reads(member(cluster, 1)), []);
  t.end();
});

t.test('a follower without a leader drops a read', (t) => {
  const cluster = newCluster(3);
  member(cluster, 3).raw.readIndex(bytes('r'));
  settle(cluster);
  t.same(reads(member(cluster, 3)), []);
  t.end();
});

t.test(
  'a leased read is answered at once, even by a leader that was just cut off (thesis §6.4.1)',
  (t) => {
    const cluster = elected('lease-based');
    cutOff(cluster, 1);
    const leader = member(cluster, 1);
    leader.raw.readIndex(bytes('r'));
    settle(cluster);
    t.same(reads(leader), ['r@3']);
    t.end();
  },
);

t.test('a sole voter answers by itself', (t) => {
  const cluster = newCluster(1);
  elect(cluster, 1);
  member(cluster, 1).raw.readIndex(bytes('r'));
  settle(cluster);
  t.same(reads(member(cluster, 1)), ['r@2']);
  t.end();
});

t.test('a lost heartbeat is made up for by the next one', (t) => {
  const cluster = elected();
  const leader = member(cluster, 1);
  cluster.lost = ({ type }) => type === 'MsgHeartbeat';
  leader.raw.readIndex(bytes('r'));
  settle(cluster);
  t.same(reads(leader), []);
  heal(cluster);
  ticks(leader, 1);
  settle(cluster);
  t.same(reads(leader), ['r@3']);
  t.end();
});
