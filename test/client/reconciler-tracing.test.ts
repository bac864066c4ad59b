import t from 'tap';
import type { ActorContext, Span } from '../../src/actor/index.js';
import { Tracer } from '../../src/actor/tracer.js';
import { actorId, incarnation, seededRandom } from '../../src/base/index.js';
import { createReconciler, type Reconciled } from '../../src/client/index.js';
import type { ObjectKey } from '../../src/client/index.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';

function world(concurrency: number) {
  const clock = {
    monotonicMs: () => 0,
    wallMs: () => 0,
    after: () => ({ cancel: () => undefined }),
  };
  const silent = (): void => undefined;
  const log = { debug: silent, info: silent, warn: silent, error: silent };
  const self = { id: actorId('controller-manager'), incarnation: incarnation(1) };
  const tracing = new Tracer({ self, clock, log, random: seededRandom(1), ambient: undefined });
  const context = { self, clock, log, tracing } as unknown as ActorContext;
  const begun: { key: string; trace: string | undefined; end: (end: Reconciled) => void }[] = [];
  const reconciler = createReconciler(
    context,
    { name: 'deployment', concurrency },
    (key) =>
      new Promise((resolve) => {
        begun.push({ key, trace: tracing.current(), end: resolve });
      }),
  );
  reconciler.start();
  const spans = (): readonly Span[] => tracing.query({ traceId: TRACE }).spans;
  return { tracing, reconciler, begun, spans };
}

const key = (name: string): ObjectKey => name;
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

t.test('a key that was added for a trace is worked on for it', async (t) => {
  const { tracing, reconciler, begun, spans } = world(1);
  tracing.event('saw a', TRACE, () => {
    reconciler.enqueue(key('a'));
  });
  const [event, reconcile] = spans();
  t.match(event, { name: 'saw a' });
  t.match(reconcile, { name: 'reconcile deployment a', parentId: event?.id, outcome: undefined });
  t.equal(begun[0]?.trace, `${TRACE}-${reconcile?.id ?? ''}`);
  begun[0]?.end({ type: 'done' });
  await settle();
  t.match(spans().at(-1), { name: 'reconcile deployment a', outcome: 'ok' });
  reconciler.enqueue(key('a'));
  t.equal(begun[1]?.trace, undefined, 'the next time it is for nobody');
});

t.test(
  'a key that only waited for its turn is not taken for the trace that gave it one',
  async (t) => {
    const { tracing, reconciler, begun, spans } = world(2);
    reconciler.stop();
    reconciler.enqueue(key('old'));
    reconciler.start();
    t.equal(begun.length, 1);
    reconciler.stop();
    reconciler.enqueue(key('waiting'));
    tracing.event('saw a', TRACE, () => {
      reconciler.start();
    });
    t.match(begun[1], { key: 'waiting', trace: undefined });
    t.equal(spans().length, 1);
  },
);

t.test('a reconcile that failed says why', async (t) => {
  const { tracing, reconciler, begun, spans } = world(1);
  tracing.event('saw a', TRACE, () => {
    reconciler.enqueue(key('a'));
  });
  const error = { code: 409, reason: 'Conflict', message: '', uncertain: false };
  begun[0]?.end({ type: 'failed', error });
  await settle();
  t.match(spans().at(-1), { outcome: 'failed Conflict' });
});
