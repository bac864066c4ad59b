import t from 'tap';
import type { V1Job, V1Pod } from '../../../src/api/index.js';
import type { Accounts } from '../../../src/controllers/job/accounting.js';
import { takeAccounts } from '../../../src/controllers/job/accounting.js';
import { printIndexes, parseIndexes } from '../../../src/controllers/job/index-set.js';
import { hasTrackingFinalizer } from '../../../src/controllers/job/job-pods.js';
import { planStatus } from '../../../src/controllers/job/status.js';
import { job, NOW, pod } from './objects.js';

function accountsOf(of: V1Job, pods: readonly V1Pod[], isOver = false): Accounts {
  return takeAccounts({ job: of, pods, isTracked: hasTrackingFinalizer, isOver });
}

void t.test('an end is listed first, and counted when the finalizer is off', (t) => {
  const ended = [pod('a', { phase: 'Succeeded' }), pod('b', { phase: 'Failed' })];
  const first = accountsOf(job({ completions: 3 }), ended);
  t.match(first, { countedSucceeded: 0, countedFailed: 0 });
  t.same([first.uncountedSucceeded, first.uncountedFailed], [['a'], ['b']]);
  t.equal(first.releasable.length, 2);
  const { status } = planStatus(job({ completions: 3 }), first, undefined, NOW);
  t.same(status.uncountedTerminatedPods, { succeeded: ['a'], failed: ['b'] });

  const again = accountsOf(job({ completions: 3 }, status), ended);
  t.same([again.uncountedSucceeded, again.uncountedFailed], [['a'], ['b']], 'nothing twice');

  const released = [pod('a', { phase: 'Succeeded', tracked: false })];
  const counted = accountsOf(job({ completions: 3 }, status), released);
  t.match(counted, { countedSucceeded: 1, countedFailed: 1, uncountedSucceeded: [] });
  const last = planStatus(job({ completions: 3 }, status), counted, undefined, NOW);
  t.same(last.status.uncountedTerminatedPods, {});
  t.match(accountsOf(job({ completions: 3 }, last.status), released), { countedSucceeded: 1 });
  t.end();
});

void t.test('what a pod counts as', (t) => {
  const cases: [string, Parameters<typeof pod>[1], object, string][] = [
    ['a running pod: nothing', {}, {}, ''],
    ['a deleted one: failed at once', { deleting: true }, {}, 'failed'],
    [
      'a deleted one: not before it has ended, where only failed ones are replaced',
      { deleting: true },
      { podReplacementPolicy: 'Failed' },
      '',
    ],
    [
      'a deleted one that no node has: failed',
      { deleting: true, node: '', phase: 'Pending' },
      { podReplacementPolicy: 'Failed' },
      'failed',
    ],
    ['without the finalizer: nothing', { phase: 'Failed', tracked: false }, {}, ''],
    [
      'ignored by a rule: nothing',
      { phase: 'Failed', disrupted: true },
      {
        podFailurePolicy: {
          rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }] }],
        },
      },
      '',
    ],
  ];
  for (const [name, shape, spec, expected] of cases) {
    const { uncountedFailed } = accountsOf(job(spec), [pod('p', shape)]);
    t.equal(uncountedFailed.length === 1 ? 'failed' : '', expected, name);
  }
  t.end();
});

void t.test('completed indexes are a set, so that no list is needed', (t) => {
  const indexed = job({ completionMode: 'Indexed', completions: 5 }, { completedIndexes: '0,2' });
  const accounts = accountsOf(indexed, [
    pod('a', { phase: 'Succeeded', index: 2 }),
    pod('b', { phase: 'Succeeded', index: 3 }),
    pod('c', { phase: 'Succeeded', index: 9 }),
  ]);
  t.equal(printIndexes(accounts.completedIndexes), '0,2,3');
  t.equal(accounts.countedSucceeded, 3);
  t.same(accounts.uncountedSucceeded, []);
  t.end();
});

void t.test('an index fails after its own limit; until then its last pod keeps the count', (t) => {
  const indexed = job({ completionMode: 'Indexed', completions: 3, backoffLimitPerIndex: 1 });
  const once = accountsOf(indexed, [pod('a', { phase: 'Failed', index: 0, failures: 0 })]);
  t.equal(once.failedIndexes.size, 0);
  t.equal(once.releasable.length, 0, 'it waits for its successor');
  const followed = accountsOf(indexed, [
    pod('a', { phase: 'Failed', index: 0, failures: 0 }),
    pod('b', { index: 0, failures: 1 }),
  ]);
  t.equal(followed.releasable.length, 1);
  const twice = accountsOf(indexed, [pod('b', { phase: 'Failed', index: 0, failures: 1 })]);
  t.same([...twice.failedIndexes], [0]);
  t.equal(twice.releasable.length, 1);
  t.end();
});

void t.test('sets of indexes are written as in Kubernetes', (t) => {
  for (const text of ['', '0', '0,1', '0-2', '1,3-5,7', '0,1,3-9'])
    t.equal(printIndexes(parseIndexes(text, 100)), text);
  t.same([...parseIndexes('1-9', 4)], [1, 2, 3]);
  t.end();
});
