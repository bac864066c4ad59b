import { listOf, maybe } from '../absent.js';
import type { V1CronJob, V1Job } from '../generated/types.js';
import { humanDuration } from './human-duration.js';
import type { Printer } from './printer.js';
import { AGE, column, NAME, NONE, since } from './printer.js';
import { TEMPLATE_COLUMNS, templateCells } from './template-cells.js';

export const jobPrinter: Printer<V1Job> = {
  columns: [
    NAME,
    column('Status', 'string', 'Whether it runs, or how it ended.'),
    column('Completions', 'string', 'How many of the wanted pods have succeeded.'),
    column('Duration', 'string', 'The time from its start to its end, or until now.'),
    AGE,
    ...TEMPLATE_COLUMNS,
  ],
  cells: (job, nowMs) => [
    job.metadata?.name ?? '',
    statusText(job),
    completionsText(job),
    durationText(job, nowMs),
    since(job.metadata?.creationTimestamp, nowMs),
    ...templateCells(maybe(job.spec?.template)?.spec, job.spec?.selector),
  ],
};

/** The first of these that is true: an end counts more than what leads to it. */
const CONDITIONS: readonly (readonly [string, string])[] = [
  ['Suspended', 'Suspended'],
  ['SuccessCriteriaMet', 'SuccessCriteriaMet'],
  ['FailureTarget', 'FailureTarget'],
];

function statusText({ metadata, status }: V1Job): string {
  const isTrue = (type: string): boolean =>
    listOf(status?.conditions).some((each) => each.type === type && each.status === 'True');
  if (isTrue('Complete')) return 'Complete';
  if (isTrue('Failed')) return 'Failed';
  if (metadata?.deletionTimestamp !== undefined) return 'Terminating';
  return CONDITIONS.find(([type]) => isTrue(type))?.[1] ?? 'Running';
}

function completionsText({ spec, status }: V1Job): string {
  const succeeded = String(status?.succeeded ?? 0);
  if (spec?.completions !== undefined) return `${succeeded}/${String(spec.completions)}`;
  const parallelism = spec?.parallelism ?? 0;
  return parallelism > 1 ? `${succeeded}/1 of ${String(parallelism)}` : `${succeeded}/1`;
}

function durationText({ status }: V1Job, nowMs: number): string {
  const { startTime, completionTime } = status ?? {};
  if (startTime === undefined) return '';
  const endMs = completionTime === undefined ? nowMs : Date.parse(completionTime);
  return humanDuration(endMs - Date.parse(startTime));
}

export const cronJobPrinter: Printer<V1CronJob> = {
  columns: [
    NAME,
    column('Schedule', 'string', 'When it starts jobs, as in crontab.'),
    column('Timezone', 'string', 'The time zone of the schedule.'),
    column('Suspend', 'boolean', 'Whether it starts none for now.'),
    column('Active', 'integer', 'How many of its jobs run.'),
    column('Last Schedule', 'string', 'The time since it last started one.'),
    AGE,
    ...TEMPLATE_COLUMNS,
  ],
  cells: ({ metadata, spec, status }, nowMs) => {
    const wanted = maybe(spec);
    const job = maybe(wanted?.jobTemplate)?.spec;
    const last = status?.lastScheduleTime;
    return [
      metadata?.name ?? '',
      maybe(wanted?.schedule) ?? '',
      wanted?.timeZone ?? NONE,
      wanted?.suspend === undefined ? '<unset>' : wanted.suspend ? 'True' : 'False',
      listOf(status?.active).length,
      last === undefined ? NONE : since(last, nowMs),
      since(metadata?.creationTimestamp, nowMs),
      ...templateCells(maybe(job?.template)?.spec, job?.selector),
    ];
  },
};
