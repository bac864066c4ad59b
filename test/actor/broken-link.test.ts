import t from 'tap';
import { LinkBreaks, type StreamEnd } from '../../src/actor/index.js';
import { actorId } from '../../src/base/index.js';
import { type Echo, echoPair, said, watch } from './echo-pair.js';
import type { FakeNetwork } from './fake-network.js';

/** Where the values of a frame's entries begin: each behind a head of 16 bytes, which begins with their length. */
function valuesOf(frame: Uint8Array): number[] {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const places: number[] = [];
  for (let at = 0; at < frame.length; at = Math.ceil((at + 16 + view.getUint32(at)) / 8) * 8)
    places.push(at + 16);
  return places;
}

/** Damages the next frame of `from`: the value of an entry in its middle, the head of one, or all of it. */
function damageNext(network: FakeNetwork, from: Echo, how: 'value' | 'head' | 'all'): void {
  let done = false;
  network.damageFrames((sender, _to, frame) => {
    if (done || sender.id !== from.peer.id) return;
    done = true;
    const places = valuesOf(frame);
    const middle = places[places.length >> 1] ?? 0;
    if (how === 'head') frame[middle - 16] = 0xff;
    if (how === 'value') frame[middle] = 0xc1;
    if (how === 'all') frame.fill(0xff);
  });
}

for (const records of ['connection', 'frame'] as const) {
  for (const how of ['value', 'head', 'all'] as const) {
    t.test(
      `a frame with a damaged ${how} breaks its link, which is made anew (${records})`,
      async (t) => {
        const { network, left, right, ref } = echoPair({ records });
        const held = watch(left.context.ask(ref, 'hold', 'before', { timeoutMs: 1000 }));
        const ends: StreamEnd[] = [];
        await network.settle();
        damageNext(network, left, how);
        for (let i = 0; i < 20; i++) left.context.tell(ref, 'say', { i, text: 'some text' });
        const lost = watch(left.context.ask(ref, 'echo', 'lost', { timeoutMs: 1000 }));
        left.context.openStream(
          ref,
          'count',
          { upTo: 1 },
          { onItem: () => undefined, onEnd: (end) => void ends.push(end) },
        );
        await network.settle();
        t.same(left.crashes, []);
        t.same(right.crashes, []);
        const down = { ok: false, error: { code: 'actor-down', handedOver: true } };
        t.same([held.result, lost.result], [down, down]);
        t.same(ends, [{ code: 'actor-down', handedOver: true }]);
        for (const each of [left, right])
          t.same(
            each.seen.filter(({ type }) => type === 'up' || type === 'down'),
            [
              { type: 'up', life: 1 },
              { type: 'down', life: 1, cause: 'link-broken' },
              { type: 'up', life: 1 },
            ],
          );
        t.ok(
          right.seen.some((each) => each.type === 'canceled'),
          'nobody waits for its answers',
        );
        t.match(
          right.logged.filter(({ level }) => level === 'warn'),
          [{ message: 'a frame cannot be read: its link is made anew', fields: { peer: 'left' } }],
          'its log says so once',
        );
        t.equal(right.core.counts().linksBroken, 1);
        const before = said(right).length;
        t.ok(before < 20, 'no message behind the damage was handled');
        t.ok(left.context.tell(ref, 'say', 'again'));
        const again = watch(
          left.context.ask(ref, 'echo', { fresh: 'records' }, { timeoutMs: 1000 }),
        );
        await network.settle();
        t.same(said(right).slice(before), ['again']);
        t.same(again.result, { ok: true, value: { fresh: 'records' } });
      },
    );
  }
}

t.test(
  'an actor whose frames cannot be read again and again is crashed with the reason',
  async (t) => {
    const { network, left, right, ref } = echoPair();
    network.damageFrames((from, _to, frame) => {
      if (from.id === left.peer.id) frame.fill(0xff);
    });
    for (let round = 0; round < 10 && left.crashes.length === 0; round++) {
      left.context.tell(ref, 'say', round);
      await network.settle();
    }
    t.match(left.crashes, [{ message: /^its link to right broke 4 times within 60 s, the last/ }]);
    t.same(right.crashes, []);
  },
);

t.test('breaks are counted by sender and receiver, and forgotten after a minute', (t) => {
  const breaks = new LinkBreaks();
  const [a, b, c] = [actorId('a'), actorId('b'), actorId('c')];
  const note = (from: typeof a, to: typeof a, atMs: number) => breaks.note(from, to, 'noise', atMs);
  for (let atMs = 0; atMs < 3; atMs++) t.equal(note(a, b, atMs), undefined);
  t.equal(note(b, a, 3), undefined);
  t.equal(note(a, c, 3), undefined);
  t.equal(note(a, b, 60_000), undefined, 'the first is a minute old');
  t.match(note(a, b, 60_000), /broke 4 times .* noise$/);
  t.equal(note(a, b, 60_001), undefined, 'its next life begins anew');
  t.end();
});

t.test('both sides may find a damaged frame at once: one link comes of it', async (t) => {
  const { network, left, right, ref } = echoPair();
  await network.settle();
  let damaged = 0;
  network.damageFrames((_from, _to, frame) => {
    if (damaged++ < 2) frame.fill(0xff);
  });
  left.context.tell(ref, 'say', 1);
  right.context.tell({ id: left.peer.id }, 'say' as never, 1 as never);
  await network.settle();
  t.same([left.crashes, right.crashes], [[], []]);
  left.context.tell(ref, 'say', 2);
  await network.settle();
  t.same(said(right), [2]);
  for (const each of [left, right]) {
    const downs = each.seen.filter(({ type }) => type === 'down');
    t.ok(
      downs.length > 0 && downs.every((down) => 'cause' in down && down.cause === 'link-broken'),
    );
  }
});
