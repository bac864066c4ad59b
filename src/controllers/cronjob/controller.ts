import type { V1CronJob, V1CronJobStatus, V1Job, V1ObjectReference } from '../../api/index.js';
import type { ApiError, ApiResult, Reconciled } from '../../client/index.js';
import {
  createReconciler,
  isAlreadyExists,
  isNamespaceTerminating,
  isNotFound,
  keyOf,
  locationOf,
  nameOf,
  objectKey,
  RECONCILED,
  referenceTo,
  Resource,
  timestamp,
  uidOf,
} from '../../client/index.js';
import type { ControllerFactory } from '../controller.js';
import { recorderOf } from '../controller.js';
import { createNewest } from '../newest.js';
import { controllerReference } from '../owners.js';
import { sameJson } from '../same-json.js';
import { jobOfCronJob } from './job-of-cron-job.js';
import type { CronJobEvent, StartPlan } from './plan.js';
import { excessHistory, planStart, reviewJobs, withActive } from './plan.js';

/** Wakes up a little late rather than early, as the clocks of others may be behind. */
const LATE_MS = 100;

/** Starts a job whenever its schedule says so, and keeps a history of those that ended. */
export const cronJobController: ControllerFactory = (ports) => {
  const { context, client, informers } = ports;
  const cronJobs = informers.informer(Resource.cronjobs);
  const jobs = informers.informer(Resource.jobs);
  informers.index(jobs, 'namespace', (job) => [job.metadata?.namespace ?? '']);
  const recorder = recorderOf(ports, 'cronjob-controller');
  const newest = createNewest<V1CronJob>();
  const reconciler = createReconciler(context, { name: 'cronjob' }, reconcile);

  function jobChanged(job: V1Job): void {
    const reference = controllerReference(job);
    if (reference?.kind === 'CronJob')
      reconciler.enqueue(keyOf({ namespace: job.metadata?.namespace, name: reference.name }));
  }

  cronJobs.addHandler({
    onAdd: (cronJob) => {
      reconciler.enqueue(objectKey(cronJob));
    },
    onUpdate: (_old, cronJob) => {
      reconciler.enqueue(objectKey(cronJob));
    },
    onDelete: (cronJob) => {
      newest.forget(objectKey(cronJob));
    },
  });
  jobs.addHandler({
    onAdd: jobChanged,
    onUpdate: (_old, job) => {
      jobChanged(job);
    },
    onDelete: jobChanged,
  });

  async function reconcile(key: string): Promise<Reconciled> {
    const shown = cronJobs.get(key);
    if (shown === undefined) return RECONCILED;
    const cronJob = newest.of(key, shown);
    const owned = jobs
      .byIndex('namespace', cronJob.metadata?.namespace ?? '')
      .filter((job) => controllerReference(job)?.uid === cronJob.metadata?.uid);
    const reviewed = reviewJobs(cronJob, owned);
    tell(cronJob, reviewed.events);
    let { status } = reviewed;
    let error: ApiError | undefined;
    for (const reference of reviewed.unknown) {
      const live = await client.get(Resource.jobs, at(cronJob, reference));
      if (live.ok || !isNotFound(live.error)) continue;
      status = without(status, reference.uid);
      const message = `Active job went missing: ${reference.name ?? ''}`;
      tell(cronJob, [{ type: 'Normal', reason: 'MissingJob', message }]);
    }
    const plan = planStart({ ...cronJob, status }, context.clock.wallMs());
    tell(cronJob, plan.events);
    if (plan.type === 'start') {
      const started = await start(cronJob, status, plan);
      ({ status, error } = started);
    }
    for (const job of excessHistory(cronJob, owned)) {
      const failed = await remove(cronJob, nameOf(job), uidOf(job));
      if (failed === undefined) status = without(status, job.metadata?.uid);
    }
    if (!sameJson(status, cronJob.status ?? {})) {
      const written = await client.updateStatus(Resource.cronjobs, { ...cronJob, status });
      if (written.ok) newest.wrote(key, cronJob, written.value);
      else if (!isNotFound(written.error)) error ??= written.error;
    }
    if (error !== undefined) return { type: 'failed', error };
    if (plan.nextMs === undefined) return RECONCILED;
    const waitMs = Math.max(0, plan.nextMs - context.clock.wallMs()) + LATE_MS;
    return { type: 'again', afterMs: waitMs };
  }

  interface Started {
    readonly status: V1CronJobStatus;
    readonly error: ApiError | undefined;
  }

  async function start(
    cronJob: V1CronJob,
    before: V1CronJobStatus,
    plan: StartPlan & { readonly type: 'start' },
  ): Promise<Started> {
    let status = before;
    for (const { name = '', uid } of plan.replaces) {
      const error = await remove(cronJob, name, uid);
      if (error !== undefined) return { status, error };
      status = without(status, uid);
    }
    const made = await createOrFind(cronJob, jobOfCronJob(cronJob, plan.scheduledMs));
    if (!made.ok) {
      if (isNamespaceTerminating(made.error)) return { status, error: undefined };
      const message = `Error creating job: ${made.error.message}`;
      tell(cronJob, [{ type: 'Warning', reason: 'FailedCreate', message }]);
      return { status, error: made.error };
    }
    // A job of that name that is not ours: another has started it.
    const job = made.value;
    if (controllerReference(job)?.uid !== cronJob.metadata?.uid)
      return { status, error: undefined };
    const active = [...(status.active ?? []), referenceTo(Resource.jobs, job)];
    const lastScheduleTime = timestamp(plan.scheduledMs);
    return { status: withActive({ ...status, lastScheduleTime }, active), error: undefined };
  }

  /** The name is a lock: a job that is there already was made before the status could be written. */
  async function createOrFind(cronJob: V1CronJob, job: V1Job): Promise<ApiResult<V1Job>> {
    const created = await client.create(Resource.jobs, job);
    if (created.ok) {
      const message = `Created job ${nameOf(job)}`;
      tell(cronJob, [{ type: 'Normal', reason: 'SuccessfulCreate', message }]);
      return created;
    }
    return isAlreadyExists(created.error) ? client.get(Resource.jobs, locationOf(job)) : created;
  }

  async function remove(
    cronJob: V1CronJob,
    name: string,
    uid: string | undefined,
  ): Promise<ApiError | undefined> {
    const options = { uid, propagationPolicy: 'Background' } as const;
    const gone = await client.delete(Resource.jobs, at(cronJob, { name }), options);
    if (gone.ok) {
      const message = `Deleted job ${name}`;
      tell(cronJob, [{ type: 'Normal', reason: 'SuccessfulDelete', message }]);
      return undefined;
    }
    if (isNotFound(gone.error)) return undefined;
    const message = `Deleted job: ${gone.error.message}`;
    tell(cronJob, [{ type: 'Warning', reason: 'FailedDelete', message }]);
    return gone.error;
  }

  function tell(cronJob: V1CronJob, events: readonly CronJobEvent[]): void {
    for (const { type, reason, message } of events)
      recorder.event(referenceTo(Resource.cronjobs, cronJob), type, reason, message);
  }

  return {
    name: 'cronjob',
    start: reconciler.start,
    stop: reconciler.stop,
    report: reconciler.report,
  };
};

function at(
  cronJob: V1CronJob,
  { name = '' }: V1ObjectReference,
): { readonly namespace: string | undefined; readonly name: string } {
  return { namespace: cronJob.metadata?.namespace, name };
}

function without(status: V1CronJobStatus, uid: string | undefined): V1CronJobStatus {
  return withActive(
    status,
    (status.active ?? []).filter((reference) => reference.uid !== uid),
  );
}
