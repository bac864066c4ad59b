import t from 'tap';
import type { NodeId } from '../../src/base/index.js';
import { message } from '../../src/raft/index.js';
import type { TraceEvent } from '../../src/raft/index.js';
import { bytes, cutOff, elect, heal, member, newCluster, settle, ticks } from './cluster.js';
import type { Member } from './cluster.js';

function traced<T extends TraceEvent['type']>(one: Member, type: T) {
  return one.trace.filter(
    (event): event is Extract<TraceEvent, { type: T }> => event.type === type,
  );
}

t.test('a follower that hears nothing campaigns within two election timeouts (Raft §5.2)', (t) => {
  const cluster = newCluster(3);
  const one = member(cluster, 1);
  ticks(one, 9);
  t.equal(one.raw.basicStatus().raftState, 'StateFollower', 'not before one timeout');
  ticks(one, 10);
  t.equal(one.raw.basicStatus().raftState, 'StateCandidate');
  t.match(traced(one, 'campaign-started'), [
    { phase: 'vote', reason: 'election-timeout', term: 1, campaignTerm: 1 },
  ]);
  t.end();
});

t.test('an election is traced from campaign to leader, each vote with its reason', (t) => {
  const cluster = newCluster(3, { preVote: true });
  elect(cluster, 1);
  t.match(
    member(cluster, 1).trace.slice(1),
    [
      { type: 'role-changed', role: 'pre-candidate', term: 0 },
      { type: 'campaign-started', phase: 'pre-vote', reason: 'forced', term: 0, campaignTerm: 1 },
      { type: 'vote-received', phase: 'pre-vote', voter: 1, granted: true, reason: 'granted' },
      { type: 'vote-received', phase: 'pre-vote', voter: 2, granted: true, reason: 'granted' },
      { type: 'role-changed', role: 'candidate', term: 1 },
      { type: 'campaign-started', phase: 'vote', reason: 'forced', term: 1, campaignTerm: 1 },
      { type: 'vote-received', phase: 'pre-vote', voter: 3, granted: true },
      { type: 'vote-received', phase: 'vote', voter: 1, granted: true },
      { type: 'vote-received', phase: 'vote', voter: 2, granted: true },
      { type: 'role-changed', role: 'leader', term: 1, leader: 1 },
      { type: 'vote-received', phase: 'vote', voter: 3, granted: true, reason: 'granted' },
    ],
    'late votes too',
  );
  t.match(traced(member(cluster, 3), 'vote-answered'), [
    { phase: 'pre-vote', candidate: 1, granted: true, reason: 'granted', term: 0, campaignTerm: 1 },
    { phase: 'vote', candidate: 1, granted: true, reason: 'granted', term: 1, campaignTerm: 1 },
  ]);
  t.end();
});

t.test('after a death there is no pre-vote, and no lease that refuses', (t) => {
  const cluster = newCluster(3, { preVote: true, checkQuorum: true });
  elect(cluster, 1);
  cutOff(cluster, 1);
  const successor = member(cluster, 2);
  successor.raw.forgetLeader();
  const before = successor.trace.length;
  successor.raw.campaignAfterDeath();
  settle(cluster);
  t.equal(successor.raw.basicStatus().raftState, 'StateLeader');
  t.match(
    successor.trace.slice(before).filter(({ type }) => type === 'campaign-started'),
    [{ phase: 'vote', reason: 'leader-dead' }],
  );
  t.match(traced(member(cluster, 3), 'vote-answered').at(-1), { granted: true, campaignTerm: 2 });
  t.end();
});

t.test('a candidate whose log is behind is refused (Raft §5.4.1)', (t) => {
  const cluster = newCluster(3);
  elect(cluster, 1);
  cutOff(cluster, 3);
  member(cluster, 1).raw.propose(bytes('a'));
  settle(cluster);
  heal(cluster);
  member(cluster, 3).raw.campaign();
  settle(cluster);
  t.match(traced(member(cluster, 3), 'vote-received').slice(1), [
    { voter: 1, granted: false, reason: 'log-behind' },
    { voter: 2, granted: false, reason: 'log-behind' },
  ]);
  t.equal(member(cluster, 3).raw.basicStatus().raftState, 'StateFollower');
  t.end();
});

t.test(
  'a node that was cut off disturbs nobody when it returns, with pre-vote (thesis §9.6)',
  (t) => {
    const cluster = newCluster(3, { preVote: true, checkQuorum: true });
    elect(cluster, 1);
    cutOff(cluster, 3);
    ticks(member(cluster, 3), 100);
    settle(cluster);
    heal(cluster);
    ticks(member(cluster, 3), 20);
    settle(cluster);
    t.equal(member(cluster, 1).raw.basicStatus().raftState, 'StateLeader');
    t.equal(member(cluster, 1).raw.basicStatus().hardState.term, 1);
    t.match(traced(member(cluster, 1), 'vote-answered').at(-1), {
      granted: false,
      reason: 'leader-alive',
    });
    t.end();
  },
);

t.test('the one vote of a term is given once: split votes are visible', (t) => {
  const cluster = newCluster(4);
  member(cluster, 1).raw.campaign();
  member(cluster, 2).raw.campaign();
  settle(cluster);
  const answers = [3, 4].flatMap((id) => traced(member(cluster, id), 'vote-answered'));
  t.ok(answers.some(({ reason }) => reason === 'already-voted'));
  const leaders = [1, 2].filter(
    (id) => member(cluster, id).raw.basicStatus().raftState === 'StateLeader',
  );
  t.ok(leaders.length <= 1);
  t.end();
});

t.test('a vote request of an old term is traced as such', (t) => {
  const cluster = newCluster(3);
  elect(cluster, 1);
  elect(cluster, 2);
  member(cluster, 3).raw.step(
    message({ type: 'MsgVote', from: 1, to: 3, term: 1, index: 9, logTerm: 1 }),
  );
  t.match(traced(member(cluster, 3), 'vote-answered').at(-1), {
    granted: false,
    reason: 'lower-term',
  });
  t.end();
});

t.test('a leader that hears no majority for an election timeout steps down (thesis §6.2)', (t) => {
  const cluster = newCluster(3, { checkQuorum: true });
  elect(cluster, 1);
  cutOff(cluster, 1);
  ticks(member(cluster, 1), 20);
  settle(cluster);
  t.equal(member(cluster, 1).raw.basicStatus().lead, 0);
  t.match(traced(member(cluster, 1), 'leader-lost'), [{ reason: 'check-quorum', term: 1 }]);
  t.end();
});

t.test('followers that forget a dead leader elect another at once, check-quorum or not', (t) => {
  const cluster = newCluster(3, { checkQuorum: true, preVote: true });
  elect(cluster, 1);
  cutOff(cluster, 1);
  member(cluster, 2).raw.campaign();
  settle(cluster);
  t.equal(
    member(cluster, 2).raw.basicStatus().raftState,
    'StatePreCandidate',
    'member 3 keeps the lease',
  );
  t.match(traced(member(cluster, 3), 'vote-answered').at(-1), {
    granted: false,
    reason: 'leader-alive',
  });
  for (const id of [2, 3]) member(cluster, id).raw.forgetLeader();
  elect(cluster, 2);
  t.equal(member(cluster, 3).raw.basicStatus().lead, 2);
  t.end();
});

t.test('a transfer goes to the transferee, lease or not (thesis §3.10)', (t) => {
  const cluster = newCluster(3, { checkQuorum: true, preVote: true });
  elect(cluster, 1);
  member(cluster, 1).raw.transferLeader(3 as NodeId);
  settle(cluster);
  t.equal(member(cluster, 3).raw.basicStatus().raftState, 'StateLeader');
  t.match(traced(member(cluster, 3), 'campaign-started'), [
    { phase: 'vote', reason: 'transfer', term: 2 },
  ]);
  t.end();
});

t.test('local messages and answers of strangers do not come in over the network', (t) => {
  const { raw } = member(newCluster(3), 1);
  t.match(raw.step(message({ type: 'MsgHup', from: 2, to: 1 })), {
    ok: false,
    error: { message: 'raft: cannot step raft local message' },
  });
  t.match(raw.step(message({ type: 'MsgVoteResp', from: 9, to: 1, term: 1 })), {
    ok: false,
    error: { message: 'raft: cannot step as peer not found' },
  });
  t.end();
});
