import t from 'tap';
import { logIndex, nodeId, term } from '../../src/base/index.js';
import { draftMessage, EntryType } from '../../src/raft/message.js';
import type { Message, MessageType } from '../../src/raft/message.js';
import { RaftPost } from '../../src/store/raft-post.js';
import { virtualTime } from '../virtual-time.js';

function message(type: MessageType, to: number, commit: number, entries = 0): Message {
  const draft = draftMessage(type, nodeId(to));
  draft.commit = logIndex(commit);
  draft.entries = Array.from({ length: entries }, (_, at) => ({
    term: term(1),
    index: logIndex(at + 1),
    type: EntryType.normal,
    data: new Uint8Array(0),
  }));
  return draft as Message;
}

function makePost(reached = true) {
  const time = virtualTime();
  const sent: string[] = [];
  const post = new RaftPost({
    clock: time.clock,
    tell: (to, messages) => {
      const what = messages.map(({ type, commit }) => `${type}:${String(commit)}`);
      sent.push(`${String(to)} ${what.join(' ')}`);
      return reached;
    },
    sendSnapshot: ({ to }) => {
      sent.push(`snapshot ${String(to)}`);
    },
    unreachable: (to) => {
      sent.push(`unreachable ${String(to)}`);
    },
  });
  return { time, sent, post };
}

t.test('a commit notice leaves after a moment, if nothing else says the same before', async (t) => {
  const { time, sent, post } = makePost();
  post.send([message('MsgApp', 2, 7), message('MsgApp', 3, 7)]);
  t.same(sent, []);
  post.send([message('MsgApp', 2, 8, 1)]);
  t.same(sent, ['2 MsgApp:8']);
  await time.advance(2);
  t.same(sent, ['2 MsgApp:8', '3 MsgApp:7']);
  await time.advance(10);
  t.equal(sent.length, 2, 'once');
});

t.test('the newest notice is the one that leaves', async (t) => {
  const { time, sent, post } = makePost();
  post.send([message('MsgApp', 2, 7)]);
  post.send([message('MsgApp', 2, 9)]);
  await time.advance(2);
  t.same(sent, ['2 MsgApp:9']);
});

t.test('all else leaves at once, the messages of a turn together', async (t) => {
  const { sent, post, time } = makePost();
  const snapshot = { ...message('MsgSnap', 2, 0) };
  post.send([
    message('MsgHeartbeat', 2, 1),
    message('MsgApp', 3, 4, 2),
    message('MsgVote', 2, 0),
    snapshot,
  ]);
  t.same(sent, ['snapshot 2', '2 MsgHeartbeat:1 MsgVote:0', '3 MsgApp:4']);
  await time.advance(5);
  t.equal(sent.length, 3);
});

t.test('who cannot be reached is reported, and after the end nothing leaves', async (t) => {
  const { time, sent, post } = makePost(false);
  post.send([message('MsgHeartbeat', 2, 1), message('MsgApp', 3, 4)]);
  t.same(sent, ['2 MsgHeartbeat:1', 'unreachable 2']);
  post.end();
  await time.advance(5);
  t.equal(sent.length, 2);
});
