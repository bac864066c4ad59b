import t from 'tap';
import type { MonitorDown } from '../../src/actor/index.js';
import { echoPair, type EchoProtocol, spawnEcho } from './echo-pair.js';

t.test('a monitor tells of a death once, with its reason', async (t) => {
  const { network, left, right, ref } = echoPair();
  const downs: MonitorDown[] = [];
  left.context.monitor(ref, (down) => void downs.push(down));
  const off = left.context.monitor(ref, () => void t.fail('it was called off'));
  off();
  network.end(right, { cause: 'chaos', message: 'killed on purpose' });
  await network.settle();
  const expected = { peer: right.peer, cause: 'chaos', message: 'killed on purpose' };
  t.same(downs, [expected]);
  const next = spawnEcho(network, 'right', ['left']);
  network.connect(left, next);
  network.end(next, { cause: 'crash', message: 'again' });
  await network.advance(5000);
  t.same(downs, [expected], 'it watched one life');
});

t.test('a behaviour hears of an exit after the death, also where it is known before', async (t) => {
  for (const early of [true, false]) {
    const { network, left, right } = echoPair();
    await network.settle();
    const exit = { cause: 'crash', message: 'broke' } as const;
    if (early) left.core.peerExited(right.peer, exit);
    left.core.peerDown(right.peer);
    if (!early) left.core.peerExited(right.peer, exit);
    t.same(left.seen.slice(-2), [
      { type: 'down', life: 1, cause: 'died' },
      { type: 'exited', life: 1, message: 'broke' },
    ]);
  }
});

t.test('an actor that is down is noproc, after monitor has returned', async (t) => {
  const { network, left, right, ref } = echoPair();
  left.core.peerDown(right.peer);
  const downs: MonitorDown[] = [];
  left.context.monitor(ref, (down) => void downs.push(down));
  left.context.monitor(ref, () => void t.fail('it was called off'))();
  t.same(downs, []);
  await network.settle();
  t.same(downs, [{ peer: undefined, cause: 'noproc', message: 'right is down' }]);
});

t.test('a broken link, and a death that nobody explains, are noconnection', async (t) => {
  const { network, left, right, ref } = echoPair();
  const downs: MonitorDown[] = [];
  const note = (down: MonitorDown): void => void downs.push(down);
  left.context.monitor(ref, note);
  left.core.peerDown(right.peer, 'link-broken');
  t.match(downs, [{ peer: right.peer, cause: 'noconnection', message: 'its link is broken' }]);
  left.core.peerUp(right.peer);
  left.context.monitor(ref, note);
  left.core.peerDown(right.peer);
  await network.advance(999);
  t.equal(downs.length, 1);
  await network.advance(1);
  t.match(downs[1], { peer: right.peer, cause: 'noconnection', message: 'nobody said why' });
  left.core.peerExited(right.peer, { cause: 'crash', message: 'too late' });
  t.equal(downs.length, 2);
});

t.test('a link crashes the other side, whichever dies, with the reason', async (t) => {
  for (const dies of ['left', 'right'] as const) {
    const { network, left, right, ref } = echoPair();
    left.context.link(ref);
    left.context.link(ref);
    await network.settle();
    const [dead, other] = dies === 'left' ? [left, right] : [right, left];
    network.end(dead, { cause: 'crash', message: 'no disk' });
    await network.settle();
    t.match(other.crashes, [
      { message: `linked to ${dies}, which died: no disk`, code: 'LINKED_DEATH' },
    ]);
  }
});

t.test('a normal exit, and one after the link was ended, harm nobody', async (t) => {
  const { network, left, right, ref } = echoPair();
  left.context.link(ref);
  await network.settle();
  network.end(right, { cause: 'normal', message: 'done' });
  await network.settle();
  t.same(left.crashes, []);
  const next = spawnEcho(network, 'right', ['left']);
  network.connect(left, next);
  const unlink = left.context.link(ref);
  await network.settle();
  unlink();
  unlink();
  await network.settle();
  network.end(left, { cause: 'crash', message: 'broke' });
  await network.settle();
  t.same(next.crashes, []);
});

t.test('a link is of two lives: the successor is not linked', async (t) => {
  const { network, left, right, ref } = echoPair();
  left.context.link(ref);
  await network.settle();
  network.end(left, { cause: 'normal', message: 'done' });
  await network.settle();
  const next = spawnEcho(network, 'left', ['right']);
  network.connect(next, right);
  await network.settle();
  network.end(right, { cause: 'crash', message: 'broke' });
  await network.settle();
  t.same(next.crashes, []);
});

t.test('a link to an actor that is down, or whose link breaks, crashes', async (t) => {
  const { network, left, right, ref } = echoPair();
  const stranger = left.context.ref<EchoProtocol>('stranger' as never);
  left.context.link(stranger);
  await network.settle();
  t.match(left.crashes, [{ message: 'linked to stranger, which died: stranger is down' }]);
  t.same(right.crashes, []);
  const other = echoPair();
  other.left.context.link(ref);
  other.left.core.peerDown(other.right.peer, 'link-broken');
  t.match(other.left.crashes, [{ message: 'linked to right, which died: its link is broken' }]);
});
