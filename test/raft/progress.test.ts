import t from 'tap';
import {
  addInflight,
  freeInflights,
  inflightsCount,
  inflightsFull,
  newInflights,
} from '../../src/raft/inflights.js';
import {
  becomeProbe,
  becomeReplicate,
  becomeSnapshot,
  isPaused,
  maybeDecrease,
  maybeUpdate,
  newProgress,
  sentEntries,
} from '../../src/raft/progress.js';
import type { Progress } from '../../src/raft/progress.js';

function progressAt(match: number, next: number): Progress {
  const progress = newProgress({
    next,
    isLearner: false,
    recentActive: true,
    maxInflightMsgs: 2,
    maxInflightBytes: 100,
  });
  progress.match = match;
  return progress;
}

t.test('in flight are at most so many messages, and about so many bytes', (t) => {
  const inflights = newInflights(3, 100);
  addInflight(inflights, 1, 40);
  addInflight(inflights, 2, 70);
  t.ok(inflightsFull(inflights), 'the bytes are crossed, not kept');
  freeInflights(inflights, 0);
  t.equal(inflightsCount(inflights), 2);
  freeInflights(inflights, 1);
  addInflight(inflights, 5, 10);
  addInflight(inflights, 6, 10);
  t.ok(inflightsFull(inflights), 'three messages');
  t.throws(() => {
    addInflight(inflights, 7, 0);
  });
  freeInflights(inflights, 6);
  t.same([inflightsCount(inflights), inflights.bytes], [0, 0]);
  t.end();
});

t.test('a probe is one message, and then waits', (t) => {
  const progress = progressAt(0, 5);
  sentEntries(progress, 0, 0);
  t.notOk(isPaused(progress), 'an empty one costs nothing');
  sentEntries(progress, 2, 10);
  t.ok(isPaused(progress));
  t.equal(progress.next, 5, 'it does not run ahead');
  t.end();
});

t.test('replication runs ahead until the window is full', (t) => {
  const progress = progressAt(4, 9);
  becomeReplicate(progress);
  t.equal(progress.next, 5);
  sentEntries(progress, 2, 10);
  t.notOk(isPaused(progress));
  sentEntries(progress, 1, 10);
  t.ok(isPaused(progress));
  t.equal(progress.next, 8);
  t.ok(maybeUpdate(progress, 6));
  t.same([progress.match, progress.next, isPaused(progress)], [6, 8, false]);
  t.notOk(maybeUpdate(progress, 6), 'old news');
  t.end();
});

t.test('after a snapshot the probe starts behind it', (t) => {
  const progress = progressAt(2, 9);
  becomeSnapshot(progress, 20);
  t.ok(isPaused(progress));
  t.throws(() => {
    sentEntries(progress, 1, 1);
  });
  becomeProbe(progress);
  t.equal(progress.next, 21);
  t.end();
});

t.test('a rejection lowers next, a stale one does not', (t) => {
  const probe = progressAt(1, 10);
  t.notOk(maybeDecrease(probe, 7, 3), 'not the last probe');
  t.ok(maybeDecrease(probe, 9, 3));
  t.equal(probe.next, 4);
  t.ok(maybeDecrease(probe, 3, 0));
  t.equal(probe.next, 2, 'never to what is matched');
  const replicating = progressAt(5, 10);
  replicating.state = 'StateReplicate';
  t.notOk(maybeDecrease(replicating, 5, 2));
  t.ok(maybeDecrease(replicating, 8, 2));
  t.equal(replicating.next, 6);
  t.end();
});
