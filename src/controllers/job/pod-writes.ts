import type { V1Job, V1Pod } from '../../api/index.js';
import type { ApiError, EventRecorder } from '../../client/index.js';
import {
  isNamespaceTerminating,
  isNotFound,
  locationOf,
  nameOf,
  objectKey,
  referenceTo,
  Resource,
  uidOf,
} from '../../client/index.js';
import type { ControllerPorts } from '../controller.js';
import type { Expectations } from '../expectations.js';
import { slowStartBatches } from '../replicaset/plan.js';
import { hasTrackingFinalizer, TRACKING_FINALIZER } from './job-pods.js';
import { failedOf } from './plan.js';
import { podOfJob } from './pod-of-job.js';

/** What a job does to its pods. Each ends with the first error. */
export interface PodWrites {
  /** Takes the tracking finalizer off, where it is on. */
  readonly release: (pods: readonly V1Pod[]) => Promise<ApiError | undefined>;
  readonly create: (
    job: V1Job,
    pods: readonly V1Pod[],
    indexes: readonly (number | undefined)[],
  ) => Promise<ApiError | undefined>;
  readonly remove: (job: V1Job, pods: readonly V1Pod[]) => Promise<ApiError | undefined>;
  /** As the pods are known here: an informer may show a finalizer that is off already. */
  readonly isTracked: (pod: V1Pod) => boolean;
  /** The informer shows this pod. */
  readonly seen: (pod: V1Pod) => void;
  /** The informer shows it no longer. */
  readonly gone: (pod: V1Pod) => void;
}

export function createPodWrites(
  { context, client, informers }: Pick<ControllerPorts, 'context' | 'client' | 'informers'>,
  recorder: EventRecorder,
  expectations: Expectations,
): PodWrites {
  const pods = informers.informer(Resource.pods);
  const released = new Set<string>();
  const isTracked = (pod: V1Pod): boolean => hasTrackingFinalizer(pod) && !released.has(uidOf(pod));

  async function releaseOne(pod: V1Pod): Promise<ApiError | undefined> {
    if (!isTracked(pod)) return undefined;
    const { uid, resourceVersion, finalizers = [] } = pod.metadata ?? {};
    const others = finalizers.filter((each) => each !== TRACKING_FINALIZER);
    const patch = { metadata: { uid, resourceVersion, finalizers: others } };
    const done = await client.patch(Resource.pods, locationOf(pod), patch);
    if (!done.ok && !isNotFound(done.error)) return done.error;
    const shown = pods.get(objectKey(pod));
    if (shown !== undefined && uidOf(shown) === uidOf(pod) && hasTrackingFinalizer(shown))
      released.add(uidOf(pod));
    return undefined;
  }

  async function createOne(
    job: V1Job,
    known: readonly V1Pod[],
    index: number | undefined,
  ): Promise<ApiError | undefined> {
    const before = index === undefined ? [] : failedOf(job, known, index);
    const made = await client.create(Resource.pods, podOfJob(job, index, before));
    const regarding = referenceTo(Resource.jobs, job);
    if (!made.ok) {
      if (!isNamespaceTerminating(made.error))
        recorder.event(
          regarding,
          'Warning',
          'FailedCreate',
          `Error creating: ${made.error.message}`,
        );
      return made.error;
    }
    if (pods.get(objectKey(made.value)) === undefined)
      expectations.expect(objectKey(job), uidOf(made.value), context.clock.monotonicMs());
    recorder.event(regarding, 'Normal', 'SuccessfulCreate', `Created pod: ${nameOf(made.value)}`);
    return undefined;
  }

  async function removeOne(job: V1Job, pod: V1Pod): Promise<ApiError | undefined> {
    const regarding = referenceTo(Resource.jobs, job);
    expectations.expect(objectKey(job), uidOf(pod), context.clock.monotonicMs());
    const done = await client.delete(Resource.pods, locationOf(pod), { uid: uidOf(pod) });
    if (done.ok) {
      recorder.event(regarding, 'Normal', 'SuccessfulDelete', `Deleted pod: ${nameOf(pod)}`);
      return undefined;
    }
    expectations.observe(objectKey(job), uidOf(pod));
    if (isNotFound(done.error)) return undefined;
    recorder.event(regarding, 'Warning', 'FailedDelete', `Error deleting: ${done.error.message}`);
    return done.error;
  }

  return {
    isTracked,
    release: (all) => firstError(all.map(releaseOne)),
    remove: (job, all) => firstError(all.map((pod) => removeOne(job, pod))),
    create: async (job, known, indexes) => {
      let at = 0;
      for (const batch of slowStartBatches(indexes.length)) {
        const next = indexes.slice(at, at + batch);
        const error = await firstError(next.map((index) => createOne(job, known, index)));
        // A namespace that goes away takes no pods: nothing to repeat.
        if (error !== undefined) return isNamespaceTerminating(error) ? undefined : error;
        at += batch;
      }
      return undefined;
    },
    seen: (pod) => {
      if (!hasTrackingFinalizer(pod)) released.delete(uidOf(pod));
    },
    gone: (pod) => {
      released.delete(uidOf(pod));
    },
  };
}

async function firstError(
  writes: readonly Promise<ApiError | undefined>[],
): Promise<ApiError | undefined> {
  return (await Promise.all(writes)).find((error) => error !== undefined);
}
