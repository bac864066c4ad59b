import t from 'tap';
import { ok, revision } from '../../src/base/index.js';
import type { WatchBatch } from '../../src/protocol/index.js';
import { createStoreClient } from '../../src/store/index.js';
import type { StoreWatchEnd } from '../../src/store/index.js';
import { endStream, fakeWorld, REPLICAS } from './fake-store.js';
import type { FakeStream, FakeWorld } from './fake-store.js';

function batchOf(upTo: number, ...revisions: number[]): WatchBatch {
  const events = revisions.map((at) => ({
    type: 'put' as const,
    kv: {
      key: 'a',
      createRevision: revision(2),
      modRevision: revision(at),
      version: at - 1,
      value: new Uint8Array(0),
      lease: 0n,
    },
  }));
  return { events, revision: revision(upTo) };
}

function watching(startRevision: number | undefined) {
  const world = fakeWorld(() => ok(undefined));
  const seen: number[] = [];
  const batches: number[] = [];
  const ends: StoreWatchEnd[] = [];
  const client = createStoreClient(world.context, { replicas: REPLICAS, requestTimeoutMs: 1000 });
  const watch = client.watch(
    { key: 'a', startRevision },
    {
      onBatch(batch) {
        batches.push(batch.revision);
        seen.push(...batch.events.map((event) => event.kv.modRevision));
      },
      onEnd: (end) => ends.push(end),
    },
  );
  return { world, seen, batches, ends, watch };
}

function lastStream(world: FakeWorld): FakeStream {
  const stream = world.streams.at(-1);
  if (stream === undefined) throw new Error('no stream was opened');
  return stream;
}

const turn = (): Promise<void> => Promise.resolve();

t.test('a watch goes on at another replica from the revision after the last one', (t) => {
  const { world, seen, batches } = watching(3);
  const first = lastStream(world);
  t.equal(first.request.startRevision, 3);
  first.handlers.onItem(batchOf(2));
  first.handlers.onItem(batchOf(5, 3, 5));
  endStream(first, { code: 'actor-down', handedOver: true });
  const second = lastStream(world);
  t.not(second.to, first.to);
  t.equal(second.request.startRevision, 6);
  second.handlers.onItem(batchOf(4));
  second.handlers.onItem(batchOf(6, 6));
  second.handlers.onItem(batchOf(9));
  first.handlers.onItem(batchOf(8, 8));
  t.same(seen, [3, 5, 6]);
  t.same(batches, [2, 5, 6, 9], 'the first batch of a lagging replica is no news');
  t.end();
});

t.test('a watch from now starts where its first batch says, over a death too', (t) => {
  const { world, seen } = watching(undefined);
  endStream(lastStream(world), { code: 'actor-down', handedOver: false });
  t.equal(lastStream(world).request.startRevision, 0);
  lastStream(world).handlers.onItem(batchOf(10));
  endStream(lastStream(world), { code: 'complete' });
  t.equal(lastStream(world).request.startRevision, 11);
  lastStream(world).handlers.onItem(batchOf(12, 11, 12));
  t.same(seen, [11, 12]);
  t.end();
});

t.test('only a compaction ends it, with the revision', (t) => {
  const { world, ends } = watching(3);
  endStream(lastStream(world), {
    code: 'failed',
    error: { code: 'compacted', message: '', details: { compactRevision: 9 } },
  });
  t.same(ends, [{ code: 'compacted', compactRevision: 9 }]);
  t.equal(world.streams.length, 1);
  t.end();
});

t.test(
  'failures in a row are tried again after growing pauses, and with nobody up it waits',
  async (t) => {
    const { world, seen } = watching(3);
    for (let i = 0; i < 4; i++) {
      endStream(lastStream(world), { code: 'failed', error: { code: 'stopping', message: '' } });
      await turn();
    }
    t.same(world.sleepsMs, [2, 4, 8]);
    world.live.clear();
    endStream(lastStream(world), { code: 'actor-down', handedOver: true });
    const before = world.streams.length;
    for (let i = 0; i < 5; i++) await turn();
    t.equal(world.streams.length, before);
    for (const id of REPLICAS) world.live.add(id);
    for (let i = 0; i < 3; i++) await turn();
    lastStream(world).handlers.onItem(batchOf(3, 3));
    t.same(seen, [3]);
  },
);

t.test('pause and resume reach the stream of the day', (t) => {
  const { world, watch } = watching(3);
  watch.pause();
  t.equal(lastStream(world).paused, true);
  endStream(lastStream(world), { code: 'actor-down', handedOver: true });
  t.equal(lastStream(world).paused, true, 'a new stream starts paused');
  watch.resume();
  t.equal(lastStream(world).paused, false);
  t.end();
});

t.test('cancel ends it at once, and nothing is delivered after', (t) => {
  const { world, watch, ends, seen } = watching(3);
  const stream = lastStream(world);
  watch.cancel();
  watch.cancel();
  t.same(ends, [{ code: 'canceled' }]);
  t.equal(stream.canceled, true);
  stream.handlers.onItem(batchOf(3, 3));
  endStream(stream, { code: 'canceled' });
  t.same(seen, []);
  t.equal(world.streams.length, 1);
  t.end();
});

t.test(
  'pieces of a batch are handed on, and not again when the stream begins anew in their midst',
  (t) => {
    const { world, seen, batches } = watching(3);
    const first = lastStream(world);
    first.handlers.onItem(batchOf(2));
    first.handlers.onItem({ ...batchOf(2, 3, 3, 3), fragment: true });
    first.handlers.onItem({ ...batchOf(2, 3), fragment: true });
    endStream(first, { code: 'actor-down', handedOver: true });
    const second = lastStream(world);
    t.equal(second.request.startRevision, 3, 'the revision is not whole yet');
    second.handlers.onItem(batchOf(2));
    second.handlers.onItem({ ...batchOf(2, 3, 3), fragment: true });
    t.same(seen, [3, 3, 3, 3]);
    endStream(second, { code: 'actor-down', handedOver: true });
    const third = lastStream(world);
    third.handlers.onItem(batchOf(2));
    third.handlers.onItem({ ...batchOf(2, 3, 3, 3, 3, 3), fragment: true });
    third.handlers.onItem(batchOf(4, 3, 4));
    third.handlers.onItem(batchOf(5, 5));
    t.same(seen, [3, 3, 3, 3, 3, 3, 4, 5]);
    t.same(batches, [2, 2, 2, 2, 4, 5]);
    t.end();
  },
);
