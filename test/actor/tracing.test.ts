import t from 'tap';
import {
  type ActorContext,
  type Behaviour,
  type OpenSpan,
  outcomeOf,
  packTrace,
  type Span,
} from '../../src/actor/index.js';
import { actorId, assertDefined } from '../../src/base/index.js';
import { createFakeNetwork, type FakeActor } from './fake-network.js';

interface ChainProtocol {
  tells: object;
  asks: { pass: { request: string; reply: unknown }; hold: { request: string; reply: unknown } };
  streams: { count: { request: object; item: number } };
}

const TRACE = '0af7651916cd43dd8448eb211c80319c';

/** `a` asks `b`, which asks `c` before it answers. */
async function chain(
  more: (context: ActorContext) => Partial<Behaviour<ChainProtocol>> = () => ({}),
) {
  const network = createFakeNetwork();
  const a = network.spawn<ChainProtocol>('a', ['b'], () => silent);
  const b = network.spawn<ChainProtocol>('b', ['a', 'c'], (context) => ({
    ...silent,
    asks: {
      ...silent.asks,
      pass: (call) => {
        void pass(context, 'c', call.request).then((result) => {
          call.reply(result.ok ? result.value : result);
        });
      },
    },
    ...more(context),
  }));
  const c = network.spawn<ChainProtocol>('c', ['b'], () => ({
    ...silent,
    asks: {
      ...silent.asks,
      pass: (call) => {
        call.reply({ code: call.request === 'bad' ? 409 : 200, traceId: call.traceId });
      },
    },
    describe: (operation, request) => `${operation} ${String(request)}`,
  }));
  network.connect(a, b);
  network.connect(b, c);
  await network.settle();
  return { network, a, b, c };
}

const silent: Behaviour<ChainProtocol> = {
  start: () => undefined,
  tells: {},
  asks: { pass: () => undefined, hold: () => undefined },
  streams: { count: () => undefined },
};

function pass(context: ActorContext, to: string, request: string, traceId?: string | null) {
  const ref = context.ref<ChainProtocol>(actorId(to));
  return context.ask(ref, 'pass', request, { timeoutMs: 1000, traceId });
}

const spansOf = (actor: FakeActor): readonly Span[] => actor.core.spans({}).spans;
const logged = (actor: FakeActor): unknown[] =>
  actor.logged.filter(({ message }) => message === 'span').map(({ fields }) => fields);

t.test(
  'a traced ask is a span of its callee, and what it asks meanwhile a child of it',
  async (t) => {
    const { network, a, b, c } = await chain();
    const answer = pass(a.context, 'b', 'x', TRACE);
    await network.settle();
    t.match(await answer, { ok: true, value: { code: 200, traceId: TRACE } });
    const [first] = spansOf(b);
    t.match(spansOf(b), [
      {
        traceId: TRACE,
        parentId: undefined,
        name: 'pass',
        actor: 'b',
        incarnation: 1,
        outcome: 'ok',
      },
    ]);
    t.match(first?.id, /^[0-9a-f]{16}$/);
    t.match(spansOf(c), [{ traceId: TRACE, parentId: first?.id, name: 'pass x', outcome: 'ok' }]);
    t.same(logged(b), [{ traceId: TRACE, span: first }], 'each is a line in the log too');
  },
);

t.test('what is not traced leaves nothing', async (t) => {
  const { network, a, b, c } = await chain();
  const answer = pass(a.context, 'b', 'x');
  await network.settle();
  t.match(await answer, { ok: true, value: { code: 200, traceId: undefined } });
  t.same([spansOf(b), spansOf(c), logged(b)], [[], [], []]);
});

t.test('an ask may be kept out of the trace that its asker works for', async (t) => {
  const { network, a, c } = await chain((context) => ({
    asks: {
      ...silent.asks,
      pass: (call) => {
        void pass(context, 'c', call.request, null).then(() => {
          call.reply({});
        });
      },
    },
  }));
  void pass(a.context, 'b', 'x', TRACE);
  await network.settle();
  t.same(spansOf(c), []);
});

t.test(
  'a bare trace id from a handler that paused belongs to the trace, below nobody',
  async (t) => {
    const { network, a, c } = await chain((context) => ({
      asks: {
        ...silent.asks,
        pass: (call) => {
          void context.sleep(10).then(() => pass(context, 'c', call.request, call.traceId));
        },
      },
    }));
    void pass(a.context, 'b', 'x', TRACE);
    await network.advance(20);
    t.match(spansOf(c), [{ traceId: TRACE, parentId: undefined }]);
  },
);

t.test('how an ask ended: what failed says why, who gave up, who died', async (t) => {
  const { network, a, b, c } = await chain();
  void pass(a.context, 'b', 'bad', TRACE);
  await network.settle();
  t.match(spansOf(c), [{ outcome: 'failed 409' }]);

  const ref = a.context.ref<ChainProtocol>(b.peer.id);
  void a.context.ask(ref, 'hold', 'x', { timeoutMs: 50, traceId: TRACE });
  await network.settle();
  t.match(spansOf(b).at(-1), { name: 'hold', durationMs: undefined, outcome: undefined });
  await network.advance(60);
  t.match(spansOf(b).at(-1), { name: 'hold', durationMs: 50, outcome: 'canceled' });

  void a.context.ask(ref, 'hold', 'y', { timeoutMs: 50, traceId: TRACE });
  await network.settle();
  network.disconnect(a, b);
  await network.settle();
  t.match(spansOf(b).at(-1), { name: 'hold', outcome: 'canceled' });
});

t.test('outcomes by the shape of the answer', async (t) => {
  const cases: [unknown, string][] = [
    [undefined, 'ok'],
    ['text', 'ok'],
    [{ ok: true, value: 1 }, 'ok'],
    [{ ok: false, error: { code: 'no-leader' } }, 'failed no-leader'],
    [{ ok: false }, 'failed'],
    [{ code: 201 }, 'ok'],
    [{ code: 404 }, 'failed 404'],
    [{ type: 'response', status: 503 }, 'failed 503'],
  ];
  for (const [reply, outcome] of cases) t.equal(outcomeOf(reply), outcome, JSON.stringify(reply));
});

t.test('a stream is a span until its end', async (t) => {
  let end: () => void = () => undefined;
  const { network, a, b } = await chain(() => ({
    streams: {
      count: (call) => {
        end = () => {
          call.fail({ code: 'worn-out', message: '' });
        };
      },
    },
  }));
  const ref = a.context.ref<ChainProtocol>(b.peer.id);
  const handlers = { onItem: () => undefined, onEnd: () => undefined };
  a.context.openStream(ref, 'count', {}, handlers, { traceId: TRACE });
  await network.settle();
  t.match(spansOf(b), [{ name: 'count', outcome: undefined }]);
  await network.advance(30);
  end();
  t.match(spansOf(b), [{ name: 'count', durationMs: 30, outcome: 'failed worn-out' }]);
});

t.test('an event of a trace is a span, and what it sets off is its child', async (t) => {
  const { network, b, c } = await chain();
  const tracing = assertDefined(b.context.tracing, 'tracing');
  let carried: string | undefined;
  tracing.event('pod seen', packTrace({ traceId: TRACE, spanId: '00000000000000aa' }), () => {
    carried = tracing.current();
    void pass(b.context, 'c', 'x');
  });
  t.equal(tracing.current(), undefined);
  await network.settle();
  const [event] = spansOf(b);
  t.match(event, { name: 'pod seen', parentId: '00000000000000aa', outcome: 'ok' });
  t.equal(carried, `${TRACE}-${event?.id ?? ''}`);
  t.match(spansOf(c), [{ parentId: event?.id }]);
});

t.test('background work that began in a span does not inherit it for ever', async (t) => {
  const { network, b } = await chain();
  const tracing = assertDefined(b.context.tracing, 'tracing');
  const span = tracing.begin('request', TRACE);
  span.run(() => {
    t.equal(tracing.current(), span.trace);
    span.end('ok');
    network.pass(1);
    t.equal(tracing.current(), undefined, 'it is over');
  });
  tracing.event('event', TRACE, () => {
    network.pass(10_000);
    t.not(tracing.current(), undefined);
    network.pass(1);
    t.equal(tracing.current(), undefined, 'it is long ago');
  });
});

t.test('spans are bounded; who reads on gets each that ended once', async (t) => {
  const { b } = await chain();
  const tracing = assertDefined(b.context.tracing, 'tracing');
  const begun: OpenSpan[] = [];
  for (let n = 0; n < 3; n++) tracing.begin(`span ${String(n)}`, TRACE).end('ok');
  const { endedNext, spans } = b.core.spans({ endedFrom: 0 });
  t.equal(spans.length, 3);
  for (let n = 0; n < 5000; n++) begun.push(tracing.begin('open', TRACE));
  t.equal(spansOf(b).filter(({ outcome }) => outcome === undefined).length, 2048);
  for (const span of begun) span.end('ok');
  for (const span of begun) span.end('twice');
  t.equal(spansOf(b).length, 2048);
  t.equal(spansOf(b).filter(({ outcome }) => outcome === 'twice').length, 0);
  const later = b.core.spans({ endedFrom: endedNext });
  t.equal(later.endedNext, 5003);
  t.equal(later.spans.length, 2048, 'the others were pushed out');
  t.same(b.core.spans({ endedFrom: later.endedNext }).spans, []);
});
