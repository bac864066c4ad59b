import t from 'tap';
import type { StreamCall, StreamEnd } from '../../src/actor/index.js';
import { transfer } from '../../src/codec/index.js';
import { createFakeNetwork } from './fake-network.js';
import { echoPair, type EchoProtocol, said, spawnEcho, watch } from './echo-pair.js';

const cycle: Record<string, unknown> = {};
cycle['self'] = cycle;
const BAD: readonly (readonly [string, unknown])[] = [
  ['a function', () => 1],
  ['a symbol', Symbol('no')],
  ['a BigInt beyond 64 bits', 2n ** 64n],
  ['a cycle', cycle],
];
const NOT_ENCODABLE = { name: 'ActorError', code: 'not-encodable', message: /\w/ };

for (const records of ['connection', 'frame'] as const) {
  for (const [what, bad] of BAD) {
    t.test(
      `${what} is a typed error at its sender, and nothing of it is sent (${records})`,
      async (t) => {
        const { network, left, right, ref } = echoPair({ records });
        const { context } = left;
        t.ok(context.tell(ref, 'say', { shape: 1, good: true }));
        t.throws(() => context.tell(ref, 'say', { shape: 1, bad }), NOT_ENCODABLE);
        const ask = watch(context.ask(ref, 'echo', { shape: 1, bad }, { timeoutMs: 100 }));
        const ends: StreamEnd[] = [];
        context.openStream(ref, 'count', { upTo: 1, bad } as { upTo: number }, {
          onItem: () => undefined,
          onEnd: (end) => void ends.push(end),
        });
        t.ok(context.tell(ref, 'say', { shape: 1, good: false }));
        await network.settle();
        t.same(ask.result, { ok: false, error: { code: 'not-encodable', handedOver: false } });
        t.match(ends, [{ code: 'failed', error: { code: 'not-encodable', message: /\w/ } }]);
        t.same(said(right), [
          { shape: 1, good: true },
          { shape: 1, good: false },
        ]);
        t.equal(network.framesSent(), 1, 'all of a turn leaves in one frame all the same');
        t.same(left.crashes, []);
        t.equal(left.core.counts().asksPending, 0);
      },
    );
  }
}

t.test('uncaught it crashes its sender with that code, and the receiver is unharmed', async (t) => {
  const network = createFakeNetwork();
  const left = spawnEcho(network, 'left', ['right'], (context) => ({
    tells: {
      say: () => void context.tell(context.ref<EchoProtocol>(right.peer.id), 'say', () => 1),
      fail: () => undefined,
    },
  }));
  const right = spawnEcho(network, 'right', ['left']);
  network.connect(left, right);
  right.context.tell(right.context.ref<EchoProtocol>(left.peer.id), 'say', 1);
  await network.settle();
  t.match(left.crashes, [NOT_ENCODABLE]);
  t.same(right.crashes, []);
});

t.test('a message is what it was when it was told', async (t) => {
  const { network, left, right, ref } = echoPair();
  const message = { list: [1], name: 'before' };
  left.context.tell(ref, 'say', message);
  const ask = watch(left.context.ask(ref, 'echo', message, { timeoutMs: 100 }));
  message.list.push(2);
  message.name = 'after';
  await network.settle();
  t.same(said(right), [{ list: [1], name: 'before' }]);
  t.same(ask.result, { ok: true, value: { list: [1], name: 'before' } });
});

t.test('items and ends of a stream are taken as they are, queued or not', async (t) => {
  const network = createFakeNetwork();
  const calls: StreamCall<{ upTo: number }, number>[] = [];
  const producer = spawnEcho(network, 'producer', ['consumer'], () => ({
    streams: { count: (call) => void calls.push(call) },
  }));
  const consumer = spawnEcho(network, 'consumer', ['producer']);
  network.connect(producer, consumer);
  const items: unknown[] = [];
  const ends: StreamEnd[] = [];
  const ref = consumer.context.ref<EchoProtocol>(producer.peer.id);
  const stream = consumer.context.openStream(
    ref,
    'count',
    { upTo: 1 },
    { onItem: (item) => void items.push(item), onEnd: (end) => void ends.push(end) },
    { windowItems: 1 },
  );
  stream.pause();
  await network.settle();
  const [call] = calls as unknown as StreamCall<object, { n: number }>[];
  if (call === undefined) throw new Error('the stream was not opened');
  const item = { n: 1 };
  t.equal(call.send(item), true);
  item.n = 2;
  t.equal(call.send(item), false, 'it waits for the window');
  item.n = 3;
  t.throws(() => call.send((() => 1) as never), NOT_ENCODABLE);
  t.throws(() => {
    call.complete(() => 1);
  }, NOT_ENCODABLE);
  call.complete('end');
  stream.resume();
  await network.settle();
  t.same(items, [{ n: 1 }, { n: 2 }]);
  t.same(ends, [{ code: 'complete', value: 'end' }]);
  t.same(producer.crashes, []);
});

t.test(
  'transferred bytes arrive whole, are detached at their sender, and leave only once',
  async (t) => {
    const { network, left, right, ref } = echoPair();
    const bytes = new Uint8Array(100_000).fill(7);
    t.ok(left.context.tell(ref, 'say', { bytes: transfer(bytes) }));
    t.equal(bytes.length, 100_000, 'still there within the turn');
    t.throws(() => left.context.tell(ref, 'say', bytes), {
      code: 'not-encodable',
      message: /once/,
    });
    await network.settle();
    t.equal(bytes.length, 0, 'detached');
    const [message] = said(right) as { bytes: Uint8Array }[];
    t.equal(message?.bytes.length, 100_000);
    t.ok(message?.bytes.every((byte) => byte === 7));
    t.equal(left.core.counts().bytesOut, right.core.counts().bytesIn);
    t.ok(left.core.counts().bytesOut > 100_000, 'they count as bytes on the way');
  },
);

t.test(
  'misuse has closed codes: an ask to oneself, and to an actor that no link leads to',
  async (t) => {
    const { network, left } = echoPair();
    const { context } = left;
    const stranger = context.ref<EchoProtocol>('stranger' as never);
    const self = context.ref<EchoProtocol>(left.peer.id);
    const asks = [self, stranger].map((ref) =>
      watch(context.ask(ref, 'echo', 1, { timeoutMs: 100, whenDown: 'wait' })),
    );
    const ends: StreamEnd[] = [];
    for (const ref of [self, stranger])
      context.openStream(
        ref,
        'count',
        { upTo: 1 },
        { onItem: () => undefined, onEnd: (end) => void ends.push(end) },
        { waitForActorMs: 100 },
      );
    t.equal(context.tell(self, 'say', 1), false);
    t.equal(context.tell(stranger, 'say', 1), false);
    await network.settle();
    t.same(
      asks.map((ask) => ask.result),
      [
        { ok: false, error: { code: 'ask-to-self', handedOver: false } },
        { ok: false, error: { code: 'not-linked', handedOver: false } },
      ],
    );
    t.match(ends, [
      { code: 'failed', error: { code: 'ask-to-self' } },
      { code: 'failed', error: { code: 'not-linked' } },
    ]);
    t.match(left.core.counts(), {
      asksPending: 0,
      streamsConsumed: 0,
      deadLetters: { 'not-linked': 2 },
    });
  },
);
