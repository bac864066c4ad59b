import t from 'tap';
import { nodeId } from '../../src/base/index.js';
import { encodeValue } from '../../src/codec/index.js';
import type { Compare, Operation } from '../../src/mvcc/index.js';
import { decodeProposals, encodeProposal, joinProposals } from '../../src/store/index.js';
import type { Command, Proposal } from '../../src/store/index.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function proposal(sequence: number, command: Command): Proposal {
  return { requestId: { replica: nodeId(2), life: 7, sequence }, command };
}

const put: Operation = {
  type: 'put',
  key: '/a',
  value: bytes('1'),
  lease: 5n,
  prevKv: true,
  ignoreValue: false,
  ignoreLease: false,
};
const compare: readonly Compare[] = [
  { target: 'mod', result: '=', key: '/a', rangeEnd: undefined, value: 3 },
  { target: 'lease', result: '<', key: '/a', rangeEnd: '/b', value: 9n },
  { target: 'value', result: '!=', key: 'ÿ', rangeEnd: undefined, value: bytes('x') },
];
const operations: readonly Operation[] = [
  put,
  { ...put, lease: 0n, prevKv: false, ignoreValue: true, ignoreLease: true },
  { type: 'range', key: '/a', rangeEnd: '/b', limit: 3 },
  { type: 'deleteRange', key: '/a', rangeEnd: '\0', prevKv: true },
  { type: 'deleteRange', key: '/a', rangeEnd: undefined, prevKv: false },
  { type: 'txn', compare, success: [put], failure: [] },
];
const commands: readonly Command[] = [
  {
    type: 'txn',
    request: { compare, success: operations, failure: [put] },
    session: { id: 's', sequence: 4, answeredBelow: 2 },
  },
  { type: 'txn', request: { compare: [], success: [], failure: operations }, session: undefined },
  { type: 'compact', revision: 8 },
  { type: 'leaseGrant', id: 2n ** 62n, ttlSeconds: 9 },
  { type: 'leaseExpire', ids: [1n, -2n] },
];

t.test('an entry gives back the proposals that it was made of', (t) => {
  const proposals = commands.map((command, at) => proposal(at, command));
  const [entry, ...more] = joinProposals(proposals.map(encodeProposal));
  t.same(more, []);
  t.strictSame(decodeProposals(entry ?? bytes('')), proposals);
  t.end();
});

t.test('an entry of a log of format 1 is read too', (t) => {
  const command = { type: 'txn', request: { compare, success: [put], failure: [] } } as const;
  t.same(decodeProposals(encodeValue([2, 7, 9, command])), [proposal(9, command)]);
  t.end();
});

t.test('what a turn gathers stands in few entries, and what is large in one alone', (t) => {
  const sizes = [30_000, 30_000, 30_000, 200_000, 10, 20];
  const entries = joinProposals(sizes.map((size) => new Uint8Array(size)));
  t.same(
    entries.map(({ length }) => length),
    [60_000, 30_000, 200_000, 30],
  );
  t.same(joinProposals([]), []);
  t.end();
});
