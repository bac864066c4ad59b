import t from 'tap';
import { EMPTY_MODEL, VIEWS, type TopModel } from '../../../src/cli/top/model.js';
import { screen, type ScreenSize } from '../../../src/cli/top/screen.js';
import { plainText } from '../../../src/cli/top/styled-line.js';
import { update } from '../../../src/cli/top/update.js';
import { actor, sampleAt } from './sample-cluster.js';

const SMALL: ScreenSize = { columns: 80, rows: 24 };
const LARGE: ScreenSize = { columns: 120, rows: 40 };

function modelOf(changes: Partial<TopModel> = {}): TopModel {
  const { model } = update(EMPTY_MODEL, { type: 'sampled', sample: sampleAt(1000) });
  return { ...model, ...changes };
}

function drawn(model: TopModel, size = SMALL): string[] {
  return screen(model, size).map(plainText);
}

t.test('every view fills the screen and no row is wider than it', async (t) => {
  for (const size of [SMALL, LARGE, { columns: 40, rows: 10 }, { columns: 20, rows: 5 }])
    for (const view of VIEWS) {
      const rows = drawn(modelOf({ view }), size);
      t.equal(rows.length, size.rows, `${view} at ${size.columns} x ${size.rows}`);
      t.ok(
        rows.every((row) => row.length <= size.columns),
        `${view} at ${size.columns} x ${size.rows} is not wider`,
      );
    }
});

t.test('the cluster view says who leads, how far each replica is, and why', async (t) => {
  const rows = drawn(modelOf());
  t.match(rows[0], /^kubactor 0\.1\.0 {2}ready {2}pid 4711 {2}up 72s {2}CPU - {2}memory 217Mi$/);
  t.equal(
    rows[1],
    'leader store-1  term 2  commit 345  actors 13/13  nodes 3/3  pods 1/2',
    'in one line of 80',
  );
  t.match(rows[2], /^\[1 cluster\] {2}2 actors /, 'the view is told without colour');
  t.match(rows[4], /^ {2}REPLICA +ROLE +STATE +TERM +LAST INDEX +APPLIED$/);
  t.match(rows[6], /^ {2}store-1 +leader +running +2 +345 +344$/);
  t.match(rows[10], /^ {5}2 {2}store-1 +leader-crash +2\/3 +49 ms +2026-11-22T23:21:19Z$/);
  t.match(drawn(modelOf(), LARGE)[10], /life 1 of store-0 ended while it was the leader$/);
});

t.test('what is wrong with a replica stands below them', async (t) => {
  const sample = sampleAt(1000);
  const { store } = sample.status;
  const replicas = store.replicas.map((replica) =>
    replica.id === 'store-2'
      ? { ...replica, role: null, problem: 'its log is damaged: …' }
      : replica,
  );
  const status = { ...sample.status, ready: false, store: { ...store, leader: null, replicas } };
  const rows = drawn(modelOf({ sample: { ...sample, status } }));
  t.match(rows[0], /not ready/);
  t.match(rows[1], /^leader none /);
  t.equal(rows[8], '  store-2: its log is damaged: …');
});

t.test('rates are told from two samples of the same life', async (t) => {
  const later = {
    ...sampleAt(3000).status,
    process: { rssBytes: 217 * 2 ** 20, cpuMs: 1100, uptimeMs: 74_000 },
  };
  const list = [
    actor('store-0', { loopActiveMs: 5200, messagesHandled: 1500 }),
    actor('store-1', { incarnation: 2, loopActiveMs: 10, messagesHandled: 10 }),
    actor('store-2', { loopActiveMs: null, messagesHandled: null, state: 'restarting' }),
  ];
  const sample = sampleAt(3000, { status: later, actors: { atMs: 3000, list } });
  const { model } = update(modelOf({ view: 'actors' }), { type: 'sampled', sample });
  const rows = drawn(model, LARGE);
  t.match(rows[0], /CPU 5\.0 %/);
  t.match(rows[5], /^> store-0 +running +1 +0 +10\.0 % +250 +0 /);
  t.match(rows[6], /^ {2}store-1 +running +2 +0 +- +- +0 /, 'a new life has no past');
  t.match(rows[7], /^ {2}store-2 +restarting +1 +0 +- +- +0 /);

  const other = { ...later, pid: 4712 };
  const restarted = update(model, {
    type: 'sampled',
    sample: sampleAt(4000, { status: other }),
  }).model;
  t.match(drawn(restarted)[0], /CPU - /, 'nor has a new process');
});

t.test('a selected row is on the screen and marked, however many there are', async (t) => {
  const rows = drawn(modelOf({ view: 'pods', selected: { pods: 'default/web-40' } }));
  t.equal(rows.filter((row) => row.startsWith('> ')).length, 1);
  t.ok(rows.some((row) => /^> default +web-40 +Running$/.test(row)));
  t.equal(rows.at(-2), '  and 40 more, which kubectl shows');
  const gone = drawn(modelOf({ view: 'pods', selected: { pods: 'default/web-99' } }));
  t.match(gone[5], /^> default +web-00 +CrashLoopBackOff$/, 'one that is gone selects the first');
});

t.test('the selected election is told in full', async (t) => {
  const rows = drawn(modelOf({ view: 'elections' })).join('\n');
  t.match(rows, /term 2: store-1 leads, leader-crash\n {2}life 1 of store-0 ended/);
  t.match(rows, /detected 8\.4 ms {2}pre-vote 12 ms {2}vote 20 ms {2}first commit 9\.2 ms/);
  t.match(rows, /store-0 voted against store-1 \(no-answer\)/);
});

t.test('silence, a lost daemon and an API server that is away are told', async (t) => {
  t.match(drawn(modelOf({ nowMs: 9000 }))[0], /as of 8s ago/);
  const lost = drawn(modelOf({ nowMs: 2000, lost: 'no kubactor runs on /data' }));
  t.match(lost[0], /as of 1s ago/);
  t.equal(lost.at(-1), 'no kubactor runs on /data — trying again');
  t.match(lost[6], /store-1/, 'what was seen last stays');
  const sample = sampleAt(1000, { pods: { ok: false, problem: 'the API server does not answer' } });
  t.equal(drawn(modelOf({ view: 'pods', sample }))[4], '  the API server does not answer');
});

t.test('the question before a kill names the actor', async (t) => {
  const rows = drawn(modelOf({ dialog: { type: 'confirm-kill', actor: 'store-1' } }));
  t.equal(rows.at(-1), 'kill store-1? y: yes, any other key: no');
});

t.test('the help fits', async (t) => {
  const help = drawn(modelOf({ dialog: { type: 'help' } })).join('\n');
  t.match(help, /chaos kill/);
  t.notMatch(help, /…/);
});
