import fc from 'fast-check';
import t from 'tap';
import type { NodeId } from '../../src/base/index.js';
import {
  confChangeV1,
  confChangeV2,
  decodeConfChange,
  encodeConfChange,
  entry,
  entryTypeOf,
  EntryType,
} from '../../src/raft/index.js';
import type { ConfChange } from '../../src/raft/index.js';

const type = fc.constantFrom(
  'ConfChangeAddNode',
  'ConfChangeRemoveNode',
  'ConfChangeUpdateNode',
  'ConfChangeAddLearnerNode',
);
const transition = fc.constantFrom(
  'ConfChangeTransitionAuto',
  'ConfChangeTransitionJointImplicit',
  'ConfChangeTransitionJointExplicit',
);
const nodeId = fc.maxSafeNat().map((id) => id as NodeId);
const context = fc.uint8Array({ maxLength: 300 });

function roundTrip(change: ConfChange): ConfChange | null {
  return decodeConfChange(entry(entryTypeOf(change), encodeConfChange(change)));
}

t.test('a change survives its encoding', (t) => {
  fc.assert(
    fc.property(type, nodeId, context, (...fields) => {
      const change = confChangeV1(...fields);
      t.same(roundTrip(change), change);
    }),
    { numRuns: 50 },
  );
  const changes = fc.array(fc.record({ type, nodeId }), { maxLength: 5 });
  fc.assert(
    fc.property(changes, transition, context, (...fields) => {
      const change = confChangeV2(...fields);
      t.same(roundTrip(change), change);
    }),
    { numRuns: 50 },
  );
  t.end();
});

t.test("the bytes are raftpb's", (t) => {
  const encoded = (change: ConfChange) => [...encodeConfChange(change)];
  t.same(encoded(confChangeV1('ConfChangeAddNode', 3 as NodeId)), [0x10, 0, 0x18, 3]);
  const learner = { type: 'ConfChangeAddLearnerNode', nodeId: 300 as NodeId } as const;
  t.same(encoded(confChangeV2([learner])), [0x08, 0, 0x12, 5, 0x08, 3, 0x10, 0xac, 2]);
  t.end();
});

t.test('no data at all is the change that leaves a joint configuration', (t) => {
  t.same(decodeConfChange(entry(EntryType.confChangeV2, new Uint8Array(0))), confChangeV2([]));
  t.equal(decodeConfChange(entry(EntryType.normal, new Uint8Array(3))), null);
  t.end();
});

t.test('data that is no change is a corrupt log', (t) => {
  for (const data of [[0x10], [0x12, 9, 1], [0x13, 0], [0x10, 9, 0x18, 1]]) {
    t.throws(
      () => decodeConfChange(entry(EntryType.confChange, Uint8Array.from(data))),
      data.join(' '),
    );
  }
  t.end();
});
