import t from 'tap';
import type { V1Job, V1Pod } from '../../../src/api/index.js';
import { takeAccounts } from '../../../src/controllers/job/accounting.js';
import { backoffMs } from '../../../src/controllers/job/backoff.js';
import { hasTrackingFinalizer } from '../../../src/controllers/job/job-pods.js';
import type { Outcome } from '../../../src/controllers/job/outcome.js';
import { decideOutcome } from '../../../src/controllers/job/outcome.js';
import type { PodPlan } from '../../../src/controllers/job/plan.js';
import { planPods } from '../../../src/controllers/job/plan.js';
import { podOfJob } from '../../../src/controllers/job/pod-of-job.js';
import { planStatus } from '../../../src/controllers/job/status.js';
import { job, NOW, NOW_MS, pod } from './objects.js';

function outcomeOf(of: V1Job, pods: readonly V1Pod[]): Outcome | undefined {
  const accounts = takeAccounts({ job: of, pods, isTracked: hasTrackingFinalizer, isOver: false });
  return decideOutcome(of, pods, accounts, NOW_MS);
}

function planOf(of: V1Job, pods: readonly V1Pod[]): PodPlan {
  const accounts = takeAccounts({ job: of, pods, isTracked: hasTrackingFinalizer, isOver: false });
  const outcome = decideOutcome(of, pods, accounts, NOW_MS);
  return planPods({ job: of, pods, accounts, outcome, wallMs: NOW_MS });
}

const succeeded = (name: string): V1Pod => pod(name, { phase: 'Succeeded' });
const failed = (name: string, endedSecondsAgo = 0): V1Pod =>
  pod(name, { phase: 'Failed', endedSecondsAgo });

void t.test('how many pods are made', (t) => {
  const count = (plan: PodPlan): number => (plan.type === 'create' ? plan.indexes.length : 0);
  const cases: [string, V1Job, V1Pod[], number][] = [
    ['as many as may run at once', job({ parallelism: 3, completions: 9 }), [], 3],
    ['no more than are still wanted', job({ parallelism: 3, completions: 2 }), [], 2],
    [
      'what has succeeded is not made again',
      job({ parallelism: 3, completions: 3 }),
      [succeeded('a'), pod('b')],
      1,
    ],
    ['without completions, all workers', job({ parallelism: 3 }), [], 3],
    [
      'but none after one of them succeeded',
      job({ parallelism: 3 }),
      [succeeded('a'), pod('b')],
      0,
    ],
    ['none after a failure, for ten seconds', job({ completions: 1 }), [failed('a', 9)], 0],
    ['one when they are over', job({ completions: 1 }), [failed('a', 10)], 1],
    ['twenty after two failures', job({ completions: 1 }), [failed('a', 40), failed('b', 19)], 0],
    ['none while it is suspended', job({ completions: 1, suspend: true }), [], 0],
    [
      'none in place of one that still terminates, where only failed ones are replaced',
      job({ completions: 1, podReplacementPolicy: 'Failed' }),
      [pod('a', { deleting: true })],
      0,
    ],
    ['one in its place else', job({ completions: 1 }), [pod('a', { deleting: true })], 1],
  ];
  for (const [name, of, pods, expected] of cases) t.equal(count(planOf(of, pods)), expected, name);
  t.equal(backoffMs(1), 10_000);
  t.equal(backoffMs(30), 600_000);
  t.end();
});

void t.test('indexes: the lowest that is missing, and no second pod for one', (t) => {
  const indexed = job({ completionMode: 'Indexed', completions: 5, parallelism: 3 });
  t.same(planOf(indexed, [pod('a', { index: 1 })]), { type: 'create', indexes: [0, 2], waitMs: 0 });
  t.match(planOf(indexed, [pod('a', { index: 1 }), pod('b', { index: 1 })]), {
    type: 'drop',
    pods: { length: 1 },
  });
  const made = podOfJob(indexed, 3, []);
  t.match(made, {
    metadata: {
      generateName: 'j-3-',
      labels: { 'batch.kubernetes.io/job-completion-index': '3' },
      annotations: { 'batch.kubernetes.io/job-completion-index': '3' },
      finalizers: ['batch.kubernetes.io/job-tracking'],
    },
    spec: { hostname: 'j-3', containers: [{ env: [{ name: 'JOB_COMPLETION_INDEX' }] }] },
  });
  const perIndex = job({ completionMode: 'Indexed', completions: 1, backoffLimitPerIndex: 5 });
  const before = [pod('a', { phase: 'Failed', index: 0, failures: 2 })];
  t.match(podOfJob(perIndex, 0, before).metadata?.annotations, {
    'batch.kubernetes.io/job-index-failure-count': '3',
  });
  t.end();
});

void t.test('what is too much is dropped, and what runs at the end is ended', (t) => {
  t.match(planOf(job({ parallelism: 1, completions: 5 }), [pod('a'), pod('b')]), {
    type: 'drop',
    pods: { length: 1 },
  });
  t.match(planOf(job({ completions: 5, suspend: true }), [pod('a'), pod('b')]), {
    type: 'drop',
    pods: { length: 2 },
  });
  t.match(planOf(job({ completions: 1, backoffLimit: 0 }), [failed('a'), pod('b')]), {
    type: 'end',
    pods: { length: 1 },
  });
  t.end();
});

void t.test('how a job ends', (t) => {
  const started = { startTime: '2026-01-01T00:59:50Z' };
  const exitRule = (action: string): object => ({
    podFailurePolicy: {
      rules: [{ action, onExitCodes: { operator: 'In', values: [3] } }],
    },
  });
  const three = pod('a', { phase: 'Failed', exitCode: 3 });
  const indexed = { completionMode: 'Indexed', completions: 3 };
  const cases: [string, V1Job, V1Pod[], string | undefined][] = [
    ['not while one is missing', job({ completions: 2 }), [succeeded('a')], undefined],
    ['all have succeeded', job({ completions: 1 }), [succeeded('a')], 'CompletionsReached'],
    ['not while a worker runs', job(), [succeeded('a'), pod('b')], undefined],
    ['the last worker is done', job(), [succeeded('a'), failed('b')], 'CompletionsReached'],
    ['as often as it may', job({ completions: 1, backoffLimit: 1 }), [failed('a')], undefined],
    [
      'once too often',
      job({ completions: 1, backoffLimit: 1 }, { failed: 1 }),
      [failed('b')],
      'BackoffLimitExceeded',
    ],
    ['in time', job({ completions: 1, activeDeadlineSeconds: 11 }, started), [], undefined],
    [
      'too late',
      job({ completions: 1, activeDeadlineSeconds: 10 }, started),
      [],
      'DeadlineExceeded',
    ],
    [
      'a rule fails it',
      job({ completions: 1, ...exitRule('FailJob') }),
      [three],
      'PodFailurePolicy',
    ],
    ['a rule that only counts', job({ completions: 1, ...exitRule('Count') }), [three], undefined],
    [
      'too many failed indexes',
      job({ ...indexed, backoffLimitPerIndex: 0, maxFailedIndexes: 0 }),
      [pod('a', { phase: 'Failed', index: 1 })],
      'MaxFailedIndexesExceeded',
    ],
    [
      'each index has ended, one as failed',
      job({ ...indexed, backoffLimitPerIndex: 0 }, { completedIndexes: '0,2' }),
      [pod('a', { phase: 'Failed', index: 1 })],
      'FailedIndexes',
    ],
    [
      'enough by its success policy',
      job({
        ...indexed,
        successPolicy: { rules: [{ succeededIndexes: '0-1', succeededCount: 1 }] },
      }),
      [pod('a', { phase: 'Succeeded', index: 1 })],
      'SuccessPolicy',
    ],
  ];
  for (const [name, of, pods, reason] of cases) t.equal(outcomeOf(of, pods)?.reason, reason, name);
  t.equal(
    outcomeOf(job({ ...exitRule('FailJob') }), [three])?.message,
    'Container main for pod default/a failed with exit code 3 matching FailJob rule at index 0',
  );
  t.end();
});

void t.test('the last condition waits until no pod runs and all are counted', (t) => {
  const of = job({ completions: 1 });
  const types = (pods: readonly V1Pod[]): string[] => {
    const accounts = takeAccounts({ job: of, pods, isTracked: hasTrackingFinalizer, isOver: true });
    const outcome: Outcome = { type: 'success', reason: 'CompletionsReached', message: '' };
    const { status } = planStatus(of, accounts, outcome, NOW);
    return (status.conditions ?? []).map(({ type }) => type);
  };
  t.same(types([succeeded('a')]), ['SuccessCriteriaMet']);
  t.same(types([pod('a', { tracked: false })]), ['SuccessCriteriaMet']);
  t.same(types([pod('a', { tracked: false, deleting: true })]), ['SuccessCriteriaMet']);
  t.same(types([]), ['SuccessCriteriaMet', 'Complete']);
  t.end();
});

void t.test('suspended and resumed, with the time of the start', (t) => {
  const statusOf = (of: V1Job): ReturnType<typeof planStatus> => {
    const accounts = takeAccounts({ job: of, pods: [], isTracked: () => false, isOver: false });
    return planStatus(of, accounts, undefined, NOW);
  };
  const suspended = statusOf(job({ completions: 1, suspend: true }));
  t.match(suspended.status.conditions, [{ type: 'Suspended', status: 'True' }]);
  t.equal(suspended.status.startTime, undefined);
  t.match(suspended.events, [{ reason: 'Suspended', message: 'Job suspended' }]);
  const resumed = statusOf(job({ completions: 1 }, { ...suspended.status, startTime: 'before' }));
  t.match(resumed.status, {
    startTime: NOW,
    conditions: [{ type: 'Suspended', status: 'False', reason: 'JobResumed' }],
  });
  t.match(resumed.events, [{ reason: 'Resumed' }]);
  t.end();
});
