import type { V1CronJob, V1CronJobStatus, V1Job, V1ObjectReference } from '../../api/index.js';
import { isConditionTrue } from '../../api/index.js';
import { parseTimestamp } from '../../client/index.js';
import { jobNameAt } from './job-of-cron-job.js';
import type { Schedule } from './schedule.js';
import { dueAt, parseSchedule, rfc1123 } from './schedule.js';

export interface CronJobEvent {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

export function endOf({ status }: V1Job): 'Complete' | 'Failed' | undefined {
  if (isConditionTrue(status?.conditions, 'Complete')) return 'Complete';
  return isConditionTrue(status?.conditions, 'Failed') ? 'Failed' : undefined;
}

export interface Reviewed {
  readonly status: V1CronJobStatus;
  readonly events: readonly CronJobEvent[];
  /** Active by the status, but not among the jobs that are known. */
  readonly unknown: readonly V1ObjectReference[];
}

/** What the jobs say about the status. */
export function reviewJobs({ status = {} }: V1CronJob, jobs: readonly V1Job[]): Reviewed {
  const events: CronJobEvent[] = [];
  let active = status.active ?? [];
  let { lastSuccessfulTime } = status;
  for (const job of jobs) {
    const { uid, name = '' } = job.metadata ?? {};
    const isListed = active.some((reference) => reference.uid === uid);
    const end = endOf(job);
    if (end === undefined) {
      if (isListed) continue;
      const message = `Saw a job that the controller did not create or forgot: ${name}`;
      events.push({ type: 'Warning', reason: 'UnexpectedJob', message });
      continue;
    }
    if (isListed) {
      active = active.filter((reference) => reference.uid !== uid);
      const message = `Saw completed job: ${name}, condition: ${end}`;
      events.push({ type: 'Normal', reason: 'SawCompletedJob', message });
    }
    const completedMs = parseTimestamp(job.status?.completionTime);
    if (end === 'Complete' && completedMs !== undefined) {
      if (completedMs > (parseTimestamp(lastSuccessfulTime) ?? -Infinity))
        lastSuccessfulTime = job.status?.completionTime;
    }
  }
  const known = new Set(jobs.map(({ metadata }) => metadata?.uid));
  return {
    status: withActive({ ...status, ...(lastSuccessfulTime && { lastSuccessfulTime }) }, active),
    events,
    unknown: active.filter(({ uid }) => !known.has(uid)),
  };
}

/** An empty list is none. */
export function withActive(
  status: V1CronJobStatus,
  active: readonly V1ObjectReference[],
): V1CronJobStatus {
  const { active: _before, ...rest } = status;
  return active.length === 0 ? rest : { ...rest, active: [...active] };
}

export type StartPlan =
  | { readonly type: 'none'; readonly events: readonly CronJobEvent[]; readonly nextMs?: number }
  | {
      readonly type: 'start';
      readonly scheduledMs: number;
      /** They make room. */
      readonly replaces: readonly V1ObjectReference[];
      readonly events: readonly CronJobEvent[];
      readonly nextMs?: number;
    };

/** Whether a job is to be started now, and when to look again. */
export function planStart(cronJob: V1CronJob, nowMs: number): StartPlan {
  const { metadata, spec, status } = cronJob;
  if (metadata?.deletionTimestamp !== undefined || spec.suspend === true)
    return { type: 'none', events: [] };
  const schedule = scheduleOf(spec.schedule, spec.timeZone);
  if (typeof schedule === 'string')
    return { type: 'none', events: [warning('UnparseableSchedule', schedule)] };
  const due = dueAt(cronJob, schedule, nowMs);
  const next = due.nextMs === undefined ? {} : { nextMs: due.nextMs };
  const events: CronJobEvent[] = [];
  const nothing = (): StartPlan => ({ type: 'none', events, ...next });
  if (due.tooManyMissed)
    events.push(
      warning(
        'TooManyMissedTimes',
        'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew',
      ),
    );
  const scheduledMs = due.lastMs;
  if (scheduledMs === undefined) return nothing();
  const deadline = spec.startingDeadlineSeconds;
  if (deadline !== undefined && scheduledMs + deadline * 1_000 < nowMs) {
    events.push(
      warning('MissSchedule', `Missed scheduled time to start a job: ${rfc1123(scheduledMs)}`),
    );
    return nothing();
  }
  const active = status?.active ?? [];
  const name = jobNameAt(cronJob, scheduledMs);
  const isStarted = active.some((reference) => reference.name === name);
  if (isStarted || parseTimestamp(status?.lastScheduleTime) === scheduledMs) return nothing();
  if (spec.concurrencyPolicy === 'Forbid' && active.length > 0) {
    const message =
      'Not starting job because prior execution is running and concurrency policy is Forbid';
    events.push({ type: 'Normal', reason: 'JobAlreadyActive', message });
    return nothing();
  }
  const replaces = spec.concurrencyPolicy === 'Replace' ? active : [];
  return { type: 'start', scheduledMs, replaces, events, ...next };
}

/** The schedule, or why it is none. */
function scheduleOf(text: string, timeZone: string | undefined): Schedule | string {
  try {
    return parseSchedule(text, timeZone);
  } catch (error) {
    return `unparseable schedule: ${JSON.stringify(text)} : ${(error as Error).message}`;
  }
}

function warning(reason: string, message: string): CronJobEvent {
  return { type: 'Warning', reason, message };
}

/** The finished jobs beyond the limits of the history, the oldest first. */
export function excessHistory({ spec }: V1CronJob, jobs: readonly V1Job[]): V1Job[] {
  const over = (end: 'Complete' | 'Failed', limit: number | undefined): V1Job[] => {
    if (limit === undefined) return [];
    const ended = jobs.filter((job) => endOf(job) === end).sort(byStartTime);
    const excess = ended.slice(0, Math.max(0, ended.length - limit));
    return excess.filter(({ metadata }) => metadata?.deletionTimestamp === undefined);
  };
  return [
    ...over('Complete', spec.successfulJobsHistoryLimit),
    ...over('Failed', spec.failedJobsHistoryLimit),
  ];
}

/** Those that never started come last. */
function byStartTime(a: V1Job, b: V1Job): number {
  const startMs = (job: V1Job): number => parseTimestamp(job.status?.startTime) ?? Number.MAX_VALUE;
  const apart = startMs(a) - startMs(b);
  return apart === 0 ? ((a.metadata?.name ?? '') < (b.metadata?.name ?? '') ? -1 : 1) : apart;
}
