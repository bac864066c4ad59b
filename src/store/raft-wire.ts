import { assert, assertDefined } from '../base/index.js';
import { draftMessage, entry, EntryType, finishMessage } from '../raft/index.js';
import type { Entry, Message, MessageDraft, MessageType } from '../raft/index.js';

/**
 * A Raft message as it travels between replicas: its fields, those that most messages have first, and without those at the end
 * that have their zero value. So a heartbeat is a few small numbers, and what its receiver reads has the shape of Raft's own
 * messages. `MsgSnap` travels in another way.
 */
export type WireMessage = readonly unknown[];

const TYPES = [
  'MsgApp',
  'MsgAppResp',
  'MsgHeartbeat',
  'MsgHeartbeatResp',
  'MsgVote',
  'MsgVoteResp',
  'MsgPreVote',
  'MsgPreVoteResp',
  'MsgTimeoutNow',
  'MsgTransferLeader',
  'MsgReadIndex',
  'MsgReadIndexResp',
  'MsgProp',
] as const satisfies readonly MessageType[];
const ENTRY_TYPES = Object.values(EntryType);
/** Of the flags. */
const REJECT = 1;
const FORCE = 2;

export function messageToWire(message: Message): WireMessage {
  const type = (TYPES as readonly MessageType[]).indexOf(message.type);
  assert(type >= 0, `a ${message.type} is not sent with the messages of a turn`);
  assert(message.snapshot === null && message.responses.length === 0, 'it fits none of the fields');
  const { reject, force, entries, voteReason } = message;
  const wire: unknown[] = [
    type,
    message.to,
    message.from,
    message.term,
    message.index,
    message.logTerm,
    message.commit,
    message.readPosition,
    (reject ? REJECT : 0) | (force ? FORCE : 0),
    entries.length === 0 ? 0 : entriesToWire(entries),
    message.rejectHint,
    message.vote,
    voteReason ?? 0,
  ];
  while (wire.at(-1) === 0) wire.pop();
  return wire;
}

export function messageFromWire(wire: WireMessage): Message {
  const type = assertDefined(TYPES[numberAt(wire, 0)], 'the type of a message');
  const draft = draftMessage(type, numberAt(wire, 1), numberAt(wire, 2));
  draft.term = numberAt(wire, 3);
  draft.index = numberAt(wire, 4);
  draft.logTerm = numberAt(wire, 5);
  draft.commit = numberAt(wire, 6);
  draft.readPosition = numberAt(wire, 7);
  const flags = numberAt(wire, 8);
  draft.reject = (flags & REJECT) !== 0;
  draft.force = (flags & FORCE) !== 0;
  if (wire.length > 9) {
    if (wire[9] !== 0) draft.entries = entriesFromWire(wire[9] as readonly unknown[]);
    draft.rejectHint = numberAt(wire, 10);
    draft.vote = numberAt(wire, 11);
    if (wire.length > 12) draft.voteReason = wire[12] as MessageDraft['voteReason'];
  }
  return finishMessage(draft);
}

/** Four values for each. */
function entriesToWire(entries: readonly Entry[]): readonly unknown[] {
  const wire: unknown[] = [];
  for (const { term, index, type, data } of entries)
    wire.push(term, index, ENTRY_TYPES.indexOf(type), data);
  return wire;
}

function entriesFromWire(wire: readonly unknown[]): Entry[] {
  const entries: Entry[] = [];
  for (let at = 0; at < wire.length; at += 4) {
    const type = assertDefined(ENTRY_TYPES[numberAt(wire, at + 2)], 'the type of an entry');
    const data = wire[at + 3] as Uint8Array;
    entries.push(entry(type, data, numberAt(wire, at), numberAt(wire, at + 1)));
  }
  return entries;
}

function numberAt(wire: readonly unknown[], at: number): number {
  return (wire[at] as number | undefined) ?? 0;
}
