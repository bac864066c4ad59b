import t from 'tap';
import { type Echo, echoPair, type EchoProtocol, said, spawnEcho, watch } from './echo-pair.js';
import { createFakeNetwork } from './fake-network.js';

const turns = (echo: Echo): number => echo.seen.filter((each) => each.type === 'turn').length;

t.test(
  'a flood is handled in slices, in order, and what is left begins the next turn',
  async (t) => {
    const { network, left, right, ref } = echoPair({ limits: { sliceMessagesMax: 10 } });
    await network.settle();
    right.seen.length = 0;
    for (let i = 0; i < 35; i++) left.context.tell(ref, 'say', i);
    await network.step();
    await network.step();
    t.equal(said(right).length, 10);
    t.match(right.core.counts(), {
      mailboxMessages: 25,
      mailboxMessagesPeak: 35,
      messagesHandled: 10,
    });
    await network.settle();
    t.same(said(right), [...Array(35).keys()]);
    t.match(right.core.counts(), {
      mailboxMessages: 0,
      mailboxMessagesPeak: 35,
      messagesHandled: 35,
    });
    t.equal(turns(right), 4, 'one end of a turn for each slice');
  },
);

t.test('what arrived together shares one turn, up to a thousand messages', async (t) => {
  const { network, left, right, ref } = echoPair();
  await network.settle();
  right.seen.length = 0;
  for (let i = 0; i < 1000; i++) left.context.tell(ref, 'say', i);
  await network.settle();
  t.equal(turns(right), 1);
});

t.test('a slice ends when its time is used up, too', async (t) => {
  const network = createFakeNetwork({ limits: { sliceMs: 5 } });
  const left = spawnEcho(network, 'left', ['right']);
  const right = spawnEcho(network, 'right', ['left'], () => ({
    tells: {
      say: () => {
        network.pass(2);
      },
      fail: () => undefined,
    },
  }));
  network.connect(left, right);
  const ref = left.context.ref<EchoProtocol>(right.peer.id);
  for (let i = 0; i < 7; i++) left.context.tell(ref, 'say', i);
  await network.settle();
  t.equal(right.core.counts().messagesHandled, 7);
  t.equal(turns(right), 4, 'the peer came up; then three, three and one');
});

t.test('a cancellation overtakes its ask, which is then never handled', async (t) => {
  const { network, left, right, ref } = echoPair({ limits: { sliceMessagesMax: 4 } });
  let cancel = (): void => undefined;
  for (let i = 0; i < 20; i++) left.context.tell(ref, 'say', i);
  const ask = watch(
    left.context.ask(ref, 'hold', 'canceled', {
      timeoutMs: 1000,
      onCancelable: (given) => {
        cancel = given;
      },
    }),
  );
  const kept = watch(left.context.ask(ref, 'echo', 'kept', { timeoutMs: 1000 }));
  await network.step();
  await network.step();
  cancel();
  await network.settle();
  t.same(ask.result, { ok: false, error: { code: 'canceled', handedOver: true } });
  t.same(kept.result, { ok: true, value: 'kept' });
  t.notOk(right.seen.some((each) => each.type === 'hold'));
  t.equal(said(right).length, 20);
  for (let i = 0; i < 10; i++) t.ok(left.context.tell(ref, 'say', i), 'its room is free again');
});

t.test('messages take room until they are handled, not until they arrive', async (t) => {
  const limits = { mailboxMessagesMax: 16, sliceMessagesMax: 4 };
  const { network, left, right, ref } = echoPair({ limits });
  for (let i = 0; i < 16; i++) t.ok(left.context.tell(ref, 'say', i));
  await network.step();
  await network.step();
  t.equal(right.core.counts().mailboxMessages, 12);
  t.notOk(left.context.tell(ref, 'say', 16), 'arrived, and not handled yet');
  await network.settle();
  t.ok(left.context.tell(ref, 'say', 17));
});

t.test(
  'the death of a peer comes after all that it sent, and its successor after that',
  async (t) => {
    const { network, left, right, ref } = echoPair({ limits: { sliceMessagesMax: 3 } });
    for (let i = 0; i < 10; i++) left.context.tell(ref, 'say', i);
    left.core.turnEnd();
    network.end(left, { cause: 'crash', message: 'out of luck' });
    await network.step();
    t.equal(said(right).length, 3);
    t.equal(right.context.peer({ id: left.peer.id }), undefined, 'nothing is sent to the dead');
    t.equal(right.context.tell({ id: left.peer.id }, 'say' as never, 1 as never), false);
    const next = spawnEcho(network, 'left', ['right']);
    network.connect(next, right);
    next.context.tell(ref, 'say', 'from the next life');
    await network.settle();
    t.same(
      right.seen.filter((each) => each.type !== 'turn'),
      [
        { type: 'up', life: 1 },
        ...[...Array(10).keys()].map((message) => ({ type: 'say', message })),
        { type: 'down', life: 1, cause: 'died' },
        { type: 'exited', life: 1, message: 'out of luck' },
        { type: 'up', life: 2 },
        { type: 'say', message: 'from the next life' },
      ],
    );
  },
);

t.test('timers and control calls get through between the slices of a flood', async (t) => {
  const { network, left, right, ref } = echoPair({ limits: { sliceMessagesMax: 2 } });
  await network.settle();
  const order: string[] = [];
  right.context.clock.after(0, () => order.push(`timer after ${String(said(right).length)}`));
  for (let i = 0; i < 20; i++) left.context.tell(ref, 'say', i);
  await network.step();
  await network.step();
  order.push(`report after ${String(said(right).length)}`);
  t.same(right.core.report(), {});
  await network.fireTimers();
  await network.settle();
  t.same(order, ['report after 2', 'timer after 2']);
  t.equal(said(right).length, 20);
});

t.test('handling times are in a histogram of doubling microseconds', async (t) => {
  const network = createFakeNetwork();
  const left = spawnEcho(network, 'left', ['right']);
  const right = spawnEcho(network, 'right', ['left'], () => ({
    tells: {
      say: (_from, ms) => {
        network.pass(ms as number);
      },
      fail: () => undefined,
    },
  }));
  network.connect(left, right);
  const ref = left.context.ref<EchoProtocol>(right.peer.id);
  for (const ms of [0.0005, 0.003, 1, 1, 1e9]) {
    left.context.tell(ref, 'say', ms);
    await network.settle();
  }
  const { handlingMicroseconds } = right.core.counts();
  t.equal(handlingMicroseconds.length, 24);
  t.same(
    handlingMicroseconds.flatMap((count, bucket) => (count > 0 ? [[bucket, count]] : [])),
    [
      [0, 1],
      [2, 1],
      [10, 2],
      [23, 1],
    ],
  );
  t.match(right.core.counts(), { messagesIn: 5, messagesHandled: 5 });
  t.match(left.core.counts(), { messagesOut: 5 });
});
