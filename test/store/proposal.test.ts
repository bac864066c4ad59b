import t from 'tap';
import { nodeId } from '../../src/base/index.js';
import { encodeValue } from '../../src/codec/index.js';
import type { Compare, Operation } from '../../src/mvcc/index.js';
import { decodeProposals, GatheredEntries } from '../../src/store/index.js';
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
  const gathered = new GatheredEntries();
  for (const each of proposals) t.ok(gathered.add(each));
  const [entry, ...more] = gathered.take();
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
  const sized = (size: number): Proposal => {
    const success: Operation[] = [{ ...put, value: new Uint8Array(size) }];
    return proposal(1, { type: 'txn', request: { compare: [], success, failure: [] } });
  };
  const gathered = new GatheredEntries();
  t.same(gathered.take(), []);
  for (let turn = 0; turn < 2; turn++) {
    for (const size of [30_000, 30_000, 30_000, 200_000, 10, 20]) t.ok(gathered.add(sized(size)));
    t.notOk(gathered.add(sized(1000), 999), 'it is larger than what may be');
    const entries = gathered.take();
    t.same(
      entries.map((entry) => decodeProposals(entry).length),
      [2, 1, 1, 2],
    );
    t.ok(entries.every(({ byteLength, buffer }) => byteLength === buffer.byteLength));
    t.strictSame(decodeProposals(entries[1] ?? bytes('')), [sized(30_000)].map(normal));
  }
  t.end();
});

/** As it is read back: with what is left out. */
function normal({ requestId, command }: Proposal): Proposal {
  return { requestId, command: { ...command, session: undefined } as Command };
}
