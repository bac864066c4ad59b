import t from 'tap';
import { actorId, incarnation } from '../../src/base/index.js';
import { ElectionFollowers } from '../../src/store/election-followers.js';
import type { ElectionRecord } from '../../src/protocol/index.js';

type Follower = Parameters<ElectionFollowers['serve']>[0];

const record = (id: string): ElectionRecord => ({ id }) as ElectionRecord;

interface FakeFollower {
  readonly call: Follower;
  /** The ids that each item held. */
  readonly sent: string[][];
  /** Items that wait for credit. */
  queuedItems: number;
  over: boolean;
  drain: () => void;
  cancel: () => void;
}

function follower(max: number): FakeFollower {
  const fake: FakeFollower = {
    sent: [],
    queuedItems: 0,
    over: false,
    drain: () => undefined,
    cancel: () => undefined,
    call: {
      from: { id: actorId('controller-manager'), incarnation: incarnation(1) },
      traceId: undefined,
      request: { max },
      send: ({ records }) => {
        fake.sent.push(records.map(({ id }) => id));
        return true;
      },
      get queuedItems() {
        return fake.queuedItems;
      },
      onDrain: (callback) => {
        fake.drain = callback;
      },
      onCancel: (callback) => {
        fake.cancel = callback;
      },
      complete: () => {
        fake.over = true;
      },
      fail: () => {
        t.fail('no stream fails');
      },
    },
  };
  return fake;
}

t.test('who follows elections is sent the newest at once and after each change', async (t) => {
  const known = [record('2'), record('1')];
  const followers = new ElectionFollowers((max) => known.slice(0, max));
  const [one, two] = [follower(5), follower(1)];
  followers.serve(one.call);
  followers.serve(two.call);
  known.unshift(record('3'));
  followers.changed();
  t.same(one.sent, [
    ['2', '1'],
    ['3', '2', '1'],
  ]);
  t.same(two.sent, [['2'], ['3']]);
  two.cancel();
  followers.changed();
  t.equal(two.sent.length, 2, 'nobody there any more');
  followers.end();
  t.same([one.over, two.over], [true, false]);
  followers.changed();
  t.equal(one.sent.length, 3);
});

t.test('who does not keep up is sent the newest when it does', async (t) => {
  let known = [record('1')];
  const followers = new ElectionFollowers(() => known);
  const slow = follower(5);
  followers.serve(slow.call);
  slow.queuedItems = 1;
  for (const id of ['2', '3', '4']) {
    known = [record(id)];
    followers.changed();
  }
  t.same(slow.sent, [['1']]);
  slow.queuedItems = 0;
  slow.drain();
  t.same(slow.sent, [['1'], ['4']]);
  slow.drain();
  t.equal(slow.sent.length, 2);
});
