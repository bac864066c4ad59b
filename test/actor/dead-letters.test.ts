import t from 'tap';
import { createFakeNetwork } from './fake-network.js';
import { type Echo, echoPair, type EchoProtocol, spawnEcho, watch } from './echo-pair.js';

const letters = (echo: Echo) =>
  echo.logged
    .filter(({ message }) => message === 'dead letters')
    .map(({ level, fields }) => ({ level, ...fields }));

t.test('each reason is counted', async (t) => {
  const { network, left, right, ref } = echoPair({ limits: { mailboxMessagesMax: 4 } });
  const { context } = left;
  for (let n = 0; n < 6; n++) context.tell(ref, 'say', n);
  const newest = context.ref<EchoProtocol>(right.peer.id, { overflow: 'drop-oldest' });
  for (let n = 0; n < 1030; n++) context.tell(newest, 'say', n);
  context.tell(context.ref<EchoProtocol>('nobody' as never), 'say', 1);
  await network.settle();
  context.tell(ref, 'unknown' as 'say', 1);
  await network.settle();
  const late = watch(context.ask(ref, 'hold', 1, { timeoutMs: 10 }));
  left.core.turnEnd();
  network.pass(20);
  await network.advance(0);
  t.same(late.result, { ok: false, error: { code: 'timeout', handedOver: true } });
  network.end(right, { cause: 'normal', message: 'done' });
  await network.settle();
  context.tell(ref, 'say', 1);
  t.same(left.core.counts().deadLetters, {
    'actor-down': 1,
    overflow: 2,
    'dropped-oldest': 6,
    'not-linked': 1,
    'unknown-operation': 0,
    late: 0,
  });
  t.match(right.core.counts().deadLetters, { 'unknown-operation': 1, late: 1 });
});

t.test(
  'a line a second, at most, for each peer, operation and reason, with the count since',
  async (t) => {
    const network = createFakeNetwork();
    const left = spawnEcho(network, 'left', ['right', 'other']);
    const { context } = left;
    const [right, other] = ['right', 'other'].map((id) => context.ref<EchoProtocol>(id as never));
    const nobody = context.ref<EchoProtocol>('nobody' as never);
    if (right === undefined || other === undefined) throw new Error('no refs');
    for (let n = 0; n < 5; n++) context.tell(right, 'say', n);
    context.tell(other, 'say', 1);
    context.tell(other, 'fail', 'x');
    const down = { level: 'debug', reason: 'actor-down', count: 1 };
    t.same(letters(left), [
      { ...down, peer: 'right', operation: 'say' },
      { ...down, peer: 'other', operation: 'say' },
      { ...down, peer: 'other', operation: 'fail' },
    ]);
    await network.advance(999);
    context.tell(right, 'say', 1);
    t.equal(letters(left).length, 3);
    await network.advance(1);
    context.tell(right, 'say', 1);
    t.same(letters(left)[3], { ...down, peer: 'right', operation: 'say', count: 6 });
    context.tell(nobody, 'say', 1);
    t.match(letters(left)[4], { level: 'warn', reason: 'not-linked', peer: 'nobody' });
  },
);

t.test(
  'a flood of different names costs a bounded number of lines, and all are counted',
  async (t) => {
    const { network, left, right, ref } = echoPair();
    for (let n = 0; n < 2000; n++) left.context.tell(ref, `unknown-${String(n)}` as 'say', n);
    await network.settle();
    t.equal(right.core.counts().deadLetters['unknown-operation'], 2000);
    t.equal(letters(right).length, 256);
  },
);
