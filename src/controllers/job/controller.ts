import type { V1Job, V1Pod } from '../../api/index.js';
import type { ApiError, Reconciled } from '../../client/index.js';
import {
  createReconciler,
  isNotFound,
  objectKey,
  RECONCILED,
  referenceTo,
  Resource,
  timestamp,
  uidOf,
} from '../../client/index.js';
import type { ControllerFactory } from '../controller.js';
import { recorderOf } from '../controller.js';
import { createExpectations } from '../expectations.js';
import type { FollowedOwners } from '../follow-owned.js';
import { followOwned, followOwners } from '../follow-owned.js';
import { claim, ownSelector } from '../owners.js';
import { createPodControl } from '../pod-control.js';
import { sameJson } from '../same-json.js';
import type { Accounts } from './accounting.js';
import { takeAccounts } from './accounting.js';
import { hasTrackingFinalizer } from './job-pods.js';
import { createNewest } from '../newest.js';
import { createOrphans } from './orphans.js';
import type { Outcome } from './outcome.js';
import { decideOutcome, isFinished, untilDeadlineMs, writtenOutcome } from './outcome.js';
import { failedOf, planPods } from './plan.js';
import { podOfJob } from './pod-of-job.js';
import type { JobEvent } from './status.js';
import { planStatus } from './status.js';
import { createTracking } from './tracking.js';

/** Jobs that name another controller are left to it. */
const MANAGED_BY = 'kubernetes.io/job-controller';
/** An uncounted pod that the informer does not show, but that is there. */
const LOOK_AGAIN_MS = 1_000;

/** Runs the pods of each job until enough have succeeded, or too many have failed. */
export const jobController: ControllerFactory = (ports) => {
  const { context, client, informers } = ports;
  const jobs = informers.informer(Resource.jobs);
  const pods = informers.informer(Resource.pods);
  informers.index(pods, 'namespace', (pod) => [pod.metadata?.namespace ?? '']);
  const recorder = recorderOf(ports, 'job-controller');
  const expectations = createExpectations();
  const newest = createNewest<V1Job>();
  const resource = Resource.jobs;
  const control = createPodControl(ports, { resource, recorder, expectations });
  const tracking = createTracking(ports);
  const orphans = createOrphans(ports, tracking);
  const reconciler = createReconciler(context, { name: 'job', concurrency: 5 }, reconcile);

  function watch(): void {
    jobs.addHandler({
      onDelete: (job) => {
        newest.forget(objectKey(job));
      },
    });
    pods.addHandler({
      onUpdate: (_old, pod) => {
        tracking.seen(pod);
      },
      onDelete: tracking.gone,
    });
    const followed: FollowedOwners<V1Job> = {
      resource: Resource.jobs,
      owners: jobs,
      selectorOf: ({ spec }) => spec?.selector,
      reconciler,
      expectations,
    };
    followOwners(followed);
    followOwned(followed, pods);
  }

  async function reconcile(key: string): Promise<Reconciled> {
    for (;;) {
      const shown = jobs.get(key);
      if (shown === undefined) return RECONCILED;
      const job = newest.of(key, shown);
      if (isFinished(job) || (job.spec?.managedBy ?? MANAGED_BY) !== MANAGED_BY) return RECONCILED;
      const end = await step(key, job);
      if (end !== 'next') return end;
    }
  }

  /** Counts what has ended, then makes and deletes pods; `next` where what was written makes another step possible. */
  async function step(key: string, job: V1Job): Promise<Reconciled | 'next'> {
    // Before the pods are read: what comes into sight later they do not show.
    const waitMs = expectations.waitMs(key, context.clock.monotonicMs());
    const candidates = pods.byIndex('namespace', job.metadata?.namespace ?? '');
    const claimant = {
      resource: Resource.jobs,
      object: job,
      matches: ownSelector(job.spec?.selector),
    };
    const { owned, error } = await claim(client, claimant, Resource.pods, candidates);
    if (error !== undefined) return { type: 'failed', error };
    const missed = await missesUncounted(job, owned);
    if (missed !== undefined) return missed;
    const before = writtenOutcome(job);
    const accounts = takeAccounts({
      job,
      pods: owned,
      isTracked: tracking.isTracked,
      isOver: before !== undefined,
    });
    const wallMs = context.clock.wallMs();
    const outcome = decideOutcome(job, owned, accounts, wallMs);
    const written = await writeStatus(key, job, accounts, outcome);
    if (written.type !== 'done') return written;
    const { releasable } = accounts;
    const unreleased = await tracking.release(releasable);
    if (unreleased !== undefined) return { type: 'failed', error: unreleased };
    if (releasable.length > 0 || (before === undefined && outcome !== undefined)) return 'next';
    if (job.metadata?.deletionTimestamp !== undefined) return RECONCILED;
    if (waitMs > 0) return { type: 'again', afterMs: waitMs };
    return manage(job, owned, accounts, outcome, wallMs);
  }

  async function manage(
    job: V1Job,
    owned: readonly V1Pod[],
    accounts: Accounts,
    outcome: Outcome | undefined,
    wallMs: number,
  ): Promise<Reconciled> {
    const plan = planPods({ job, pods: owned, accounts, outcome, wallMs });
    let error: ApiError | undefined;
    let laterMs = outcome === undefined ? untilDeadlineMs(job, wallMs) : Infinity;
    switch (plan.type) {
      case 'none':
        break;
      case 'create':
        error = await control.create(
          job,
          plan.indexes.map((index) => podOfJob(job, index, failedBefore(job, owned, index))),
        );
        if (plan.waitMs > 0) laterMs = Math.min(laterMs, plan.waitMs);
        break;
      case 'drop':
        // Without the finalizer their end is not counted.
        error = (await tracking.release(plan.pods)) ?? (await control.delete(job, plan.pods));
        break;
      case 'end':
        error = await control.delete(job, plan.pods);
        break;
    }
    if (error !== undefined) return { type: 'failed', error };
    return laterMs === Infinity ? RECONCILED : { type: 'again', afterMs: laterMs };
  }

  /** A pod that is to be counted, and that the informer does not show, must really be gone, or have lost its finalizer. */
  async function missesUncounted(
    job: V1Job,
    owned: readonly V1Pod[],
  ): Promise<Reconciled | undefined> {
    const { succeeded = [], failed = [] } = job.status?.uncountedTerminatedPods ?? {};
    const known = new Set(owned.map(uidOf));
    const unknown = new Set([...succeeded, ...failed].filter((uid) => !known.has(uid)));
    if (unknown.size === 0) return undefined;
    const listed = await client.list(Resource.pods, { namespace: job.metadata?.namespace });
    if (!listed.ok) return { type: 'failed', error: listed.error };
    const isThere = listed.value.items.some(
      (pod) => unknown.has(uidOf(pod)) && hasTrackingFinalizer(pod),
    );
    return isThere ? { type: 'again', afterMs: LOOK_AGAIN_MS } : undefined;
  }

  async function writeStatus(
    key: string,
    job: V1Job,
    accounts: Accounts,
    outcome: Outcome | undefined,
  ): Promise<Reconciled> {
    const now = timestamp(context.clock.wallMs());
    const { status, events } = planStatus(job, accounts, outcome, now);
    if (sameJson(status, job.status)) return RECONCILED;
    const written = await client.updateStatus(Resource.jobs, { ...job, status });
    if (!written.ok)
      return isNotFound(written.error)
        ? { type: 'again', afterMs: LOOK_AGAIN_MS }
        : { type: 'failed', error: written.error };
    newest.wrote(key, job, written.value);
    for (const event of events) tell(job, event);
    return RECONCILED;
  }

  function tell(job: V1Job, { type, reason, message }: JobEvent): void {
    recorder.event(referenceTo(Resource.jobs, job), type, reason, message);
  }

  watch();
  return {
    name: 'job',
    start: () => {
      reconciler.start();
      orphans.start();
    },
    stop: () => {
      reconciler.stop();
      orphans.stop();
    },
    report: () => ({ ...reconciler.report(), orphans: orphans.report() }),
  };
};

/** The failures of an index, which its next pod carries on. */
function failedBefore(job: V1Job, owned: readonly V1Pod[], index: number | undefined): V1Pod[] {
  return index === undefined ? [] : failedOf(job, owned, index);
}
