import t from 'tap';
import type { OverflowPolicy } from '../../src/actor/index.js';
import { echoPair, type EchoProtocol, said, spawnEcho, watch } from './echo-pair.js';
import type { FakeNetworkOptions } from './fake-network.js';

const limits = { mailboxMessagesMax: 4, tellQueueMessagesMax: 3 };

function pairWith(overflow: OverflowPolicy, options: FakeNetworkOptions = {}) {
  const pair = echoPair({ ...options, limits: { ...limits, ...options.limits } });
  const ref = pair.left.context.ref<EchoProtocol>(pair.right.peer.id, { overflow });
  const tell = (message: unknown): boolean => pair.left.context.tell(ref, 'say', message);
  return { ...pair, ref, tell };
}

t.test('reject: a tell without credit is handed back', async (t) => {
  const { network, left, right, tell } = pairWith('reject');
  t.same([0, 1, 2, 3, 4, 5].map(tell), [true, true, true, true, false, false]);
  await network.settle();
  t.same(said(right), [0, 1, 2, 3]);
  t.match(left.core.counts(), { deadLetters: { overflow: 2 }, tellsQueued: 0 });
});

t.test('drop-oldest: the newest ones wait, as they were', async (t) => {
  const { network, left, right, tell } = pairWith('drop-oldest');
  const message = { n: 0 };
  for (let n = 0; n < 12; n++) {
    message.n = n;
    t.ok(tell(message));
  }
  t.match(left.core.counts(), { tellsQueued: 3, deadLetters: { 'dropped-oldest': 5 } });
  await network.settle();
  t.same(
    said(right),
    [0, 1, 2, 3, 9, 10, 11].map((n) => ({ n })),
  );
  t.equal(left.core.counts().tellsQueued, 0);
});

t.test('block: tells wait until too many do, and drained tells when to go on', async (t) => {
  const { network, left, right, ref, tell } = pairWith('block');
  t.same([0, 1, 2, 3, 4, 5, 6, 7, 8].map(tell), [...Array<boolean>(7).fill(true), false, false]);
  let drained = 0;
  void left.context.drained(ref).then(() => drained++);
  await Promise.resolve();
  t.equal(drained, 0);
  await network.settle();
  t.equal(drained, 1);
  t.same(said(right), [0, 1, 2, 3, 4, 5, 6]);
  t.match(left.core.counts(), { deadLetters: { overflow: 2 }, tellsQueued: 0 });
  void left.context.drained(ref).then(() => drained++);
  await Promise.resolve();
  await Promise.resolve();
  t.equal(drained, 2, 'at once where nothing waits');
});

t.test('a loop of write and drain sends everything, in order, in bounded memory', async (t) => {
  const { network, left, right, ref, tell } = pairWith('block');
  let peak = 0;
  const work = (async () => {
    for (let n = 0; n < 500; n++) {
      while (!tell(n)) await left.context.drained(ref);
      peak = Math.max(peak, left.core.counts().tellsQueued);
    }
  })();
  await network.settle();
  await work;
  await network.settle();
  t.same(said(right), [...Array(500).keys()]);
  t.equal(peak, 3);
});

t.test('what waits is bounded by bytes, too; one that is larger may wait alone', async (t) => {
  const { network, right, tell } = pairWith('block', { limits: { tellQueueBytesMax: 500 } });
  for (let n = 0; n < 4; n++) tell(n);
  t.ok(tell('x'.repeat(2000)));
  t.notOk(tell('y'));
  await network.settle();
  t.equal(said(right).length, 5);
});

t.test(
  'the death of a receiver ends the wait, and what waited never reaches its successor',
  async (t) => {
    const { network, left, right, ref, tell } = pairWith('block');
    for (let n = 0; n < 7; n++) tell(n);
    let drained = false;
    void left.context.drained(ref).then(() => {
      drained = true;
    });
    network.end(right, { cause: 'crash', message: 'gone' });
    const next = spawnEcho(network, 'right', ['left']);
    await network.settle();
    t.ok(drained);
    t.match(left.core.counts(), { deadLetters: { 'actor-down': 3 } });
    network.connect(left, next);
    t.ok(tell('new'));
    await network.settle();
    t.same(said(next), ['new']);
  },
);

t.test('nothing overtakes a tell that waits: an ask is refused meanwhile', async (t) => {
  const { network, left, right, ref, tell } = pairWith('block');
  for (let n = 0; n < 6; n++) tell(n);
  const ask = watch(left.context.ask(ref, 'echo', 'x', { timeoutMs: 100 }));
  await network.settle();
  t.same(ask.result, { ok: false, error: { code: 'overloaded', handedOver: false } });
  t.same(said(right), [0, 1, 2, 3, 4, 5]);
});

t.test('where frames are lost, credit is asked for until it comes', async (t) => {
  const { network, left, right, ref, tell } = pairWith('block', { records: 'frame' });
  network.loseFrames((from) => from.id === 'left');
  for (let n = 0; n < 6; n++) tell(n);
  let drained = false;
  void left.context.drained(ref).then(() => {
    drained = true;
  });
  await network.settle();
  t.notOk(drained);
  network.loseFrames(() => false);
  await network.advance(200);
  t.ok(drained);
  t.same(said(right), [4, 5]);
});

t.test('what cannot be encoded is a typed error, also where it would wait', (t) => {
  for (const overflow of ['block', 'drop-oldest'] as const) {
    const { left, tell } = pairWith(overflow);
    for (let n = 0; n < 5; n++) tell(n);
    t.throws(() => tell(() => 1), { code: 'not-encodable' });
    t.equal(left.core.counts().tellsQueued, 1);
  }
  t.end();
});
