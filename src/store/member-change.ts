import { actorId, assertDefined, nodeId } from '../base/index.js';
import type { ActorId, NodeId } from '../base/index.js';
import { decodeValue, encodeValue } from '../codec/index.js';
import { confChangeV1, NONE } from '../raft/index.js';
import type { ConfChange, ConfChangeType, ConfChangeV1 } from '../raft/index.js';
import type { RequestId } from './command.js';

/** A change of one member, so that old and new majorities overlap (Raft thesis §4.1). */
export type MemberChange =
  | {
      readonly type: 'add';
      readonly id: NodeId;
      readonly name: ActorId;
      readonly learner: boolean;
    }
  | { readonly type: 'promote'; readonly id: NodeId }
  | { readonly type: 'remove'; readonly id: NodeId };

export interface MemberProposal {
  readonly requestId: RequestId;
  readonly change: MemberChange;
}

/** Beside what Raft has to know: positional; an empty name says that the member is there already. */
type Context = readonly [replica: number, life: number, sequence: number, name: string];

export function encodeMemberChange({ requestId, change }: MemberProposal): ConfChangeV1 {
  const { replica, life, sequence } = requestId;
  const context: Context = [replica, life, sequence, change.type === 'add' ? change.name : ''];
  return confChangeV1(typeOf(change), change.id, encodeValue(context));
}

/** Trusts its input, as `decodeProposal` does. */
export function decodeMemberChange(change: ConfChange): MemberProposal {
  const single = change.version === 1 ? change : undefined;
  const { nodeId: id, type, context } = assertDefined(single, 'a change of one member');
  const [replica, life, sequence, name] = decodeValue(context) as Context;
  const requestId = { replica: nodeId(replica), life, sequence };
  if (type === 'ConfChangeRemoveNode') return { requestId, change: { type: 'remove', id } };
  if (name === '') return { requestId, change: { type: 'promote', id } };
  const learner = type === 'ConfChangeAddLearnerNode';
  return { requestId, change: { type: 'add', id, name: actorId(name), learner } };
}

/** The same entry with nothing in it for Raft to do: it was refused when it came to be applied. */
export function withoutEffect(change: MemberChange): ConfChangeV1 {
  return confChangeV1(typeOf(change), NONE);
}

function typeOf(change: MemberChange): ConfChangeType {
  switch (change.type) {
    case 'add':
      return change.learner ? 'ConfChangeAddLearnerNode' : 'ConfChangeAddNode';
    case 'promote':
      return 'ConfChangeAddNode';
    case 'remove':
      return 'ConfChangeRemoveNode';
  }
}
