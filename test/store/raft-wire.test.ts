import t from 'tap';
import { entry, EntryType, message, VoteReason } from '../../src/raft/index.js';
import type { Message } from '../../src/raft/index.js';
import { messageFromWire, messageToWire } from '../../src/store/raft-wire.js';

const MESSAGES: readonly Message[] = [
  message({ type: 'MsgHeartbeat', to: 2, from: 1, term: 7, commit: 40, readPosition: 3 }),
  message({ type: 'MsgHeartbeatResp', to: 1, from: 2, term: 7 }),
  message({
    type: 'MsgApp',
    to: 3,
    from: 1,
    term: 7,
    index: 2 ** 40,
    logTerm: 6,
    commit: 41,
    entries: [
      entry(EntryType.normal, new Uint8Array([1, 2, 3]), 7, 2 ** 40 + 1),
      entry(EntryType.confChangeV2, new Uint8Array(0), 7, 2 ** 40 + 2),
    ],
  }),
  message({ type: 'MsgAppResp', to: 1, from: 3, term: 7, index: 9, reject: true, rejectHint: 8 }),
  message({ type: 'MsgVote', to: 2, from: 3, term: 8, index: 9, logTerm: 7, force: true }),
  message({
    type: 'MsgPreVoteResp',
    to: 3,
    from: 2,
    term: 8,
    reject: true,
    voteReason: VoteReason.leaderAlive,
  }),
  message({ type: 'MsgTimeoutNow', to: 2, from: 1, term: 7 }),
  message({ type: 'MsgApp', to: 2, from: 1, term: 1, vote: 3 }),
];

t.test('each field of a Raft message arrives as it was sent', (t) => {
  for (const sent of MESSAGES) t.strictSame(messageFromWire(messageToWire(sent)), sent);
  t.end();
});

t.test('what has its zero value at the end of a message is left out', (t) => {
  t.same(messageToWire(message({ type: 'MsgHeartbeat', to: 2, from: 1, term: 7 })), [2, 2, 1, 7]);
  t.end();
});

t.test('what no replica sends with the messages of a turn is refused', (t) => {
  t.throws(() => messageToWire(message({ type: 'MsgHup' })), /MsgHup/);
  t.throws(() => messageFromWire([99, 1, 2]), /the type of a message/);
  t.end();
});
