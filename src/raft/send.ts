import { assert } from '../base/index.js';
import { draftOf, finishMessage } from './message.js';
import type { MessageDraft, MessageFields } from './message.js';
import type { Raft } from './state.js';

/** Queues a message with these fields: see `sendDraft`. */
export function send(raft: Raft, fields: MessageFields): void {
  sendDraft(raft, draftOf(fields));
}

/**
 * Queues a message, with this node as its sender and in its term. Votes name their term themselves,
 * since a pre-vote is for the next one; proposals and reads that are forwarded have none.
 *
 * Answers that vouch for this node's state (an append, a vote) wait until that state is durable
 * (thesis §3.8), rejections too; everything else may go at once.
 */
export function sendDraft(raft: Raft, draft: MessageDraft): void {
  if (draft.from === 0) draft.from = raft.id;
  switch (draft.type) {
    case 'MsgVoteResp':
    case 'MsgPreVoteResp':
      assert(draft.term > 0, 'term should be set when sending a vote');
      raft.messagesAfterAppend.push(finishMessage(draft));
      return;
    case 'MsgAppResp':
      draft.term = raft.term;
      raft.messagesAfterAppend.push(finishMessage(draft));
      return;
    case 'MsgVote':
    case 'MsgPreVote':
      assert(draft.term > 0, 'term should be set when sending a vote');
      break;
    case 'MsgProp':
    case 'MsgReadIndex':
      draft.term = 0;
      break;
    default:
      draft.term = raft.term;
      break;
  }
  assert(draft.to !== raft.id, 'message should not be self-addressed');
  raft.messages.push(finishMessage(draft));
}
