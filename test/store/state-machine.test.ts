import fc from 'fast-check';
import t from 'tap';
import { actorId, assertDefined, logIndex, nodeId, revision, term } from '../../src/base/index.js';
import type { WatchBatch, WriteSession } from '../../src/protocol/index.js';
import type { TxnRequest } from '../../src/mvcc/index.js';
import { createStateMachine, encodeProposal } from '../../src/store/index.js';
import type { AppliedResult, Command, StateMachine } from '../../src/store/index.js';
import { restoreFrom } from './restore-from.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function apply(machine: StateMachine, command: Command): AppliedResult {
  const index = logIndex(machine.appliedIndex + 1);
  const requestId = { replica: nodeId(1), life: 7, sequence: index };
  const [result] = machine.apply(index, term(1), encodeProposal({ requestId, command }));
  return assertDefined(result, 'the result of the one proposal');
}

function putOf(key: string, value: string, lease = 0n): TxnRequest {
  return { compare: [], success: [{ type: 'put', key, value: bytes(value), lease }], failure: [] };
}

function put(
  machine: StateMachine,
  key: string,
  value: string,
  session?: WriteSession,
): AppliedResult {
  return apply(machine, { type: 'txn', request: putOf(key, value), session });
}

function allChunks(machine: StateMachine): Uint8Array[] {
  const snapshot = machine.beginSnapshot();
  const chunks: Uint8Array[] = [];
  for (let next = snapshot.chunks.next(); next.done !== true; next = snapshot.chunks.next())
    chunks.push(next.value);
  snapshot.close();
  return chunks;
}

t.test('an entry comes back with its request id and outcome', (t) => {
  const machine = createStateMachine();
  const applied = put(machine, 'a', '1');
  t.same(applied.requestId, { replica: 1, life: 7, sequence: 1 });
  t.equal(applied.outcome.ok, true);
  if (applied.outcome.ok) t.equal(applied.outcome.value.revision, 2);
  const read = machine.range({ key: 'a' });
  t.ok(read.ok && read.value.kvs[0]?.modRevision === 2);
  t.end();
});

t.test('an empty entry only moves the applied index, and one out of order is an assertion', (t) => {
  const machine = createStateMachine();
  t.same(machine.apply(logIndex(1), term(3), new Uint8Array(0)), []);
  t.equal(machine.appliedTerm, 3);
  t.throws(() => machine.apply(logIndex(3), term(3), new Uint8Array(0)), { code: 'ASSERTION' });
  t.throws(() => machine.apply(logIndex(2), term(2), new Uint8Array(0)), { code: 'ASSERTION' });
  t.end();
});

t.test(
  'leases: granted, attached, checkpointed, and their keys go in one revision when they expire',
  (t) => {
    const machine = createStateMachine();
    apply(machine, { type: 'leaseGrant', id: 5n, ttlSeconds: 10 });
    apply(machine, { type: 'txn', request: putOf('b', '1', 5n) });
    apply(machine, { type: 'txn', request: putOf('a', '1', 5n) });
    apply(machine, { type: 'leaseCheckpoint', leases: [{ id: 5n, remainingTtlSeconds: 4 }] });
    t.same(machine.leases(), [{ id: 5n, ttlSeconds: 10, remainingTtlSeconds: 4, keys: 2 }]);
    const batches: WatchBatch[] = [];
    machine.watch(
      { key: '\0', rangeEnd: '\0' },
      { onBatch: (batch) => (batches.push(batch), true), onCompacted: () => undefined },
    );
    const expired = apply(machine, { type: 'leaseExpire', ids: [5n, 6n] });
    t.ok(expired.outcome.ok && expired.outcome.value.type === 'leaseRevoke');
    t.same(
      batches.at(-1)?.events.map((event) => [event.type, event.kv.key]),
      [
        ['delete', 'a'],
        ['delete', 'b'],
      ],
    );
    t.equal(machine.lease(5n), undefined);
    const again = apply(machine, { type: 'leaseRevoke', id: 5n });
    t.same(again.outcome, {
      ok: false,
      error: { code: 'lease-not-found', message: 'etcdserver: requested lease not found' },
    });
    const missing = apply(machine, { type: 'txn', request: putOf('c', '1', 5n) });
    t.equal(missing.outcome.ok, false);
    machine.verify();
    t.end();
  },
);

t.test('a repeated write of a session gives its first outcome and does not run again', (t) => {
  const machine = createStateMachine();
  const session = { id: 's', sequence: 1, answeredBelow: 1 };
  const first = put(machine, 'a', '1', session);
  put(machine, 'a', '2');
  const again = put(machine, 'a', '1', session);
  t.same(again.outcome, first.outcome);
  t.equal(machine.revision, 3);
  t.end();
});

t.test('a compacted read says so, with the revision', (t) => {
  const machine = createStateMachine();
  for (const value of ['1', '2', '3']) put(machine, 'a', value);
  t.equal(apply(machine, { type: 'compact', revision: 3 }).outcome.ok, true);
  t.same(apply(machine, { type: 'compact', revision: 3 }).outcome, {
    ok: false,
    error: {
      code: 'compacted',
      message: 'etcdserver: mvcc: required revision has been compacted',
      details: { compactRevision: 3 },
    },
  });
  t.end();
});

const anyCommand: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.tuple(fc.nat(12), fc.string({ maxLength: 30 }), fc.nat(3)).map(
      ([key, value, lease]): Command => ({
        type: 'txn',
        request: putOf(`k${String(key)}`, value, BigInt(lease)),
      }),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(fc.nat(70), fc.integer({ min: 1, max: 8 })).map(
      ([id, sequence]): Command => ({
        type: 'txn',
        request: putOf(`s${String(id % 5)}`, String(sequence)),
        session: { id: `s${String(id)}`, sequence, answeredBelow: 1 },
      }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.nat(12).map(
      (key): Command => ({
        type: 'txn',
        request: {
          compare: [],
          success: [{ type: 'deleteRange', key: `k${String(key)}`, rangeEnd: '\0' }],
          failure: [],
        },
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .integer({ min: 1, max: 40 })
      .map((at): Command => ({ type: 'compact', revision: at })),
  },
  {
    weight: 2,
    arbitrary: fc
      .integer({ min: 1, max: 3 })
      .map((id): Command => ({ type: 'leaseGrant', id: BigInt(id), ttlSeconds: 60 })),
  },
  {
    weight: 1,
    arbitrary: fc
      .integer({ min: 1, max: 3 })
      .map((id): Command => ({ type: 'leaseExpire', ids: [BigInt(id)] })),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({
        action: fc.constantFrom('raise' as const, 'clear' as const, 'clear' as const),
        memberId: fc.bigInt(1n, 3n),
        type: fc.constantFrom('no-space' as const, 'corrupt' as const),
      })
      .map(({ action, ...alarm }): Command => ({ type: 'alarm', action, alarms: [alarm] })),
  },
);

t.test('a snapshot taken between writes restores to the state at its index', (t) => {
  fc.assert(
    fc.property(
      fc.array(anyCommand, { maxLength: 60, size: 'max' }),
      fc.array(anyCommand, { maxLength: 60, size: 'max' }),
      (before, after) => {
        const machine = createStateMachine();
        const founder = { id: nodeId(1), name: actorId('store-0'), learner: false };
        machine.bootstrap({ members: [founder], idMax: founder.id });
        for (const command of before) apply(machine, command);
        const hash = machine.hash();
        const snapshot = machine.beginSnapshot();
        const chunks: Uint8Array[] = [];
        const rest = [...after];
        for (let next = snapshot.chunks.next(); next.done !== true; next = snapshot.chunks.next()) {
          chunks.push(next.value);
          for (const command of rest.splice(0, 15)) apply(machine, command);
        }
        for (const command of rest) apply(machine, command);
        const restored = createStateMachine();
        const result = restoreFrom(restored, chunks);
        if (!result.ok || result.value.appliedIndex !== before.length) return false;
        restored.verify();
        if (restored.hash() !== hash || restored.confState.voters[0] !== 1) return false;
        // The replica that was restored and the one that was not go the same way.
        for (const command of after) apply(restored, command);
        restored.verify();
        machine.verify();
        return restored.hash() === machine.hash();
      },
    ),
    { numRuns: 60 },
  );
  t.end();
});

t.test('broken chunks are refused and leave the state as it was', (t) => {
  const machine = createStateMachine();
  for (let i = 0; i < 30; i++)
    put(machine, `k${String(i)}`, 'x'.repeat(40_000), {
      id: 's',
      sequence: i + 1,
      answeredBelow: 1,
    });
  const chunks = allChunks(machine);
  t.ok(chunks.length > 5);
  const flipped = chunks.map((chunk) => chunk.slice());
  const third = flipped[2];
  if (third !== undefined) third[1000] = (third[1000] ?? 0) ^ 1;
  const cases: [string, Uint8Array[], RegExp][] = [
    ['a flipped bit', flipped, /chunk 2: checksum mismatch/],
    [
      'a missing chunk',
      chunks.filter((_, at) => at !== 1),
      /chunk 1: out of place \(it is number 2\)/,
    ],
    ['a missing end', chunks.slice(0, -1), /the end is missing after/],
    [
      'a cut chunk',
      [...chunks.slice(0, 1), (chunks[1] ?? new Uint8Array()).subarray(0, 500)],
      /chunk 1: cut short/,
    ],
    ['something else', [new Uint8Array(100)], /not a chunk of a state snapshot/],
    ['nothing', [], /the end is missing after 0 chunks/],
  ];
  const target = createStateMachine();
  put(target, 'kept', '1');
  for (const [name, broken, message] of cases) {
    const result = restoreFrom(target, broken);
    t.match(result, { ok: false, error: message }, name);
  }
  t.equal(target.range({ key: 'kept' }).ok, true);
  t.equal(target.status().keys, 1);
  t.end();
});

t.test('watchers go on over a restore without gap or repetition', (t) => {
  const leader = createStateMachine();
  const follower = createStateMachine();
  for (const value of ['1', '2'])
    for (const machine of [leader, follower]) put(machine, 'a', value);
  const seen: number[] = [];
  let compacted: number | undefined;
  const handlers = {
    onBatch: (batch: WatchBatch) => (
      seen.push(...batch.events.map((event) => event.kv.modRevision)), true
    ),
    onCompacted: (at: number) => (compacted = at),
  };
  follower.watch({ key: 'a' }, handlers);
  for (const value of ['3', '4', '5']) put(leader, 'a', value);
  t.ok(restoreFrom(follower, allChunks(leader)).ok);
  while (follower.catchUpWatchers(1)) t.pass('more to do');
  put(follower, 'a', '6');
  t.same(seen, [4, 5, 6, 7]);
  follower.watch({ key: 'a', startRevision: 2 }, handlers);
  t.equal(follower.catchUpWatchers(100), false);
  for (let i = 0; i < 5; i++) put(leader, 'a', 'x');
  apply(leader, { type: 'compact', revision: 11 });
  t.ok(restoreFrom(follower, allChunks(leader)).ok);
  follower.catchUpWatchers(100);
  t.equal(compacted, revision(11));
  t.end();
});

t.test(
  'while the store is out of space, what adds to it is refused, and what frees it is not',
  (t) => {
    const machine = createStateMachine();
    put(machine, 'a', '1');
    apply(machine, { type: 'leaseGrant', id: 1n, ttlSeconds: 60 });
    const alarm = { memberId: 2n, type: 'no-space' } as const;
    t.match(apply(machine, { type: 'alarm', action: 'raise', alarms: [alarm] }).outcome, {
      value: { alarms: [alarm] },
    });
    const codeOf = (command: Command): string => {
      const { outcome } = apply(machine, command);
      return outcome.ok ? 'ok' : outcome.error.code;
    };
    const session = { id: 's', sequence: 1, answeredBelow: 1 };
    const nested: TxnRequest = {
      compare: [],
      success: [],
      failure: [{ type: 'txn', ...putOf('b', '1') }],
    };
    const deletion: TxnRequest = {
      compare: [],
      success: [{ type: 'deleteRange', key: 'a' }],
      failure: [],
    };
    t.equal(codeOf({ type: 'txn', request: putOf('b', '1'), session }), 'no-space');
    t.equal(codeOf({ type: 'txn', request: putOf('b', '1'), session }), 'no-space', 'once more');
    t.equal(codeOf({ type: 'txn', request: nested }), 'no-space', 'in a branch that may run');
    t.equal(codeOf({ type: 'leaseGrant', id: 2n, ttlSeconds: 60 }), 'no-space');
    t.equal(machine.revision, 2);
    t.equal(codeOf({ type: 'txn', request: deletion }), 'ok');
    t.equal(codeOf({ type: 'leaseRevoke', id: 1n }), 'ok');
    t.equal(codeOf({ type: 'compact', revision: 3 }), 'ok');
    t.equal(codeOf({ type: 'alarm', action: 'clear', alarms: [alarm] }), 'ok');
    t.equal(codeOf({ type: 'txn', request: putOf('b', '1') }), 'ok');
    t.end();
  },
);
