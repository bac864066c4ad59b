import t from 'tap';
import type { V1CronJob, V1CronJobSpec, V1CronJobStatus, V1Job } from '../../../src/api/index.js';
import { jobOfCronJob } from '../../../src/controllers/cronjob/job-of-cron-job.js';
import { excessHistory, planStart, reviewJobs } from '../../../src/controllers/cronjob/plan.js';
import { dueAt, parseSchedule, zonedTimestamp } from '../../../src/controllers/cronjob/schedule.js';

const at = (text: string): number => Date.parse(text);

function cronJob(spec: Partial<V1CronJobSpec> = {}, status: V1CronJobStatus = {}): V1CronJob {
  const template = { spec: { containers: [{ name: 'c', image: 'i' }], restartPolicy: 'Never' } };
  return {
    metadata: {
      name: 'tick',
      namespace: 'default',
      uid: 'cron-uid',
      creationTimestamp: '2026-01-01T00:00:30Z',
    },
    spec: { schedule: '*/5 * * * *', jobTemplate: { spec: { template } }, ...spec },
    status,
  };
}

function job(name: string, end?: 'Complete' | 'Failed', startTime = '2026-01-01T00:00:00Z'): V1Job {
  const conditions = end === undefined ? [] : [{ type: end, status: 'True' }];
  const completionTime = end === 'Complete' ? { completionTime: '2026-01-01T00:09:00Z' } : {};
  return {
    metadata: { name, namespace: 'default', uid: name },
    status: { conditions, startTime, ...completionTime },
  };
}

void t.test('when a schedule is due', (t) => {
  const cases: [string, string, string | undefined, string][] = [
    ['*/15 * * * *', '2026-01-01T00:01:00Z', undefined, '2026-01-01T00:15:00.000Z'],
    ['0 9 * * 1-5', '2026-01-02T09:00:00Z', undefined, '2026-01-05T09:00:00.000Z'],
    ['0 9 * * *', '2026-01-01T00:00:00Z', 'Europe/Berlin', '2026-01-01T08:00:00.000Z'],
    ['5/20 * * * *', '2026-01-01T00:26:00Z', undefined, '2026-01-01T00:45:00.000Z'],
    ['0 0 ? JAN,,MAR SUN', '2026-01-01T00:00:00Z', undefined, '2026-01-04T00:00:00.000Z'],
    ['0 0 13 * FRI', '2026-01-03T00:00:00Z', undefined, '2026-01-09T00:00:00.000Z'],
    ['@hourly', '2026-01-01T00:30:00Z', undefined, '2026-01-01T01:00:00.000Z'],
    ['@every 1h30m', '2026-01-01T00:30:00Z', undefined, '2026-01-01T02:00:00.000Z'],
  ];
  for (const [schedule, after, timeZone, expected] of cases) {
    const nextMs = parseSchedule(schedule, timeZone).next(at(after)) ?? NaN;
    t.equal(new Date(nextMs).toISOString(), expected, schedule);
  }
  t.equal(parseSchedule('0 0 31 2 *').next(0), undefined, 'never');
  t.end();
});

void t.test('of many missed times the newest counts, and more than a hundred are too many', (t) => {
  const due = (schedule: string, now: string): object =>
    dueAt(cronJob(), parseSchedule(schedule), at(now));
  t.match(due('*/5 * * * *', '2026-01-01T00:04:00Z'), { lastMs: undefined });
  t.match(due('*/5 * * * *', '2026-01-01T00:17:00Z'), {
    lastMs: at('2026-01-01T00:15:00Z'),
    nextMs: at('2026-01-01T00:20:00Z'),
    tooManyMissed: false,
  });
  t.match(due('* * * * *', '2036-01-01T00:00:10Z'), {
    lastMs: at('2036-01-01T00:00:00Z'),
    tooManyMissed: true,
  });
  t.match(due('@every 7s', '2026-02-01T00:00:00Z'), {
    lastMs: at('2026-01-31T23:59:58Z'),
    tooManyMissed: true,
  });
  t.end();
});

void t.test('whether a job is started', (t) => {
  const now = '2026-01-01T00:06:00Z';
  const running = { name: 'tick-1', uid: 'tick-1' };
  const cases: [string, V1CronJob, string, string[]][] = [
    ['when it is due', cronJob(), 'start', []],
    ['not before', cronJob({ schedule: '0 * * * *' }), 'none', []],
    ['not while it is suspended', cronJob({ suspend: true }), 'none', []],
    ['not twice', cronJob({}, { lastScheduleTime: '2026-01-01T00:05:00Z' }), 'none', []],
    ['not after its deadline', cronJob({ startingDeadlineSeconds: 30 }), 'none', []],
    [
      'not beside another, where that is forbidden',
      cronJob({ concurrencyPolicy: 'Forbid' }, { active: [running] }),
      'none',
      ['JobAlreadyActive'],
    ],
    ['beside another', cronJob({ concurrencyPolicy: 'Allow' }, { active: [running] }), 'start', []],
    ['in its place', cronJob({ concurrencyPolicy: 'Replace' }, { active: [running] }), 'start', []],
  ];
  for (const [name, of, type, reasons] of cases) {
    const plan = planStart(of, at(now));
    t.equal(plan.type, type, name);
    t.same(
      plan.events.map(({ reason }) => reason),
      reasons,
      name,
    );
    if (plan.type === 'start')
      t.equal(plan.replaces.length, of.spec.concurrencyPolicy === 'Replace' ? 1 : 0, name);
  }
  t.end();
});

void t.test('what its jobs say', (t) => {
  const active = ['a', 'b', 'gone'].map((name) => ({ name, uid: name }));
  const reviewed = reviewJobs(cronJob({}, { active }), [job('a', 'Complete'), job('b'), job('c')]);
  t.match(reviewed.status, {
    active: [{ uid: 'b' }, { uid: 'gone' }],
    lastSuccessfulTime: '2026-01-01T00:09:00Z',
  });
  t.match(reviewed.events, [
    { reason: 'SawCompletedJob', message: 'Saw completed job: a, condition: Complete' },
    { reason: 'UnexpectedJob' },
  ]);
  t.match(reviewed.unknown, [{ uid: 'gone' }]);
  const history = [2, 1, 3].map((day) =>
    job(`day-${String(day)}`, 'Complete', `2026-01-0${String(day)}T00:00:00Z`),
  );
  const excess = excessHistory(cronJob({ successfulJobsHistoryLimit: 1 }), history);
  t.same(
    excess.map(({ metadata }) => metadata?.name),
    ['day-1', 'day-2'],
  );
  t.end();
});

void t.test('a job bears the time that it was made for', (t) => {
  const scheduledMs = at('2026-07-01T00:05:00Z');
  t.match(jobOfCronJob(cronJob({ timeZone: 'Europe/Berlin' }), scheduledMs).metadata, {
    name: `tick-${String(scheduledMs / 60_000)}`,
    annotations: {
      'batch.kubernetes.io/cronjob-scheduled-timestamp': '2026-07-01T02:05:00+02:00',
    },
    ownerReferences: [{ kind: 'CronJob', name: 'tick', controller: true }],
  });
  t.equal(zonedTimestamp(scheduledMs), '2026-07-01T00:05:00Z');
  t.equal(zonedTimestamp(scheduledMs, 'America/St_Johns'), '2026-06-30T21:35:00-02:30');
  t.end();
});
