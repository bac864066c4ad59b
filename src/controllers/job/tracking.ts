import type { V1Pod } from '../../api/index.js';
import type { ApiError } from '../../client/index.js';
import { isNotFound, locationOf, objectKey, Resource, uidOf } from '../../client/index.js';
import type { ControllerPorts } from '../controller.js';
import { firstError } from '../pod-control.js';
import { hasTrackingFinalizer, TRACKING_FINALIZER } from './job-pods.js';

/** The finalizer that holds a pod until its end is counted. */
export interface Tracking {
  /** As the pods are known here: an informer may show a finalizer that is off already. */
  readonly isTracked: (pod: V1Pod) => boolean;
  /** Takes it off, where it is on. Returns the first error. */
  readonly release: (pods: readonly V1Pod[]) => Promise<ApiError | undefined>;
  /** The informer shows this pod. */
  readonly seen: (pod: V1Pod) => void;
  /** The informer shows it no longer. */
  readonly gone: (pod: V1Pod) => void;
}

export function createTracking({
  client,
  informers,
}: Pick<ControllerPorts, 'client' | 'informers'>): Tracking {
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

  return {
    isTracked,
    release: (all) => firstError(all.map(releaseOne)),
    seen: (pod) => {
      if (!hasTrackingFinalizer(pod)) released.delete(uidOf(pod));
    },
    gone: (pod) => {
      released.delete(uidOf(pod));
    },
  };
}
