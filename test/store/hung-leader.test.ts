import t from 'tap';
import { nodeId } from '../../src/base/index.js';
import { HungLeader } from '../../src/store/hung-leader.js';
import type { LookResult } from '../../src/store/hung-leader.js';
import { makeCluster, outcomeOf } from './cluster.js';

const LEADER = nodeId(1);
const OPTIONS = { tickMs: 100, electionMs: 1000 };

interface Seen {
  readonly nowMs: number;
  readonly turnedMs: number;
  readonly lateMs?: number;
  readonly inSync?: boolean;
}

function look(
  judge: HungLeader,
  { nowMs, turnedMs, lateMs = 0, inSync = false }: Seen,
): LookResult {
  const activity = { silentMs: nowMs - turnedMs, inSync };
  return judge.look({ nowMs, dueMs: nowMs - lateMs, leader: LEADER, activity });
}

t.test('a leader whose loop has not turned for a tick and a grace hangs', async (t) => {
  const judge = new HungLeader(OPTIONS);
  t.same(look(judge, { nowMs: 1000, turnedMs: 950 }), { type: 'fine' });
  t.same(look(judge, { nowMs: 1100, turnedMs: 950 }), { type: 'fine' });
  t.same(look(judge, { nowMs: 1200, turnedMs: 950 }), { type: 'look-again', inMs: 50 });
  t.same(look(judge, { nowMs: 1250, turnedMs: 950 }), { type: 'hangs', silentMs: 300 });
  t.ok(judge.is(LEADER));
  t.same(look(judge, { nowMs: 1300, turnedMs: 950 }), { type: 'fine' }, 'said once');
  look(judge, { nowMs: 3000, turnedMs: 2990 });
  t.notOk(judge.is(LEADER), 'it is back');
});

t.test('a leader that waits for its disk is left to the timeouts', async (t) => {
  const judge = new HungLeader(OPTIONS);
  t.same(look(judge, { nowMs: 1400, turnedMs: 950, inSync: true }), { type: 'fine' });
});

t.test('who is starved itself judges nobody for as long as its patience is', async (t) => {
  const judge = new HungLeader(OPTIONS);
  t.same(look(judge, { nowMs: 1400, turnedMs: 950, lateMs: 60 }), { type: 'fine' });
  t.same(look(judge, { nowMs: 1650, turnedMs: 950 }), { type: 'look-again', inMs: 50 });
  t.match(look(judge, { nowMs: 1700, turnedMs: 950 }), { type: 'hangs' });
});

t.test(
  'an idle leader, as silent at each look as before, is not looked at twice a tick',
  async (t) => {
    const judge = new HungLeader({ tickMs: 200, electionMs: 1000 });
    for (let nowMs = 1000; nowMs < 3000; nowMs += 200)
      t.same(look(judge, { nowMs, turnedMs: nowMs - 190 }), { type: 'fine' });
    t.same(look(judge, { nowMs: 3000, turnedMs: 2610 }), { type: 'hangs', silentMs: 390 });
  },
);

t.test(
  'needless suspicions double the patience for a minute, up to none but the timeouts',
  async (t) => {
    const judge = new HungLeader(OPTIONS);
    const suspectedAfter = (turnedMs: number): number | undefined => {
      for (let silentMs = 0; silentMs < 1000; silentMs += 10) {
        const { type } = look(judge, { nowMs: turnedMs + silentMs, turnedMs });
        if (type !== 'hangs') continue;
        look(judge, { nowMs: turnedMs + silentMs + 10, turnedMs: turnedMs + silentMs + 5 });
        return silentMs;
      }
      return undefined;
    };
    t.same([1000, 3000, 5000, 7000].map(suspectedAfter), [300, 600, undefined, undefined]);
    t.same([70_000, 72_000].map(suspectedAfter), [300, 600]);
  },
);

t.test('a hang that outlasts the timeouts was worth its election', async (t) => {
  const judge = new HungLeader(OPTIONS);
  for (const turnedMs of [1000, 5000, 9000]) {
    t.match(look(judge, { nowMs: turnedMs + 300, turnedMs }), { type: 'hangs' });
    look(judge, { nowMs: turnedMs + 2000, turnedMs: turnedMs + 1990 });
  }
});

t.test('a hung leader is replaced long before a timeout, and the record says why', async (t) => {
  const cluster = makeCluster();
  await cluster.pass(2000);
  const old = cluster.leader();
  if (old === undefined) throw new Error('no leader');
  cluster.world.pause(old, 5000);
  await cluster.pass(450);
  const others = cluster.replicas.filter((id) => id !== old);
  const leader = others.find((id) => cluster.status(id)?.role === 'leader');
  t.ok(leader, 'a follower leads');
  const written = cluster.put(leader ?? old, 'k', 'v');
  await cluster.pass(100);
  t.equal(outcomeOf(written), 'ok');
  t.match(cluster.elections(leader ?? old)[0], {
    leader,
    cause: 'leader-stall',
    causeDetail: new RegExp(`^the loop of ${old} had not turned for 3[0-4]\\d ms$`),
  });
  await cluster.pass(6000);
  t.equal(cluster.leader(), leader, 'the old one follows when it wakes up');
  t.same(cluster.crashes, []);
});

t.test('a store on a machine without enough processors does not elect on and on', async (t) => {
  const cluster = makeCluster({}, 3);
  await cluster.pass(2000);
  const term = cluster.status(cluster.replicas[0] as never)?.term ?? 0;
  // For a minute each thread gets to run only now and then, up to 400 ms after it should.
  const random = (() => {
    let state = 1;
    return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  })();
  for (let passedMs = 0; passedMs < 60_000; passedMs += 50) {
    for (const id of cluster.replicas)
      if (random() < 0.25) cluster.world.pause(id, 400 * random() ** 2);
    await cluster.pass(50);
  }
  await cluster.pass(3000);
  const elections = Math.max(...cluster.replicas.map((id) => cluster.status(id)?.term ?? 0)) - term;
  t.comment(`${String(elections)} elections`);
  t.ok(elections <= 4, `${String(elections)} elections`);
});
