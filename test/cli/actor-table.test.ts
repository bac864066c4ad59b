import t from 'tap';
import { actorTable, actorText } from '../../src/cli/actor-table.js';
import type { ActorDetail } from '../../src/daemon/index.js';

const STORE: ActorDetail = {
  id: 'store-0',
  component: 'store',
  state: 'running',
  incarnation: 4,
  restarts: 3,
  restartsByCause: { crash: 1, chaos: 2, normal: 0, sibling: 0 },
  crashesInRow: 0,
  nextStartAt: null,
  mailboxMessages: 7,
  mailboxMessagesPeak: 40,
  messagesHandled: 5000,
  messagesIn: 5100,
  messagesOut: 4000,
  bytesIn: 9 * 2 ** 20,
  bytesOut: 8 * 2 ** 20,
  handlingP50Ms: 0.016,
  handlingP99Ms: 2.048,
  deadLettersByReason: { 'actor-down': 6, late: 0 },
  asksPending: 1,
  callsPending: 2,
  streamsConsumed: 3,
  streamsProduced: 4,
  loopDelayP50Ms: 0.4,
  loopDelayP99Ms: 20,
  loopDelayMaxMs: 1500,
  loopActiveMs: 1500,
  loopIdleMs: 58_500,
  gcCount: 12,
  gcMs: 34,
  gcMsMax: 6.25,
  heapUsedBytes: 12 * 2 ** 20,
  heapLimitBytes: 1024 * 2 ** 20,
  bufferBytes: 3 * 2 ** 20,
  uptimeMs: 60_000,
  lastCrash: {
    reason: 'stalled: its loop has not turned for 15000 ms\nmore',
    at: '2026-01-01T00:00:00.000Z',
    code: null,
    stack: 'Error: stalled\n    at spin (store.cjs:1:1)',
  },
};

/** Down: nothing is known that only it could tell. */
const DOWN: ActorDetail = {
  ...STORE,
  id: 'controller-manager',
  component: 'controller-manager',
  state: 'restarting',
  incarnation: 1,
  restarts: 0,
  restartsByCause: {},
  mailboxMessages: 0,
  mailboxMessagesPeak: null,
  messagesHandled: null,
  messagesIn: null,
  messagesOut: null,
  bytesIn: null,
  bytesOut: null,
  handlingP50Ms: null,
  handlingP99Ms: null,
  deadLettersByReason: null,
  loopDelayP50Ms: null,
  loopDelayP99Ms: null,
  loopDelayMaxMs: null,
  loopActiveMs: null,
  loopIdleMs: null,
  gcCount: null,
  gcMs: null,
  gcMsMax: null,
  heapUsedBytes: 0,
  heapLimitBytes: null,
  uptimeMs: 0,
  lastCrash: null,
};

t.test('the tree fits into 80 columns, with what has crashed below it', async (t) => {
  const lines = actorTable([STORE, DOWN], false).split('\n');
  t.same(lines, [
    'ACTOR                   STATE        RESTARTS   MAILBOX   LOOP P99   HEAP   UP',
    'cluster',
    '├─ store-0              running      3          7         20ms       12Mi   60s',
    '└─ controller-manager   restarting   0          0         -          0Mi    0ms',
    '',
    'store-0 crashed at 2026-01-01T00:00:00.000Z: stalled: its loop has not turned for 15000 ms',
  ]);
  t.ok(lines.slice(0, 4).every((line) => line.length <= 80));
  t.notMatch(actorTable([DOWN], false), /crashed/);
});

t.test('wide shows all columns', async (t) => {
  t.same(
    actorTable([STORE], true)
      .split('\n')
      .map((line) => line.split(/ {2,}/)),
    [
      [
        'ACTOR',
        'STATE',
        'LIFE',
        'RESTARTS',
        'MAILBOX',
        'IN',
        'OUT',
        'LOOP P99',
        'HEAP',
        'BUFFERS',
        'GC',
        'DEAD LETTERS',
        'UP',
        'LAST CRASH',
      ],
      ['cluster'],
      [
        '└─ store-0',
        'running',
        '4',
        '3',
        '7',
        '5100',
        '4000',
        '20ms',
        '12Mi',
        '3Mi',
        '34ms',
        '6',
        '60s',
        'stalled: its loop has not turned for 15000 ms',
      ],
    ],
  );
});

t.test('one actor, with the stack of its last crash', async (t) => {
  t.equal(
    actorText(STORE),
    `actor        store-0 (store)
state        running, life 4, up 60s
restarts     3 (crash 1, chaos 2)
mailbox      7 now, 40 at most
messages     5100 in, 4000 out
bytes        9Mi in, 8Mi out
handling     5000 messages, p50 under 0.016ms, p99 under 2.0ms
asks         1 of its own pending, 2 to answer
streams      3 consumed, 4 produced
dead letters 6 (actor-down 6)
loop delay   p50 0.4ms, p99 20ms, worst 1s
loop busy    2.5 % of this life
collections  12, 34ms in all, the longest 6.3ms
heap         12Mi of 1024Mi
buffers      3Mi
last crash   stalled: its loop has not turned for 15000 ms
more (2026-01-01T00:00:00.000Z)

Error: stalled
    at spin (store.cjs:1:1)`,
  );
  t.match(actorText(DOWN), /^messages +- in, - out$/m);
  t.match(actorText(DOWN), /last crash +none$/);
});

t.test('an actor that crash-loops says when it is tried again', (t) => {
  const looping = {
    ...DOWN,
    state: 'crash-looping',
    crashesInRow: 5,
    nextStartAt: '2026-01-01T00:00:10.000Z',
  };
  t.match(actorText(looping), /^state +crash-looping/m);
  t.match(actorText(looping), /^next start +2026-01-01T00:00:10\.000Z, after 5 crashes in a row$/m);
  t.notMatch(actorText(DOWN), /next start/);
  t.end();
});
