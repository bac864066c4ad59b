import t from 'tap';
import {
  assertDefined,
  actorId,
  failed,
  incarnation,
  logIndex,
  nodeId,
  ok,
  term,
} from '../../src/base/index.js';
import type { AskResult } from '../../src/actor/index.js';
import { isReplicaId } from '../../src/protocol/index.js';
import type { StoreErrorCode, WriteSession } from '../../src/protocol/index.js';
import type { TxnRequest } from '../../src/mvcc/index.js';
import { createStateMachine, createStoreClient, encodeProposal } from '../../src/store/index.js';
import type { StateMachine } from '../../src/store/index.js';
import { fakeWorld, REPLICAS } from './fake-store.js';
import type { FakeAsk, FakeWorld } from './fake-store.js';

const header = { clusterId: 1n, memberId: 1n, revision: 7, raftTerm: 1 };
const done = {
  ok: true,
  value: { ok: true, value: { succeeded: true, responses: [], header } },
} as const;
const putA: TxnRequest = {
  compare: [],
  success: [{ type: 'put', key: 'a', value: new Uint8Array([1]) }],
  failure: [],
};

function refused(code: StoreErrorCode, details?: unknown): AskResult<unknown> {
  return ok(failed({ code, message: code, details }));
}

function clientOf(world: FakeWorld, requestTimeoutMs = 1000) {
  return createStoreClient(world.context, { replicas: REPLICAS, requestTimeoutMs });
}

function sessionOf(ask: FakeAsk | undefined): WriteSession {
  return ask?.request['session'] as WriteSession;
}

t.test('a hint leads to the leader at once, and the leader is remembered', async (t) => {
  const world = fakeWorld((ask) =>
    ask.to === 'store-2' ? done : refused('not-leader', { leader: 'store-2' }),
  );
  const client = clientOf(world);
  for (let i = 0; i < 3; i++) t.equal((await client.txn(putA)).ok, true);
  t.same(world.sleepsMs, []);
  t.same(
    world.asks.slice(-2).map((ask) => ask.to),
    ['store-2', 'store-2'],
  );
  const leader = actorId('store-2');
  client.peerDown({ id: leader, incarnation: incarnation(1) });
  world.live.delete(leader);
  await client.txn(putA, { timeoutMs: 20 });
  t.notOk(
    world.asks.slice(-2).some((ask) => ask.to === 'store-2'),
    'a replica that is down is not asked',
  );
});

t.test('a replica that is added later is used, and forgotten when it goes', async (t) => {
  const added = actorId('store-7');
  const world = fakeWorld((ask) =>
    ask.to === added ? done : refused('not-leader', { leader: added }),
  );
  const client = createStoreClient(world.context, {
    replicas: REPLICAS,
    requestTimeoutMs: 1000,
    isReplica: isReplicaId,
  });
  const up = (id: string): void => {
    world.live.add(actorId(id));
    client.peerUp({ id: actorId(id), incarnation: incarnation(1) });
  };
  up('kubelet-node-1');
  up(added);
  t.ok((await client.txn(putA)).ok);
  t.equal(world.asks.at(-1)?.to, added);
  client.peerDown({ id: added, incarnation: incarnation(1) });
  t.notOk((await client.txn(putA, { timeoutMs: 20 })).ok);
  const asked = new Set(world.asks.slice(-3).map(({ to }) => to));
  t.same([...asked].sort(), REPLICAS, 'nobody else');
});

t.test('two replicas that name each other do not keep the client spinning', async (t) => {
  const world = fakeWorld((ask) =>
    refused('not-leader', { leader: ask.to === 'store-0' ? 'store-1' : 'store-0' }),
  );
  const result = await clientOf(world, 200).txn(putA);
  t.equal(result.ok, false);
  t.ok(world.asks.length < 60, `${String(world.asks.length)} tries`);
});

t.test(
  "without a leader the pauses grow from 2 to 50 ms and the deadline ends it in etcd's words",
  async (t) => {
    const world = fakeWorld(() => refused('no-leader'));
    const result = await clientOf(world, 300).range({ key: 'a' });
    t.match(result, { ok: false, error: { code: 'no-leader', message: 'etcdserver: no leader' } });
    t.same(world.sleepsMs.slice(0, 7), [2, 4, 8, 16, 32, 50, 50]);
    t.equal(world.nowMs, 1300);
  },
);

t.test('with no replica up at all it waits for one', async (t) => {
  const world = fakeWorld(() => done);
  world.live.clear();
  world.onSleep = () => {
    if (world.nowMs > 1100) world.live.add(actorId('store-1'));
  };
  t.equal((await clientOf(world).txn(putA)).ok, true);
  const nobody = fakeWorld(() => done);
  nobody.live.clear();
  t.match(await clientOf(nobody, 10).txn(putA), { ok: false, error: { code: 'no-leader' } });
  t.same(nobody.asks, []);
});

t.test(
  "a write that may have happened is repeated under its own number, and times out in etcd's words",
  async (t) => {
    let tries = 0;
    const world = fakeWorld((_ask, world) => {
      world.nowMs += 5;
      tries++;
      if (tries === 1) return failed({ code: 'actor-down', handedOver: true });
      if (tries === 2) return refused('outcome-unknown');
      if (tries === 3) return refused('timeout');
      return done;
    });
    const client = clientOf(world);
    t.equal((await client.txn(putA)).ok, true);
    t.same(
      world.asks.map((ask) => sessionOf(ask)),
      world.asks.map(() => ({ id: 'uuid1', sequence: 1, answeredBelow: 1 })),
    );
    await client.txn(putA);
    t.same(sessionOf(world.asks.at(-1)), {
      id: 'uuid1',
      sequence: 2,
      answeredBelow: 2,
    });
    tries = 0;
    const late = await client.txn(putA, { timeoutMs: 3 });
    t.match(late, {
      ok: false,
      error: {
        code: 'timeout',
        message: 'etcdserver: request timed out',
        details: { handedOver: true },
      },
    });
  },
);

t.test('writes in flight keep their answers: answeredBelow is the lowest of them', async (t) => {
  const world = fakeWorld(() => done);
  const client = clientOf(world);
  await Promise.all([client.txn(putA), client.txn(putA), client.txn(putA)]);
  t.same(
    world.asks.map((ask) => [sessionOf(ask).sequence, sessionOf(ask).answeredBelow]),
    [
      [1, 1],
      [2, 1],
      [3, 1],
    ],
  );
  await client.txn(putA);
  t.equal(sessionOf(world.asks.at(-1)).answeredBelow, 4);
});

t.test(
  'a session that the store has forgotten is answered as unknown, and the next write opens a new one',
  async (t) => {
    let forgotten = true;
    const world = fakeWorld((ask) =>
      forgotten ? refused('outcome-unknown', { session: sessionOf(ask).id, sequence: 1 }) : done,
    );
    const client = clientOf(world);
    t.match(await client.txn(putA), { ok: false, error: { code: 'outcome-unknown' } });
    t.equal(world.asks.length, 1);
    forgotten = false;
    await client.txn(putA);
    t.same(sessionOf(world.asks.at(-1)), {
      id: 'uuid2',
      sequence: 1,
      answeredBelow: 1,
    });
  },
);

t.test('a transaction that only reads takes no session', async (t) => {
  const world = fakeWorld(() => done);
  await clientOf(world).txn({ compare: [], success: [{ type: 'range', key: 'a' }], failure: [] });
  t.equal(sessionOf(world.asks[0]), undefined);
});

t.test(
  'serializable ranges are spread over the live replicas, and errors of MVCC are final',
  async (t) => {
    const world = fakeWorld(() => refused('compacted'));
    const client = clientOf(world);
    world.live.delete(actorId('store-0'));
    for (let i = 0; i < 6; i++)
      t.match(await client.range({ key: 'a', serializable: true }), {
        error: { code: 'compacted' },
      });
    t.same([...new Set(world.asks.map((ask) => ask.to))].sort(), ['store-1', 'store-2']);
    t.equal(world.asks.length, 6);
  },
);

t.test('a leader that hangs does not use up the whole deadline', async (t) => {
  const world = fakeWorld((ask, world) => {
    if (ask.to !== 'store-1') return done;
    world.nowMs += ask.timeoutMs;
    return failed({ code: 'timeout', handedOver: true });
  });
  const client = clientOf(world, 4000);
  for (let i = 0; i < 4; i++) t.equal((await client.txn(putA)).ok, true);
  t.ok(world.nowMs <= 1000 + 1000 + 10, `took ${String(world.nowMs - 1000)} ms`);
});

t.test('a lease grant whose first answer was lost is a success', async (t) => {
  const answers: AskResult<unknown>[] = [
    failed({ code: 'actor-down', handedOver: true }),
    refused('lease-exists'),
    ok(ok({ ttlSeconds: 9, header })),
  ];
  const world = fakeWorld(() => answers.shift() ?? refused('no-leader'));
  const granted = await clientOf(world).leaseGrant(0n, 9);
  t.ok(
    granted.ok &&
      granted.value.ttlSeconds === 9 &&
      granted.value.id > 0n &&
      granted.value.id < 2n ** 63n,
  );
  t.match(await clientOf(fakeWorld(() => refused('lease-exists'))).leaseGrant(5n, 9), {
    error: { code: 'lease-exists' },
  });
});

/** A store that loses answers, and asks, at random, but applies what reached it. */
function lossyStore(machine: StateMachine): (ask: FakeAsk, world: FakeWorld) => AskResult<unknown> {
  return (ask, world) => {
    const roll = world.context.random.uint32() % 4;
    if (roll === 0) return failed({ code: 'actor-down', handedOver: false });
    const { session, ...request } = ask.request as unknown as TxnRequest & {
      session: WriteSession;
    };
    const index = logIndex(machine.appliedIndex + 1);
    const requestId = { replica: nodeId(1), life: 1, sequence: index };
    const entry = encodeProposal({ requestId, command: { type: 'txn', request, session } });
    const [applied] = machine.apply(index, term(1), entry);
    const { outcome } = assertDefined(applied, 'the result of the one proposal');
    if (roll === 1) return failed({ code: 'timeout', handedOver: true });
    if (roll === 2) return refused('outcome-unknown');
    if (!outcome.ok || outcome.value.type !== 'txn') return ok(outcome);
    return ok(
      ok({ ...outcome.value.response, header: { ...header, revision: outcome.value.revision } }),
    );
  };
}

t.test('over a store that loses answers every write happens exactly once', async (t) => {
  for (let seed = 1; seed <= 20; seed++) {
    const machine = createStateMachine();
    const world = fakeWorld(lossyStore(machine), seed);
    const client = clientOf(world, 60_000);
    for (let round = 0; round < 5; round++) {
      const results = await Promise.all([client.txn(putA), client.txn(putA), client.txn(putA)]);
      t.ok(
        results.every((result) => result.ok),
        `seed ${String(seed)}: answered`,
      );
    }
    const read = machine.range({ key: 'a' });
    t.equal(
      read.ok ? read.value.kvs[0]?.version : undefined,
      15,
      `seed ${String(seed)}: fifteen puts make version 15`,
    );
  }
});
