import t from 'tap';
import type { NodeId } from '../../src/base/index.js';
import { confChangeV1, confChangeV2, isNoOp } from '../../src/raft/index.js';
import {
  appliedTexts,
  bytes,
  cutOff,
  elect,
  handleReady,
  member,
  newCluster,
  settle,
  ticks,
} from './cluster.js';

const DROPPED = {
  ok: false,
  error: { code: 'proposal-dropped', message: 'raft proposal dropped' },
};

t.test('a follower sends a proposal on to its leader', (t) => {
  const cluster = newCluster(3);
  elect(cluster, 1);
  t.ok(member(cluster, 2).raw.propose(bytes('a')).ok);
  settle(cluster);
  t.same(appliedTexts(member(cluster, 3)), ['a']);
  t.end();
});

t.test('a batch goes out as one message, and is taken as a whole or not at all', (t) => {
  const cluster = newCluster(3, { maxUncommittedEntriesSize: 4 });
  elect(cluster, 1);
  const leader = member(cluster, 1);
  t.ok(leader.raw.proposeAll([bytes('a'), bytes('b'), bytes('c')]).ok);
  t.match(leader.raw.proposeAll([bytes('d'), bytes('e')]), DROPPED, 'beyond the uncommitted limit');
  const { sent } = handleReady(leader);
  t.same(
    sent.filter(({ type }) => type === 'MsgApp').map(({ entries }) => entries.length),
    [3, 3],
  );
  cluster.messages.push(...sent);
  settle(cluster);
  t.same(appliedTexts(member(cluster, 2)), ['a', 'b', 'c']);
  t.end();
});

t.test('with forwarding disabled it drops the proposal', (t) => {
  const cluster = newCluster(3, { disableProposalForwarding: true });
  elect(cluster, 1);
  t.match(member(cluster, 2).raw.propose(bytes('a')), DROPPED);
  t.ok(member(cluster, 1).raw.propose(bytes('b')).ok, 'the leader itself takes it');
  settle(cluster);
  t.same(appliedTexts(member(cluster, 3)), ['b']);
  t.end();
});

t.test('without a leader proposals are dropped, by candidates too', (t) => {
  const cluster = newCluster(3);
  t.match(member(cluster, 1).raw.propose(bytes('a')), DROPPED);
  cutOff(cluster, 1);
  member(cluster, 1).raw.campaign();
  settle(cluster);
  t.match(member(cluster, 1).raw.propose(bytes('a')), DROPPED);
  t.end();
});

t.test('a leader that is handing over drops proposals (thesis §3.10)', (t) => {
  const cluster = newCluster(3);
  elect(cluster, 1);
  cutOff(cluster, 2);
  const { raw } = member(cluster, 1);
  raw.transferLeader(2 as NodeId);
  t.match(raw.propose(bytes('a')), DROPPED);
  ticks(member(cluster, 1), 10);
  t.ok(raw.propose(bytes('a')).ok, 'the transfer is given up after an election timeout');
  t.end();
});

t.test('a leader opens its term with a no-op (Raft §8)', (t) => {
  const cluster = newCluster(3);
  elect(cluster, 1);
  t.same(member(cluster, 2).applied.map(isNoOp), [true]);
  t.end();
});

t.test('only one membership change may be unapplied: the next becomes an empty entry', (t) => {
  const cluster = newCluster(3);
  elect(cluster, 1);
  const { raw } = member(cluster, 1);
  raw.proposeConfChange(confChangeV1('ConfChangeRemoveNode', 3 as NodeId));
  raw.proposeConfChange(confChangeV1('ConfChangeRemoveNode', 2 as NodeId));
  settle(cluster);
  t.same(raw.status().config.voters, [1, 2]);
  t.same(
    member(cluster, 1).applied.map(({ type }) => type),
    ['EntryNormal', 'EntryConfChange', 'EntryNormal'],
  );
  t.end();
});

t.test(
  'several changes go through a joint configuration that is left by itself (thesis §4.3)',
  (t) => {
    const cluster = newCluster(5);
    elect(cluster, 1);
    const { raw } = member(cluster, 1);
    raw.proposeConfChange(
      confChangeV2([
        { type: 'ConfChangeRemoveNode', nodeId: 4 as NodeId },
        { type: 'ConfChangeAddLearnerNode', nodeId: 5 as NodeId },
      ]),
    );
    settle(cluster);
    t.match(raw.status().config, {
      voters: [1, 2, 3],
      learners: [5],
      votersOutgoing: [],
      autoLeave: false,
    });
    t.equal(
      member(cluster, 1).applied.filter(({ type }) => type === 'EntryConfChangeV2').length,
      2,
    );
    t.end();
  },
);
