import fc from 'fast-check';
import t from 'tap';
import {
  jointCommittedIndex,
  jointVoteResult,
  jointVoters,
  majorityCommittedIndex,
  majorityVoteResult,
} from '../../src/raft/index.js';

const voters = fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { maxLength: 9 });
const acks = fc.dictionary(fc.integer({ min: 1, max: 9 }).map(String), fc.nat(20));

t.test('a majority has the committed index, and none a higher one', (t) => {
  fc.assert(
    fc.property(voters, acks, (ids, said) => {
      const acked = (id: number): number | undefined => said[String(id)];
      const committed = majorityCommittedIndex(new Set(ids), acked);
      if (ids.length === 0) return committed === Infinity;
      const having = (index: number): number =>
        ids.filter((id) => (acked(id) ?? 0) >= index).length;
      return having(committed) * 2 > ids.length && having(committed + 1) * 2 <= ids.length;
    }),
  );
  t.pass('for any acknowledgements');
  t.end();
});

t.test('a joint quorum needs both halves (thesis §4.3)', (t) => {
  fc.assert(
    fc.property(voters, voters, acks, (a, b, said) => {
      const acked = (id: number): number | undefined => said[String(id)];
      const joint = jointCommittedIndex({ incoming: new Set(a), outgoing: new Set(b) }, acked);
      const halves = [a, b].map((ids) => majorityCommittedIndex(new Set(ids), acked));
      return joint === Math.min(...halves);
    }),
  );
  t.same(jointVoters({ incoming: new Set([3, 1]), outgoing: new Set([2, 3]) }), [1, 2, 3]);
  t.end();
});

t.test('a vote is won, lost, or still open', (t) => {
  const three = new Set([1, 2, 3]);
  const result = (votes: readonly [number, boolean][]) => majorityVoteResult(three, new Map(votes));
  t.equal(result([]), 'VotePending');
  t.equal(result([[1, true]]), 'VotePending');
  t.equal(
    result([
      [1, true],
      [3, true],
    ]),
    'VoteWon',
  );
  t.equal(
    result([
      [1, false],
      [3, true],
    ]),
    'VotePending',
  );
  t.equal(
    result([
      [1, false],
      [3, false],
    ]),
    'VoteLost',
  );
  t.equal(
    result([
      [7, true],
      [8, true],
    ]),
    'VotePending',
    'strangers have no vote',
  );
  t.end();
});

t.test('both halves of a joint quorum have to be won', (t) => {
  const config = { incoming: new Set([1, 2]), outgoing: new Set([3]) };
  const result = (votes: readonly [number, boolean][]) => jointVoteResult(config, new Map(votes));
  t.equal(
    result([
      [1, true],
      [2, true],
    ]),
    'VotePending',
  );
  t.equal(
    result([
      [1, true],
      [2, true],
      [3, false],
    ]),
    'VoteLost',
  );
  t.equal(
    result([
      [1, true],
      [2, true],
      [3, true],
    ]),
    'VoteWon',
  );
  t.end();
});
