import type { LogIndex, NodeId } from '../../src/base/index.js';
import { EMPTY_SNAPSHOT } from '../../src/raft/index.js';
import type { Snapshot } from '../../src/raft/index.js';
import { parseBoolean, parseNumber } from './data-driven.js';
import type { CommandArgument, TranscriptCase } from './data-driven.js';
import type { Failure, InteractionEnv } from './interaction-env.js';
import { bootstrapSnapshot, DEFAULT_OPTIONS, newInteractionNode } from './interaction-node.js';
import type { NodeOptions } from './interaction-node.js';

/** What the arguments of `add-nodes` say. */
interface Addition {
  readonly voters: NodeId[];
  readonly learners: NodeId[];
  index: number;
  data: Uint8Array;
  options: NodeOptions;
}

/** Sets one option from its text; false where the text is not of its kind. */
type Setter = (addition: Addition, value: string) => boolean;

const SETTERS: ReadonlyMap<string, Setter> = new Map<string, Setter>([
  ['voters', (to, value) => to.voters.push(parseNumber(value) as NodeId) > 0],
  ['learners', (to, value) => to.learners.push(parseNumber(value) as NodeId) > 0],
  ['index', setIndex],
  [
    'content',
    (to, value) => {
      to.data = new TextEncoder().encode(value);
      return true;
    },
  ],
  ['max-size-per-msg', (to, value) => set(to, { maxSizePerMsg: parseNumber(value) })],
  [
    'max-uncommitted-size',
    (to, value) => set(to, { maxUncommittedEntriesSize: parseNumber(value) }),
  ],
  ['inflight-bytes', (to, value) => set(to, { maxInflightBytes: parseNumber(value) })],
  [
    'disable-proposal-forwarding',
    (to, value) => set(to, { disableProposalForwarding: parseBoolean(value) }),
  ],
  ['inflight', (to, value) => set(to, { maxInflightMsgs: parseNumber(value) })],
  ['async-storage-writes', (to, value) => set(to, { asyncStorageWrites: parseBoolean(value) })],
  ['prevote', (to, value) => set(to, { preVote: parseBoolean(value) })],
  ['checkquorum', (to, value) => set(to, { checkQuorum: parseBoolean(value) })],
  [
    'max-committed-size-per-ready',
    (to, value) => set(to, { maxCommittedSizePerReady: parseNumber(value) }),
  ],
  [
    'disable-conf-change-validation',
    (to, value) => set(to, { disableConfChangeValidation: parseBoolean(value) }),
  ],
  ['step-down-on-removal', (to, value) => set(to, { stepDownOnRemoval: parseBoolean(value) })],
  ['read-only', setReadOnly],
]);

function set(addition: Addition, options: Partial<NodeOptions>): true {
  addition.options = { ...addition.options, ...options };
  return true;
}

function setIndex(addition: Addition, value: string): true {
  addition.index = parseNumber(value);
  return set(addition, { applied: addition.index as LogIndex });
}

function setReadOnly(addition: Addition, value: string): boolean {
  if (value === 'safe') return set(addition, { readOnlyOption: 'safe' });
  return value === 'lease-based' && set(addition, { readOnlyOption: 'lease-based' });
}

/** Adds nodes with the next ids, all from the same snapshot; without one they are blank. */
export function addNodes(env: InteractionEnv, each: TranscriptCase): Failure {
  const addition: Addition = {
    voters: [],
    learners: [],
    index: 0,
    data: EMPTY_SNAPSHOT.data,
    options: DEFAULT_OPTIONS,
  };
  const count = parseNumber(each.args[0]?.key ?? '');
  for (const argument of each.args.slice(1)) {
    const failure = setOption(addition, argument);
    if (failure !== null) return failure;
  }
  const snapshot = snapshotOf(addition);
  if (snapshot === null) return 'index must be specified as > 1 due to bootstrap';
  for (let added = 0; added < count; added++) {
    const id = (env.nodes.length + 1) as NodeId;
    env.nodes.push(newInteractionNode(id, addition.options, snapshot, env.log));
  }
  return null;
}

function setOption(addition: Addition, { key, values }: CommandArgument): Failure {
  const setter = SETTERS.get(key);
  for (const value of values) {
    if (setter !== undefined && !setter(addition, value))
      return `invalid read-only option "${value}"`;
  }
  return null;
}

function snapshotOf(addition: Addition): Snapshot | null {
  const { voters, learners, data, index } = addition;
  const blank = voters.length === 0 && learners.length === 0 && data.length === 0 && index === 0;
  if (blank) return EMPTY_SNAPSHOT;
  return index <= 1
    ? null
    : bootstrapSnapshot({ voters, learners, data, index: index as LogIndex });
}
