import { assert } from '../base/index.js';
import { message } from './message.js';
import type { MessageFields } from './message.js';
import type { Raft } from './state.js';

/**
 * Queues a message, with this node as its sender and in its term. Votes name their term themselves,
 * since a pre-vote is for the next one; proposals and reads that are forwarded have none.
 *
 * Answers that vouch for this node's state (an append, a vote) wait until that state is durable
 * (thesis §3.8), rejections too; everything else may go at once.
 */
export function send(raft: Raft, fields: MessageFields): void {
  const { type } = fields;
  const from = fields.from === undefined || fields.from === 0 ? raft.id : fields.from;
  switch (type) {
    case 'MsgVoteResp':
    case 'MsgPreVoteResp':
      assertVoteTerm(fields);
      raft.messagesAfterAppend.push(message({ ...fields, from }));
      return;
    case 'MsgVote':
    case 'MsgPreVote':
      assertVoteTerm(fields);
      break;
    case 'MsgAppResp':
      raft.messagesAfterAppend.push(message({ ...fields, from, term: raft.term }));
      return;
    case 'MsgProp':
    case 'MsgReadIndex':
      raft.messages.push(message({ ...fields, from, term: 0 }));
      return;
    default:
      assert(fields.to !== raft.id, 'message should not be self-addressed');
      raft.messages.push(message({ ...fields, from, term: raft.term }));
      return;
  }
  assert(fields.to !== raft.id, 'message should not be self-addressed');
  raft.messages.push(message({ ...fields, from }));
}

function assertVoteTerm(fields: MessageFields): void {
  assert((fields.term ?? 0) > 0, 'term should be set when sending a vote');
}
