import { isUnset, listOf, maybe } from '../absent.js';
import type { V1CronJob, V1Job, V1JobSpec, V1PodFailurePolicyRule } from '../generated/types.js';
import type { Errors } from './checks.js';
import { checkImmutable, checkNonNegative, checkOneOf, checkProblems } from './checks.js';
import { cronScheduleProblem } from './cron-schedule.js';
import { invalid, notSupported, required, tooMany } from './field-error.js';
import { checkLabelSelector } from './label-selector.js';
import { dnsSubdomainProblems, labelKeyProblems } from './names.js';
import { checkSelected, checkTemplate } from './template.js';

const INDEXED_PARALLELISM_MAX = 100_000;
const FAILURE_RULES_MAX = 20;
const CRON_JOB_NAME_MAX = 52;

/** batch ValidateJob. */
export function checkJob(job: V1Job, errors: Errors): void {
  const { spec } = job;
  if (spec?.selector === undefined) errors.push(required('spec.selector'));
  else checkLabelSelector(spec.selector, 'spec.selector', errors);
  checkSelected(spec?.selector, maybe(spec?.template), errors);
  checkJobSpec(spec, 'spec', errors);
}

const COUNTS = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'ttlSecondsAfterFinished',
  'backoffLimitPerIndex',
  'maxFailedIndexes',
] as const;
const MODES = ['Indexed', 'NonIndexed'];

/** Of jobs and of the templates of cron jobs. */
function checkJobSpec(spec: V1JobSpec | undefined, field: string, errors: Errors): void {
  for (const name of COUNTS) checkNonNegative(spec?.[name], `${field}.${name}`, errors);
  const mode = spec?.completionMode;
  if (mode !== undefined && !MODES.includes(mode))
    errors.push(notSupported(`${field}.completionMode`, mode, MODES));
  if (mode === 'Indexed') checkIndexed(spec, field, errors);
  else checkNotIndexed(spec, field, errors);
  checkManagedBy(spec?.managedBy, `${field}.managedBy`, errors);
  listOf(spec?.podFailurePolicy?.rules).forEach((rule, index) => {
    checkFailureRule(rule, `${field}.podFailurePolicy.rules[${String(index)}]`, errors);
  });
  const rules = listOf(spec?.podFailurePolicy?.rules).length;
  if (rules > FAILURE_RULES_MAX)
    errors.push(tooMany(`${field}.podFailurePolicy.rules`, rules, FAILURE_RULES_MAX));
  checkReplacement(spec, field, errors);
  const template = maybe(spec?.template);
  checkTemplate(template, `${field}.template`, errors);
  checkEnds(template?.spec?.restartPolicy, spec, field, errors);
}

function checkIndexed(spec: V1JobSpec | undefined, field: string, errors: Errors): void {
  const { completions, parallelism = 0 } = spec ?? {};
  if (completions === undefined)
    errors.push(required(`${field}.completions`, 'when completion mode is Indexed'));
  if (parallelism > INDEXED_PARALLELISM_MAX) {
    const text = `must be less than or equal to ${String(INDEXED_PARALLELISM_MAX)} when completion mode is Indexed`;
    errors.push(invalid(`${field}.parallelism`, parallelism, text));
  }
}

function checkNotIndexed(spec: V1JobSpec | undefined, field: string, errors: Errors): void {
  for (const name of ['backoffLimitPerIndex', 'maxFailedIndexes'] as const) {
    if (spec?.[name] === undefined) continue;
    errors.push(invalid(`${field}.${name}`, spec[name], 'requires indexed completion mode'));
  }
  if (spec?.successPolicy === undefined) return;
  const text = 'requires indexed completion mode';
  errors.push(invalid(`${field}.successPolicy`, spec.successPolicy, text));
}

function checkManagedBy(managedBy: string | undefined, field: string, errors: Errors): void {
  if (managedBy === undefined) return;
  checkProblems(labelKeyProblems(managedBy), field, managedBy, errors);
  if (!managedBy.includes('/'))
    errors.push(
      invalid(field, managedBy, 'must be a domain-prefixed path (such as "acme.io/foo")'),
    );
}

const ACTIONS = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
const OPERATORS = ['In', 'NotIn'];

function checkFailureRule(rule: V1PodFailurePolicyRule, field: string, errors: Errors): void {
  const { action, onExitCodes, onPodConditions } = rule;
  if (isUnset(action)) {
    const text = `valid values: [${ACTIONS.map((each) => JSON.stringify(each)).join(' ')}]`;
    errors.push(required(`${field}.action`, text));
  } else if (!ACTIONS.includes(action))
    errors.push(notSupported(`${field}.action`, action, ACTIONS));
  const hasConditions = listOf(onPodConditions).length > 0;
  if (onExitCodes === undefined && !hasConditions) {
    const text = 'specifying one of OnExitCodes and OnPodConditions is required';
    errors.push(invalid(field, rule, text));
  }
  if (onExitCodes !== undefined && hasConditions) {
    const text = 'specifying both OnExitCodes and OnPodConditions is not supported';
    errors.push(invalid(field, rule, text));
  }
  if (onExitCodes === undefined) return;
  checkOneOf(onExitCodes.operator, OPERATORS, `${field}.onExitCodes.operator`, errors);
  const values = listOf(onExitCodes.values);
  if (values.length === 0) {
    errors.push(invalid(`${field}.onExitCodes.values`, values, 'at least one value is required'));
  }
  if (onExitCodes.operator === 'In' && values.includes(0)) {
    const at = `${field}.onExitCodes.values[${String(values.indexOf(0))}]`;
    errors.push(invalid(at, 0, 'must not be 0 for the In operator'));
  }
}

function checkReplacement(spec: V1JobSpec | undefined, field: string, errors: Errors): void {
  const policy = spec?.podReplacementPolicy;
  if (policy === undefined) return;
  const supported =
    spec?.podFailurePolicy === undefined ? ['Failed', 'TerminatingOrFailed'] : ['Failed'];
  if (!supported.includes(policy))
    errors.push(notSupported(`${field}.podReplacementPolicy`, policy, supported));
}

/** A pod of a job ends; where its failures are counted by rules, it is not restarted in its place. */
function checkEnds(
  restartPolicy: string | undefined,
  spec: V1JobSpec | undefined,
  field: string,
  errors: Errors,
): void {
  const place = `${field}.template.spec.restartPolicy`;
  const supported = ['OnFailure', 'Never'];
  if (restartPolicy === 'Always' || isUnset(restartPolicy))
    errors.push(required(place, 'valid values: "OnFailure", "Never"'));
  else if (!supported.includes(restartPolicy ?? ''))
    errors.push(notSupported(place, restartPolicy, supported));
  else if (spec?.podFailurePolicy !== undefined && restartPolicy !== 'Never') {
    const text = 'only "Never" is supported when podFailurePolicy is specified';
    errors.push(invalid(place, restartPolicy, text));
  }
}

const IMMUTABLE = [
  'selector',
  'completionMode',
  'podFailurePolicy',
  'backoffLimitPerIndex',
  'managedBy',
  'successPolicy',
] as const;

/** What a job is about stays; its template may change while it is suspended and has not begun. */
export function checkJobUpdate(job: V1Job, old: V1Job, errors: Errors): void {
  checkJob(job, errors);
  const { spec } = job;
  const elastic = spec?.completionMode === 'Indexed' && spec.completions === spec.parallelism;
  if (!elastic)
    checkImmutable(spec?.completions, old.spec?.completions, 'spec.completions', errors);
  for (const name of IMMUTABLE)
    checkImmutable(spec?.[name], old.spec?.[name], `spec.${name}`, errors);
  const begun = old.spec?.suspend !== true || old.status?.startTime !== undefined;
  if (begun) checkImmutable(spec?.template, old.spec?.template, 'spec.template', errors);
}

export function checkJobStatus(job: V1Job, errors: Errors): void {
  for (const name of ['active', 'succeeded', 'failed', 'ready', 'terminating'] as const)
    checkNonNegative(job.status?.[name], `status.${name}`, errors);
}

const CONCURRENCY = ['Allow', 'Forbid', 'Replace'];

/** batch ValidateCronJobCreate. */
export function checkCronJob(cronJob: V1CronJob, errors: Errors): void {
  const { metadata } = cronJob;
  const spec = maybe(cronJob.spec);
  checkSchedule(spec?.schedule, errors);
  checkNonNegative(spec?.startingDeadlineSeconds, 'spec.startingDeadlineSeconds', errors);
  checkOneOf(spec?.concurrencyPolicy, CONCURRENCY, 'spec.concurrencyPolicy', errors);
  checkNonNegative(spec?.successfulJobsHistoryLimit, 'spec.successfulJobsHistoryLimit', errors);
  checkNonNegative(spec?.failedJobsHistoryLimit, 'spec.failedJobsHistoryLimit', errors);
  checkTimeZone(spec?.timeZone, errors);
  const job = maybe(spec?.jobTemplate)?.spec;
  if (job?.selector !== undefined) {
    const text = '`selector` will be auto-generated';
    errors.push(invalid('spec.jobTemplate.spec.selector', job.selector, text));
  }
  if (job?.manualSelector === true)
    errors.push(notSupported('spec.jobTemplate.spec.manualSelector', true, ['nil', 'false']));
  checkJobSpec(job, 'spec.jobTemplate.spec', errors);
  const name = metadata?.name ?? '';
  if (name.length > CRON_JOB_NAME_MAX && dnsSubdomainProblems(name).length === 0)
    errors.push(invalid('metadata.name', name, 'must be no more than 52 characters'));
}

function checkSchedule(schedule: string | undefined, errors: Errors): void {
  if (schedule === undefined || schedule === '') {
    errors.push(required('spec.schedule'));
    return;
  }
  if (schedule.includes('TZ')) {
    const text = 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead';
    errors.push(invalid('spec.schedule', schedule, text));
    return;
  }
  const problem = cronScheduleProblem(schedule);
  if (problem !== undefined) errors.push(invalid('spec.schedule', schedule, problem));
}

function checkTimeZone(timeZone: string | undefined, errors: Errors): void {
  if (timeZone === undefined) return;
  const refuse = (text: string): void => {
    errors.push(invalid('spec.timeZone', timeZone, text));
  };
  if (timeZone === '') refuse('timeZone must be nil or non-empty string');
  else if (timeZone.toLowerCase() === 'local')
    refuse('timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones');
  else if (!isTimeZone(timeZone)) refuse(`unknown time zone ${timeZone}`);
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return !/^[+-]/.test(name);
  } catch {
    return false;
  }
}

export function checkCronJobUpdate(cronJob: V1CronJob, _old: V1CronJob, errors: Errors): void {
  const found: Errors = [];
  checkCronJob(cronJob, found);
  // A name that was once let in stays usable.
  errors.push(...found.filter((error) => error.field !== 'metadata.name'));
}
