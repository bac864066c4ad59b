import t from 'tap';
import type { LogIndex, NodeId } from '../../src/base/index.js';
import { EMPTY_BYTES, message } from '../../src/raft/index.js';
import {
  appliedTexts,
  bytes,
  cutOff,
  elect,
  heal,
  member,
  newCluster,
  restart,
  settle,
  ticks,
} from './cluster.js';
import type { Cluster } from './cluster.js';

function written(texts: readonly string[]): Cluster {
  const cluster = newCluster(3);
  elect(cluster, 1);
  for (const each of texts) {
    member(cluster, 1).raw.propose(bytes(each));
    settle(cluster);
  }
  return cluster;
}

t.test('a restarted node applies its committed entries again, from the snapshot on', (t) => {
  const cluster = written(['a', 'b']);
  const one = member(cluster, 2);
  restart(one);
  settle(cluster);
  t.same(appliedTexts(one), ['a', 'b']);
  t.end();
});

t.test('with `applied` it goes on where the state machine stands', (t) => {
  const cluster = written(['a', 'b']);
  const one = member(cluster, 2);
  restart(one, { applied: one.raw.basicStatus().applied });
  settle(cluster);
  t.same(appliedTexts(one), []);
  member(cluster, 1).raw.propose(bytes('c'));
  settle(cluster);
  t.same(appliedTexts(one), ['c']);
  t.end();
});

t.test('term, vote and commit survive (Raft §5.1, figure 2)', (t) => {
  const cluster = written(['a']);
  const before = member(cluster, 3).raw.basicStatus().hardState;
  restart(member(cluster, 3));
  t.same(member(cluster, 3).raw.basicStatus().hardState, before);
  t.equal(before.term, 1);
  t.equal(before.vote, 1);
  t.end();
});

t.test('a node does not vote twice in a term, whatever happens between (Raft §5.2)', (t) => {
  const cluster = newCluster(3);
  const voter = member(cluster, 3);
  const request = { type: 'MsgVote', to: 3, term: 1, index: 1, logTerm: 1 } as const;
  cluster.lost = () => true;
  voter.raw.step(message({ ...request, from: 1 }));
  settle(cluster);
  restart(voter);
  voter.raw.step(message({ ...request, from: 2 }));
  const { messages } = voter.raw.ready();
  t.match(messages, [{ type: 'MsgVoteResp', to: 2, reject: true, voteReason: 'already-voted' }]);
  t.end();
});

t.test('entries that were never committed may be replaced after a restart (Raft §5.3)', (t) => {
  const cluster = written(['a']);
  cutOff(cluster, 1);
  member(cluster, 1).raw.propose(bytes('lost'));
  settle(cluster);
  restart(member(cluster, 1));
  elect(cluster, 2);
  member(cluster, 2).raw.propose(bytes('b'));
  settle(cluster);
  heal(cluster);
  ticks(member(cluster, 2), 2);
  settle(cluster);
  for (const id of [1, 2, 3]) t.same(appliedTexts(member(cluster, id)), ['a', 'b']);
  t.end();
});

t.test('a group that restarts as a whole elects a leader and has everything', (t) => {
  const cluster = written(['a', 'b', 'c']);
  for (const one of cluster.members.values()) restart(one);
  for (let rounds = 0; rounds < 40; rounds++) {
    for (const one of cluster.members.values()) one.raw.tick();
    settle(cluster);
  }
  for (const id of [1, 2, 3]) t.same(appliedTexts(member(cluster, id)), ['a', 'b', 'c']);
  t.end();
});

t.test("a node that is behind the leader's compacted log gets its snapshot (Raft §7)", (t) => {
  const cluster = written(['a']);
  cutOff(cluster, 3);
  const leader = member(cluster, 1);
  for (const each of ['b', 'c']) leader.raw.propose(bytes(each));
  settle(cluster);
  const applied = leader.raw.basicStatus().applied;
  t.ok(leader.storage.createSnapshot(applied, leader.raw.status().config, EMPTY_BYTES).ok);
  t.ok(leader.storage.compact(applied).ok);
  restart(member(cluster, 3));
  heal(cluster);
  for (let rounds = 0; rounds < 3; rounds++) {
    ticks(leader, 1);
    settle(cluster);
  }
  const late = member(cluster, 3);
  t.equal(late.storage.firstIndex(), (applied + 1) as LogIndex);
  leader.raw.propose(bytes('d'));
  settle(cluster);
  t.same(appliedTexts(late), ['a', 'd'], 'what the snapshot brought is not applied as entries');
  t.same(leader.raw.status().progress.get(3 as NodeId)?.state, 'StateReplicate');
  restart(late);
  t.equal(late.raw.basicStatus().hardState.commit, late.storage.lastIndex());
  t.end();
});
