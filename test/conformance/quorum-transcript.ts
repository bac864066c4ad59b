import { assert } from '../../src/base/index.js';
import {
  hex,
  jointCommittedIndex,
  jointVoteResult,
  jointVoters,
  majorityCommittedIndex,
  majorityVoteResult,
} from '../../src/raft/index.js';
import type { JointConfig, MajorityConfig } from '../../src/raft/index.js';
import { parseNumber } from './data-driven.js';
import type { TranscriptCase } from './data-driven.js';

/**
 * A quorum and what its voters said, in the order in which they are first named; `_` is nothing,
 * and 0 here. Votes share the notation: 1 is no, 2 is yes. `cfgj=zero` is a joint configuration
 * whose other half is empty.
 */
interface QuorumCase {
  readonly joint: boolean;
  readonly ids: readonly number[];
  readonly jointIds: readonly number[];
  readonly indexes: readonly number[];
  readonly votes: readonly number[];
}

const VOTES: ReadonlyMap<string, number> = new Map([
  ['y', 2],
  ['n', 1],
  ['_', 0],
]);
const NOBODY: MajorityConfig = new Set<number>();

/** Runs `committed` and `vote`, with cross-checks that print only where they disagree. */
export function runQuorumCase(each: TranscriptCase): string {
  const quorum = parseCase(each);
  const config: JointConfig = {
    incoming: new Set(quorum.ids),
    outgoing: new Set(quorum.jointIds),
  };
  const given = each.command === 'vote' ? quorum.votes : quorum.indexes;
  const voters = jointVoters(config);
  if (voters.length !== given.length) {
    const map = voters.map((id) => `${String(id)}:{}`).join(' ');
    return `error: mismatched input (explicit or _) for voters map[${map}]: [${given.join(' ')}]`;
  }
  const said = assign(given, [...quorum.ids, ...quorum.jointIds]);
  switch (each.command) {
    case 'committed':
      return quorum.joint ? committedJoint(config, said) : committed(config.incoming, said);
    case 'vote':
      return voteResult(quorum.joint, config, said);
    default:
      throw new Error(`unknown command: ${each.command}`);
  }
}

function parseCase(each: TranscriptCase): QuorumCase {
  const values = (key: string): readonly string[] =>
    each.args.filter((arg) => arg.key === key).flatMap((arg) => arg.values);
  const known = ['cfg', 'cfgj', 'idx', 'votes'];
  for (const { key } of each.args) assert(known.includes(key), `unknown arg ${key}`);
  return {
    joint: each.args.some(({ key }) => key === 'cfgj'),
    ids: values('cfg').map(parseNumber),
    jointIds: values('cfgj')
      .filter((value) => value !== 'zero')
      .map(parseNumber),
    indexes: values('idx').map((value) => (value === '_' ? 0 : parseNumber(value))),
    votes: values('votes').map(parseVote),
  };
}

function parseVote(text: string): number {
  const vote = VOTES.get(text);
  assert(vote !== undefined, `unknown vote: ${text}`);
  return vote;
}

function assign(given: readonly number[], ids: readonly number[]): Map<number, number> {
  const said = new Map<number, number>();
  let next = 0;
  for (const id of new Set(ids)) {
    const value = given[next++] ?? 0;
    if (value !== 0) said.set(id, value);
  }
  return said;
}

function committed(voters: MajorityConfig, said: ReadonlyMap<number, number>): string {
  const acked = (id: number): number | undefined => said.get(id);
  const index = majorityCommittedIndex(voters, acked);
  let out = describeAcked(voters, said);
  const check = (other: number, text: string): void => {
    if (other !== index) out += `${printIndex(other)} <-- ${text}`;
  };
  check(byCounting(voters, said), 'via alternative computation\n');
  const withNobody = { incoming: voters, outgoing: NOBODY };
  check(jointCommittedIndex(withNobody, acked), 'via zero-joint quorum\n');
  const withItself = { incoming: voters, outgoing: voters };
  check(jointCommittedIndex(withItself, acked), 'via self-joint quorum\n');
  for (const id of voters) {
    const own = said.get(id) ?? 0;
    if (index <= own || own === 0) continue;
    for (const lower of [own - 1, 0]) {
      const overlaid = majorityCommittedIndex(voters, (each) =>
        each === id ? lower : said.get(each),
      );
      check(overlaid, `overlaying ${String(id)}->${String(lower === 0 ? 0 : own)}`);
    }
  }
  return `${out}${printIndex(index)}\n`;
}

function committedJoint(config: JointConfig, said: ReadonlyMap<number, number>): string {
  const acked = (id: number): number | undefined => said.get(id);
  const index = jointCommittedIndex(config, acked);
  const swapped = { incoming: config.outgoing, outgoing: config.incoming };
  const other = jointCommittedIndex(swapped, acked);
  const check = other === index ? '' : `${printIndex(other)} <-- via symmetry\n`;
  return `${describeAcked(new Set(jointVoters(config)), said)}${check}${printIndex(index)}\n`;
}

function voteResult(
  joint: boolean,
  config: JointConfig,
  said: ReadonlyMap<number, number>,
): string {
  const votes = new Map([...said].map(([id, vote]) => [id, vote !== 1]));
  if (!joint) return `${majorityVoteResult(config.incoming, votes)}\n`;
  const result = jointVoteResult(config, votes);
  const other = jointVoteResult({ incoming: config.outgoing, outgoing: config.incoming }, votes);
  return `${other === result ? '' : `${other} <-- via symmetry\n`}${result}\n`;
}

/** The largest index that enough voters have, found by trying each. */
function byCounting(voters: MajorityConfig, said: ReadonlyMap<number, number>): number {
  if (voters.size === 0) return Infinity;
  const indexes = [...voters].map((id) => said.get(id) ?? 0);
  const needed = Math.floor(voters.size / 2) + 1;
  const agreed = indexes.filter(
    (index) => indexes.filter((each) => each >= index).length >= needed,
  );
  return Math.max(0, ...agreed);
}

function printIndex(index: number): string {
  return index === Infinity ? '∞' : String(index);
}

/** A bar for each voter: the further it is ahead of others, the longer. */
function describeAcked(voters: MajorityConfig, said: ReadonlyMap<number, number>): string {
  if (voters.size === 0) return '<empty majority quorum>';
  const rows = [...voters].map((id) => ({ id, index: said.get(id) ?? 0 }));
  const width = rows.length;
  let out = `${' '.repeat(width)}    idx\n`;
  for (const { id, index } of rows.sort((a, b) => a.id - b.id)) {
    const bar = rows.filter((other) => other.index < index).length;
    const drawn = said.has(id)
      ? `${'x'.repeat(bar)}>${' '.repeat(width - bar)}`
      : `?${' '.repeat(width)}`;
    out += `${drawn} ${String(index).padStart(5)}    (id=${hex(id)})\n`;
  }
  return out;
}
