import t from 'tap';
import { appliedTexts, bytes, cutOff, elect, heal, member, newCluster, settle } from './cluster.js';

t.test('a follower that is back gets what it lacks at once, without a heartbeat', (t) => {
  const cluster = newCluster(3);
  elect(cluster, 1);
  cutOff(cluster, 3);
  for (const each of ['a', 'b']) {
    member(cluster, 1).raw.propose(bytes(each));
    settle(cluster);
    member(cluster, 1).raw.reportUnreachable(member(cluster, 3).id);
  }
  heal(cluster);
  settle(cluster);
  t.same(appliedTexts(member(cluster, 3)), [], 'nobody told it yet');
  member(cluster, 1).raw.reportReachable(member(cluster, 3).id);
  settle(cluster);
  t.same(appliedTexts(member(cluster, 3)), ['a', 'b']);
  t.end();
});

t.test('at a follower, and for an unknown peer, it means nothing', (t) => {
  const cluster = newCluster(3);
  elect(cluster, 1);
  settle(cluster);
  member(cluster, 2).raw.reportReachable(member(cluster, 3).id);
  member(cluster, 1).raw.reportReachable(member(cluster, 1).id);
  t.notOk(member(cluster, 2).raw.hasReady());
  t.notOk(member(cluster, 1).raw.hasReady());
  t.end();
});
