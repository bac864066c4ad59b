import { assert, assertDefined, failed, ok } from '../base/index.js';
import type { Result } from '../base/index.js';
import type { StoreError } from '../protocol/index.js';
import { decodeConfChange } from '../raft/index.js';
import type { ConfState, Entry, RawNode } from '../raft/index.js';
import type { RequestId } from './command.js';
import { decodeMemberChange, withoutEffect } from './member-change.js';
import type { MemberChange } from './member-change.js';
import type { StateMachine } from './state-machine.js';

/** What became of a committed change of the members. */
export interface MemberChanged {
  readonly requestId: RequestId;
  readonly outcome: Result<MemberChange, StoreError>;
}

/**
 * Applies a change of the members to Raft and to the replicated state together. What does not fit any more (the same request
 * came twice, over two leaders) has no effect, on every replica alike.
 */
export function applyMemberEntry(
  node: RawNode,
  machine: StateMachine,
  entry: Entry,
): MemberChanged {
  const raw = assertDefined(decodeConfChange(entry), `the change in entry ${String(entry.index)}`);
  const { requestId, change } = decodeMemberChange(raw);
  const refusal = machine.members.refusal(change);
  const confState = node.applyConfChange(refusal === undefined ? raw : withoutEffect(change));
  machine.applyMemberChange(entry.index, entry.term, refusal === undefined ? change : undefined);
  assert(sameVoters(confState, machine.confState), 'Raft counts the voters that the state names');
  return { requestId, outcome: refusal === undefined ? ok(change) : failed(refusal) };
}

/** Learners may differ: one that joins by a snapshot knows of itself before the state does (`asLearner`). */
function sameVoters(left: ConfState, right: ConfState): boolean {
  return String(left.voters) === String(right.voters);
}
