import t from 'tap';
import type {
  AskCall,
  AskResult,
  Behaviour,
  Peer,
  StreamCall,
  StreamEnd,
} from '../../src/actor/index.js';
import {
  createFakeNetwork,
  type FakeActor,
  type FakeNetwork,
  type FakeNetworkOptions,
} from './fake-network.js';

interface CounterProtocol {
  tells: { add: number };
  asks: {
    total: { request: object; reply: { total: number } };
    /** Answered when the test says so. */
    hold: { request: string; reply: string };
    missing: { request: object; reply: object };
  };
  streams: {
    numbers: { request: { upTo: number }; item: number };
    held: { request: object; item: number };
    missing: { request: object; item: number };
  };
}

interface Counter extends FakeActor {
  readonly added: number[];
  readonly held: AskCall<string, string>[];
  readonly streams: StreamCall<object, number>[];
  readonly seen: string[];
}

function spawnCounter(network: FakeNetwork): Counter {
  const added: number[] = [];
  const held: AskCall<string, string>[] = [];
  const streams: StreamCall<object, number>[] = [];
  const seen: string[] = [];
  const actor = network.spawn<CounterProtocol>('counter', ['client'], () => ({
    start: () => undefined,
    tells: {
      add: (_from, by) => {
        if (by < 0) throw new Error('cannot add less than nothing');
        added.push(by);
        seen.push(`add ${String(by)}`);
      },
    },
    asks: {
      total: (call) => {
        call.reply({ total: added.reduce((sum, each) => sum + each, 0) });
      },
      hold: (call) => {
        held.push(call);
        call.onCancel(() => seen.push(`canceled ${call.request}`));
      },
    } as Behaviour<CounterProtocol>['asks'],
    streams: {
      numbers: (call) => {
        for (let i = 1; i <= call.request.upTo; i++) call.send(i);
        call.complete('done');
      },
      held: (call) => {
        streams.push(call);
        call.onCancel(() => seen.push('stream canceled'));
        call.onDrain(() => seen.push('drained'));
      },
    } as Behaviour<CounterProtocol>['streams'],
    peerUp: (peer) => seen.push(`up ${String(peer.incarnation)}`),
    peerDown: (peer) => seen.push(`down ${String(peer.incarnation)}`),
    turnEnd: () => seen.push('turn'),
  }));
  return { ...actor, added, held, streams, seen };
}

interface Client extends FakeActor {
  readonly peers: string[];
}

function spawnClient(network: FakeNetwork): Client {
  const peers: string[] = [];
  const note = (what: string) => (peer: Peer) =>
    peers.push(`${what} ${peer.id} ${String(peer.incarnation)}`);
  const actor = network.spawn('client', ['counter'], () => ({
    start: () => undefined,
    tells: {},
    asks: {},
    streams: {},
    peerUp: note('up'),
    peerDown: note('down'),
  }));
  return { ...actor, peers };
}

function pair(options: FakeNetworkOptions = {}) {
  const network = createFakeNetwork(options);
  const counter = spawnCounter(network);
  const client = spawnClient(network);
  network.connect(client, counter);
  const ref = client.context.ref<CounterProtocol>(counter.peer.id);
  const ends: StreamEnd[] = [];
  const items: number[] = [];
  const handlers = {
    onItem: (item: number) => void items.push(item),
    onEnd: (end: StreamEnd) => void ends.push(end),
  };
  return { network, counter, client, ref, ends, items, handlers };
}

/** What an ask has ended with so far. */
function watch<T>(ask: Promise<AskResult<T>>): { result: AskResult<T> | undefined } {
  const box: { result: AskResult<T> | undefined } = { result: undefined };
  void ask.then((result) => {
    box.result = result;
  });
  return box;
}

t.test('tells arrive in order, and those of one turn in one frame', async (t) => {
  const { network, counter, client, ref } = pair();
  for (let i = 0; i < 100; i++) t.ok(client.context.tell(ref, 'add', i));
  await network.settle();
  t.same(counter.added, [...Array(100).keys()]);
  t.equal(network.framesSent(), 1);
});

t.test('a turn ends once for all that arrived in it', async (t) => {
  const { network, counter, client, ref } = pair();
  await network.settle();
  counter.seen.length = 0;
  client.context.tell(ref, 'add', 1);
  client.context.tell(ref, 'add', 2);
  await network.settle();
  t.same(counter.seen, ['add 1', 'add 2', 'turn']);
});

t.test('an ask is answered', async (t) => {
  const { network, client, ref } = pair();
  client.context.tell(ref, 'add', 41);
  client.context.tell(ref, 'add', 1);
  const ask = watch(client.context.ask(ref, 'total', {}, { timeoutMs: 100 }));
  await network.settle();
  t.same(ask.result, { ok: true, value: { total: 42 } });
  t.equal(client.core.counts().asksPending, 0);
});

t.test(
  'an ask that is not answered ends at its deadline, and its callee learns of it',
  async (t) => {
    const { network, counter, client, ref } = pair();
    const ask = watch(client.context.ask(ref, 'hold', 'a', { timeoutMs: 100 }));
    await network.advance(99);
    t.equal(ask.result, undefined);
    await network.advance(1);
    await network.settle();
    t.same(ask.result, { ok: false, error: { code: 'timeout', handedOver: true } });
    t.ok(counter.seen.includes('canceled a'));
    counter.held[0]?.reply('too late');
    await network.settle();
    t.same(counter.crashes, []);
  },
);

t.test('a canceled ask ends at once; one that had not left says so', async (t) => {
  const { network, counter, client, ref } = pair();
  let cancel = (): void => undefined;
  const onCancelable = (given: () => void): void => {
    cancel = given;
  };
  const sent = watch(client.context.ask(ref, 'hold', 'sent', { timeoutMs: 100, onCancelable }));
  await network.settle();
  cancel();
  await network.settle();
  t.same(sent.result, { ok: false, error: { code: 'canceled', handedOver: true } });
  t.ok(counter.seen.includes('canceled sent'));
  const unsent = watch(client.context.ask(ref, 'hold', 'unsent', { timeoutMs: 100, onCancelable }));
  cancel();
  await network.settle();
  t.same(unsent.result, { ok: false, error: { code: 'canceled', handedOver: false } });
  t.equal(counter.held.length, 1);
});

t.test('an unknown operation is refused', async (t) => {
  const { network, client, ref, ends, handlers } = pair();
  const ask = watch(client.context.ask(ref, 'missing', {}, { timeoutMs: 100 }));
  client.context.openStream(ref, 'missing', {}, handlers);
  await network.settle();
  t.same(ask.result, { ok: false, error: { code: 'unknown-operation', handedOver: false } });
  t.match(ends, [{ code: 'failed', error: { code: 'unknown-operation' } }]);
});

t.test('a request that cannot be encoded fails for its caller, and the link goes on', async (t) => {
  const { network, counter, client, ref, ends, handlers } = pair();
  const bad = { callback: () => undefined };
  client.context.tell(ref, 'add', 1);
  const ask = watch(client.context.ask(ref, 'total', bad, { timeoutMs: 100 }));
  client.context.openStream(ref, 'held', bad, handlers);
  client.context.tell(ref, 'add', 2);
  await network.settle();
  t.same(ask.result, { ok: false, error: { code: 'not-encodable', handedOver: false } });
  t.match(ends, [{ code: 'failed', error: { code: 'not-encodable' } }]);
  t.same(counter.added, [1, 2]);
  const good = watch(client.context.ask(ref, 'total', {}, { timeoutMs: 100 }));
  await network.settle();
  t.same(good.result, { ok: true, value: { total: 3 } });
});

t.test(
  'a reply that cannot be encoded is an error at the callee, who may answer again',
  async (t) => {
    const { network, counter, client, ref } = pair();
    const ask = watch(client.context.ask(ref, 'hold', 'a', { timeoutMs: 100 }));
    await network.settle();
    t.throws(
      () => {
        counter.held[0]?.reply((() => 'no data') as unknown as string);
      },
      { name: 'ActorError', code: 'not-encodable', message: /cannot encode a reply/ },
    );
    counter.held[0]?.reply('data');
    await network.settle();
    t.same(ask.result, { ok: true, value: 'data' });
    t.same(counter.crashes, []);
  },
);

t.test('death: asks and streams end, whether handed over or not', async (t) => {
  const { network, counter, client, ref, ends, handlers } = pair();
  const handed = watch(client.context.ask(ref, 'hold', 'a', { timeoutMs: 100 }));
  client.context.openStream(ref, 'held', {}, handlers);
  await network.settle();
  const unsent = watch(client.context.ask(ref, 'hold', 'b', { timeoutMs: 100 }));
  client.core.peerDown(counter.peer);
  await network.settle();
  t.same(handed.result, { ok: false, error: { code: 'actor-down', handedOver: true } });
  t.same(unsent.result, { ok: false, error: { code: 'actor-down', handedOver: false } });
  t.same(ends, [{ code: 'actor-down', handedOver: true }]);
  t.notOk(client.context.tell(ref, 'add', 1), 'sends are handed back');
  const late = watch(client.context.ask(ref, 'total', {}, { timeoutMs: 100 }));
  client.context.openStream(ref, 'held', {}, handlers);
  t.equal(ends.length, 1, 'onEnd does not run before openStream returns');
  await network.settle();
  t.same(late.result, { ok: false, error: { code: 'actor-down', handedOver: false } });
  t.same(ends[1], { code: 'actor-down', handedOver: false });
});

t.test('the death of a caller cancels what it asked for', async (t) => {
  const { network, counter, client, ref, handlers } = pair();
  void client.context.ask(ref, 'hold', 'a', { timeoutMs: 100 });
  client.context.openStream(ref, 'held', {}, handlers);
  await network.settle();
  counter.core.peerDown(client.peer);
  t.ok(counter.seen.includes('canceled a'));
  t.ok(counter.seen.includes('stream canceled'));
  t.equal(counter.core.counts().callsPending, 0);
});

t.test('messages sent before a death arrive before its DOWN', async (t) => {
  const { network, counter, client, ref } = pair();
  client.context.tell(ref, 'add', 7);
  client.core.turnEnd();
  await network.settle();
  counter.core.peerDown(client.peer);
  t.ok(counter.seen.indexOf('add 7') < counter.seen.indexOf('down 1'));
});

t.test('nothing addressed to a dead life reaches the next', async (t) => {
  const { network, counter, client, ref } = pair();
  client.context.tell(ref, 'add', 1);
  client.core.turnEnd();
  counter.core.abandon();
  const next = spawnCounter(network);
  client.core.peerUp(next.peer);
  next.core.peerUp(client.peer);
  client.context.tell(ref, 'add', 2);
  await network.settle();
  t.same(next.added, [2]);
  t.same(client.peers, ['up counter 1', 'down counter 1', 'up counter 2']);
});

t.test('an ask that waits is sent when its actor comes up, within its deadline', async (t) => {
  const { network, counter, client, ref, ends, items, handlers } = pair();
  client.core.peerDown(counter.peer);
  const patient = watch(client.context.ask(ref, 'total', {}, { timeoutMs: 100, whenDown: 'wait' }));
  const hasty = watch(client.context.ask(ref, 'total', {}, { timeoutMs: 10, whenDown: 'wait' }));
  client.context.openStream(ref, 'numbers', { upTo: 3 }, handlers, { waitForActorMs: 100 });
  client.context.openStream(ref, 'numbers', { upTo: 3 }, handlers, { waitForActorMs: 10 });
  await network.advance(50);
  t.same(hasty.result, { ok: false, error: { code: 'timeout', handedOver: false } });
  t.same(ends, [{ code: 'actor-down', handedOver: false }]);
  network.connect(client, spawnCounter(network));
  await network.settle();
  t.same(patient.result, { ok: true, value: { total: 0 } });
  t.same(items, [1, 2, 3]);
  t.same(ends[1], { code: 'complete', value: 'done' });
});

t.test(
  'a full mailbox hands tells back and ends asks as overloaded, until it is handled',
  async (t) => {
    const { network, counter, client, ref } = pair({ limits: { mailboxMessagesMax: 8 } });
    for (let i = 0; i < 8; i++) t.ok(client.context.tell(ref, 'add', i));
    t.notOk(client.context.tell(ref, 'add', 8));
    const ask = watch(client.context.ask(ref, 'total', {}, { timeoutMs: 100 }));
    await network.settle();
    t.same(ask.result, { ok: false, error: { code: 'overloaded', handedOver: false } });
    t.ok(client.context.tell(ref, 'add', 9), 'credit came back');
    await network.settle();
    t.same(counter.added, [0, 1, 2, 3, 4, 5, 6, 7, 9]);
  },
);

t.test('bytes on the way are bounded too', async (t) => {
  const { network, client, ref } = pair({ limits: { mailboxBytesMax: 1000 } });
  void client.context.ask(ref, 'hold', 'x'.repeat(2000), { timeoutMs: 100 });
  client.core.turnEnd();
  t.notOk(client.context.tell(ref, 'add', 1));
  await network.settle();
  t.ok(client.context.tell(ref, 'add', 1));
});

t.test('unanswered asks to one actor are bounded', async (t) => {
  const { network, client, ref } = pair({ limits: { asksMax: 4 } });
  for (let i = 0; i < 4; i++) void client.context.ask(ref, 'hold', 'a', { timeoutMs: 100 });
  const fifth = watch(client.context.ask(ref, 'hold', 'b', { timeoutMs: 100 }));
  await network.settle();
  t.same(fifth.result, { ok: false, error: { code: 'overloaded', handedOver: false } });
});

t.test('a stream delivers its items in order and ends once, last', async (t) => {
  const { network, client, ref, ends, items, handlers } = pair();
  client.context.openStream(ref, 'numbers', { upTo: 1000 }, handlers, { windowItems: 10 });
  await network.settle();
  t.same(
    items,
    Array.from({ length: 1000 }, (_, i) => i + 1),
  );
  t.same(ends, [{ code: 'complete', value: 'done' }]);
  t.same([client.core.counts().streamsConsumed], [0]);
});

t.test('a paused consumer gets at most its window, and the producer drains after', async (t) => {
  const { network, counter, client, ref, items, handlers } = pair();
  const stream = client.context.openStream(ref, 'held', {}, handlers, { windowItems: 4 });
  stream.pause();
  await network.settle();
  const [producer] = counter.streams;
  t.ok(producer !== undefined);
  t.same(
    [1, 2, 3, 4, 5, 6].map((item) => producer?.send(item)),
    [true, true, true, true, false, false],
  );
  t.equal(producer?.queuedItems, 2);
  await network.settle();
  t.same(items, [1, 2, 3, 4]);
  stream.resume();
  await network.settle();
  t.same(items, [1, 2, 3, 4, 5, 6]);
  t.ok(counter.seen.includes('drained'));
});

t.test('a consumer that cancels hears no more, and its producer learns of it', async (t) => {
  const { network, counter, client, ref, ends, items, handlers } = pair();
  const stream = client.context.openStream(ref, 'held', {}, handlers);
  await network.settle();
  counter.streams[0]?.send(1);
  counter.core.turnEnd();
  stream.cancel();
  t.same(ends, [{ code: 'canceled' }]);
  await network.settle();
  t.same(items, []);
  t.ok(counter.seen.includes('stream canceled'));
  t.equal(counter.streams[0]?.send(2), false);
});

t.test('a producer that outruns its bound loses the stream, not the actor', async (t) => {
  const { network, counter, client, ref, ends, handlers } = pair({
    limits: { streamQueueItemsMax: 10 },
  });
  client.context.openStream(ref, 'held', {}, handlers, { windowItems: 2 });
  await network.settle();
  for (let i = 0; i < 20; i++) counter.streams[0]?.send(i);
  await network.settle();
  t.match(ends, [{ code: 'failed', error: { code: 'overloaded' } }]);
  t.same(counter.crashes, []);
});

t.test('what a handler throws crashes its actor, which then does nothing more', async (t) => {
  const { network, counter, client, ref } = pair();
  client.context.tell(ref, 'add', 1);
  client.context.tell(ref, 'add', -1);
  client.context.tell(ref, 'add', 2);
  await network.settle();
  t.match(counter.crashes, [{ message: 'cannot add less than nothing' }]);
  t.same(counter.added, [1]);
});

t.test('what start throws or rejects is a crash; what it resolves is ready', async (t) => {
  const network = createFakeNetwork();
  const nothing = { tells: {}, asks: {}, streams: {} };
  const start = (start: () => void | Promise<void>) =>
    network.spawn('a', [], () => ({ start, ...nothing }));
  const throwing = start(() => {
    throw new Error('no disk');
  });
  const rejecting = start(() => Promise.reject(new Error('no port')));
  const resolving = start(() => Promise.resolve());
  await network.settle();
  t.match(throwing.crashes, [{ message: 'no disk' }]);
  t.match(rejecting.crashes, [{ message: 'no port' }]);
  t.ok(resolving.isReady());
  t.notOk(throwing.isReady());
});

t.test('context.crash ends the life from a continuation', async (t) => {
  const network = createFakeNetwork();
  const actor = network.spawn('a', [], (context) => ({
    start: async () => {
      await context.sleep(5);
      context.crash(new Error('found broken'));
    },
    tells: {},
    asks: {},
    streams: {},
  }));
  await network.advance(10);
  t.match(actor.crashes, [{ message: 'found broken' }]);
});

t.test(
  'a lost frame costs its messages: credit heals, asks end, streams end on both sides',
  async (t) => {
    const limits = { mailboxMessagesMax: 8 };
    const { network, counter, client, ref, ends, handlers } = pair({ limits, records: 'frame' });
    client.context.openStream(ref, 'held', {}, handlers);
    await network.settle();
    network.loseFrames((from) => from.id === 'client');
    for (let i = 0; i < 6; i++) client.context.tell(ref, 'add', i);
    const lost = watch(client.context.ask(ref, 'total', {}, { timeoutMs: 50 }));
    await network.advance(60);
    t.same(lost.result, { ok: false, error: { code: 'timeout', handedOver: true } });
    network.loseFrames(() => false);
    t.notOk(client.context.tell(ref, 'add', 100), 'the whole mailbox seems to be on its way');
    await network.settle();
    t.ok(client.context.tell(ref, 'add', 101));
    await network.settle();
    t.same(counter.added, [101]);
    t.match(ends, [{ code: 'failed', error: { code: 'link-gap' } }]);
    t.ok(counter.seen.includes('stream canceled'));
    for (let i = 0; i < 7; i++) t.ok(client.context.tell(ref, 'add', i), 'the credit is back');
  },
);

t.test('stop drains the behaviour and sends what is left', async (t) => {
  const network = createFakeNetwork();
  const counter = spawnCounter(network);
  const client = network.spawn('client', ['counter'], (context) => ({
    start: () => undefined,
    tells: {},
    asks: {},
    streams: {},
    stop: async () => {
      await context.sleep(5);
      context.tell(context.ref<CounterProtocol>(counter.peer.id), 'add', 5);
    },
  }));
  network.connect(client, counter);
  let stopped = false;
  client.core.stop(() => {
    stopped = true;
  });
  await network.advance(10);
  t.ok(stopped);
  t.same(counter.added, [5]);
});
