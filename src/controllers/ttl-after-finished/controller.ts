import type { V1Job } from '../../api/index.js';
import type { Reconciled } from '../../client/index.js';
import {
  createReconciler,
  isNotFound,
  locationOf,
  objectKey,
  RECONCILED,
  reconciledBy,
  Resource,
  uidOf,
} from '../../client/index.js';
import type { ControllerFactory } from '../controller.js';
import { untilExpiryMs } from './expiry.js';

/** Deletes finished jobs, with their pods, when their `ttlSecondsAfterFinished` are over. */
export const ttlAfterFinishedController: ControllerFactory = ({ context, client, informers }) => {
  const jobs = informers.informer(Resource.jobs);
  const reconciler = createReconciler(context, { name: 'ttl-after-finished' }, reconcile);
  const consider = (job: V1Job): void => {
    if (untilExpiryMs(job, context.clock.wallMs()) !== undefined)
      reconciler.enqueue(objectKey(job));
  };
  jobs.addHandler({
    onAdd: consider,
    onUpdate: (_old, job) => {
      consider(job);
    },
  });

  async function reconcile(key: string): Promise<Reconciled> {
    const shown = jobs.get(key);
    if (shown === undefined) return RECONCILED;
    const waitMs = untilExpiryMs(shown, context.clock.wallMs());
    if (waitMs === undefined) return RECONCILED;
    if (waitMs > 0) return { type: 'again', afterMs: waitMs };
    // Its limit may have been raised since: the live job decides.
    const live = await client.get(Resource.jobs, locationOf(shown));
    if (!live.ok) return isNotFound(live.error) ? RECONCILED : reconciledBy(live);
    const leftMs = untilExpiryMs(live.value, context.clock.wallMs());
    if (leftMs === undefined) return RECONCILED;
    if (leftMs > 0) return { type: 'again', afterMs: leftMs };
    const deleted = await client.delete(Resource.jobs, locationOf(live.value), {
      uid: uidOf(live.value),
      resourceVersion: live.value.metadata?.resourceVersion,
      propagationPolicy: 'Foreground',
    });
    return deleted.ok || isNotFound(deleted.error) ? RECONCILED : reconciledBy(deleted);
  }

  return {
    name: 'ttl-after-finished',
    start: reconciler.start,
    stop: reconciler.stop,
    report: reconciler.report,
  };
};
