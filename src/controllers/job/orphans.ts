import type { V1Job, V1Pod } from '../../api/index.js';
import type { Reconciled, Reconciler } from '../../client/index.js';
import {
  createReconciler,
  isNotFound,
  keyOf,
  objectKey,
  RECONCILED,
  Resource,
} from '../../client/index.js';
import type { ControllerPorts } from '../controller.js';
import { controllerReference, ownSelector } from '../owners.js';
import { hasTrackingFinalizer } from './job-pods.js';
import { isFinished } from './outcome.js';
import type { Tracking } from './tracking.js';

/** Takes the tracking finalizer off pods that no job will ever count: theirs is gone, or finished. */
export function createOrphans(
  { context, client, informers }: Pick<ControllerPorts, 'context' | 'client' | 'informers'>,
  tracking: Tracking,
): Reconciler {
  const jobs = informers.informer(Resource.jobs);
  const pods = informers.informer(Resource.pods);
  const reconciler = createReconciler(context, { name: 'job-orphans' }, reconcile);

  function isOrphan(pod: V1Pod): boolean {
    if (!tracking.isTracked(pod)) return false;
    const namespace = pod.metadata?.namespace;
    const reference = controllerReference(pod);
    if (reference === undefined)
      return !jobs
        .list()
        .some(
          (job) =>
            job.metadata?.namespace === namespace &&
            !isFinished(job) &&
            ownSelector(job.spec?.selector)(pod),
        );
    if (reference.kind !== 'Job') return true;
    const job = jobs.get(keyOf({ namespace, name: reference.name }));
    return job === undefined || job.metadata?.uid !== reference.uid || isFinished(job);
  }

  function consider(pod: V1Pod): void {
    if (hasTrackingFinalizer(pod) && isOrphan(pod)) reconciler.enqueue(objectKey(pod));
  }

  function considerPodsOf(job: V1Job): void {
    for (const pod of pods.byIndex('namespace', job.metadata?.namespace ?? '')) consider(pod);
  }

  jobs.addHandler({
    onUpdate: (_old, job) => {
      if (isFinished(job)) considerPodsOf(job);
    },
    onDelete: considerPodsOf,
  });
  pods.addHandler({
    onAdd: consider,
    onUpdate: (_old, pod) => {
      consider(pod);
    },
  });

  async function reconcile(key: string): Promise<Reconciled> {
    const pod = pods.get(key);
    if (pod === undefined || !isOrphan(pod)) return RECONCILED;
    const alive = await hasJob(pod);
    if (alive !== false) return alive;
    const error = await tracking.release([pod]);
    return error === undefined ? RECONCILED : { type: 'failed', error };
  }

  /** The informer may not show its job yet. */
  async function hasJob(pod: V1Pod): Promise<Reconciled | false> {
    const reference = controllerReference(pod);
    if (reference?.kind !== 'Job') return false;
    const at = { namespace: pod.metadata?.namespace, name: reference.name };
    const job = await client.get(Resource.jobs, at);
    if (!job.ok) return isNotFound(job.error) ? false : { type: 'failed', error: job.error };
    return job.value.metadata?.uid === reference.uid && !isFinished(job.value) ? RECONCILED : false;
  }

  return reconciler;
}
