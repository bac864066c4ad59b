import t from 'tap';
import { createSchedulingQueue } from '../../src/scheduler/scheduling-queue.js';

void t.test('a higher priority goes first, then who came first', (t) => {
  const queue = createSchedulingQueue();
  queue.add('late', 0, 2);
  queue.add('early', 0, 1);
  queue.add('urgent', 10, 3);
  t.same(
    [1, 2, 3].map(() => queue.take(5)?.key),
    ['urgent', 'early', 'late'],
  );
  t.end();
});

void t.test(
  'an unschedulable pod waits for an event that may help, and then for its backoff',
  (t) => {
    const queue = createSchedulingQueue();
    queue.add('a', 0, 0);
    const pod = queue.take(0);
    if (pod === undefined) throw new Error('nothing to take');
    queue.unschedulable(pod, new Set(['NodeResourcesFit']), 0);
    queue.wake((plugin) => plugin === 'NodePorts', 10);
    t.same(queue.counts(), { active: 0, backoff: 0, unschedulable: 1 });
    queue.wake((plugin) => plugin === 'NodeResourcesFit', 10);
    t.same(queue.counts(), { active: 0, backoff: 1, unschedulable: 0 });
    t.equal(queue.take(999), undefined);
    t.equal(queue.take(1_000)?.key, 'a');
    t.end();
  },
);

void t.test(
  'backoff doubles up to ten seconds, and after five minutes a pod is tried anyway',
  (t) => {
    const queue = createSchedulingQueue();
    queue.add('a', 0, 0);
    const waits: number[] = [];
    for (let now = 0, i = 0; i < 6; i++) {
      const pod = queue.take(now);
      if (pod === undefined) throw new Error('nothing to take');
      queue.backOff(pod, now);
      const due = queue.nextDueMs() ?? 0;
      waits.push(due - now);
      now = due;
    }
    t.same(waits, [1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
    const other = createSchedulingQueue();
    other.add('b', 0, 0);
    const pod = other.take(0);
    if (pod === undefined) throw new Error('nothing to take');
    other.unschedulable(pod, new Set(['NodeName']), 0);
    t.equal(other.take(299_999), undefined);
    t.equal(other.take(300_000)?.key, 'b');
    t.end();
  },
);
