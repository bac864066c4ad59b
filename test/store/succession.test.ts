import t from 'tap';
import { nodeId, type Clock, type NodeId } from '../../src/base/index.js';
import { Succession } from '../../src/store/succession.js';

const TICK_MS = 200;

/** One replica of three, with the others' state told by hand, and a clock that stands still until it is moved. */
function replica(own: 1 | 2 | 3, { fresh = false, lag = 0 } = {}) {
  const state = { up: new Set<NodeId>([nodeId(1), nodeId(2), nodeId(3)]), leader: true, lag };
  const campaigns: number[] = [];
  const withoutPreVote: number[] = [];
  const invited: NodeId[] = [];
  let nowMs = 0;
  let timers: { readonly atMs: number; readonly run: () => void }[] = [];
  const clock: Clock = {
    monotonicMs: () => nowMs,
    wallMs: () => nowMs,
    after: (delayMs, run) => {
      const timer = { atMs: nowMs + delayMs, run };
      timers.push(timer);
      return {
        cancel: () => {
          timers = timers.filter((other) => other !== timer);
        },
      };
    },
  };
  const succession = new Succession({
    clock,
    tickMs: TICK_MS,
    own: nodeId(own),
    voters: [nodeId(1), nodeId(2), nodeId(3)],
    fresh,
    isUp: (id) => state.up.has(id),
    leaderKnown: () => state.leader,
    mayCampaign: () => true,
    applyLag: () => state.lag,
    campaign: () => campaigns.push(nowMs),
    campaignAfterDeath: () => {
      campaigns.push(nowMs);
      withoutPreVote.push(nowMs);
    },
    invite: (id) => invited.push(id),
  });
  return {
    succession,
    campaigns,
    withoutPreVote,
    invited,
    state,
    leaderDies(id: 1 | 2 | 3) {
      state.leader = false;
      state.up.delete(nodeId(id));
      succession.leaderLost('died');
    },
    pass(ms: number) {
      const untilMs = nowMs + ms;
      for (;;) {
        const next = timers
          .filter(({ atMs }) => atMs <= untilMs)
          .sort((a, b) => a.atMs - b.atMs)[0];
        if (next === undefined) break;
        timers = timers.filter((timer) => timer !== next);
        nowMs = next.atMs;
        next.run();
      }
      nowMs = untilMs;
    },
  };
}

t.test(
  'the live replica with the lowest id campaigns at once, the next one a tick later',
  async (t) => {
    const first = replica(1);
    first.leaderDies(3);
    t.same(first.campaigns, [0]);
    const second = replica(2);
    second.leaderDies(3);
    t.same(second.campaigns, []);
    second.pass(TICK_MS);
    t.same(second.campaigns, [TICK_MS]);
    t.same([...first.invited, ...second.invited], [], 'nobody is asked to go first');
  },
);

t.test(
  'only who is first in order after a death asks without a pre-vote, and only once',
  async (t) => {
    const first = replica(1);
    first.leaderDies(3);
    first.pass(1000);
    t.same(first.withoutPreVote, [0]);
    const second = replica(2);
    second.leaderDies(3);
    second.pass(1000);
    const invited = replica(2);
    invited.succession.invited();
    invited.leaderDies(3);
    const late = replica(1, { lag: 5000 });
    late.leaderDies(3);
    late.pass(1000);
    const hangs = replica(1);
    hangs.state.leader = false;
    hangs.succession.leaderLost('maybe');
    t.equal(hangs.campaigns.length, 1);
    t.same(
      [second, invited, late, hangs].flatMap((one) => one.withoutPreVote),
      [],
    );
  },
);

t.test('it asks again a few times, and no more', async (t) => {
  const one = replica(1);
  one.leaderDies(3);
  one.pass(1000);
  t.same(one.campaigns, [0, 10, 20, 30, 40, 50]);
});

t.test('a leader that shows itself ends it', async (t) => {
  const one = replica(2);
  one.leaderDies(3);
  one.pass(TICK_MS / 2);
  one.state.leader = true;
  one.succession.leaderSeen();
  one.pass(1000);
  t.same(one.campaigns, []);
});

t.test('a replica that has much to apply goes last, and invites the others', async (t) => {
  const late = replica(1, { lag: 5000 });
  late.leaderDies(3);
  t.same(late.campaigns, []);
  t.same(late.invited, [nodeId(2)]);
  late.pass(2 * TICK_MS);
  t.same(late.campaigns, [2 * TICK_MS], 'nobody else did');
});

t.test('who is invited goes first, also where it has yet to notice the death', async (t) => {
  const second = replica(2);
  second.succession.invited();
  t.same(second.campaigns, [], 'it knows a leader');
  second.leaderDies(3);
  t.same(second.campaigns, [0]);
});

t.test(
  'who has refused a candidate that is behind goes next, also where it has yet to notice the death',
  async (t) => {
    const second = replica(2);
    second.leaderDies(3);
    second.succession.candidateBehind();
    second.pass(1);
    t.same(second.campaigns, [0], 'its turn came at once');
    const unaware = replica(2);
    unaware.succession.candidateBehind();
    unaware.pass(1000);
    t.same(unaware.campaigns, [], 'it knows a leader');
    unaware.state.leader = false;
    unaware.state.up.delete(nodeId(3));
    unaware.succession.leaderLost('maybe');
    t.same(unaware.campaigns, [1000]);
  },
);

t.test('an invitation ends with the next leader', async (t) => {
  const second = replica(2);
  second.succession.invited();
  second.succession.leaderSeen();
  second.leaderDies(3);
  t.same(second.campaigns, []);
});

t.test('where all have much to apply, the lowest id campaigns', async (t) => {
  const first = replica(1, { lag: 5000 });
  first.leaderDies(3);
  first.succession.invited();
  t.same(first.campaigns, [0]);
  const second = replica(2, { lag: 5000 });
  second.leaderDies(3);
  second.succession.invited();
  t.same(second.campaigns, []);
  second.pass(TICK_MS);
  t.same(second.campaigns, [TICK_MS]);
});

t.test(
  'a new cluster elects as soon as all are there, a restarted replica waits for a leader',
  async (t) => {
    const fresh = replica(1, { fresh: true });
    fresh.state.leader = false;
    fresh.state.up.delete(nodeId(3));
    fresh.succession.start();
    t.same(fresh.campaigns, []);
    fresh.state.up.add(nodeId(3));
    fresh.succession.peerUp();
    t.same(fresh.campaigns, [0]);
    const again = replica(1);
    again.state.leader = false;
    again.succession.start();
    t.same(again.campaigns, []);
    again.pass(100);
    t.same(again.campaigns, [100]);
  },
);

t.test('one that has ended does nothing', async (t) => {
  const one = replica(2);
  one.leaderDies(3);
  one.succession.end();
  one.succession.invited();
  one.pass(1000);
  t.same(one.campaigns, []);
});
